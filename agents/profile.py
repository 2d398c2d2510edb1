"""What a digital worker is told about itself, and has seen of others: its private file."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.errors import Malformed


class Part(BaseModel):
    """One part of the file: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Skill(Part):
    """What the worker believes of itself for one capability; `pace` and `spread` are factors.

    `times` are what single tasks take it, simulated seconds, by the order's keys: with any, it does no other.
    """

    pace: float = Field(gt=0, le=100)
    spread: float = Field(default=1.2, ge=1, le=100)
    energy_w: float = Field(default=0, ge=0)
    cost_per_h: float = Field(default=0, ge=0)
    success: float = Field(default=0.95, ge=0, le=1)
    times: dict[str, Annotated[float, Field(ge=0, le=4_000_000)]] = {}


class Teamwork(Part):
    """With how many helpers it works together, and what that takes of the time alone."""

    helpers: int = Field(default=1, ge=1, le=8)
    factor: float = Field(gt=0, le=2)
    alone_s: float | None = Field(default=None, ge=0, le=4_000_000)
    """The most nominal work it takes without help, simulated seconds; none: any."""

    @property
    def most_alone(self) -> int | None:
        """The same in ticks."""
        return None if self.alone_s is None else round(self.alone_s * TICKS_A_SECOND)


class Experience(Part):
    """What it has seen of a colleague: `samples` runs took `ratio` times what was promised."""

    worker: str
    capability: str
    samples: int = Field(ge=1, le=255)
    ratio: float = Field(gt=0, le=100)


class Profile(Part):
    """The whole file."""

    id: str = ""
    skills: dict[str, Skill] = {}
    team: dict[str, Teamwork] = {}
    experience: tuple[Experience, ...] = ()
    ask_within_mm: float = Field(default=0, ge=0, le=1_000)
    """As an inspector it asks humans about what measures this close to the criterion; 0: never."""

    def skill(self, capability: str) -> Skill:
        """What it believes of itself; of a capability it was told nothing about: that it takes the nominal time."""
        return self.skills.get(capability, Skill(pace=1.0))


def read_profile(path: Path) -> Profile:
    """The profile in a file; refuses what does not fit, by the field's name."""
    try:
        return Profile.model_validate(json.loads(path.read_text()))
    except OSError as missing:
        raise Malformed(f"profile {path}: {missing.strerror}") from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Malformed(f"profile {path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except ValueError as wrong:
        raise Malformed(f"profile {path}: not JSON: {wrong}") from None
