"""What WorkOrders says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, Number, OrderId, ProposalId, TaskId
from workmoot.domain.plan import is_bit_set
from workmoot.domain.work import Failure, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsSet(Event):
    """How long workers and inspectors may keep silent, wall seconds."""

    acknowledge_seconds: int
    heartbeat_seconds: int
    inspect_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantDescribed(Event):
    """The plant's public description, JSON."""

    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted(Event):
    """Simulated tick 0 is `origin_milliseconds` of Unix time; time runs `speed_milli`/1000 as fast."""

    origin_milliseconds: int
    speed_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPosted(Event):
    """An order was posted: `tasks` packed, `detail` a stranger's JSON."""

    order: OrderId
    by: Address
    tasks: bytes
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEnacted(Event):
    """Entries `first` up to, without, `last` of a plan became the standing decision; they are in ProposalCreated.

    Bit i of `skipped`: entry `first + i` was not taken; of `standing`: it waits under a human's slot.
    """

    proposal: ProposalId
    first: int
    last: int
    skipped: bytes
    standing: bytes

    @property
    def indices(self) -> range:
        """The places in the plan of the entries it is about."""
        return range(self.first, self.last)

    def is_skipped(self, index: int) -> bool:
        """Whether the plan's entry `index` was not taken."""
        return is_bit_set(self.skipped, index - self.first)

    def is_standing(self, index: int) -> bool:
        """Whether the plan's entry `index` waits under a human's slot."""
        return is_bit_set(self.standing, index - self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForceChanged(Event):
    """The value in force of one task changed; the values are those after."""

    task: TaskId
    epoch: int
    version: int
    status: Status
    worker: Number
    inspector: Number
    overridden: bool
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSummoned(Event):
    """The clock for starting an idle, ready task runs."""

    task: TaskId
    worker: Number
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAcknowledged(Event):
    """The worker knows of the task and will start it."""

    task: TaskId
    worker: Number
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted(Event):
    """A run began."""

    task: TaskId
    worker: Number
    epoch: int
    attempt: int
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMoved(Event):
    """A hold ended; the run's or inspection's clock begins anew."""

    task: TaskId
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSeen(Event):
    """The worker is alive and at work."""

    task: TaskId
    worker: Number
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSubmitted(Event):
    """A run ended with a result, to be inspected until `deadline`."""

    task: TaskId
    worker: Number
    epoch: int
    grade: int
    busy_ticks: int
    evidence: bytes
    deadline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAccepted(Event):
    """A result was accepted, by its inspector or by a human."""

    task: TaskId
    worker: Number
    by: Address
    grade: int
    evidence: bytes
    human: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReworked(Event):
    """A human corrected the work; the task is done."""

    task: TaskId
    worker: Number
    by: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed(Event):
    """A run failed, or its result was not accepted."""

    task: TaskId
    worker: Number
    by: Address
    failure: Failure
    next: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionOverdue(Event):
    """The inspector never came; the inspection is a human's now."""

    task: TaskId
    inspector: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCancelled(Event):
    """The task will not be done."""

    task: TaskId
    by: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantHoldChanged(Event):
    """The plant is held (or not); every task's and robot's epoch rose by one."""

    held: bool
    plant_epoch: int
