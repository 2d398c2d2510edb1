"""What the simulated floor is really like; the gateway alone is told. Workers find out by working.

The file (JSON; `workmoot gateway run --truth FILE`):

    {"seed": 7,
     "robots":   {"12": {"pace": 1.1, "spread": 0.1, "failure": 0.01, "defect": 0.02}},
     "sensors":  {"V-01": {"noise_mm": 0.02}},
     "defaults": {"pace": 1.0, "spread": 0.1, "failure": 0.01, "defect": 0.02, "noise_mm": 0.02}}

Robots go by their badge number, sensors by their id. `pace` multiplies the nominal work (2 is half as fast), `spread`
is the relative standard deviation of a run's duration, `failure` the probability that a run breaks off, `defect` that
the finished part misses the criterion; `noise_mm` is the most a sensor is off. What is not said is taken from
`defaults`, what is not said there from the figures above.
"""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workmoot.domain.errors import Malformed


class RobotTruth(BaseModel):
    """How one robot really works; None takes the plant's default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace: float | None = Field(default=None, gt=0, le=100)
    spread: float | None = Field(default=None, ge=0, le=1)
    failure: float | None = Field(default=None, ge=0, le=1)
    defect: float | None = Field(default=None, ge=0, le=1)


class SensorTruth(BaseModel):
    """How exact one sensor really is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    noise_mm: float | None = Field(default=None, ge=0, le=0.1)


class Defaults(BaseModel):
    """What holds for every robot and sensor that has no figure of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace: float = Field(default=1.0, gt=0, le=100)
    spread: float = Field(default=0.1, ge=0, le=1)
    failure: float = Field(default=0.01, ge=0, le=1)
    defect: float = Field(default=0.02, ge=0, le=1)
    noise_mm: float = Field(default=0.02, ge=0, le=0.1)


class Truth(BaseModel):
    """The whole floor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(ge=0, lt=1 << 64)
    robots: dict[int, RobotTruth] = {}
    sensors: dict[str, SensorTruth] = {}
    defaults: Defaults = Defaults()

    def per_10000(self, robot: int, figure: str) -> int:
        """A robot's figure in whole ten-thousandths, so that every machine reckons alike."""
        own: float | None = getattr(self.robots.get(robot, RobotTruth()), figure)
        default: float = getattr(self.defaults, figure)
        return round((default if own is None else own) * 10_000)

    def noise_microns(self, sensor: str) -> int:
        """The most a sensor is off."""
        own = self.sensors.get(sensor, SensorTruth()).noise_mm
        return round((self.defaults.noise_mm if own is None else own) * 1_000)


def read_truth(path: Path) -> Truth:
    """The truth in a file; refuses what does not fit, by the field's name."""
    try:
        return Truth.model_validate(json.loads(path.read_text()))
    except OSError as missing:
        raise Malformed(f"truth: {path}: {missing.strerror}") from None
    except ValueError as wrong:
        raise Malformed(f"truth: {path}: {_first(wrong)}") from None


def _first(wrong: ValueError) -> str:
    if not isinstance(wrong, ValidationError):
        return str(wrong)
    error = wrong.errors()[0]
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
