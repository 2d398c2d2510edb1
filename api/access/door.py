"""The door: who asks, whether they come too often, and whether the route is for them."""

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from api.access.api_keys import ApiKey, ApiKeys, Scope
from api.access.identity import READER, IdentityProvider
from api.access.rules import MEMBERS, RULES, SIGNED, Limit, Rule
from api.access.sessions import Session, Sessions
from api.access.visitor import CHALLENGE, Visitor, roles_of
from api.present import note
from api.problems import Problem
from api.projection import Projection
from api.rates import Rates
from workmoot.domain.errors import DatabaseUnreachable
from workmoot.domain.ids import ZERO_ADDRESS, Address

BURST_S = 10
"""So many seconds' worth may come at once."""


class Door:
    """Asks the tables who has a session or key, and the chain what that account is."""

    def __init__(
        self,
        projection: Projection,
        sessions: Sessions,
        keys: ApiKeys,
        *,
        cookie: str,
        rate: float,
        development: bool,
        identity: IdentityProvider | None,
    ) -> None:
        self._projection = projection
        self._sessions = sessions
        self._keys = keys
        self.cookie = cookie
        """The name of the session's cookie."""
        self._development = development
        self._identity = identity
        self._rates = {
            limit: Rates(rate * limit.value, at_once=max(1, rate * limit.value * BURST_S)) for limit in Limit
        }

    def admit(self, request: HTTPConnection, rule: Rule) -> Visitor:
        """Who asks; or the problem that keeps them out."""
        note(actor=_address(request))
        try:
            visitor = self._nobody(request) if rule.is_blind else self.visitor(request)
        except (DatabaseUnreachable, Problem) as trouble:
            away = rule.is_open and isinstance(trouble, DatabaseUnreachable)
            if not away and not (rule is SIGNED and _is_unknown(trouble)):
                raise
            visitor = self._nobody(request)
        note(actor=visitor.name)
        if rule.limit is not None:
            self._rates[rule.limit].spend(visitor.name)
        visitor.require(rule)
        return visitor

    def still_admits(self, request: HTTPConnection, rule: Rule) -> bool:
        """Whether who was let in may stay: a stream outlives what it was opened with."""
        try:
            return self.visitor(request).may(rule)
        except (Problem, DatabaseUnreachable):
            return False

    def visitor(self, request: HTTPConnection) -> Visitor:
        """By an API key, or else by a session, or else nobody."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return self._by_key(request, secret.strip() if scheme.lower() == "bearer" else "")
        token = request.cookies.get(self.cookie)
        return (token and self._by_session(token)) or self._nobody(request)

    def _nobody(self, request: HTTPConnection) -> Visitor:
        return Visitor(name=_address(request), develops=self._development)

    def _by_key(self, request: HTTPConnection, secret: str) -> Visitor:
        key = self._keys.find(secret, now=int(time.time())) if secret else None
        roles = self.roles_of(key.account) if key else frozenset()
        if key is None or not roles:
            self._rates[Limit.READS].spend(_address(request))
            raise _no_key(key)
        return Visitor(
            name=f"API key {key.id}", account=key.account, roles=roles, scopes=key.scopes, expires_at=key.expires_at
        )

    def _by_session(self, token: str) -> Visitor | None:
        """Nobody where it is over; it also ends when its account belongs here no more."""
        session = self._sessions.find(token, now=int(time.time()))
        if session is None:
            return None
        if session.account.startswith(READER):
            return self._reader(session)
        roles = self.roles_of(session.account)
        if not roles:
            self._sessions.close_all_of(session.account)
            return None
        return Visitor(name=session.account, account=session.account, roles=roles, expires_at=session.expires_at)

    def _reader(self, session: Session) -> Visitor | None:
        """Nobody where the provider, or whom it lets in, is another than when they came."""
        if self._identity is None or not self._identity.knows(session.account):
            return None
        scopes = frozenset({Scope.READ})
        return Visitor(name=session.account, roles=MEMBERS, scopes=scopes, expires_at=session.expires_at)

    def belongs(self, account: Address) -> bool:
        """Whether an account may be told what members read; in development nobody's, too."""
        with self._projection.read() as snap:
            return bool(roles_of(snap.ledger, account)) or (self._development and account == ZERO_ADDRESS)

    def roles_of(self, account: Address) -> frozenset[str]:
        """What the account is now; nothing: it does not belong here, which only a chain read to its head can say."""
        with self._projection.read() as snap:
            roles = roles_of(snap.ledger, account)
            if roles or (snap.ledger.grants and self._projection.is_whole):
                return roles
        told = "The chain was not read to its head yet: who is not known here may be then."
        raise Problem(503, "not-ready", told, headers={"Retry-After": "1"}, retryable=True)


def admit(request: Request) -> Visitor:
    """The dependency of every route."""
    rule = RULES.get(request.scope["route"].name)
    if rule is None:
        raise Problem(403, "not-permitted", f"Nobody may use {request.url.path}: no rule says who.")
    door: Door = request.app.state.dependencies.access.door
    return door.admit(request, rule)


Admitted = Annotated[Visitor, Depends(admit)]


def _is_unknown(trouble: Exception) -> bool:
    return isinstance(trouble, Problem) and trouble.status == HTTPStatus.UNAUTHORIZED


def _no_key(key: ApiKey | None) -> Problem:
    detail = "The API key is not known or is over." if key is None else "The key's account belongs here no more."
    challenge = CHALLENGE["WWW-Authenticate"] + ', error="invalid_token"'
    return Problem(401, "not-signed-in", detail, headers={"WWW-Authenticate": challenge})


def _address(request: HTTPConnection) -> str:
    return request.client.host if request.client else "nobody"
