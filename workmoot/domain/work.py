"""Work: what a task is, where it stands, and its 52 packed bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from workmoot.domain.errors import Malformed
from workmoot.domain.layout import Layout


class Stage(IntEnum):
    """The five stages of a product."""

    DEMAND_ANALYSIS = 1
    PRODUCT_DESIGN = 2
    PRODUCTION_PLANNING = 3
    PROCESS_ENGINEERING = 4
    MANUFACTURING_EXECUTION = 5


class Status(IntEnum):
    """Where a task stands; Rework and Failed wait for a human."""

    NONE = 0
    POSTED = 1
    ALLOCATED = 2
    STARTED = 3
    SUBMITTED = 4
    REWORK = 5
    FAILED = 6
    ACCEPTED = 7
    REWORKED = 8
    CANCELLED = 9

    @property
    def is_final(self) -> bool:
        """Whether the task is done with."""
        return self in FINAL

    @property
    def is_done(self) -> bool:
        """Whether successors may start."""
        return self in DONE

    @property
    def waits_for_a_human(self) -> bool:
        """Whether only a human moves the task on."""
        return self in (Status.REWORK, Status.FAILED)


DONE = frozenset((Status.ACCEPTED, Status.REWORKED))
FINAL = DONE | {Status.CANCELLED}


class OnFailure(IntEnum):
    """What becomes of a task whose run failed."""

    HUMAN = 0
    REALLOCATE = 1
    RETRY = 2
    ABORT = 3


class Failure(IntEnum):
    """Why a run ended without a result, or a result was not accepted."""

    NONE = 0
    REPORTED = 1
    DECLINED = 2
    OVERDUE = 3
    REJECTED = 4
    WORKER_GONE = 5
    OVERRIDDEN = 6


TASK = Layout(
    "task",
    (
        ("predecessors", 32),
        ("capability", 1),
        ("stage", 1),
        ("on_failure", 1),
        ("retries", 1),
        ("priority", 1),
        ("team", 1),
        ("work", 4),
        ("due", 4),
        ("budget", 6),
    ),
)
"""predecessors u256 | capability u8 | stage u8 | onFailure u8 | retries u8 | priority u8 | team u8 | work u32 |
due u32 | budget u48: 52 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """What a task asks for, as posted; it never changes.

    `predecessors` has bit i set for task i of the same order; `work` is nominal and `due` counts from the posting,
    both in ticks of 1 ms simulated time; `budget` is in micro-units of cost; due and budget 0 mean none.
    """

    predecessors: int = 0
    capability: int
    stage: Stage = Stage.MANUFACTURING_EXECUTION
    on_failure: OnFailure = OnFailure.REALLOCATE
    retries: int = 0
    priority: int = 0
    team: int = 1
    work: int
    due: int = 0
    budget: int = 0


def predecessors_of(mask: int) -> tuple[int, ...]:
    """The indexes whose bits are set."""
    return tuple(index for index in range(mask.bit_length()) if mask >> index & 1)


def mask_of(indexes: Sequence[int]) -> int:
    """The mask with these bits set."""
    return sum(1 << index for index in set(indexes))


def pack_task(spec: TaskSpec) -> bytes:
    """The task's 52 bytes."""
    return TASK.pack(spec)


def pack_tasks(specs: Sequence[TaskSpec]) -> bytes:
    """An order's tasks in the order of their indexes."""
    return b"".join(pack_task(spec) for spec in specs)


def unpack_task(packed: bytes, offset: int = 0) -> TaskSpec:
    """The task whose bytes begin at `offset`."""
    values = TASK.unpack(packed, offset)
    try:
        stage, on_failure = Stage(values.pop("stage")), OnFailure(values.pop("on_failure"))
    except ValueError as unknown:
        raise Malformed(f"task: {unknown}", offset=offset) from None
    return TaskSpec(stage=stage, on_failure=on_failure, **values)


def unpack_tasks(packed: bytes) -> tuple[TaskSpec, ...]:
    """All tasks of an order."""
    if len(packed) % TASK.size:
        raise Malformed("tasks: not a multiple of 52 bytes", offset=len(packed))
    return tuple(unpack_task(packed, offset) for offset in range(0, len(packed), TASK.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long workers and inspectors may keep silent, wall seconds, each at least 10."""

    acknowledge_seconds: int
    heartbeat_seconds: int
    inspect_seconds: int
