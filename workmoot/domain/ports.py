"""What the contracts promise: one Protocol each, kept by the chain and by the contracts in memory.

An object is one account's hold on one contract. Writing methods return when their transaction is in a block; what a
contract refuses is raised as `Refused` with the contract's error, before anything is spent where possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from workmoot.domain.errors import WorkmootError
from workmoot.domain.events import Event
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Address, Number, OrderId, OverrideId, ProposalId, TaskId
from workmoot.domain.instructions import Standing
from workmoot.domain.overrides import HumanOrder, Slot, SubjectType
from workmoot.domain.proposals import Opening, Policy, ProposalState
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Member, Record, Scope

SomeEvent = TypeVar("SomeEvent", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a transaction brought."""

    tx: str
    block: int
    gas_used: int
    events: tuple[Event, ...]

    def all(self, kind: type[SomeEvent]) -> list[SomeEvent]:
        """Its events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def the(self, kind: type[SomeEvent]) -> SomeEvent:
        """Its one event of that kind."""
        found = self.all(kind)
        if len(found) != 1:
            raise WorkmootError(f"{self.tx} has {len(found)} events {kind.__name__}, not one")
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """A task as the contract keeps it; epoch, overridden and held include the plant's."""

    status: Status
    worker: Number
    inspector: Number
    epoch: int
    version: int
    overridden: bool
    held: bool
    capability: int
    retries: int
    attempt: int
    deadline: int
    evidence: bytes
    predecessors: int
    standing_worker: Number
    standing_inspector: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantState:
    """How many orders there are, whether the plant is held, and its epoch."""

    orders: int
    held: bool
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """An order as the contract keeps it."""

    task_count: int
    posted_at: int
    spec_hash: bytes


class Members(Protocol):
    """Who may act."""

    def admit(self, account: Address, kind: Kind, capabilities: int, profile: str) -> Receipt:
        """Admits a member; for a supervisor or the administrator."""

    def suspend(self, number: Number) -> Receipt:
        """A member may not act until it is reinstated."""

    def reinstate(self, number: Number) -> Receipt:
        """A suspended member acts again."""

    def retire(self, number: Number) -> Receipt:
        """A member leaves for good."""

    def come_back(self) -> Receipt:
        """Ends the caller's own absence."""

    def bind(self, robot: Number, worker: Number, resource: bytes, scope: Scope) -> Receipt:
        """A worker may use a robot's resource; Scope.NONE ends it."""

    def member(self, number: Number) -> Member | None:
        """The member with that number, without its profile; None where there is none."""

    def number_of(self, account: Address) -> Number:
        """The account's badge, zero for a stranger."""

    def is_capable(self, number: Number, capability: int) -> bool:
        """Whether it is an active digital worker with that capability."""

    def may_vote(self, number: Number, roster: int) -> bool:
        """Whether it belongs to that electorate and may still vote."""

    def belonged(self, number: Number, roster: int) -> bool:
        """Whether it belonged to that electorate, whatever became of it since."""

    def accounts(self) -> bytes:
        """The account of every badge, 20 bytes each: an active digital worker's, else zeros."""

    def is_suspended(self, account: Address) -> bool:
        """Whether the account's badge is a human's, and suspended or retired."""

    def roster(self) -> tuple[int, int]:
        """The present version and its number of voters."""

    def members_at(self, version: int) -> int:
        """The voters of a roster version."""

    def count(self) -> int:
        """The badges ever given."""

    def record(self, worker: Number, capability: int) -> Record:
        """What became of a worker's runs."""


class Motions(Protocol):
    """What a majority decides besides who does what."""

    def leave_out(self, number: Number) -> Receipt:
        """Leaves out a member that was silent for long, until it comes back."""

    def policy(self) -> Policy:
        """What the majority decides by."""

    def require_sound(self, motion: bytes) -> None:
        """Refuses a motion that can never be carried out."""

    def voting_seconds_of(self, proposal: ProposalId) -> int:
        """How long a proposal of that number is open."""


class WorkOrders(Protocol):
    """What is to be done, by whom, and how far it is."""

    def describe(self, description: str, capabilities: int, origin_milliseconds: int, speed_milli: int) -> Receipt:
        """Says once what the plant is and starts its clock."""

    def post(self, tasks: bytes, detail: str) -> Receipt:
        """Posts an order as a planner or supervisor."""

    def post_by_sig(
        self, tasks: bytes, detail: str, human: Address, nonce: int, deadline: int, signature: bytes
    ) -> Receipt:
        """Posts an order that a human signed."""

    def acknowledge(self, task: TaskId, epoch: int) -> Receipt:
        """The assignee knows of its ready task."""

    def decline(self, task: TaskId, epoch: int) -> Receipt:
        """The assignee gives a task back before starting."""

    def start(self, task: TaskId, epoch: int) -> Receipt:
        """The assignee begins."""

    def heartbeat(self, task: TaskId, epoch: int) -> Receipt:
        """The assignee is still at work."""

    def submit(self, task: TaskId, epoch: int, grade: int, busy_ticks: int, evidence: bytes) -> Receipt:
        """The assignee hands in a result."""

    def fail(self, task: TaskId, epoch: int) -> Receipt:
        """The assignee reports that its run failed."""

    def inspect(
        self, task: TaskId, epoch: int, evidence: bytes, *, accepted: bool, grade: int, findings: bytes
    ) -> Receipt:
        """The inspector accepts or rejects."""

    def poke(self, task: TaskId) -> Receipt:
        """Settles what is overdue."""

    def task(self, task: TaskId) -> TaskState:
        """Everything about a task."""

    def tasks(self, order: OrderId, first: int, count: int) -> tuple[TaskState, ...]:
        """Tasks of an order."""

    def plant(self) -> PlantState:
        """The plant's counters."""

    def order(self, order: OrderId) -> OrderState:
        """One order."""

    def require_open(self, assignments: bytes) -> None:
        """Refuses a plan that names a task which is not open, or an other version of it."""

    def is_excluded(self, task: TaskId, worker: Number) -> bool:
        """Whether that worker failed that task before."""


