"""Instructions on a node: a human's word that fills no slot."""

from dataclasses import astuple

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.domain.instructions import Standing, instruction_of
from workmoot.domain.overrides import HumanOrder
from workmoot.domain.ports import Receipt


class ChainInstructions(Contract):
    """One account's hold on Instructions."""

    name = "Instructions"

    def give(self, order: HumanOrder, signature: bytes) -> Receipt:
        """Gives a human's signed instruction, whoever relays it."""
        return self._send("give", astuple(instruction_of(order)), signature)

    def digest_of(self, order: HumanOrder) -> bytes:
        """What the human signs."""
        return bytes(self._read("digestOf", astuple(instruction_of(order)))[0])

    def standing(self, kind: int, subject: int) -> Standing:
        """What was last said of a kind about a subject."""
        found: Standing = build(Standing, self._read("standing", kind, subject)[0])
        return found

    def count(self) -> int:
        """How many were given."""
        return int(self._read("count")[0])
