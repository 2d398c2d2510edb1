"""Which of the processes on one database sends: one at a time, until it ends or falls silent."""

import secrets

from sqlalchemy import Column, Float, Integer, String, Table, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from api.database import METADATA, Database

LASTS_S, RENEWED_EVERY_S = 15.0, 4.0
"""So long nobody sends after a kill. What is left of it is always more than one message may take."""
ONLY = 1
LEASE = Table(
    "webhook_lease",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(32), nullable=False),
    Column("until", Float, nullable=False),
)


class Lease:
    """One process's hold on it. Times are Unix seconds; clocks that differ by seconds do no harm."""

    def __init__(self, database: Database, *, lasts_s: float = LASTS_S) -> None:
        self._database = database
        self._lasts_s = lasts_s
        self._me = secrets.token_hex(16)
        self._until = 0.0

    def hold(self, *, now: float) -> bool:
        """Whether it is ours; taken where it is over, renewed in time."""
        if now < self._until - self._lasts_s + RENEWED_EVERY_S:
            return True
        held = self._take(now) or self._make(now)
        self._until = now + self._lasts_s if held else 0.0
        return held

    def lasts(self, *, now: float, seconds: float) -> bool:
        """Whether it will still be ours so long from now."""
        return now + seconds < self._until

    def _take(self, now: float) -> bool:
        free = or_(LEASE.c.holder == self._me, LEASE.c.until < now)
        taken = update(LEASE).where(free).values(holder=self._me, until=now + self._lasts_s)
        with self._database.begin() as connection:
            return connection.execute(taken).rowcount == 1

    def _make(self, now: float) -> bool:
        """The first time on this database; of two that do so at once the other fails."""
        try:
            with self._database.begin() as connection:
                if connection.scalar(select(LEASE.c.id)) is not None:
                    return False
                connection.execute(insert(LEASE).values(id=ONLY, holder=self._me, until=now + self._lasts_s))
        except IntegrityError:
            return False
        return True

    def give_back(self) -> None:
        """Another may have it at once."""
        self._until = 0.0
        with self._database.begin() as connection:
            connection.execute(update(LEASE).where(LEASE.c.holder == self._me).values(until=0.0))
