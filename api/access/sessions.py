"""Sessions of those who signed in: from the signature on for a fixed time, however often they are used."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, String, Table, delete, insert, select

from api.access.secret import hash_of, new_secret
from api.database import METADATA, Database
from workmoot.domain.ids import Address

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(42), nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, and until when."""

    account: Address
    """In its place, of who has none, what `IdentityProvider.reader` says."""
    expires_at: int


class Sessions:
    """What an account may do does not stand here: the chain says it, at each request."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, account: Address, *, now: int, lasts_s: int) -> str:
        """The token of a new one; those that are over are forgotten."""
        token = new_secret()
        row = {"token_hash": hash_of(token), "account": account, "expires_at": now + lasts_s}
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
            connection.execute(insert(SESSIONS).values(row))
        return token

    def find(self, token: str, *, now: int) -> Session | None:
        """The one with that token, unless it is over."""
        wanted = select(SESSIONS.c.account, SESSIONS.c.expires_at).where(
            SESSIONS.c.token_hash == hash_of(token), SESSIONS.c.expires_at > now
        )
        with self._database.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return Session(account=row.account, expires_at=row.expires_at) if row else None

    def close(self, token: str) -> None:
        """Ends one."""
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == hash_of(token)))

    def close_all_of(self, account: Address) -> None:
        """Ends every session of an account that does not belong here any more."""
        with self._database.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account == account))
