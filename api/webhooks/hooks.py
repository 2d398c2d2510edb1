"""Who wants to be told what, and how far each was told; and what could not be told."""

from dataclasses import dataclass, replace

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Row,
    String,
    Table,
    Text,
    Update,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from api.database import METADATA, Database
from api.event_index import Topic
from api.webhooks.message import Message, new_signing_secret
from workmoot.domain.ids import Address

MOST = 20
"""Webhooks of one account at a time."""
MOST_LETTERS = 1000
"""Dead letters of one webhook; the oldest go first."""
Position = tuple[int, int]
"""Block and log index."""
BEFORE_ALL: Position = (-1, -1)
HOOKS = Table(
    "webhooks",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String(42), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("task", BigInteger),
    Column("of_order", BigInteger),
    Column("worker", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("log_index", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Float, nullable=False),
    Column("trouble", Text),
    Column("delivered_at", BigInteger),
    sqlite_autoincrement=True,
)
LETTERS = Table(
    "webhook_letters",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("hook", Integer, nullable=False, index=True),
    Column("message", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("failed_at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("due", Boolean, nullable=False),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """Which events: by name, any where none is named, and by whom and what they name."""

    names: tuple[str, ...] = ()
    task: int | None = None
    order: int | None = None
    worker: int | None = None

    @property
    def topics(self) -> frozenset[Topic]:
        """What an event has to be about, besides its name."""
        asked = {"task": self.task, "order": self.order, "worker": self.worker}
        return frozenset((about, value) for about, value in asked.items() if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook. All that it wants is told up to `position`; `generation` counts the reorganisations since it was
    made, `told` those that it was told of."""

    id: int
    account: Address
    url: str
    secret: str
    wants: Wants
    created_at: int
    position: Position
    generation: int = 0
    told: int = 0
    attempts: int = 0
    next_at: float = 0.0
    trouble: str | None = None
    delivered_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message that was not taken; `due`: it is to be sent once more."""

    id: int
    hook: int
    message: Message
    failed_at: int
    reason: str
    due: bool


class Hooks:
    """Every webhook and dead letter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, account: Address, url: str, wants: Wants, *, now: int, after: Position) -> Hook | None:
        """A new one, told of what comes after a place on the chain; None: the account has too many."""
        values = {
            "account": account,
            "url": url,
            "secret": new_signing_secret(),
            "names": " ".join(wants.names),
            "task": wants.task,
            "of_order": wants.order,
            "worker": wants.worker,
            "created_at": now,
            "block": after[0],
            "log_index": after[1],
            "generation": 0,
            "told": 0,
            "attempts": 0,
            "next_at": 0.0,
        }
        with self._database.begin_alone() as connection:
            if connection.scalar(select(func.count()).where(HOOKS.c.account == account)) >= MOST:  # type: ignore[operator]  # a count is never null
                return None
            return _hook(connection.execute(insert(HOOKS).values(values).returning(HOOKS)).one())

    def all(self) -> tuple[Hook, ...]:
        """Everybody's."""
        return self._chosen()

    def of(self, account: Address) -> tuple[Hook, ...]:
        """An account's own, the oldest first."""
        return self._chosen(HOOKS.c.account == account)

    def find(self, id_: int) -> Hook | None:
        """As it is now."""
        return next(iter(self._chosen(HOOKS.c.id == id_)), None)

    def _chosen(self, *where: ColumnElement[bool]) -> tuple[Hook, ...]:
        with self._database.begin() as connection:
            return tuple(map(_hook, connection.execute(select(HOOKS).where(*where).order_by(HOOKS.c.id))))

    def remove(self, hook: Hook) -> None:
        """Ends it, and forgets what it could not be told."""
        with self._database.begin() as connection:
            connection.execute(delete(LETTERS).where(LETTERS.c.hook == hook.id))
            connection.execute(delete(HOOKS).where(HOOKS.c.id == hook.id))

    def succeed(self, hook: Hook, *, now: int) -> None:
        """Keeps how far it is told: the place in `hook`."""
        with self._database.begin() as connection:
            _advance(connection, replace(hook, trouble=None, delivered_at=now))

    def fail(self, hook: Hook, trouble: str, *, next_at: float) -> None:
        """The same is to be tried again, not before then."""
        with self._database.begin() as connection:
            values = {"attempts": hook.attempts + 1, "next_at": next_at, "trouble": trouble}
            connection.execute(_same(hook).values(values))

    def bury(self, hook: Hook, message: Message, trouble: str, *, now: int) -> None:
        """Gives a message up, and goes on after it: the place in `hook`."""
        with self._database.begin() as connection:
            if not _advance(connection, replace(hook, trouble=trouble)):
                return
            values = {"hook": hook.id, "message": message.id, "type": message.type, "body": message.body}
            connection.execute(insert(LETTERS).values(**values, failed_at=now, reason=trouble, due=False))
            newest = select(LETTERS.c.id).where(LETTERS.c.hook == hook.id).order_by(LETTERS.c.id.desc())
            kept = newest.limit(MOST_LETTERS).scalar_subquery()
            connection.execute(delete(LETTERS).where(LETTERS.c.hook == hook.id, LETTERS.c.id.not_in(kept)))

    def rewind(self, after: Position) -> None:
        """What came after that place is undone. Every webhook is to be told so: what one was just being told when this
        was found out, or when a process died, is not known here."""
        values = {"block": after[0], "log_index": after[1]}
        with self._database.begin() as connection:
            connection.execute(update(HOOKS).where(later_than(HOOKS, after)).values(values))
            connection.execute(update(HOOKS).values(generation=HOOKS.c.generation + 1, attempts=0, next_at=0.0))

    # Dead letters

    def letters(self, hook: Hook) -> tuple[Letter, ...]:
        """What could not be told, the oldest first."""
        with self._database.begin() as connection:
            rows = connection.execute(select(LETTERS).where(LETTERS.c.hook == hook.id).order_by(LETTERS.c.id))
            return tuple(map(_letter, rows))

    def due_letters(self) -> tuple[Letter, ...]:
        """Those to be sent once more."""
        with self._database.begin() as connection:
            return tuple(map(_letter, connection.execute(select(LETTERS).where(LETTERS.c.due).order_by(LETTERS.c.id))))

    def ask_again(self, hook: Hook, letter: int) -> bool:
        """Has a letter sent once more; False: it has none of that number."""
        with self._database.begin() as connection:
            named = and_(LETTERS.c.hook == hook.id, LETTERS.c.id == letter)
            return connection.execute(update(LETTERS).where(named).values(due=True)).rowcount == 1

    def settle(self, letter: Letter, trouble: str | None, *, now: int) -> None:
        """What became of it: taken, it is forgotten."""
        with self._database.begin() as connection:
            if trouble is None:
                connection.execute(delete(LETTERS).where(LETTERS.c.id == letter.id))
            else:
                values = {"due": False, "reason": trouble, "failed_at": now}
                connection.execute(update(LETTERS).where(LETTERS.c.id == letter.id).values(values))


def later_than(table: Table, place: Position) -> ColumnElement[bool]:
    """The rows that stand after a place on the chain."""
    block, index = table.c.block, table.c.log_index
    return or_(block > place[0], and_(block == place[0], index > place[1]))


def _same(hook: Hook) -> Update:
    """Where it was not undone meanwhile by a reorganisation."""
    return update(HOOKS).where(HOOKS.c.id == hook.id, HOOKS.c.generation == hook.generation)


def _advance(connection: Connection, hook: Hook) -> bool:
    values = {
        "block": hook.position[0],
        "log_index": hook.position[1],
        "told": hook.told,
        "attempts": 0,
        "next_at": 0.0,
        "trouble": hook.trouble,
        "delivered_at": hook.delivered_at,
    }
    return connection.execute(_same(hook).values(values)).rowcount == 1


def _hook(row: Row) -> Hook:  # type: ignore[type-arg]  # SQLAlchemy's row
    values = row._asdict()
    names = tuple(values.pop("names").split())
    wants = Wants(names=names, task=values.pop("task"), order=values.pop("of_order"), worker=values.pop("worker"))
    return Hook(**values | {"wants": wants, "position": (values.pop("block"), values.pop("log_index"))})


def _letter(row: Row) -> Letter:  # type: ignore[type-arg]  # SQLAlchemy's row
    message = Message(id=row.message, type=row.type, body=row.body)
    return Letter(id=row.id, hook=row.hook, message=message, failed_at=row.failed_at, reason=row.reason, due=row.due)
