"""What AllocationDAO says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, Number, ProposalId, TaskId
from workmoot.domain.proposals import Opening, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet(Event):
    """How long a proposal is open, wall seconds, and how many a member may have open."""

    voting_seconds: int
    open_limit: int


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
class ProposalOpened(Event):
    """A plan was put to the vote."""

    id: ProposalId
    proposer: Number
    counters: ProposalId
    roster: int
    members: int
    deadline: int
    content_hash: bytes
    particulars: bytes
    opening: Opening


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
class VoterBarred(Event):
    """A member of the electorate can no longer vote and had not: silent for ever."""

    id: ProposalId
    member: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettled(Event):
    """A proposal's state changed."""

    id: ProposalId
    state: State
    yes: int
    no: int
    members: int