class AllocationDao(Protocol):
    """Where digital workers offer, propose, discuss and vote."""

    def offer(self, offers: bytes, ranking: bytes) -> Receipt:
        """Publishes offers and the ranking of the open work."""

    def confirm(
        self, tasks: Sequence[TaskId], versions: Sequence[int], leads: Sequence[Number], sequences: Sequence[int]
    ) -> Receipt:
        """Confirms, as a helper, joint offers."""

    def say(self, to: Number, about: int, message: bytes) -> Receipt:
        """Says something to a member (zero: to all)."""

    def propose(self, opening: Opening) -> Receipt:
        """Puts a plan to the vote."""

    def review(self, proposal: ProposalId, *, support: bool, makespan: int, findings: bytes, words: str) -> Receipt:
        """Publishes the caller's own evaluation."""

    def vote(
        self, proposal: ProposalId, *, support: bool, reason: str, assignments: bytes = b"", rest: bytes = ZERO_HASH
    ) -> Receipt:
        """Votes; when this ballot decides and the assignments are given, the plan is enacted at once, unless the plant
        is held.

        Assignments and rest bind the ballot to what was put to the vote; without assignments `rest` is the content
        hash, and zero binds it to the number alone.
        """

    def cast_vote_by_sig(self, proposal: ProposalId, *, support: bool, voter: Address, signature: bytes) -> Receipt:
        """Relays one member's signed vote."""

    def decide(self, proposal: ProposalId, assignments: bytes, rest: bytes, ballots: bytes) -> Receipt:
        """Counts signed ballots that decide: the plan is enacted, or the proposal defeated.

        Without assignments `rest` is the content hash, and what passes waits to be enacted.
        """

    def decide_at_once(self, proposal: ProposalId, deadline: int, opening: Opening, ballots: bytes) -> Receipt:
        """Puts to the vote and decides, in one transaction, what members signed as the next proposal, the caller's.

        The caller's own ballot is among the others. Tasks that moved on since they signed are skipped.
        """

    def bar(self, proposal: ProposalId, member: Number) -> Receipt:
        """Records that a member of the electorate can no longer vote."""

    def enact(self, proposal: ProposalId, assignments: bytes, rest: bytes, *, words: int) -> Receipt:
        """Enacts a passed plan from where it was left, as many words of its assignments, or all that remain."""

    def poke(self, proposal: ProposalId) -> Receipt:
        """Closes a proposal whose time is over."""

    def seal(self) -> Receipt:
        """Writes down who votes now; whoever needs it first does it otherwise."""

    def proposal(self, proposal: ProposalId) -> ProposalState:
        """One proposal."""

    def progress(self, proposal: ProposalId) -> int:
        """How many entries are enacted of a plan that passed and is not enacted to its end."""

    def proposal_count(self) -> int:
        """How many there are."""

    def has_voted(self, proposal: ProposalId, account: Address) -> bool:
        """Whether the account's ballot was counted."""

    def is_confirmed(self, task: TaskId, version: int, lead: Number, sequence: int, helper: Number) -> bool:
        """Whether a helper confirmed a lead's offer."""

    def is_content(self, proposal: ProposalId, assignments: bytes, rest: bytes) -> bool:
        """Whether these are what was put to the vote."""

    def nonce_of(self, account: Address) -> int:
        """The nonce of the account's next signed vote."""


class Claims(Protocol):
    """The assignments of trees, taken one by one."""

    def claim(self, proposal: ProposalId, entry: bytes, proof: Sequence[bytes]) -> Receipt:
        """The lead takes its leaf."""

    def root_of(self, proposal: ProposalId) -> bytes:
        """The root of a tree that passed, else zero."""


class BallotAudit(Protocol):
    """What members signed beside what was counted; it changes no vote."""

    def record(self, proposal: ProposalId, content_hash: bytes, ballots: bytes) -> Receipt:
        """Shows, after the decision, ballots that were signed too."""

    def prove_equivocation(
        self, proposal: ProposalId, content_hash: bytes, member: Number, yes: bytes, no: bytes
    ) -> Receipt:
        """Shows that a member signed both a yes and a no."""


class Overrides(Protocol):
    """A human's word: orders that fill slots, and instructions, which another contract takes."""

    def execute(self, order: HumanOrder, signature: bytes) -> Receipt:
        """Executes a human's signed order, or gives its instruction, whoever relays it."""

    def ratify(self, override: OverrideId, *, support: bool, words: str) -> Receipt:
        """A member or human says on record what it thinks of an order."""

    def poke(self, subject_type: SubjectType, subject: int, level: int) -> Receipt:
        """Ends a slot whose time is over."""

    def safe_stop(self, task: TaskId, *, stopped: bool) -> Receipt:
        """The assigned worker pauses itself, or goes on."""

    def digest_of(self, order: HumanOrder) -> bytes:
        """What the human signs."""

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        """What fills a level of a subject."""

    def robot(self, robot: Number) -> tuple[int, bool]:
        """A robot's epoch and whether it is held, the plant's included."""

    def count(self) -> int:
        """How many overrides were given."""

    def standing(self, kind: int, subject: int) -> Standing:
        """What was last instructed of a kind about a subject, be it over or not."""

    def instruction_count(self) -> int:
        """How many instructions were given."""
