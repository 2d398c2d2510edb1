"""The seam to the robots: what the gateway asks of any kind of them, simulated, OPC UA or VDA 5050.

The gateway decides and has written down its decision before it calls; an adapter carries out. No call waits for the
robot's motion, and `hold` and `stop` return once the robot has been told. Every call may come again after a restart:
an adapter recognises what the robot already does by the job's task, run and robot.
"""

from dataclasses import dataclass
from typing import Protocol

from gateway.state import Job, Motion
from workmoot.domain.errors import GatewayError
from workmoot.domain.guidance import Point


class NoContact(GatewayError):
    """The robot does not answer: what it does is unknown, not failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a robot says of the part it has in hand: running, paused, done or failed."""

    state: str
    progress: float
    """0 to 1."""
    ended_tick: int = 0
    why: str = ""
    result: dict[str, object] | None = None

    @property
    def is_over(self) -> bool:
        """Whether the robot is through with the part."""
        return self.state in ("done", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a sensor says of a finished part."""

    tick: int
    error_mm: float
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """How a robot's resource stands, as it reports it itself."""

    pose: Point
    manual: bool
    """In manual mode with reduced speed."""
    enabling_device: bool
    """Somebody beside the robot holds its hardware enabling device."""
    simulated: bool = False


class RobotAdapter(Protocol):
    """One kind of robots. All calls may raise `NoContact`."""

    async def start(self, job: Job) -> None:
        """Begin the part, or go on with it where it is begun already."""

    async def hold(self, job: Job) -> None:
        """Stand still, the part in hand."""

    async def stop(self, job: Job) -> None:
        """Break off and put the part down."""

    async def look(self, job: Job) -> Report:
        """What the robot says of the part."""

    async def stance(self, robot: int, resource: str, motion: Motion | None) -> Stance:
        """How it stands; `motion` is the last that a human had it make, None: it is about its work."""

    async def guide(self, robot: int, resource: str, motion: Motion) -> None:
        """Move so, slowly, in place of any other such motion, and stand still when its time is over, whoever is gone
        by then; a motion that lasts no time is to stand still now."""

    async def measure(self, job: Job, *, sensor: str, number: int) -> Measurement:
        """Have a sensor look at the part; `number` counts the measurements."""
