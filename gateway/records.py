"""What the gateway writes down before it acts: one line of its log each, and the events that others see."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from workmoot.domain.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something that happened here. Values are JSON's own, hashes and bytes are 0x… text."""

    kinds: ClassVar[dict[str, type["Record"]]] = {}

    def __init_subclass__(cls) -> None:
        Record.kinds[cls.__name__] = cls


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOpened(Record):
    """The log belongs to one gateway of one plant on one chain."""

    chain_id: int
    gateway: str
    work_orders: str
    """The contract of the plant's work orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSeen(Record):
    """The plant's clock as the chain said; no other plant has this one."""

    origin_ms: int
    speed_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGranted(Record):
    """A worker commands a robot's resource from this term on."""

    robot: int
    resource: str
    term: int
    worker: int
    task: int
    epoch: int
    robot_epoch: int
    seq: int
    until: int
    """Unix seconds; idle after that, others may acquire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseReturned(Record):
    """The holder gave the lease back."""

    robot: int
    resource: str
    term: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTaken(Record):
    """A human's hold took the lease by force: from this term on older commands are refused."""

    robot: int
    resource: str
    term: int
    human: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotGuided(Record):
    """A human took a held robot's lease, keeps it, moves the robot, or gave the lease back: as the human signed it."""

    robot: int
    resource: str
    action: str
    human: str
    term: int
    """The lease's from here on."""
    seq: int
    until: int
    """Unix seconds at which the lease ends unless it is kept; 0: it was given back."""
    from_worker: int
    from_human: str
    """Of whom it was taken."""
    at: int
    """Unix seconds."""
    digest: str
    guidance: dict[str, object]
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedMotionBegun(Record):
    """The robot moves straight from one point to another, both in micrometres from its home, and then stands still."""

    robot: int
    resource: str
    start: list[int]
    to: list[int]
    began_ms: int
    lasts_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedMotionStopped(Record):
    """The robot stands still on its way."""

    robot: int
    resource: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAccepted(Record):
    """A command under the lease; its number does not come again."""

    robot: int
    resource: str
    term: int
    seq: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted(Record):
    """A robot began its part of a task."""

    task: int
    robot: int
    resource: str
    run: int
    attempt: int
    worker: int
    capability: int
    work_ticks: int
    part: str
    seed: int
    epoch: int
    robot_epoch: int
    mandate: str
    tick: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPaused(Record):
    """The robot stands still with its part; only a new command moves it."""

    task: int
    robot: int
    tick: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResumed(Record):
    """The worker commanded the rest of the part, under the new epochs."""

    task: int
    robot: int
    epoch: int
    robot_epoch: int
    mandate: str
    tick: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded(Record):
    """The robot's part is over: done, failed, or stopped."""

    task: int
    robot: int
    state: str
    tick: int
    why: str
    result: dict[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMeasured(Record):
    """The sensors measured what was made."""

    task: int
    run: int
    by: int
    seq: int
    sensor: str
    tick: int
    error_mm: float
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen(Record):
    """The chain showed this epoch and mandate of a task; an older one afterwards is a reorganisation."""

    task: int
    epoch: int
    mandate: str
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSeen(Record):
    """The chain showed this epoch of a robot."""

    robot: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotLatched(Record):
    """The gateway itself holds the robot until a human's order for it is on the chain."""

    robot: int
    why: str
    after: int
    """How many humans' orders were known then; a later one for the robot or the plant settles this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatchSettled(Record):
    """A human's order for the robot or the plant is on the chain: the gateway's own hold ends."""

    robot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTaken(Record):
    """A human's signed order: acted on here, to be anchored on the chain."""

    digest: str
    release: bool
    subject_type: int
    subject: int
    human: str
    order: dict[str, object]
    signature: str
    at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen(Record):
    """A human's order that came to the chain another way was seen there for the first time."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnchored(Record):
    """The order was seen on the chain, which keeps it from now on."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLost(Record):
    """The order is not on the chain any more: a reorganisation removed it; it is anchored again."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused(Record):
    """The chain will not have the order. A hold stays in force here until a human settles it, or its task is over."""

    digest: str
    reason: str
    after: int
    """How many humans' orders were known then; a later one for the same subject settles this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettled(Record):
    """The refused order is over: a later one of the same subject is on the chain, or its task is done with."""

    digest: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesSeen(Record):
    """Who has which role, as the chain last said: known also when the chain is away."""

    roles: dict[str, list[int]]


def to_json(record: Record) -> str:
    """The record as one line of JSON."""
    return json.dumps({"kind": type(record).__name__} | asdict(record), separators=(",", ":"))


def from_json(text: str) -> Record:
    """The record in a line of JSON."""
    try:
        values: dict[str, object] = json.loads(text)
        return _of(values)
    except (ValueError, TypeError, KeyError, AttributeError) as unreadable:
        raise Malformed(f"log: {unreadable!r}") from None


def _of(values: Mapping[str, object]) -> Record:
    kind = Record.kinds[str(values["kind"])]
    return kind(**{name: value for name, value in values.items() if name != "kind"})
