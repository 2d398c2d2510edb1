"""What the gateway believes of the chain: a picture at one block, without the chain's machinery."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workmoot.domain.clock import Clock
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.work import Status
from workmoot.domain.workers import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotView:
    """A robot as the plant describes it and as the chain controls it."""

    number: int
    id: str
    name: str = ""
    station: str = ""
    resources: tuple[str, ...] = ("arm",)
    epoch: int = 0
    """The plant's epoch included."""
    held: bool = False
    """Held itself; the plant's hold is the plant's."""
    locked_out: bool = False
    """By a hold at maintenance's level."""
    capabilities: int = 0
    """Its badge's: the cells it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """One task and the assignment that is in force."""

    task: int
    status: Status
    epoch: int
    """The plant's epoch included."""
    mandate: str = ""
    """0x…: keccak256 of the plan entry in force; empty while nobody has the task."""
    lead: int = 0
    helpers: tuple[int, ...] = ()
    robots: tuple[int, ...] = ()
    inspector: int = 0
    run: int = 1
    """How many runs began in the task's whole life."""
    attempt: int = 1
    """The chain's own count, which a human's requeueing sets back."""
    held: bool = False
    expires_at: int = 0
    """Unix seconds at which a human's slot on the task ends; 0: none, or until released."""
    slot: int = 0
    """The human's order that fills level 8; 0: none."""
    seed: int = 0
    """The order's own."""
    label: str = ""

    @property
    def team(self) -> tuple[int, ...]:
        """The lead and its helpers."""
        return (self.lead, *self.helpers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorView:
    """A sensor as the plant describes it."""

    id: str
    station: str = ""
    measures: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """A place on the floor."""

    id: str
    name: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOrder:
    """A human's order that is on the chain."""

    kind: OverrideKind
    subject_type: SubjectType
    subject: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The chain at one block."""

    block: int = 0
    block_hash: str = ""
    block_at: int = 0
    """Unix seconds."""
    clock: Clock | None = None
    plant_held: bool = False
    robots: Mapping[int, RobotView] = field(default_factory=dict)
    sensors: tuple[SensorView, ...] = ()
    stations: tuple[StationView, ...] = ()
    tasks: Mapping[int, Mandate] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Badge number by account."""
    active: frozenset[int] = frozenset()
    """The digital workers that may act."""
    quarantined: Mapping[int, int] = field(default_factory=dict)
    """Workers that a human has stop, and until when, Unix seconds; 0: until it is lifted."""
    maintained: Mapping[int, int] = field(default_factory=dict)
    """Robots that a human has in maintenance, in the same way."""
    commanders: Mapping[tuple[int, str], frozenset[int]] = field(default_factory=dict)
    """Whom the bindings let command a robot's resource; none there: the task's lead alone."""
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    """Humans by account."""
    cells: Mapping[str, int] = field(default_factory=dict)
    """The capabilities that a human's badge keeps it to, by account; none there: the whole plant."""
    given: Mapping[str, GivenOrder] = field(default_factory=dict)
    """The humans' orders on the chain by their digest."""

    def is_in_scope(self, human: str, robot: RobotView) -> bool:
        """Whether the robot is the human's to command."""
        cells = self.cells.get(human, 0)
        return not cells or bool(cells & robot.capabilities)


NOTHING_SEEN = View()
