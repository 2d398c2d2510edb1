"""A proposal: a plan put to the vote, the figures it promises, and how far the vote is."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import HASH_SIZE, hash_of_words, keccak
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.layout import Layout
from workmoot.domain.plan import PackedPlan

NO_PROPOSAL = ProposalId(0)
CONTENT_ID_SIZE = 20
FIGURES = Layout("figures", (("makespan", 8), ("tardiness", 8), ("energy", 8), ("cost", 8)))
"""makespan u64 | tardiness u64 | energy u64 | cost u64: 32 bytes."""

_READ = Layout("detail", (("read_at", 8),))
_COUNTERS = Layout("detail", (("counters", 8),))
_TEAMS = Layout("detail", (("teams_size", 3),))
_TEAMS_AT = 3 * HASH_SIZE + _READ.size + FIGURES.size + _COUNTERS.size
DETAIL_SIZE = _TEAMS_AT + _TEAMS.size
"""Bytes before the teams."""


class _Teams(NamedTuple):
    teams_size: int


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
class Weights:
    """The policy's objective: what a tick of makespan, tardiness or work that may be lost, a thousandth of a unit of
    cost and a Wh weigh."""

    makespan: int = 6_000
    tardiness: int = 2_000
    cost: int = 1_000
    energy: int = 1_000
    risk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long a proposal is open (wall seconds), how many a member may have open at once, in how many that ran out one
    after the other it is silent before it may be left out, and what plans are judged by."""

    voting_seconds: int
    open_limit: int
    absent_after: int = 10
    weights: Weights = Weights()


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

    plan: PackedPlan
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
    content_id=bytes(CONTENT_ID_SIZE),
)


def pack_detail(opening: Opening) -> bytes:
    """What a proposal says of its assignments: offers 32 | evidence 32 | readHash 32 | readAt u64 | makespan u64 |
    tardiness u64 | energy u64 | cost u64 | counters u64 | teams' length u24 | teams | timetable."""
    hashes = (opening.offers, opening.evidence, opening.read_hash)
    if any(len(digest) != HASH_SIZE for digest in hashes):
        raise Malformed("detail: hashes are 32 bytes")
    figures = _READ.pack(opening) + FIGURES.pack(opening.figures) + _COUNTERS.pack(opening)
    plan = opening.plan
    return b"".join((*hashes, figures, _TEAMS.pack(_Teams(len(plan.teams))), plan.teams, plan.timetable))


def unpack_detail(detail: bytes, *, assignments: bytes, words: str) -> Opening:
    """What was put to the vote, from the parts it travels in."""
    teams_end = DETAIL_SIZE + _TEAMS.unpack(detail, _TEAMS_AT)["teams_size"]
    if teams_end > len(detail):
        raise Malformed(f"detail: {len(detail)} bytes, its teams end at {teams_end}", offset=_TEAMS_AT)
    teams, timetable = detail[DETAIL_SIZE:teams_end], detail[teams_end:]
    offers, evidence, read_hash = (detail[at : at + HASH_SIZE] for at in range(0, 3 * HASH_SIZE, HASH_SIZE))
    at = 3 * HASH_SIZE
    return Opening(
        plan=PackedPlan(assignments=assignments, teams=teams, timetable=timetable),
        offers=offers,
        evidence=evidence,
        figures=Figures(**FIGURES.unpack(detail, at + _READ.size)),
        counters=ProposalId(_COUNTERS.unpack(detail, at + _READ.size + FIGURES.size)["counters"]),
        read_at=_READ.unpack(detail, at)["read_at"],
        read_hash=read_hash,
        words=words,
    )


def rest_of(opening: Opening, *, proposer: Number, roster: int, members: int, deadline: int) -> bytes:
    """The hash of everything about a proposal but its assignments."""
    return hash_of_words(
        keccak(pack_detail(opening)),
        keccak(opening.words.encode()),
        *(proposer, roster, members, deadline),
    )


def content_hash_of(assignments: bytes, rest: bytes) -> bytes:
    """What ballots bind: an id alone binds nothing."""
    return hash_of_words(keccak(assignments), rest)


def content_id_of(content_hash: bytes) -> bytes:
    """What the contract keeps of it."""
    return content_hash[:CONTENT_ID_SIZE]
