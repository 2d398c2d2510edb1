"""Keys for scripts: each is one human's, for some kinds of acts, until a day that it names."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, func, insert, select, update

from api.access.secret import hash_of, new_secret
from api.database import METADATA, Database
from workmoot.domain.ids import Address

PREFIX = "wm_"
MOST = 20
"""Keys of one account at a time."""
NOTED_EVERY_S = 60
"""Its last use is known to this many seconds: reading is not to write each time."""
LARGEST_ID = (1 << 31) - 1
KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("account", String(42), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("scopes", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
_TOLD = [column for column in KEYS.columns if column.name != "key_hash"]


class Scope(StrEnum):
    """What a key may be used for; never for more than its human may do."""

    READ = "read"
    DRAFT = "draft"
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without what makes it one."""

    id: int
    account: Address
    name: str
    scopes: frozenset[Scope]
    created_at: int
    expires_at: int
    used_at: int | None


class ApiKeys:
    """Every key; over, it is forgotten when its account makes the next."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, account: Address, name: str, scopes: frozenset[Scope], *, now: int, expires_at: int
    ) -> tuple[str, ApiKey] | None:
        """A new key, shown this once; None: the account has too many."""
        secret = new_secret(PREFIX)
        row = {"account": account, "name": name, "scopes": " ".join(sorted(scopes)), "created_at": now}
        with self._database.begin() as connection:
            connection.execute(delete(KEYS).where(KEYS.c.account == account, KEYS.c.expires_at <= now))
            if connection.scalar(select(func.count()).where(KEYS.c.account == account)) >= MOST:  # type: ignore[operator]  # a count is never null
                return None
            added = insert(KEYS).values(**row, key_hash=hash_of(secret), expires_at=expires_at).returning(*_TOLD)
            return secret, _key(connection.execute(added).one())

    def find(self, secret: str, *, now: int) -> ApiKey | None:
        """The key that a text is, unless it is over; its use is noted."""
        with self._database.begin() as connection:
            row = connection.execute(
                select(*_TOLD).where(KEYS.c.key_hash == hash_of(secret), KEYS.c.expires_at > now)
            ).one_or_none()
            if row and (row.used_at is None or row.used_at <= now - NOTED_EVERY_S):
                connection.execute(update(KEYS).where(KEYS.c.id == row.id).values(used_at=now))
        return _key(row) if row else None

    def of(self, account: Address, *, now: int) -> tuple[ApiKey, ...]:
        """An account's keys, the oldest first."""
        with self._database.begin() as connection:
            rows = connection.execute(
                select(*_TOLD).where(KEYS.c.account == account, KEYS.c.expires_at > now).order_by(KEYS.c.id)
            )
            return tuple(_key(row) for row in rows)

    def revoke(self, account: Address, id_: int) -> bool:
        """Ends a key of the account; False: it has none of that number."""
        with self._database.begin() as connection:
            ended = connection.execute(delete(KEYS).where(KEYS.c.account == account, KEYS.c.id == id_))
            return ended.rowcount == 1


def _key(row: object) -> ApiKey:
    values = row._asdict()  # type: ignore[attr-defined]  # SQLAlchemy's row
    return ApiKey(**values | {"scopes": frozenset(map(Scope, values["scopes"].split()))})
