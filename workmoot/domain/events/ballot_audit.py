"""What BallotAudit says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Number, ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotsRecorded(Event):
    """Signed ballots were shown after the decision: two bytes each, as they are counted. They change nothing."""

    id: ProposalId
    ballots: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivocationProven(Event):
    """A member signed a yes and a no for the same content."""

    id: ProposalId
    member: Number
