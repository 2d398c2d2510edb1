"""The company's identity provider: which one, whom of its people it lets in, and what they are called here."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from api.home import LOOPBACK
from workmoot.domain.ids import Address

READER = "oidc:"
TERMS_DIGITS, PERSON_DIGITS = 8, 29
"""With what stands before them as long as an account, in whose place the sessions' table keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """What whoever runs the API says of it."""

    issuer: str
    """Exactly as its tokens have it."""
    client_id: str
    allowed: frozenset[tuple[str, str]]
    """Claims with a value each; any of them lets in."""
    scopes: tuple[str, ...] = ()
    """Asked for besides `openid`: some providers give a claim for a scope alone."""
    secret: SecretStr | None = None

    def __post_init__(self) -> None:
        if not self.may_lead(self.issuer) or urlsplit(self.issuer).query:
            raise ValueError(f"{self.issuer!r} is no issuer: https://HOST[/PATH], or http on this machine")
        if not self.allowed:
            raise ValueError("the issuer alone would let all its people in: say by which claims")

    def may_lead(self, url: str) -> bool:
        """Whether what the provider calls its own is encrypted, or as the issuer on this machine."""
        try:
            parts = urlsplit(url)
            host, issuer = parts.hostname, urlsplit(self.issuer)
            named = bool(host) and parts.port != 0 and parts.username is None and not parts.fragment
        except ValueError:
            return False
        here = parts.scheme == issuer.scheme == "http" and (host in LOOPBACK or host == "::1")
        return named and url.isascii() and (parts.scheme == "https" or here)

    def lets_in(self, claims: Mapping[str, Any]) -> bool:
        """Whether a claim, or an item of one that is a list, is as allowed; an address has to be a verified one."""
        return any(_has(claims, name, value) for name, value in self.allowed)

    def reader(self, subject: str) -> Address:
        """Who the provider says it is, as a session has it: with the terms that let them in, and without a name."""
        return Address(self._terms + _digits(self.issuer, subject)[:PERSON_DIGITS])

    def knows(self, reader: str) -> bool:
        """Whether a session was opened under these terms; it ends with them."""
        return reader.startswith(self._terms)

    @property
    def _terms(self) -> str:
        allowed = (part for pair in sorted(self.allowed) for part in pair)
        return READER + _digits(self.issuer, self.client_id, *allowed)[:TERMS_DIGITS]


def _has(claims: Mapping[str, Any], name: str, value: str) -> bool:
    claim = claims.get(name)
    held = value in claim if isinstance(claim, list) else claim == value
    return bool(held) and (name != "email" or claims.get("email_verified") is True)


def _digits(*parts: str) -> str:
    digests = (sha256(part.encode(errors="surrogatepass")).digest() for part in parts)
    return sha256(b"".join(digests)).hexdigest()
