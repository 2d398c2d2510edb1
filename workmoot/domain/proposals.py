"""A proposal: a plan put to the vote, the figures it promises, and how far the vote is."""

from dataclasses import dataclass
from enum import IntEnum

from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import Number, ProposalId

NO_PROPOSAL = ProposalId(0)


class State(IntEnum):
    """Where a proposal stands."""

    NONE = 0
    OPEN = 1
    PASSED = 2
    ENACTED = 3
    DEFEATED = 4
    EXPIRED = 5
    VETOED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long a proposal is open (wall seconds) and how many a member may have open at once."""

    voting_seconds: int
    open_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a plan is predicted to bring: ticks, ticks, Wh, micro-units of cost."""

    makespan: int
    tardiness: int
    energy: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything a proposer puts to the vote."""

    plan: bytes
    offers: bytes
    """The digest of the offers the plan was made from."""
    evidence: bytes
    """The hash of the evidence bytes."""
    figures: Figures
    counters: ProposalId = NO_PROPOSAL
    read_at: int
    read_hash: bytes
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalState:
    """A proposal as the contract keeps it."""

    state: State
    proposer: Number
    roster: int
    members: int
    yes: int
    no: int
    barred: int
    deadline: int
    content_id: bytes
    """The first 20 bytes of the content hash; ballots bind all of it."""


NO_STATE = ProposalState(
    state=State.NONE,
    proposer=Number(0),
    roster=0,
    members=0,
    yes=0,
    no=0,
    barred=0,
    deadline=0,
    content_id=bytes(20),
)


def particulars_of(opening: Opening, *, proposer: Number, roster: int, members: int, deadline: int) -> bytes:
    """The hash of everything about a proposal but its plan."""
    figures = opening.figures
    return hash_of_words(
        proposer,
        opening.offers,
        opening.evidence,
        *(figures.makespan, figures.tardiness, figures.energy, figures.cost),
        opening.counters,
        opening.read_at,
        opening.read_hash,
        keccak(opening.words.encode()),
        *(roster, members, deadline),
    )


def content_hash_of(plan: bytes, particulars: bytes) -> bytes:
    """What ballots bind: an id alone binds nothing."""
    return hash_of_words(keccak(plan), particulars)
