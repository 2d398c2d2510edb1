"""Humans' orders that act on the floor before a block has them: as the gateway, which keeps them, says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.order_json import order_from
from api.problems import Problem
from workmoot.chain.signer import recover
from workmoot.domain.instructions import HumansContracts
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import HumanOrder, OverrideKind

REFUSED, SETTLED = "refused", "settled"
ACTING = ("anchoring", "anchored", REFUSED)
"""Its states of orders that act: what it found anchored may be in a block that is not read here yet."""
DIGEST = re.compile(r"0x[0-9a-f]{64}")
MOST_ACTING = 500
"""The latest of those it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """An order that acts on the floor and is not on chain yet."""

    order: HumanOrder
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The chain's no to an order that the gateway sent."""

    reason: str
    is_over: bool
    """Whether the gateway acts on it no more."""


class Acting:
    """What acts, of what a gateway tells of orders: those that their humans signed for these contracts; nothing where
    no contracts are."""

    def __init__(self, contracts: HumansContracts | None) -> None:
        self._contracts = contracts
        self._checked: dict[tuple[str, str], Anchoring | None] = {}
        """Of those told last, by digest and signature."""

    def of(self, told: Iterable[Mapping[str, Any]], ledger: Ledger) -> tuple[Anchoring, ...]:
        """Those that act and that the ledger does not have."""
        by_digest = {str(said.get("digest")): said for said in told if said.get("state") in ACTING}
        known = {"0x" + record.digest.hex() for record in ledger.overrides.values()} if by_digest else set()
        latest = [said for digest, said in by_digest.items() if digest not in known][-MOST_ACTING:]
        former, self._checked = self._checked, {}
        found = [(said, self._genuine(said, former)) for said in latest]
        return tuple(item for said, item in found if item and _acts(said, item.order))

    def _genuine(self, said: Mapping[str, Any], former: Mapping[tuple[str, str], Anchoring | None]) -> Anchoring | None:
        """The order, if its human signed it; each is checked once."""
        key = str(said.get("digest")), str(said.get("signature"))
        if key not in self._checked:
            self._checked[key] = former[key] if key in former else self._read(said, *key)
        return self._checked[key]

    def _read(self, said: Mapping[str, Any], digest: str, signature: str) -> Anchoring | None:
        order = said.get("order")
        if self._contracts is None or not DIGEST.fullmatch(digest) or not isinstance(order, Mapping):
            return None
        try:
            item = Anchoring(order=order_from(order), digest=bytes.fromhex(digest[2:]))
            signed = recover(item.digest, bytes.fromhex(signature.removeprefix("0x")))
        except (Problem, ValueError):
            return None
        genuine = item.digest == self._contracts.digest(item.order) and signed == item.order.human
        return item if genuine else None


def _acts(said: Mapping[str, Any], order: HumanOrder) -> bool:
    """A hold acts also where the chain refused it."""
    return said.get("state") != REFUSED or order.kind is OverrideKind.HOLD
