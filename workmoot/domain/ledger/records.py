"""What the ledger keeps: one frozen record for each thing the chain's events tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workmoot.domain.drafts import Draft
from workmoot.domain.events import Place, PlanEnacted
from workmoot.domain.ids import NOBODY, Address, Number, OrderId, OverrideId, ProposalId, TaskId
from workmoot.domain.motions import Motion, is_plan
from workmoot.domain.offers import Offer, RankedTask
from workmoot.domain.overrides import HumanOrder
from workmoot.domain.plan import PlanEntry, bare_entry, unpack_assignments
from workmoot.domain.proposals import NO_PROPOSAL, Opening, State
from workmoot.domain.questions import Asked, QuestionState, Values
from workmoot.domain.work import Failure, Status, TaskSpec

NO_OVERRIDE = OverrideId(0)
UNREADABLE = "\ufffd"
"""What stands in the place of what is no UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of the chain."""

    number: int
    hash: bytes
    timestamp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A customer's order; `detail` is a stranger's JSON."""

    id: OrderId
    by: Address
    posted_at: int
    detail: Mapping[str, object]
    tasks: tuple[TaskId, ...]
    at: Place

    def item(self, index: int) -> Mapping[str, Any]:
        """What the detail says of the task at `index`; a stranger may have said nothing."""
        listed = self.detail.get("tasks")
        found = listed[index] if isinstance(listed, list) and index < len(listed) else None
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True)
class TaskRun:
    """One attempt at a task. Times are Unix seconds; `ended_at` and `judged_at` None: not yet."""

    attempt: int
    worker: Number
    epoch: int
    entry: PlanEntry | None
    started_at: int
    ended_at: int | None = None
    busy_ticks: int = 0
    grade: int = 0
    evidence: bytes = b""
    judged_at: int | None = None
    accepted: bool = False
    by: Address | None = None
    """Whose transaction ended or judged it."""
    failure: Failure = Failure.NONE


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task as the chain tells it: what it asks for, who has it, how far it is.

    `entry` is the plan entry in force, `standing_entry` the DAO's (slot 16). `slot_filled` and `slot_held` are the
    task's own; the plant's hold is in `plant_held`.
    """

    id: TaskId
    spec: TaskSpec
    status: Status = Status.POSTED
    worker: Number = NOBODY
    inspector: Number = NOBODY
    version: int = 1
    offered_since: int = 1
    """The decision version since which nothing but decisions has happened to it: offers from then on stand."""
    own_epoch: int = 1
    slot_filled: bool = False
    slot_held: bool = False
    plant_held: bool = False
    plant_epoch: int = 0
    entry: PlanEntry | None = None
    standing_entry: PlanEntry | None = None
    standing_worker: Number = NOBODY
    standing_inspector: Number = NOBODY
    decided_by: ProposalId = NO_PROPOSAL
    """The proposal whose entry is the standing one."""
    attempt: int = 0
    deadline: int = 0
    summoned: bool = False
    acknowledged: bool = False
    excluded: frozenset[Number] = frozenset()
    evidence: bytes = bytes(32)
    grade: int = 0
    ended_at: int | None = None
    """When it came to a final status, Unix seconds."""
    runs: tuple[TaskRun, ...] = ()

    @property
    def epoch(self) -> int:
        """The epoch its commands carry, the plant's included."""
        return self.own_epoch + self.plant_epoch

    @property
    def overridden(self) -> bool:
        """Whether a human's slot is filled, the plant's included."""
        return self.slot_filled or self.plant_held

    @property
    def held(self) -> bool:
        """Whether nothing progresses."""
        return self.slot_held or self.plant_held

    @property
    def helpers(self) -> tuple[Number, ...]:
        """Who helps the worker."""
        return self.entry.helpers if self.entry else ()

    @property
    def robots(self) -> tuple[Number, ...]:
        """The robots the assignment names."""
        return self.entry.robots if self.entry else ()

    @property
    def resources(self) -> tuple[Number, ...]:
        """What the assignment occupies."""
        return self.entry.resources if self.entry else ()

    @property
    def run(self) -> TaskRun | None:
        """The present or last attempt."""
        return self.runs[-1] if self.runs else None

    @property
    def is_open(self) -> bool:
        """Whether a plan may name it."""
        return self.status in (Status.POSTED, Status.ALLOCATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRecord:
    """An offer and who made it."""

    worker: Number
    offer: Offer
    at: Place

    def is_taken_by(self, entry: PlanEntry) -> bool:
        """Whether a plan's entry names it, by lead and sequence: for its decision version; alone, for later ones."""
        offer = self.offer
        fits = offer.version == entry.version if offer.helpers else offer.version <= entry.version
        return fits and (self.worker, offer.sequence) == (entry.lead, entry.sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How a worker ranks the open work, first comes first."""

    worker: Number
    items: tuple[RankedTask, ...]
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A member's own evaluation of a proposal; `words` are a stranger's."""

    member: Number
    support: bool
    makespan: int
    findings: bytes
    words: str
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A counted ballot."""

    member: Number
    support: bool
    reason: str
    at: Place
    presented: bool = False
    """Whether it was signed and counted together with others: the contract keeps no mark of its own for such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan put to the vote, and what became of it."""

    id: ProposalId
    proposer: Number
    counters: ProposalId
    roster: int
    members: int
    deadline: int
    content_hash: bytes
    rest: bytes
    opening: Opening
    entries: tuple[PlanEntry, ...]
    motion: Motion | None = None
    """What is put to the vote instead of a plan."""
    at: Place
    malformed: bool = False
    """Its bytes follow no layout: it has no entries, and nobody can say yes to it."""
    reviews: tuple[Review, ...] = ()
    votes: tuple[Vote, ...] = ()
    barred: tuple[Number, ...] = ()
    state: State = State.OPEN
    settled_at: Place | None = None
    parts: tuple[PlanEnacted, ...] = ()
    """What is enacted of it: all at once, or part after part; of a tree, none."""
    claimed: frozenset[TaskId] = frozenset()
    """The tasks of a tree whose leaves were claimed."""

    @property
    def draft(self) -> Draft:
        """What members sign of it, whether it is opened or not."""
        return Draft(
            proposal=self.id,
            proposer=self.proposer,
            roster=self.roster,
            members=self.members,
            deadline=self.deadline,
            opening=self.opening,
        )

    @property
    def is_readable(self) -> bool:
        """Whether its words came in UTF-8: of others the content hash is not to be told by what was read."""
        return UNREADABLE not in self.opening.words

    @property
    def is_plan(self) -> bool:
        """Whether it is enacted word by word: neither a motion nor a tree."""
        return is_plan(self.opening.plan.assignments)

    @property
    def is_tree(self) -> bool:
        """Whether its leads claim its entries one by one."""
        return self.opening.plan.is_tree

    @property
    def progress(self) -> int:
        """How many of its entries, from the first on, are enacted."""
        return self.parts[-1].last if self.parts else 0

    @property
    def decided_entries(self) -> tuple[PlanEntry, ...]:
        """The entries that its enactment counts through: of a malformed plan, what a decision reads of them."""
        if not self.malformed or self.is_tree:
            return self.entries
        return tuple(bare_entry(assigned) for assigned in unpack_assignments(self.opening.plan.assignments))

    def part_of(self, index: int) -> PlanEnacted | None:
        """The part that enacted the entry."""
        return next((part for part in self.parts if index in part.indices), None)

    @property
    def yes(self) -> int:
        """Ballots for."""
        return sum(vote.support for vote in self.votes)

    @property
    def no(self) -> int:
        """Ballots against."""
        return len(self.votes) - self.yes

    def vote_of(self, member: Number) -> Vote | None:
        """The member's ballot."""
        return next((vote for vote in self.votes if vote.member == member), None)

    def review_of(self, member: Number) -> Review | None:
        """The member's latest review."""
        return next((review for review in reversed(self.reviews) if review.member == member), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An entry of a tree that passed."""

    proposal: ProposalId
    index: int
    entry: PlanEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a member said; a stranger's text."""

    sender: Number
    to: Number
    about: int
    message: bytes
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, from `since` on; one with a `delay` has no say in the contracts, which act at once."""

    since: int
    delay: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRecord:
    """A human's order, what it displaced and how it ended."""

    id: OverrideId
    human: Address
    order: HumanOrder
    displaced: Number
    epoch: int
    digest: bytes
    at: Place
    place: int
    """It was the so-manieth of the humans' orders."""
    asked_until: int = 0
    """Until when it waits for a second order; 0: it took effect at once."""
    ended_at: Place | None = None
    ended_by: str = ""
    """"released", "expired" or "superseded" once its slot is empty or another's."""
    reached: tuple[tuple[TaskId, Number], ...] = ()
    """Of an order about a plan: the tasks whose worker it decided, and who had each before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a digital worker to humans, and what became of it."""

    id: int
    asker: Number
    asked: Asked
    runs: int
    """How many runs its task had begun when it was asked: about the result of which one it is."""
    at: Place
    override: OverrideId = NO_OVERRIDE
    """The one answer that the contract takes, whether it counts or not."""
    answer: Values | None = None
    """What it says, if it counts."""
    is_closed: bool = False
    """Whether what it was asked about was over before it was answered or its time was up."""

    def state(self, now_s: float) -> QuestionState:
        """How far it is, by the chain's time."""
        if self.is_closed:
            return QuestionState.CLOSED
        if self.answer is not None:
            return QuestionState.ANSWERED
        is_over = self.override or now_s > self.asked.deadline
        return QuestionState.DEFAULTED if is_over else QuestionState.OPEN

    @property
    def outcome(self) -> Values:
        """What holds: the answer that counts, else the default."""
        return self.asked.default if self.answer is None else self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotControl:
    """A robot's own counters; the plant's hold and epoch come on top (`Ledger.robot_epoch`)."""

    own_epoch: int = 1
    held: bool = False
