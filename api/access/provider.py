"""What is asked of the identity provider over HTTP: where its doors are, its keys, and an ID token for a code."""

import asyncio
import json
import logging
import re
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote_plus

import httpx

from api.access.identity import IdentityProvider
from api.access.visitor import not_signed_in
from api.bodies import TooLarge, whole
from api.problems import Problem
from api.rates import Clock

log = logging.getLogger(__name__)
TIMEOUT_S = 8.0
"""For one request, to the answer's last byte; only the system's resolver may take longer over a name."""
LARGEST_ANSWER = 256 * 1024
KEPT_S = 3600.0
"""A key that the provider withdraws counts no longer than this."""
AGAIN_AFTER_S = 60.0
"""Keys are asked for again at most so often, whatever keys tokens name."""
ERROR = re.compile(r"[a-z_]{1,40}")
OK, BAD_REQUEST = 200, 400
Json = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What its discovery document names."""

    authorization: str
    token: str
    keys: str
    secret_in_form: bool
    """Whether the secret is taken in the form alone, not as a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[T]):
    """What it said, and when."""

    said: T
    at: float


class Provider:
    """The provider, and what it said lately."""

    def __init__(self, identity: IdentityProvider, *, clock: Clock = time.monotonic) -> None:
        self._identity = identity
        self._clock = clock
        self._tls = ssl.create_default_context()
        self._lock = threading.Lock()
        self._doors: Kept[Doors] | None = None
        self._keys: Kept[tuple[Json, ...]] | None = None

    def doors(self) -> Doors:
        """Where to go; the document has to be this issuer's own."""
        with self._lock:
            if self._doors is None or self._age_s(self._doors) > KEPT_S:
                self._doors = Kept(said=self._read_doors(), at=self._clock())
            return self._doors.said

    def keys(self, kid: str) -> tuple[Json, ...]:
        """The keys of that id."""
        url = self.doors().keys
        with self._lock:
            kept = self._keys
            if (
                kept is None
                or self._age_s(kept) > KEPT_S
                or (self._age_s(kept) >= AGAIN_AFTER_S and not _of(kept, kid))
            ):
                self._keys = kept = Kept(said=self._read_keys(url), at=self._clock())
            return _of(kept, kid)

    def redeem(self, code: str, *, verifier: str, redirect_uri: str) -> str:
        """The ID token for a code."""
        status, said = self._ask("POST", self.doors().token, **self._form(code, verifier, redirect_uri))
        error = str(said.get("error"))
        if status == BAD_REQUEST and error == "invalid_grant":
            raise not_signed_in("The identity provider does not take the code: it was used, or is over.")
        if status != OK:
            raise _away(f"it answered {status} {error if ERROR.fullmatch(error) else ''}".strip())
        token = said.get("id_token")
        if not isinstance(token, str):
            raise _away("it gave no ID token")
        return token

    def _form(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The code's request (RFC 6749, 4.1.3), with the secret as the provider takes it."""
        identity = self._identity
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        if identity.secret is None:
            return {"data": form | {"client_id": identity.client_id}}
        secret = identity.secret.get_secret_value()
        if self.doors().secret_in_form:
            return {"data": form | {"client_id": identity.client_id, "client_secret": secret}}
        return {"data": form, "auth": httpx.BasicAuth(quote_plus(identity.client_id), quote_plus(secret))}

    def _read_doors(self) -> Doors:
        said = self._get(f"{self._identity.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self._identity.issuer:
            raise _away("its discovery document is another issuer's")
        authorization, token, keys = (
            self._door(said, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        in_form = isinstance(ways, list) and "client_secret_post" in ways and "client_secret_basic" not in ways
        return Doors(authorization=authorization, token=token, keys=keys, secret_in_form=in_form)

    def _door(self, said: Json, name: str) -> str:
        url = said.get(name)
        if not isinstance(url, str) or not self._identity.may_lead(url):
            raise _away(f"its {name} is no https address")
        return url

    def _read_keys(self, url: str) -> tuple[Json, ...]:
        keys = self._get(url).get("keys")
        if not isinstance(keys, list):
            raise _away("it publishes no keys")
        return tuple(key for key in keys if isinstance(key, dict))

    def _get(self, url: str) -> Json:
        status, said = self._ask("GET", url)
        if status != OK:
            raise _away(f"it answered {status}")
        return said

    def _ask(self, method: str, url: str, **more: Any) -> tuple[int, Json]:
        try:
            status, body = asyncio.run(self._fetch(method, url, **more))
        except TimeoutError:
            raise _away(f"no answer within {TIMEOUT_S:g} s") from None
        except TooLarge:
            raise _away(f"its answer is larger than {LARGEST_ANSWER // 1024} KiB") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise _away(f"it cannot be reached ({type(error).__name__})") from None
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise _away(f"it answered {status} without a JSON object")
        return status, said

    async def _fetch(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        """The status, and the body as it came, compressed by nobody."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113 (one for all of it, above)
                verify=self._tls,
            ) as client,
            client.stream(method, url, headers=headers, **more) as answer,
        ):
            return answer.status_code, await whole(answer.aiter_raw(), most=LARGEST_ANSWER)

    def _age_s(self, kept: Kept[Any]) -> float:
        return self._clock() - kept.at


def _of(kept: Kept[tuple[Json, ...]], kid: str) -> tuple[Json, ...]:
    return tuple(key for key in kept.said if key.get("kid") == kid)


def _away(why: str) -> Problem:
    """It cannot be asked, or answers what it should not. The words never have what it was sent or said."""
    log.warning("the identity provider: %s", why)
    detail = f"The identity provider cannot be relied on now: {why}. Wallets and API keys are let in all the same."
    return Problem(503, "identity-provider-unavailable", detail, retryable=True)
