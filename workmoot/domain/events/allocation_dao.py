"""What AllocationDAO says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, Number, ProposalId, TaskId
from workmoot.domain.proposals import Opening, State, unpack_detail


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersPublished(Event):
    """A worker's estimates and its ranking of the open work, both packed."""

    worker: Number
    offers: bytes
    ranking: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpConfirmed(Event):
    """A helper is bound to a lead's offer for a task at a decision version."""

    task: TaskId
    lead: Number
    helper: Number
    version: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """A worker asks, answers, comments or objects: a stranger's text. `to` zero: all."""

    sender: Number
    to: Number
    about: int
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCreated(Event):
    """A plan was put to the vote, as IGovernor says it: no calls, and the two parts of the content for calldatas."""

    proposal_id: ProposalId
    proposer: Address
    targets: tuple[Address, ...] = ()
    values: tuple[int, ...] = ()
    signatures: tuple[str, ...] = ()
    calldatas: tuple[bytes, ...]
    """assignments, detail"""
    vote_start: int
    vote_end: int
    description: str

    @property
    def id(self) -> ProposalId:
        """The proposal's id, as all other events call it."""
        return self.proposal_id

    @property
    def opening(self) -> Opening:
        """What was put to the vote."""
        assignments, detail = self.calldatas
        return unpack_detail(detail, assignments=assignments, words=self.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReviewed(Event):
    """A member's own evaluation: what it leans to, the makespan it expects, and why."""

    id: ProposalId
    member: Number
    support: bool
    makespan: int
    findings: bytes
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCast(Event):
    """A member voted: 0 against, 1 for."""

    voter: Address
    proposal_id: ProposalId
    support: int
    weight: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotsCounted(Event):
    """Signed ballots were counted together: two bytes each, support << 15 | number."""

    id: ProposalId
    ballots: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSealed(Event):
    """The accounts of the present roster are in the code of `roll`: ballots and plans are checked against it."""

    roster: int
    roll: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterBarred(Event):
    """A member of the electorate can no longer vote and had not: silent for ever."""

    id: ProposalId
    member: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettled(Event):
    """A proposal's state changed to another than enacted, with the ballots counted by then."""

    id: ProposalId
    state: State
    yes: int
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalExecuted(Event):
    """A proposal was enacted, as IGovernor says it."""

    proposal_id: ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCanceled(Event):
    """IGovernor's word for a vetoed proposal."""

    proposal_id: ProposalId
