"""What every answer shares: the head block it was read at, numbers with their unit, people by badge and name."""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

TICKS_PER_SECOND = 1000
LAST_SECOND = 253_402_300_799
"""Of the year 9999: the contracts take any number of 48 bits."""
T = TypeVar("T")


def names_of(numbers: type[IntEnum]) -> Any:
    """A type: as text, in lower case, each but the zero, which is none of them."""
    return Literal[tuple(number.name.lower() for number in numbers if number)]


class Wire(BaseModel):
    """A value on the wire: frozen, and nothing in it that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(Wire):
    """How far this projection of the chain has read."""

    chain_id: int
    block: int
    hash: str
    at: datetime | None = Field(
        description="The head block's own time; nodes that mine on demand stand still when idle."
    )
    behind_blocks: int = Field(description="Blocks the node has that this projection has not read.")
    behind_s: int = Field(description="Seconds of the chain's own time between this block and the node's newest.")
    trouble: str | None = Field(default=None, description="Why the node cannot be read, where it cannot.")


class Freshness(Wire):
    """How far what is said here can be relied on."""

    read_s_ago: float = Field(description="Wall seconds since the node was last read; a million where it never was.")
    stale: bool = Field(description="The node cannot be read, or was not for 5 s: what is said may have changed.")
    events: int = Field(description="How many events of the chain are known.")
    database: str = Field(description="Where they are kept: sqlite, postgresql or memory.")


class Listing(Wire, Generic[T]):
    """A page of a list, and the head block it was read at."""

    head: Head
    items: tuple[T, ...]
    next_cursor: str | None = Field(default=None, description="The `cursor` of the next page, where there is one.")


class Who(Wire):
    """A member by badge number, with the name it gives itself."""

    number: int
    id: str
    name: str


class Span(Wire):
    """From when to when, simulated seconds since the plant's clock started; no end: still going."""

    start_s: float
    end_s: float | None


def moment(unix: int | float | None) -> datetime | None:
    """Unix seconds as a time in UTC, the last one there is for later ones; zero and nothing are no time."""
    return datetime.fromtimestamp(min(unix, LAST_SECOND), UTC) if unix else None


def seconds(ticks: int) -> float:
    """Simulated seconds of ticks."""
    return ticks / TICKS_PER_SECOND
