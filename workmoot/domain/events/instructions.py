"""What Instructions says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, OverrideId
from workmoot.domain.instructions import Instruction
from workmoot.domain.overrides import HumanOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionGiven(Event):
    """A human's instruction took the place of what stood; `version` is the one after."""

    id: OverrideId
    human: Address
    subject: int
    version: int
    digest: bytes
    instruction: Instruction

    @property
    def order(self) -> HumanOrder:
        """As every order of a human is known."""
        return self.instruction.order
