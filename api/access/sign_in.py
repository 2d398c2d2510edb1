"""Signing in with an account: a message of ours, signed by its key or by the contract that it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.access.message import SignInMessage, digest_of, read_message
from api.access.nonces import Nonces
from api.access.rules import MEMBER
from api.access.sessions import Sessions
from api.access.visitor import Visitor, not_signed_in
from api.home import Home
from api.problems import Problem, unprocessable
from api.refusals import checking
from workmoot.ballots.poll import Verify
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Address

NONCE_S = 300
CLOCKS_DIFFER_S = 60
STATEMENT = "I sign in to read and to draft. This gives no order and sends nothing to the chain."
Now = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who signed in, with the token that only they get to know."""

    visitor: Visitor
    token: str
    lasts_s: int


class SignIn:
    """Gives nonces, and sessions for messages with them."""

    def __init__(
        self, nonces: Nonces, sessions: Sessions, *, home: Home, verify: Verify, session_s: int, now: Now = time.time
    ) -> None:
        self._nonces = nonces
        self._sessions = sessions
        self._home = home
        self._verify = verify
        self._session_s = session_s
        self._now = now

    def give_nonce(self) -> tuple[str, int]:
        """A nonce, and until when it can be used."""
        now = int(self._now())
        return self._nonces.give(now=now, lasts_s=NONCE_S), now + NONCE_S

    def message_for(self, account: Address, *, nonce: str, expires_at: int, host: str) -> str:
        """The message for that account to sign, at the place where it asked."""
        here = self._home.origin_of(host)
        until = datetime.fromtimestamp(expires_at, UTC)
        message = SignInMessage(
            domain=here.partition("://")[2],
            account=account,
            statement=STATEMENT,
            uri=f"{here}/",
            chain_id=self._home.chain_id,
            nonce=nonce,
            issued_at=until - timedelta(seconds=NONCE_S),
            expires_at=until,
        )
        return str(message)

    def sign_in(self, text: str, signature: bytes, *, roles_of: Callable[[Address], frozenset[str]]) -> SignedIn:
        """A session for the account that signed, if it belongs here; the nonce is used up."""
        message = _read(text)
        self._require_for_here(message)
        self._require_in_time(message)
        roles = roles_of(message.account)
        if not roles:
            detail = f"{message.account} has neither a badge nor a role in this plant."
            raise Problem(403, "not-permitted", detail, missing=[MEMBER])
        self._require_signed(message.account, digest_of(text), signature)
        now = int(self._now())
        if not self._nonces.take(message.nonce, now=now):
            raise not_signed_in("The nonce is not one of this API, is over or was used: ask for a new one.")
        token = self._sessions.open(message.account, now=now, lasts_s=self._session_s)
        visitor = Visitor(name=message.account, account=message.account, roles=roles, expires_at=now + self._session_s)
        return SignedIn(visitor=visitor, token=token, lasts_s=self._session_s)

    def _require_for_here(self, message: SignInMessage) -> None:
        scheme = self._home.url.partition("://")[0]
        named = f"{scheme}://{message.domain}"
        if named not in self._home.origins or message.scheme not in (None, scheme):
            raise not_signed_in(f"The message is for {message.domain}, not for {self._home.url}.")
        if message.uri != named and not message.uri.startswith((f"{named}/", f"{named}?", f"{named}#")):
            raise not_signed_in(f"The message's URI {message.uri} does not lead to {named}.")
        if message.chain_id != self._home.chain_id:
            raise not_signed_in(f"The message is for chain {message.chain_id}; this is chain {self._home.chain_id}.")

    def _require_in_time(self, message: SignInMessage) -> None:
        now = datetime.fromtimestamp(self._now(), UTC)
        if message.expires_at is not None and message.expires_at <= now:
            raise not_signed_in("The message's time is over: ask for a new nonce.")
        if message.not_before is not None and message.not_before > now:
            raise not_signed_in("The message's time has not come.")
        if not -CLOCKS_DIFFER_S <= (now - message.issued_at).total_seconds() <= NONCE_S + CLOCKS_DIFFER_S:
            raise not_signed_in("The message was not issued just now.")

    def _require_signed(self, account: Address, digest: bytes, signature: bytes) -> None:
        with checking():
            genuine = self._verify(account, digest, signature)
        if not genuine:
            raise not_signed_in(f"The signature is not that of {account} under this message.")


def _read(text: str) -> SignInMessage:
    try:
        return read_message(text)
    except Malformed as wrong:
        raise unprocessable("/message", f"This is no sign-in message: {wrong}.") from wrong
