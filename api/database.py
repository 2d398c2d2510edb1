"""The API's own tables: what of the chain it has read, and the little that is not on the chain."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool

from workmoot.domain.errors import DatabaseUnreachable

METADATA = MetaData()
"""Every table; each stands in the module that alone reads and writes it."""
BUSY_S = 10
"""SQLite: how long one waits for another that writes."""
CONNECT_S, STATEMENT_S, TURN_S = 5, 30, 10
"""PostgreSQL: for a connection, for a statement or an answer to it, for a connection that others use."""
ALONE = 0x776F726B6D6F6F74
"""The name of our lock in a PostgreSQL database."""
DIALECTS = ("sqlite", "postgresql")


class Database:
    """SQLite or PostgreSQL, by one URL. Threads share it; a transaction is whole or not at all."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(_checked(url))
        self._turn: AbstractContextManager[object] = Lock() if _is_in_memory(self._engine) else nullcontext()
        """In memory there is one connection: threads take turns."""

    def create_tables(self) -> None:
        """Makes the tables that are missing."""
        with self.begin_alone() as connection:
            METADATA.create_all(connection)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: what is written is kept when the block ends, and nothing of it when it fails."""
        try:
            with self._turn, self._engine.begin() as connection:
                yield connection
        except exc.IntegrityError:
            raise
        except (exc.DBAPIError, exc.TimeoutError) as error:
            raise DatabaseUnreachable(f"the API's database: {_words(error)}") from None

    @contextmanager
    def begin_alone(self) -> Iterator[Connection]:
        """A transaction that waits for others such as it, those of other processes too: for what is made once."""
        lock = "BEGIN IMMEDIATE" if self.dialect == "sqlite" else f"SELECT pg_advisory_xact_lock({ALONE})"
        with self.begin() as connection:
            connection.exec_driver_sql(lock)
            yield connection

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()


def _checked(url: str) -> URL:
    try:
        read = make_url(url)
    except exc.ArgumentError:
        raise ValueError(f"{_without_secrets(url)!r} is no database's URL; {_EXAMPLES}") from None
    if read.get_backend_name() not in DIALECTS:
        raise ValueError(f"the API keeps its tables in SQLite or PostgreSQL, not {read.drivername}; {_EXAMPLES}")
    return read.set(drivername="postgresql+psycopg") if read.drivername == "postgresql" else read


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        patience = _patience(url)
        return create_engine(url, pool_pre_ping=True, pool_timeout=TURN_S, connect_args=patience, hide_parameters=True)
    if url.database in (None, "", ":memory:"):
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_S}, hide_parameters=True)
    event.listen(engine, "connect", _tune_sqlite)
    return engine


def _patience(url: URL) -> dict[str, object]:
    """How long a server is waited for, where the URL does not say it."""
    ms = STATEMENT_S * 1000
    usual = {"connect_timeout": CONNECT_S, "tcp_user_timeout": ms, "options": f"-c statement_timeout={ms}"}
    return {name: value for name, value in usual.items() if name not in url.query}


def _is_in_memory(engine: Engine) -> bool:
    return isinstance(engine.pool, StaticPool)


def _tune_sqlite(connection: Any, _record: object) -> None:
    """Readers do not wait for the writer, and a kill loses nothing that was told."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _words(error: exc.SQLAlchemyError) -> str:
    """The driver's own words, without the statement and its values."""
    return str(error.orig if isinstance(error, exc.DBAPIError) else error).strip()


def _without_secrets(url: str) -> str:
    """What stands before the account's name and password; nothing of what is no URL at all."""
    scheme, colon, _ = url.partition("://")
    return scheme if colon else "…"


_EXAMPLES = "for example sqlite:///workmoot.db or postgresql://user@127.0.0.1/workmoot"
