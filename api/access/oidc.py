"""Signing in by the company's identity provider, to read: OpenID Connect's authorization code flow, with PKCE."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import httpx

from api.access.id_token import claims_of
from api.access.identity import IdentityProvider
from api.access.provider import Provider
from api.access.secret import new_secret
from api.access.visitor import not_signed_in
from api.home import CALLBACK, Home
from api.problems import Problem
from api.turns import Turns
from workmoot.domain.ids import Address

BEGUN_S = 300
"""So long somebody may take at the provider."""
AT_ONCE, WAITING = 4, 4
"""Who waits for the provider holds one of the server's threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where the browser goes, and what it keeps to show that it was the one."""

    url: str
    secret: str
    lasts_s: int


class OidcSignIn:
    """Sends people to the provider, and says who comes back. Nothing is kept here between the two."""

    def __init__(self, identity: IdentityProvider, *, home: Home, provider: Provider | None = None) -> None:
        self.identity = identity
        self._home = home
        self._provider = provider or Provider(identity)
        self._turns = Turns(at_once=AT_ONCE, waiting=WAITING)

    def begin(self, host: str) -> Begun:
        """A sign-in of the browser that asks, at the place where it asked."""
        secret = new_secret()
        challenge = sha256(_verifier(secret).encode()).digest()
        with self._turns.take():
            door = self._provider.doors().authorization
        asked = {
            "response_type": "code",
            "client_id": self.identity.client_id,
            "redirect_uri": self._redirect_uri(host),
            "scope": " ".join(("openid", *self.identity.scopes)),
            "state": _state(secret),
            "nonce": _nonce(secret),
            "code_challenge": _text(challenge),
            "code_challenge_method": "S256",
        }
        return Begun(url=str(httpx.URL(door).copy_merge_params(asked)), secret=secret, lasts_s=BEGUN_S)

    def finish(self, code: str | None, *, state: str, secret: str, host: str) -> Address:
        """Who came back, if the same browser began it and a claim lets them in."""
        if not secret or not hmac.compare_digest(state.encode(), _state(secret).encode()):
            told = "This browser did not begin this sign-in within the last five minutes: begin at /sign-in."
            raise not_signed_in(told)
        if code is None:
            raise not_signed_in("The identity provider signed nobody in.")
        with self._turns.take():
            redirect_uri = self._redirect_uri(host)
            token = self._provider.redeem(code, verifier=_verifier(secret), redirect_uri=redirect_uri)
            claims = claims_of(token, self.identity, nonce=_nonce(secret), keys_of=self._provider.keys)
        if not self.identity.lets_in(claims):
            missing = sorted({name for name, _ in self.identity.allowed})
            detail = (
                f"Nothing that the identity provider says of you lets you in: it is decided by {', '.join(missing)}."
            )
            raise Problem(403, "not-permitted", detail, missing=missing)
        return self.identity.reader(claims["sub"])

    def _redirect_uri(self, host: str) -> str:
        return self._home.origin_of(host) + CALLBACK


def _derived(label: bytes) -> Callable[[str], str]:
    """One of the texts that are made of a browser's secret; of one nobody can tell another, nor the secret."""
    return lambda secret: _text(hmac.digest(secret.encode(), label, "sha256"))


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


_verifier, _state, _nonce = _derived(b"verifier"), _derived(b"state"), _derived(b"nonce")
