"""One reader's way along the chain's events: where it goes on after what it had, and what it has to take back."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from api.event_ids import EventId
from api.projection import Projection
from workmoot.domain.events import Event

MOST = 500
"""Events of one look."""


class From(StrEnum):
    """Where a reader begins that has nothing yet."""

    START = "start"
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganised:
    """What was told after this event is undone; what is true now follows."""

    last: Event | None


class Tail:
    """The events from a place on. Reading takes the projection's lock, which no event loop should wait for."""

    def __init__(self, plant: Projection, start: From | EventId) -> None:
        self._plant = plant
        self._start = start
        self._place: int | None = None
        self._rewinds = 0
        self._version = -1

    @property
    def may_have_more(self) -> bool:
        """Whether something came since the last look, or an id is ahead: a block without events may settle it."""
        return self._version != self._plant.version

    def read(self) -> Iterator[Reorganised | Event]:
        """What comes next, some of it; nothing while an id is ahead of what the API has read."""
        version = self._plant.version
        undone = self._place is None and self._find_place()
        if self._place is None:
            return
        fresh = self._plant.events(self._place, rewinds=self._rewinds, most=MOST)
        if undone or fresh.start < self._place:
            yield Reorganised(last=fresh.before)
        yield from fresh.events
        self._place, self._rewinds = fresh.start + len(fresh.events), fresh.rewinds
        if len(fresh.events) < MOST:
            self._version = version

    def _find_place(self) -> bool:
        """Whether what the reader had after that place stands no more."""
        if self._start is From.START:
            self._place = 0
            return False
        found = self._plant.place_after(self._start if isinstance(self._start, EventId) else None)
        if found is None:
            return False
        self._place, self._rewinds = found.count, found.rewinds
        return found.is_undone
