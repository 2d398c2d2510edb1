"""Simulated robots and sensors, in this process, in simulated time."""

from collections.abc import Callable

from gateway.adapters import Measurement, Report, Stance
from gateway.checks import Now
from gateway.simulation import outcome_of, own_reading_of, reading_of
from gateway.state import Job, Motion
from gateway.truth import Truth
from workmoot.domain.guidance import HOME


class SimulatedRobots:
    """Robots whose motion is a function of the truth and of the ticks for which the gateway let them move.

    They keep nothing: the job says since when they move or stand still, so a restart changes nothing.
    """

    def __init__(self, truth: Truth, now: Callable[[], Now]) -> None:
        self._truth = truth
        self._now = now

    async def start(self, job: Job) -> None:
        """The job says since when it moves."""

    async def hold(self, job: Job) -> None:
        """The job says since when it stands still."""

    async def stop(self, job: Job) -> None:
        """The job says when it was broken off."""

    async def look(self, job: Job) -> Report:
        """Where the motion is by now."""
        return report_of(self._truth, job, self._now().tick)

    async def stance(self, robot: int, resource: str, motion: Motion | None) -> Stance:  # noqa: ARG002 (the motion tells)
        """Where the motion is by now; manual mode and enabling device are as simulated as the rest."""
        pose = motion.at(self._now().unix_ms) if motion else HOME
        return Stance(pose=pose, manual=True, enabling_device=True, simulated=True)

    async def guide(self, robot: int, resource: str, motion: Motion) -> None:
        """The motion says where it is when."""

    async def measure(self, job: Job, *, sensor: str, number: int) -> Measurement:
        """What the sensor would see of the part as it really is."""
        reading = reading_of(self._truth, job, sensor=sensor, number=number)
        return Measurement(tick=self._now().tick, error_mm=reading.error_microns / 1000, grade=reading.grade)


def report_of(truth: Truth, job: Job, tick: int) -> Report:
    """What the robot says at a tick."""
    outcome, motion = outcome_of(truth, job), job.motion(tick)
    if motion < outcome.motion:
        return Report(state=job.state, progress=motion / outcome.duration, why=job.why)
    ended = job.since + outcome.motion - job.worked
    if outcome.fails_after is not None:
        progress = outcome.fails_after / outcome.duration
        return Report(state="failed", progress=progress, ended_tick=ended, why=outcome.failure)
    result = own_reading_of(truth, job).shown() | {"busy_ticks": outcome.duration}
    return Report(state="done", progress=1.0, ended_tick=ended, result=result)
