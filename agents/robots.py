"""The robots as a digital worker sees them: parts of a task under way, and what came of them."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from workmoot.domain.ids import Number
from workmoot.domain.ledger import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotPart:
    """One robot's part of a task's present run; `state` is running, paused, done, failed or stopped."""

    robot: Number
    state: str
    ticks: int = 0
    grade: int = 0
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing moves any more."""
        return self.state in ("done", "failed", "stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an inspector's sensors say of a finished task."""

    grade: int
    accepted: bool
    report: dict[str, Any]


class Robots(Protocol):
    """A worker's hold on the gateway; refusals are `GatewayRefused`, silence is `GatewayUnreachable`."""

    def parts(self, task: Task) -> tuple[RobotPart, ...]:
        """The parts of the task's present attempt."""

    def run(self, task: Task, robot: Number, *, capability: int, work_ticks: int, part: str) -> None:
        """Take the robot's lease and have it do its part."""

    def measure(self, task: Task) -> Finding:
        """Have the station's sensors look at the finished task; for its inspector."""
