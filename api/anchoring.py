"""Humans' orders that act on the floor before a block has them: as the gateway, which keeps them, says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.order_json import order_from
from api.problems import Problem
from workmoot.domain.overrides import HumanOrder, OverrideKind

REFUSED = "refused"
ACTING = ("anchoring", "anchored", REFUSED)
"""Its states of orders that act: what it found anchored may be in a block that is not read here yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """An order that acts on the floor and is not on chain yet."""

    order: HumanOrder
    digest: bytes


def anchoring_of(said: Mapping[str, Any]) -> Anchoring | None:
    """What the gateway says of one order; None: it is over, or makes no sense. A hold acts also where the chain
    refused it."""
    state, order = said.get("state"), said.get("order")
    if state not in ACTING or not isinstance(order, Mapping):
        return None
    try:
        item = Anchoring(order=order_from(order), digest=bytes.fromhex(str(said.get("digest")).removeprefix("0x")))
    except (Problem, ValueError):
        return None
    return item if state != REFUSED or item.order.kind is OverrideKind.HOLD else None
