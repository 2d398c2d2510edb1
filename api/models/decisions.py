"""Proposals, reviews and votes on the wire."""

from datetime import datetime

from pydantic import Field

from api.models.common import Who, Wire, names_of
from workmoot.domain.proposals import State

ProposalState = names_of(State)


class EntryOut(Wire):
    """One task of a plan: who, with whom, with what, when."""

    task: int
    task_name: str
    version: int
    lead: Who
    helpers: tuple[Who, ...]
    robots: tuple[Who, ...]
    inspector: Who | None
    start_s: float
    duration_s: float
    sequence: int
    outcome: str = Field(description="open, taken, standing (recorded under a human's slot) or skipped.")


class VoteOut(Wire):
    """A counted ballot; the first is final."""

    member: Who
    support: bool
    reason: str
    at: datetime | None
    block: int


class ReviewOut(Wire):
    """A member's own evaluation, in its words."""

    member: Who
    support: bool
    makespan_s: float
    words: str
    at: datetime | None
    block: int
    changed: bool = Field(description="This member's vote differs from what this review leant to.")


class FiguresOut(Wire):
    """What a plan predicts."""

    makespan_s: float
    tardiness_s: float
    energy_wh: int
    cost_micro: int


class ProposalOut(Wire):
    """A plan or a motion put to the vote; it passes when 2·yes > members."""

    id: int
    proposer: Who
    state: str
    words: str
    motion: str | None = Field(description="What is put to the vote where it is no plan: who belongs, which policy.")
    counters: int | None
    countered_by: tuple[int, ...]
    yes: int
    no: int
    barred: int
    members: int
    needed: int = Field(description="The least number of yes that passes.")
    opened_at: datetime | None
    deadline: datetime | None
    block: int
    content_hash: str
    evidence: str
    figures: FiguresOut
    tasks: int


class ProposalDetail(ProposalOut):
    """A proposal with its plan, reviews and votes."""

    plan: tuple[EntryOut, ...]
    reviews: tuple[ReviewOut, ...]
    votes: tuple[VoteOut, ...]
