"""Numbers used once: each makes one sign-in possible, whichever process of ours it comes to."""

import secrets

from sqlalchemy import BigInteger, Column, String, Table, delete, insert

from api.database import METADATA, Database

NONCES = Table(
    "sign_in_nonces",
    METADATA,
    Column("nonce", String(32), primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


class Nonces:
    """Given out for a while, taken back once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, *, now: int, lasts_s: int) -> str:
        """A fresh one; those nobody used in time are forgotten."""
        nonce = secrets.token_hex(16)
        with self._database.begin() as connection:
            connection.execute(delete(NONCES).where(NONCES.c.expires_at <= now))
            connection.execute(insert(NONCES).values(nonce=nonce, expires_at=now + lasts_s))
        return nonce

    def take(self, nonce: str, *, now: int) -> bool:
        """Whether it was ours and unused; it is used now."""
        with self._database.begin() as connection:
            taken = connection.execute(delete(NONCES).where(NONCES.c.nonce == nonce, NONCES.c.expires_at > now))
            return taken.rowcount == 1
