"""What humans were shown before they signed: kept by the hash that is signed, so that no order is relayed
over a preview that was never made here, by this process or another, and so that it can be read again."""

import json
import logging
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.database import METADATA, Database
from workmoot.domain.errors import DatabaseUnreachable

log = logging.getLogger(__name__)
KEPT_S = 24 * 3600
PREVIEWS = Table(
    "previews",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("made_at", Float, nullable=False),
    Column("is_ordered", Boolean, nullable=False),
    Column("shown", LargeBinary, nullable=False),
    Index("previews_not_ordered", "is_ordered", "made_at"),
)
"""`shown` is JSON, packed by zlib: the orders of a bulk share a forecast, and each keeps it."""


INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Preview(NamedTuple):
    """What was shown, and when."""

    made_at: float
    shown: dict[str, Any]


class Previews:
    """The previews of the last day, and those that were ordered."""

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def keep(self, made: Iterable[tuple[bytes, dict[str, Any]]]) -> None:
        """Keeps what was shown, by its hash; what nobody ordered in a day goes."""
        now = self._now()
        over = delete(PREVIEWS).where(PREVIEWS.c.made_at < now - KEPT_S, PREVIEWS.c.is_ordered.is_(False))
        rows = [
            {"hash": hash_, "made_at": now, "is_ordered": False, "shown": zlib.compress(json.dumps(shown).encode())}
            for hash_, shown in sorted(dict(made).items())  # in one order, so that no two wait for each other
        ]
        again = INSERT[self._database.dialect](PREVIEWS).on_conflict_do_update(
            index_elements=["hash"], set_={"made_at": now}, where=PREVIEWS.c.is_ordered.is_(False)
        )
        with self._database.begin() as connection:
            connection.execute(over)
            if rows:
                connection.execute(again, rows)

    def order(self, hashes: Iterable[bytes]) -> set[bytes]:
        """Keeps those for good that are known; which are not. Where the tables are away, nobody can say: none."""
        wanted = set(hashes)
        try:
            with self._database.begin() as connection:
                known = connection.execute(select(PREVIEWS.c.hash).where(PREVIEWS.c.hash.in_(wanted))).scalars().all()
                connection.execute(update(PREVIEWS).where(PREVIEWS.c.hash.in_(known)).values(is_ordered=True))
                return wanted - set(map(bytes, known))
        except DatabaseUnreachable as away:
            log.warning("what a human was shown is not looked up: %s", away)
            return set()

    def find(self, hash_: bytes) -> Preview | None:
        """What was shown under that hash."""
        with self._database.begin() as connection:
            found = connection.execute(select(PREVIEWS).where(PREVIEWS.c.hash == hash_)).one_or_none()
        return Preview(found.made_at, json.loads(zlib.decompress(found.shown))) if found else None
