"""What really happens on the simulated floor: a function of seed, robot, task and run; whole numbers throughout.

No run depends on another one or on the machine: every draw is a hash of what it is drawn for.
"""

from dataclasses import dataclass
from hashlib import blake2b

from gateway.state import Job
from gateway.truth import Truth

CRITERION_MICRONS = 1000
"""A part is good up to 1 mm off (paper: glue spraying)."""
GRADE_PER_MICRON = 40
"""Thousandths of a grade lost for each micron: 60 at the criterion."""
PASSING_GRADE = 100 - GRADE_PER_MICRON * CRITERION_MICRONS // 1000
GOOD_MICRONS = (100, 850)
BAD_MICRONS = (1150, 3000)
"""Clear of the criterion by more than any sensor is off."""
OWN_NOISE_MICRONS = 140
"""A robot's own idea of its work is less exact than a sensor's."""
ONE = 10_000
FAILURES = ("tool jammed", "part slipped", "path blocked", "pressure lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one robot's part of one run will turn out."""

    duration: int
    """Ticks of motion until the part is finished."""
    fails_after: int | None
    """Ticks of motion after which it breaks off instead."""
    failure: str
    error_microns: int

    @property
    def motion(self) -> int:
        """Ticks of motion until it is over, either way."""
        return self.duration if self.fails_after is None else self.fails_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a measurement says."""

    error_microns: int

    @property
    def grade(self) -> int:
        """0 to 100."""
        return grade_of(self.error_microns)

    def shown(self) -> dict[str, object]:
        """As the wire shows it."""
        return {
            "grade": self.grade,
            "error_mm": self.error_microns / 1000,
            "criterion_mm": CRITERION_MICRONS / 1000,
            "within_criterion": self.error_microns <= CRITERION_MICRONS,
        }


def grade_of(error_microns: int) -> int:
    """The grade of a part that is so far off; at least `PASSING_GRADE` exactly within the criterion."""
    lost = -(-error_microns * GRADE_PER_MICRON // 1000)
    return max(0, 100 - lost)


def outcome_of(truth: Truth, job: Job) -> Outcome:
    """What will become of a job."""
    order, key = job.order, _key(truth, job)
    pace, spread = truth.per_10000(order.robot, "pace"), truth.per_10000(order.robot, "spread")
    factor = max(ONE // 5, ONE + spread * _bell(key, "pace") // ONE)
    duration = max(1, order.work_ticks * pace * factor // ONE**2)
    fails = _draw(key, "failure", ONE) < truth.per_10000(order.robot, "failure")
    bad = _draw(key, "defect", ONE) < truth.per_10000(order.robot, "defect")
    least, most = BAD_MICRONS if bad else GOOD_MICRONS
    return Outcome(
        duration=duration,
        fails_after=max(1, duration * (1000 + _draw(key, "when", 8000)) // ONE) if fails else None,
        failure=FAILURES[_draw(key, "how", len(FAILURES))],
        error_microns=least + _draw(key, "error", most - least + 1),
    )


def reading_of(truth: Truth, job: Job, *, sensor: str, number: int) -> Reading:
    """What a sensor makes of a finished part; each measurement has its own noise."""
    return _noisy(truth, job, truth.noise_microns(sensor), f"sensor {sensor} {number}")


def own_reading_of(truth: Truth, job: Job) -> Reading:
    """What the robot itself reports of its part."""
    return _noisy(truth, job, OWN_NOISE_MICRONS, "own")


def _noisy(truth: Truth, job: Job, most: int, purpose: str) -> Reading:
    noise = _draw(_key(truth, job), purpose, 2 * most + 1) - most
    return Reading(error_microns=max(0, outcome_of(truth, job).error_microns + noise))


def _key(truth: Truth, job: Job) -> str:
    order = job.order
    return f"{truth.seed}/{order.seed}/{order.robot}/{order.task}/{order.run}"


def _draw(key: str, purpose: str, below: int) -> int:
    """An even draw from 0 to `below` - 1."""
    digest = blake2b(f"{key}/{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") * below >> 64


def _bell(key: str, purpose: str) -> int:
    """A bell-shaped draw in ten-thousandths, standard deviation one: twelve even draws, less their mean."""
    return sum(_draw(key, f"{purpose} {place}", ONE + 1) for place in range(12)) - 6 * ONE
