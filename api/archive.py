"""What the API has read of its chain, in its database: raw logs and the hashes of blocks."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from struct import Struct
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)

from api.database import METADATA, Database
from workmoot.chain.archive import RawLog, Recalled, blocks_of
from workmoot.chain.deployment import Deployment
from workmoot.domain.errors import WrongDatabase
from workmoot.domain.ledger import Block

log = logging.getLogger(__name__)
LAYOUT = 2
"""Of the table of blocks; another one begins it anew."""
ONLY = 1

archives = Table(
    "archive",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("deployment", Text, nullable=False),
    Column("layout", Integer, nullable=False),
    Column("changes", BigInteger, nullable=False),
)
blocks = Table(
    "archive_blocks",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("logs", LargeBinary, nullable=False),
)
"""The logs of a block stand in its row, one after the other: a row for each would cost three times as much."""
ENDS = select(blocks.c.number, blocks.c.hash, blocks.c.timestamp)
DROP_LOGS = text("DROP TABLE IF EXISTS archive_logs")
"""Layout 1 had a row for each log."""
LOG = Struct(">I32s20sHI")
"""Its index, transaction and address, how many bytes its topics have and how many its data; those follow."""


class DatabaseArchive:
    """One deployment's archive. Several processes may share it: what one has read the others take from it."""

    def __init__(self, database: Database, deployment: Deployment) -> None:
        self._database = database
        with database.begin_alone() as connection:
            _open(connection, json.dumps({"chain_id": deployment.chain_id, **deployment.addresses}))

    def newest(self) -> Block | None:
        """How far it goes."""
        with self._database.begin() as connection:
            return _newest(connection)

    def block_at(self, number: int) -> Block | None:
        """The newest block it has at that number or below."""
        with self._database.begin() as connection:
            return _block_at(connection, number)

    def recall(self, last: Block | None) -> Recalled:
        """What it has beyond a block; everything for none."""
        with self._changing() as connection:
            anew = last is not None and _block_at(connection, last.number) != last
            above = last.number if last is not None and not anew else -1
            found = connection.execute(select(blocks).where(blocks.c.number > above).order_by(blocks.c.number))
            return Recalled(anew, [log for row in found for log in _unpacked(*row)], _newest(connection))

    def extend(self, last: Block | None, told: Sequence[RawLog], head: Block) -> bool:
        """Keeps what follows its newest block, up to `head`; not where that is no longer `last`."""
        with self._changing() as connection:
            if _newest(connection) != last:
                return False
            packed: defaultdict[int, list[bytes]] = defaultdict(list)
            for log in told:
                packed[log.block].append(_packed(log))
            ends = blocks_of(told, head)
            _insert(
                connection,
                blocks,
                [(block.number, block.hash, block.timestamp, b"".join(packed[block.number])) for block in ends],
            )
            return True

    def rewind(self, number: int) -> None:
        """Forgets everything above that block."""
        with self._changing() as connection:
            connection.execute(delete(blocks).where(blocks.c.number > number))

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction that has the archive to itself: on either database the first write waits for its turn."""
        with self._database.begin() as connection:
            connection.execute(update(archives).values(changes=archives.c.changes + 1))
            yield connection


def _open(connection: Connection, deployment: str) -> None:
    """Refuses another deployment's archive; begins one of another layout anew: it can be read again."""
    found = connection.execute(select(archives.c.deployment, archives.c.layout)).one_or_none()
    if found is None:
        connection.execute(insert(archives).values(id=ONLY, deployment=deployment, layout=LAYOUT, changes=0))
        return
    if found.deployment != deployment:
        raise WrongDatabase(expected=deployment, found=found.deployment)
    if found.layout != LAYOUT:
        log.warning("the archive has layout %s, not %s: the chain is read anew", found.layout, LAYOUT)
        blocks.drop(connection)
        connection.execute(DROP_LOGS)
        blocks.create(connection)
        connection.execute(update(archives).values(layout=LAYOUT))


def _packed(log: RawLog) -> bytes:
    return LOG.pack(log.log_index, log.tx, log.address, len(log.topics), len(log.data)) + log.topics + log.data


def _unpacked(number: int, hash_: bytes, timestamp: int, content: bytes) -> Iterator[RawLog]:
    """The logs of a block's row."""
    at = 0
    while at < len(content):
        index, tx, address, topics, data = LOG.unpack_from(content, at)
        begin = at + LOG.size
        at = begin + topics + data
        yield RawLog(
            number, index, hash_, timestamp, tx, address, content[begin : begin + topics], content[begin + topics : at]
        )


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows by the driver's own hand, in a third of the time."""
    place = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    if rows:
        places = ", ".join([place] * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({places})", list(rows))  # noqa: S608


def _newest(connection: Connection) -> Block | None:
    return _first(connection, ENDS)


def _block_at(connection: Connection, number: int) -> Block | None:
    return _first(connection, ENDS.where(blocks.c.number <= number))


def _first(connection: Connection, chosen: Select[Any]) -> Block | None:
    """The one with the highest number."""
    found = connection.execute(chosen.order_by(blocks.c.number.desc()).limit(1)).one_or_none()
    return Block(number=found.number, hash=found.hash, timestamp=found.timestamp) if found else None
