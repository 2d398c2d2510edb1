"""Humans' orders that act on the floor before a block has them: as the gateway, which keeps them, says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.order_json import order_from
from api.problems import Problem
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import HumanOrder, OverrideKind

REFUSED = "refused"
ACTING = ("anchoring", "anchored", REFUSED)
"""Its states of orders that act: what it found anchored may be in a block that is not read here yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """An order that acts on the floor and is not on chain yet."""

    order: HumanOrder
    digest: bytes


def acting(told: Iterable[Mapping[str, Any]], ledger: Ledger) -> tuple[Anchoring, ...]:
    """Of what the gateway tells of orders, those that act and that the ledger does not have."""
    by_digest = {str(said.get("digest")): said for said in told}
    known = {"0x" + record.digest.hex() for record in ledger.overrides.values()} if by_digest else set()
    found = (_read(said) for digest, said in by_digest.items() if digest not in known)
    return tuple(item for item in found if item)


def _read(said: Mapping[str, Any]) -> Anchoring | None:
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
