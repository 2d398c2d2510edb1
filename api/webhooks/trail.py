"""Which events were seen, and where on the chain: what shows, after a restart too, that the chain went another way."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, delete, insert, select

from api.database import METADATA, Database
from api.webhooks.hooks import BEFORE_ALL, Position, later_than
from workmoot.domain.events import Event, Place

KEPT = 5_000
"""Places at least; a reorganisation that goes deeper undoes everything that was told."""
TRAIL = Table(
    "webhook_trail",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash", LargeBinary, nullable=False),
    Column("tx", String(66), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
)


class Trail:
    """The places of the last events that were seen, by whichever process of ours saw them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: list[Place] = []

    def recall(self) -> None:
        """Reads what another process, or this one before, has seen."""
        with self._database.begin() as connection:
            rows = connection.execute(select(TRAIL).order_by(TRAIL.c.block, TRAIL.c.log_index))
            self._seen = [Place(**row._asdict()) for row in rows]

    def fork(self, events: Sequence[Event], *, head: int) -> Position | None:
        """The last place seen that still stands, where one after it does not: `events` are all up to block `head`."""
        known = [place for place in self._seen if place.block <= head]
        if not known:
            return None
        first = bisect_left(events, known[0].position, key=_position)
        there = (event.at for event in events[first : first + len(known)])
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(known, there, strict=False)))
        if same == len(known):
            return None
        return known[same - 1].position if same else BEFORE_ALL

    def follow(self, events: Sequence[Event], *, fork: Position | None) -> None:
        """Goes on to the last event, from the fork on where there is one."""
        kept = [place for place in self._seen if fork is None or place.position <= fork]
        after = kept[-1].position if kept else BEFORE_ALL
        new = [event.at for event in events[bisect_right(events, after, key=_position) :]][-KEPT:]
        if fork is None and not new:
            return
        self._seen = kept + new
        oldest = self._seen[-KEPT].position if len(self._seen) > 2 * KEPT else None
        if oldest is not None:
            del self._seen[:-KEPT]
        with self._database.begin() as connection:
            if fork is not None:
                connection.execute(delete(TRAIL).where(later_than(TRAIL, fork)))
            if new:
                connection.execute(insert(TRAIL), [place._asdict() for place in new])
            if oldest is not None:
                connection.execute(delete(TRAIL).where(~later_than(TRAIL, oldest)))

    def forget(self) -> None:
        """Nobody is told anything: nothing need be known."""
        self._seen = []
        with self._database.begin() as connection:
            connection.execute(delete(TRAIL))


def _position(event: Event) -> Position:
    return event.at.position
