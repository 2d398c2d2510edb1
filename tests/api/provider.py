"""A company's identity provider: a real server on loopback with keys of its own, honest until a test has it lie."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from html import escape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fastapi.testclient import TestClient
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.access.access import Terms
from api.access.identity import IdentityProvider
from tests.api.serving import hosting

CLIENT = "workmoot:plant/1"
BEGIN = "/api/v1/auth/oidc"
DISCOVERY = "/.well-known/openid-configuration"
SECRET = "s3cr:t/% of the client"
Claims = dict[str, Any]
Lie = Callable[[Request], Awaitable[Response]]
KINDS: dict[str, Any] = {"RS256": RSAAlgorithm, "PS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


@cache
def key(algorithm: str, number: int = 0) -> Any:
    """A private key; another number, another key."""
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(kid: str, algorithm: str, private: Any) -> dict[str, Any]:
    """The public half, as a set of keys has it."""
    return {**KINDS[algorithm].to_jwk(private.public_key(), as_dict=True), "kid": kid, "use": "sig"}


class Company:
    """Its people sign in without being asked anything, unless it `asks`; `person` is whose turn it is."""

    def __init__(self) -> None:
        self.url = ""
        self.begin_anew()

    def begin_anew(self) -> None:
        """Honest, and as if nobody had come yet."""
        self.person: Claims = {"sub": "248289761001", "groups": ["line 4", "canteen"]}
        self.asks = False
        self.algorithm = "RS256"
        self.kid = "RS256"
        self.keys = {algorithm: published(algorithm, algorithm, key(algorithm)) for algorithm in KINDS}
        self.changes: Callable[[Claims], Claims] = lambda claims: claims
        self.encode: Callable[[Claims], Any] = self.signed
        self.secret: str | None = None
        self.takes_secret = ["client_secret_basic", "client_secret_post"]
        self.codes: dict[str, dict[str, str]] = {}
        self.lies: dict[str, Lie] = {}
        self.asked: list[str] = []
        self.told: list[str] = []
        """Every code and ID token that it gave."""

    def signed(self, claims: Claims) -> str:
        """The ID token."""
        return jwt.encode(claims, key(self.algorithm), algorithm=self.algorithm, headers={"kid": self.kid})

    async def answer(self, request: Request) -> Response:
        """Whatever is asked."""
        path = request.url.path
        self.asked.append(path)
        if path in self.lies:
            return await self.lies[path](request)
        honest = {DISCOVERY: self._discover, "/authorize": self._authorize, "/token": self._token, "/jwks": self._jwks}
        return await honest[path](request) if path in honest else JSONResponse({}, status_code=404)

    def discovery(self, **more: Any) -> dict[str, Any]:
        """The document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=plant",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": self.takes_secret,
            **more,
        }

    async def _discover(self, _: Request) -> Response:
        return JSONResponse(self.discovery())

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": list(self.keys.values())})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"], asked["tenant"]) == ("code", CLIENT, "plant")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.asks and "entered" not in asked:
            return HTMLResponse(f'<a href="{escape(str(request.url))}&amp;entered=yes">Enter</a>')
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        self.told.append(code)
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        if not self._knows(request, form):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        asked = self.codes.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person}
        token = self.encode(self.changes(claims))
        self.told.append(str(token))
        given = {"access_token": "an-access-token", "token_type": "Bearer", "id_token": token}
        return Response(json.dumps(given), media_type="application/json")

    def _knows(self, request: Request, form: dict[str, Any]) -> bool:
        """Whether the client says who it is in a way that is taken."""
        if self.secret is None:
            return form.get("client_id") == CLIENT and "client_secret" not in form
        if "client_secret_basic" in self.takes_secret:
            told = base64.b64encode(b"workmoot%3Aplant%2F1:s3cr%3At%2F%25+of+the+client").decode()
            return request.headers.get("authorization") == f"Basic {told}" and "client_secret" not in form
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)


@contextmanager
def a_company() -> Iterator[Company]:
    """One, listening."""
    company = Company()
    app = Starlette(routes=[Route("/{path:path}", company.answer, methods=["GET", "POST"])])
    with hosting(app) as url:
        company.url = url.replace("127.0.0.1", "localhost")
        yield company


def terms_with(company: Company, *allowed: tuple[str, str], **more: Any) -> Terms:
    """Its people may read, those of line 4 where nothing else is said."""
    secret = None if company.secret is None else SecretStr(company.secret)
    identity = IdentityProvider(
        issuer=company.url,
        client_id=CLIENT,
        allowed=frozenset(allowed or {("groups", "line 4")}),
        secret=secret,
        **more,
    )
    return Terms(rate=1_000_000, identity=identity)


def sent_back(client: TestClient) -> str:
    """Where the provider sends a browser that begins on this client, as a path here."""
    begun = client.get(BEGIN, follow_redirects=False)
    assert begun.status_code == 303, begun.text
    there = urlsplit(begun.headers["location"])
    with closing(HTTPConnection(there.netloc)) as connection:
        connection.request("GET", f"{there.path}?{there.query}")
        gone = connection.getresponse()
        assert gone.status == 302, gone.read()
        return str(gone.headers["location"]).removeprefix(str(client.base_url).rstrip("/"))


def come_in(client: TestClient, *, status: int = 200) -> Any:
    """The whole way, on this client."""
    answer = client.get(sent_back(client))
    assert answer.status_code == status, answer.text
    return answer
