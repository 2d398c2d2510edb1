"""Signing in by the company's identity provider: to read, and only who is let in by what it says."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from api.access.access import Terms
from api.access.identity import IdentityProvider
from api.access.provider import LARGEST_ANSWER, Provider
from api.database import Database
from api.log import JsonLines
from tests.api.provider import (
    BEGIN,
    CLIENT,
    DISCOVERY,
    SECRET,
    Company,
    a_company,
    come_in,
    key,
    published,
    sent_back,
    terms_with,
)
from tests.api.serving import LOOPBACK, in_memory, serve
from tests.api.story import Story
from tests.api.visitors import peopled, sign_in

CALLBACK = f"{BEGIN}/callback"
V1 = "/api/v1"


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it."""
    return peopled(Story())


@pytest.fixture(scope="module")
def listening_company() -> Iterator[Company]:
    with a_company() as made:
        yield made


@pytest.fixture
def company(listening_company: Company) -> Company:
    listening_company.begin_anew()
    return listening_company


@pytest.fixture
def client(story: Story, company: Company) -> TestClient:
    return browser(story, terms_with(company))


def browser(story: Story, terms: Terms, *, url: str = LOOPBACK, database: Database | None = None) -> TestClient:
    served = serve(story, signs=(), terms=terms, url=url, database=database)
    return TestClient(served.app, base_url=url, follow_redirects=False)


# In


def test_oidc__somebody_of_the_company__may_read_and_no_more(client: TestClient) -> None:
    assert client.get(f"{V1}/tasks").status_code == 401
    come_in(client)
    assert client.get(f"{V1}/tasks").status_code == 200
    me = client.get(f"{V1}/auth/me").json()
    assert (me["account"], me["roles"], me["scopes"]) == (None, ["member"], ["read"])
    assert client.get("/").status_code == 200
    assert client.post(f"{V1}/auth/sign-out").status_code == 204
    assert client.get(f"{V1}/tasks").status_code == 401


def test_oidc__page__says_that_it_is_to_read(client: TestClient) -> None:
    come_in(client)
    assert "signed in as <b>the company&#39;s reader</b> · read only" in client.get("/").text


def test_oidc__order__says_what_it_takes(client: TestClient) -> None:
    come_in(client)
    problem = client.post(f"{V1}/keys", json={"name": "x", "scopes": ["read"], "expires_at": "2000-01-01T00:00:00Z"})
    assert (problem.status_code, problem.json()["missing"]) == (403, ["session"])
    assert "an account on chain; oidc:" in problem.json()["detail"]
    assert "Sign in with a wallet." in problem.json()["detail"]


def test_begin__goes_to_the_provider__with_nothing_that_opens_a_door(client: TestClient, company: Company) -> None:
    begun = client.get(BEGIN)
    address = urlsplit(begun.headers["location"])
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{company.url}/authorize"
    assert asked["redirect_uri"] == LOOPBACK + CALLBACK
    assert asked["scope"] == "openid"
    secret = begun.cookies["workmoot-8600-oidc"]
    derived = {asked["state"], asked["nonce"], asked["code_challenge"]}
    assert len(derived) == 3
    assert secret not in begun.headers["location"]
    assert begun.headers["cache-control"] == "no-store"
    assert client.get(BEGIN).cookies["workmoot-8600-oidc"] != secret


def test_begin__under_loopbacks_other_name__comes_back_there(story: Story, company: Company) -> None:
    client = browser(story, terms_with(company))
    client.base_url = client.base_url.copy_with(host="localhost")
    asked = parse_qs(urlsplit(client.get(BEGIN).headers["location"]).query)
    assert asked["redirect_uri"] == [f"http://localhost:8600{CALLBACK}"]
    come_in(client)


def test_begin__scopes_named__are_asked_for(story: Story, company: Company) -> None:
    client = browser(story, terms_with(company, scopes=("groups", "email")))
    assert parse_qs(urlsplit(client.get(BEGIN).headers["location"]).query)["scope"] == ["openid groups email"]


def test_cookies__on_loopback__are_kept_from_scripts_and_end_soon(client: TestClient) -> None:
    begun = client.get(BEGIN).headers["set-cookie"]
    assert begun.startswith("workmoot-8600-oidc=")
    assert begun.split("; ")[1:] == ["HttpOnly", "Max-Age=300", "Path=/", "SameSite=lax"]
    session, gone = come_in(client).headers.get_list("set-cookie")
    assert session.startswith("workmoot-8600=")
    assert session.split("; ")[1:] == ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=strict"]
    assert gone.startswith('workmoot-8600-oidc=""; ')
    assert "Max-Age=0" in gone


def test_cookies__by_https__are_the_hosts_alone(story: Story, company: Company) -> None:
    client = browser(story, terms_with(company), url="https://plant.example")
    assert client.get(BEGIN).headers["set-cookie"].startswith("__Host-workmoot-oidc=")
    for cookie in come_in(client).headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-workmoot")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert client.get(f"{V1}/tasks").status_code == 200


def test_finish__goes_on_by_a_page_of_ours__which_nobody_keeps(client: TestClient) -> None:
    answer = come_in(client)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert '<meta http-equiv="refresh" content="0; url=/">' in answer.text


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_oidc__each_algorithm__is_taken(client: TestClient, company: Company, algorithm: str) -> None:
    company.algorithm = company.kid = algorithm
    come_in(client)


@pytest.mark.parametrize("takes", [["client_secret_basic"], ["client_secret_post"]])
def test_oidc__client_with_a_secret__says_it_as_the_provider_takes_it(
    story: Story, company: Company, takes: list[str]
) -> None:
    company.secret, company.takes_secret = SECRET, takes
    come_in(browser(story, terms_with(company)))


def test_oidc__proxies_of_the_environment__are_not_asked(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    begun = client.get(BEGIN)
    assert begun.status_code == 303


def test_oidc__either_database__has_the_session(story: Story, company: Company, database: Database) -> None:
    client = browser(story, terms_with(company), database=database)
    come_in(client)
    assert client.get(f"{V1}/auth/me").status_code == 200


# Who is let in

ALLOWED = {
    "item of a list": ({"groups": ["line 4"]}, ("groups", "line 4"), True),
    "the claim itself": ({"hd": "plant.example"}, ("hd", "plant.example"), True),
    "other item": ({"groups": ["line 5"]}, ("groups", "line 4"), False),
    "part of the text": ({"groups": "line 4 and 5"}, ("groups", "line 4"), False),
    "none": ({}, ("groups", "line 4"), False),
    "no text": ({"groups": [47, None, {"47": 1}]}, ("groups", "47"), False),
    "an object": ({"groups": {"line 4": True}}, ("groups", "line 4"), False),
    "verified address": ({"email": "a@b.example", "email_verified": True}, ("email", "a@b.example"), True),
    "address": ({"email": "a@b.example"}, ("email", "a@b.example"), False),
    "address said to be verified": ({"email": "a@b.example", "email_verified": "yes"}, ("email", "a@b.example"), False),
}


@pytest.mark.parametrize("case", ALLOWED.values(), ids=ALLOWED)
def test_allowed__claim__lets_in_as_it_says(
    story: Story, company: Company, case: tuple[dict[str, Any], tuple[str, str], bool]
) -> None:
    claims, allowed, let_in = case
    company.person = {"sub": "1", **claims}
    answer = come_in(browser(story, terms_with(company, allowed)), status=200 if let_in else 403)
    if not let_in:
        assert answer.json()["missing"] == [allowed[0]]
        assert "set-cookie" not in answer.headers
        assert allowed[1] not in answer.text


def test_allowed__several__any_of_them_lets_in(story: Story, company: Company) -> None:
    come_in(browser(story, terms_with(company, ("hd", "plant.example"), ("groups", "canteen"))))


# Whose session it is


def test_session__other_terms_meanwhile__is_over(story: Story, company: Company) -> None:
    database = in_memory()
    client = browser(story, terms_with(company), database=database)
    come_in(client)
    again = {"same": True, "stricter": False, "none": False}
    for name, terms in {
        "same": terms_with(company),
        "stricter": terms_with(company, ("groups", "line 9")),
        "none": Terms(rate=1_000_000),
    }.items():
        other = browser(story, terms, database=database)
        other.cookies = client.cookies
        assert (other.get(f"{V1}/tasks").status_code == 200) == again[name], name


def test_reader__names__are_of_one_length_and_tell_nobody() -> None:
    made = [
        IdentityProvider(issuer=issuer, client_id=client, allowed=frozenset({("g", value)})).reader(subject)
        for issuer in ("https://a.example", "https://b.example")
        for client in ("x", "y")
        for value in ("1", "2")
        for subject in ("alice", "bob", "\ud800")
    ]
    assert len(set(made)) == len(made) == 24
    assert {len(reader) for reader in made} == {42}
    assert [reader for reader in made if "alice" in reader] == []


@pytest.mark.parametrize(
    "issuer",
    [
        "http://idp.example",
        "idp.example",
        "https://",
        "https://a@idp.example",
        "https://idp.example?x=1",
        "https://idp.example#x",
        "https://idp.example:99999",
        "http://127.0.0.1.evil.example",
        "ftp://localhost",
        "https://[",
        "https://é.example",
    ],
)
def test_issuer__not_encrypted_or_no_address__is_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="no issuer"):
        IdentityProvider(issuer=issuer, client_id="x", allowed=frozenset({("g", "1")}))


def test_issuer__alone__is_refused() -> None:
    with pytest.raises(ValueError, match="let all its people in"):
        IdentityProvider(issuer="https://idp.example", client_id="x", allowed=frozenset())


def test_may_lead__from_outside__not_to_this_machine() -> None:
    outside = IdentityProvider(issuer="https://idp.example", client_id="x", allowed=frozenset({("g", "1")}))
    assert outside.may_lead("https://keys.example/jwks?v=1")
    assert not outside.may_lead("http://127.0.0.1:8600/jwks")


# Another browser, another time


def test_finish__begun_in_another_browser__is_refused(story: Story, company: Company) -> None:
    terms = terms_with(company)
    victim, thief = browser(story, terms), browser(story, terms)
    victim.get(BEGIN)
    answer = victim.get(sent_back(thief))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")
    assert "set-cookie" not in answer.headers
    assert "/token" not in company.asked


def test_finish__begun_nowhere__is_refused(client: TestClient, company: Company) -> None:
    back = sent_back(client)
    client.cookies.clear()
    assert client.get(back).status_code == 401
    assert client.get(f"{CALLBACK}?state=x&code=y").status_code == 401
    assert "/token" not in company.asked


@pytest.mark.parametrize("cookie", [None, ""])
def test_finish__state_that_anybody_can_make__is_refused(
    client: TestClient, company: Company, cookie: str | None
) -> None:
    of_no_secret = base64.urlsafe_b64encode(hmac.digest(b"", b"state", "sha256")).decode().rstrip("=")
    headers = {} if cookie is None else {"Cookie": f"workmoot-8600-oidc={cookie}"}
    assert client.get(CALLBACK, params={"state": of_no_secret, "code": "x"}, headers=headers).status_code == 401
    assert "/token" not in company.asked


def test_finish__twice__is_refused(client: TestClient) -> None:
    back = sent_back(client)
    begun = client.cookies["workmoot-8600-oidc"]
    assert client.get(back).status_code == 200
    assert client.get(back).status_code == 401
    client.cookies["workmoot-8600-oidc"] = begun
    answer = client.get(back)
    assert answer.status_code == 401
    assert "it was used, or is over" in answer.json()["detail"]


def test_finish__code_of_another_browser__is_refused(story: Story, company: Company) -> None:
    victim, thief = browser(story, terms_with(company)), browser(story, terms_with(company))
    own, stolen = (parse_qs(urlsplit(sent_back(one)).query) for one in (thief, victim))
    answer = thief.get(CALLBACK, params={"state": own["state"][0], "code": stolen["code"][0]})
    assert answer.status_code == 401
    assert "does not take the code" in answer.json()["detail"]


def test_finish__provider_that_checks_no_verifier__the_nonce_does(story: Story, company: Company) -> None:
    victim, thief = browser(story, terms_with(company)), browser(story, terms_with(company))
    own, stolen = (parse_qs(urlsplit(sent_back(one)).query) for one in (thief, victim))
    codes = [one["code"][0] for one in (own, stolen)]
    company.codes[codes[1]]["code_challenge"] = company.codes[codes[0]]["code_challenge"]
    answer = thief.get(CALLBACK, params={"state": own["state"][0], "code": codes[1]})
    assert answer.status_code == 401
    assert "another sign-in" in answer.json()["detail"]


def test_finish__the_provider_said_no__is_told(client: TestClient) -> None:
    state = parse_qs(urlsplit(client.get(BEGIN).headers["location"]).query)["state"][0]
    answer = client.get(CALLBACK, params={"state": state, "error": "access_denied", "error_description": "<b>no</b>"})
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")
    assert "<b>" not in answer.text


@pytest.mark.parametrize("asked", [{}, {"state": ""}, {"state": "x" * 129}, {"state": "x", "code": "x" * 4097}])
def test_finish__no_answer_of_a_provider__names_the_field(client: TestClient, asked: dict[str, str]) -> None:
    assert client.get(CALLBACK, params=asked).status_code == 422


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_begin__led_there_by_another_page__is_refused(client: TestClient, site: str) -> None:
    answer = client.get(BEGIN, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/foreign")
    assert client.get(BEGIN, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


# Tokens that lie

NOW = int(time.time())


def claims(**changed: Any) -> Callable[[Company], None]:
    """A lie about claims; None leaves one out."""

    def lie(company: Company) -> None:
        company.changes = lambda honest: {k: v for k, v in {**honest, **changed}.items() if v is not None}

    return lie


def token(made: Callable[[Company, dict[str, Any]], Any]) -> Callable[[Company], None]:
    """A lie about the token itself."""

    def lie(company: Company) -> None:
        company.encode = lambda honest: made(company, honest)

    return lie


def joined(header: Any, payload: Any, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def by_secret(_: Company, honest: dict[str, Any]) -> str:
    """HS256, with the public key as the secret."""
    public = key("RS256").public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    unsigned = joined({"alg": "HS256", "kid": "RS256"}, honest).rpartition(".")[0]
    signature = hmac.digest(pem, unsigned.encode(), hashlib.sha256)
    return unsigned + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def short_key(company: Company) -> None:
    """Half the bits that a key of RSA has to have; it is published, and signs."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    company.keys["RS256"] = published("RS256", "RS256", private)

    def encode(honest: dict[str, Any]) -> str:
        unsigned = joined({"alg": "RS256", "kid": "RS256"}, honest).rpartition(".")[0]
        signature = private.sign(unsigned.encode(), padding.PKCS1v15(), hashes.SHA256())
        return unsigned + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")

    company.encode = encode


def named(kid: str | None, algorithm: str = "RS256", number: int = 0, **header: Any) -> Callable[[Company], None]:
    """Signed by some key, under some name."""
    import jwt

    def made(_: Company, honest: dict[str, Any]) -> str:
        told = {**({} if kid is None else {"kid": kid}), **header}
        return jwt.encode(honest, key(algorithm, number), algorithm=algorithm, headers=told)

    return token(made)


def published_as(**changed: Any) -> Callable[[Company], None]:
    def lie(company: Company) -> None:
        company.keys["RS256"] |= changed

    return lie


TOKENS: dict[str, tuple[Callable[[Company], None], str]] = {
    "other issuer": (claims(iss="https://evil.example"), "another issuer"),
    "issuer that begins alike": (lambda it: claims(iss=f"{it.url}/")(it), "another issuer"),
    "other audience": (claims(aud="somebody"), "another client"),
    "audiences without ours": (claims(aud=["somebody", "else"]), "another client"),
    "audiences, issued to nobody": (claims(aud=[CLIENT, "else"]), "issued to another client"),
    "audiences, issued to another": (claims(aud=[CLIENT, "else"], azp="else"), "issued to another client"),
    "issued to another": (claims(azp="else"), "issued to another client"),
    "audience is a number": (claims(aud=5), "malformed|another client"),
    "other nonce": (claims(nonce="x"), "another sign-in"),
    "nonce is no text": (claims(nonce=["x", 1]), "another sign-in"),
    "no nonce": (claims(nonce=None), "lacks nonce"),
    "over": (claims(exp=NOW - 120), "it is over"),
    "no end": (claims(exp=None), "lacks exp"),
    "end is no number": (claims(exp="soon"), "malformed"),
    "end is beyond numbers": (claims(exp=float("inf")), "malformed"),
    "issued long ago": (claims(iat=NOW - 1000), "just now"),
    "issued tomorrow": (claims(iat=NOW + 86_400), "time has not come"),
    "not yet": (claims(nbf=NOW + 86_400), "time has not come"),
    "not said when": (claims(iat=None), "lacks iat"),
    "nobody": (claims(sub=None), "lacks sub"),
    "nobody's name": (claims(sub=""), "subject is none"),
    "name too long": (claims(sub="x" * 256), "subject is none"),
    "name is a number": (claims(sub=5), "malformed"),
    "alg none": (token(lambda _, it: joined({"alg": "none", "kid": "RS256"}, it)), "its algorithm is none of"),
    "alg None": (token(lambda _, it: joined({"alg": None, "kid": "RS256"}, it)), "its algorithm is none of"),
    "alg is a list": (token(lambda _, it: joined({"alg": ["RS256"], "kid": "RS256"}, it)), "its algorithm is none of"),
    "HS256 with the public key": (token(by_secret), "its algorithm is none of"),
    "no signature": (token(lambda _, it: joined({"alg": "RS256", "kid": "RS256"}, it)), "signature"),
    "other key": (named("RS256", number=1), "signature"),
    "unknown key": (named("nobody's"), "does not publish"),
    "no key named": (named(None), "names no key"),
    "key of another kind": (named("ES256"), "does not publish"),
    "unknown extension": (named("RS256", crit=["x"], x=1), "malformed"),
    "key for encryption": (published_as(use="enc"), "does not publish"),
    "key of another algorithm": (published_as(alg="PS256"), "does not publish"),
    "short key": (short_key, "malformed"),
    "key that is none": (published_as(n="AQAB"), "malformed"),
    "key without numbers": (published_as(n=5, e=None), "malformed"),
    "payload is a list": (token(lambda _, it: joined({"alg": "RS256", "kid": "RS256"}, [it])), "signature|malformed"),
    "no token": (token(lambda *_: "abc"), "malformed"),
    "dots": (token(lambda *_: ".."), "malformed"),
    "no ASCII": (token(lambda *_: "é.é.\ud800"), "malformed"),
    "header without end": (
        token(lambda *_: base64.urlsafe_b64encode(b"[" * 60_000).decode() + ".e30.e30"),
        "malformed",
    ),
}


@pytest.mark.parametrize("case", TOKENS.values(), ids=TOKENS)
def test_token__that_lies__is_refused(
    client: TestClient, company: Company, case: tuple[Callable[[Company], None], str]
) -> None:
    lie, words = case
    lie(company)
    answer = come_in(client, status=401)
    problem = answer.json()
    assert problem["type"] == "/problems/not-signed-in"
    assert any(word in problem["detail"] for word in words.split("|")), problem["detail"]
    assert "set-cookie" not in answer.headers
    assert client.get(f"{V1}/tasks").status_code == 401


def test_token__audiences_issued_to_us__is_taken(client: TestClient, company: Company) -> None:
    claims(aud=["else", CLIENT], azp=CLIENT)(company)
    come_in(client)


# Keys that change


def test_keys__of_one_provider__are_asked_for_once(client: TestClient, company: Company) -> None:
    for _ in range(3):
        come_in(client)
    assert [company.asked.count(path) for path in (DISCOVERY, "/jwks", "/token")] == [1, 1, 3]


def test_keys__changed__are_asked_for_again_but_not_often(story: Story, company: Company) -> None:
    now, identity = [0.0], terms_with(company).identity
    assert identity is not None
    provider = Provider(identity, clock=lambda: now[0])
    assert len(provider.keys("RS256")) == 1
    company.keys["new"] = published("new", "ES256", key("ES256", 7))
    now[0] = 59.0
    assert provider.keys("new") == ()
    now[0] = 60.0
    assert len(provider.keys("new")) == 1
    for now[0] in range(61, 120):
        assert provider.keys("nobody's") == ()
    assert company.asked.count("/jwks") == 2
    assert company.asked.count(DISCOVERY) == 1
    del company.keys["RS256"]
    now[0] = 60 + 3601.0
    assert provider.keys("RS256") == ()
    assert [company.asked.count(path) for path in (DISCOVERY, "/jwks")] == [2, 3]


def test_keys__changed_between_sign_ins__the_new_one_is_taken(
    client: TestClient, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.access.provider.AGAIN_AFTER_S", 0.0)
    come_in(client)
    company.keys = {"new": published("new", "ES256", key("ES256"))}
    company.algorithm, company.kid = "ES256", "new"
    come_in(client)


# A provider that is away, or answers what it should not


def says(content: Any, status: int = 200) -> Callable[[Company], Any]:
    async def lie(_: Request) -> Response:
        return JSONResponse(content, status_code=status)

    return lambda _: lie


def document(**changed: Any) -> Callable[[Company], Any]:
    def made(company: Company) -> Any:
        async def lie(_: Request) -> Response:
            return JSONResponse(company.discovery(**changed))

        return lie

    return made


def redirects(_: Company) -> Any:
    async def lie(_: Request) -> Response:
        return RedirectResponse("/elsewhere", status_code=307)

    return lie


def never_ends(pause_s: float, part: bytes) -> Callable[[Company], Any]:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield part
            await asyncio.sleep(pause_s)

    async def lie(_: Request) -> Response:
        return StreamingResponse(parts(), media_type="application/json")

    return lambda _: lie


def hangs(_: Company) -> Any:
    async def lie(_: Request) -> Response:
        await asyncio.sleep(5)
        return JSONResponse({})

    return lie


def plain(body: bytes) -> Callable[[Company], Any]:
    async def lie(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return lambda _: lie


AWAY: dict[str, tuple[str, Callable[[Company], Callable[[Request], Awaitable[Response]]], str]] = {
    "discovery: other issuer": (DISCOVERY, document(issuer="https://evil.example"), "another issuer"),
    "discovery: no door": (DISCOVERY, document(token_endpoint=None), "token_endpoint is no https"),
    "discovery: bare door": (DISCOVERY, document(jwks_uri="http://keys.example/"), "jwks_uri is no https"),
    "discovery: script": (DISCOVERY, document(authorization_endpoint="javascript:x"), "authorization_endpoint is no"),
    "discovery: error": (DISCOVERY, says({}, 500), "it answered 500"),
    "discovery: list": (DISCOVERY, says([]), "without a JSON object"),
    "discovery: no JSON": (DISCOVERY, plain(b"<html>"), "without a JSON object"),
    "discovery: no end of brackets": (DISCOVERY, plain(b"[" * 100_000), "without a JSON object"),
    "discovery: huge": (DISCOVERY, plain(b"x" * (LARGEST_ANSWER + 1)), "larger than"),
    "discovery: no end": (DISCOVERY, never_ends(0, b"x" * 10_000), "larger than"),
    "discovery: slow without end": (DISCOVERY, never_ends(0.05, b" "), "no answer within"),
    "discovery: redirect": (DISCOVERY, redirects, "it answered 307"),
    "discovery: hangs": (DISCOVERY, hangs, "no answer within"),
    "token: redirect": ("/token", redirects, "it answered 307"),
    "token: hangs": ("/token", hangs, "no answer within"),
    "token: huge": ("/token", plain(b"x" * (LARGEST_ANSWER + 1)), "larger than"),
    "token: error": ("/token", says({"error": "server_error"}, 500), "it answered 500 server_error"),
    "token: our client unknown": ("/token", says({"error": "invalid_client"}, 401), "it answered 401 invalid_client"),
    "token: error in words": ("/token", says({"error": "Code x-y-z!"}, 400), "it answered 400."),
    "token: none": ("/token", says({"access_token": "x"}), "no ID token"),
    "token: number": ("/token", says({"id_token": 5}), "no ID token"),
    "keys: none": ("/jwks", says({"keys": {}}), "no keys"),
    "keys: redirect": ("/jwks", redirects, "it answered 307"),
    "keys: huge": ("/jwks", plain(b"x" * (LARGEST_ANSWER + 1)), "larger than"),
    "keys: hang": ("/jwks", hangs, "no answer within"),
}


@pytest.mark.parametrize("case", AWAY.values(), ids=AWAY)
def test_provider__away_or_strange__is_told_apart_from_who_comes(
    client: TestClient,
    company: Company,
    case: tuple[str, Callable[[Company], Any], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, lie, words = case
    back = None if path == DISCOVERY else sent_back(client)
    company.lies[path] = lie(company)
    if "no answer" in words:
        monkeypatch.setattr("api.access.provider.TIMEOUT_S", 0.5)
    answer = client.get(BEGIN if back is None else back)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/identity-provider-unavailable")
    assert words in answer.json()["detail"]
    assert "/elsewhere" not in company.asked
    company.lies.clear()
    come_in(client)


def test_provider__not_there__is_told(story: Story) -> None:
    identity = IdentityProvider(issuer="http://127.0.0.1:1", client_id="x", allowed=frozenset({("g", "1")}))
    answer = browser(story, Terms(rate=1_000_000, identity=identity)).get(BEGIN)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/identity-provider-unavailable")
    assert "ConnectError" in answer.json()["detail"]


def test_provider__wrong_secret__is_whoever_runs_the_apis_fault(story: Story, company: Company) -> None:
    company.secret = "another"
    terms = terms_with(company)
    company.secret = SECRET
    assert "401 invalid_client" in come_in(browser(story, terms), status=503).json()["detail"]


def test_provider__hangs__keeps_few_of_the_servers_threads(
    client: TestClient, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.access.provider.TIMEOUT_S", 0.3)
    company.lies[DISCOVERY] = hangs(company)
    with client, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: client.get(BEGIN), range(12)))
    told = {answer.json()["type"] for answer in answers}
    assert told == {"/problems/busy", "/problems/identity-provider-unavailable"}
    assert sum(answer.json()["type"] == "/problems/busy" for answer in answers) >= 1


# Without it, and beside it


def test_none__routes__say_that_there_is_none(story: Story) -> None:
    client = browser(story, Terms(rate=1_000_000))
    for path in (BEGIN, f"{CALLBACK}?state=x&code=y"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_sign_in_page__offers_it__where_there_is_one(story: Story, client: TestClient, company: Company) -> None:
    offer = f'href="{BEGIN}"'
    page = client.get("/sign-in").text
    assert offer in page
    assert company.url in page
    assert offer not in browser(story, Terms(rate=1_000_000)).get("/sign-in").text


def test_sign_in__with_an_account__goes_on_beside_it(client: TestClient) -> None:
    come_in(client)
    assert sign_in(client, "operator")["roles"] == ["human", "member", "operator"]
    assert client.get(f"{V1}/auth/me").json()["scopes"] is None


def test_log__every_way_and_lie__has_no_secret(story: Story, company: Company) -> None:
    out, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(out), root.level
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith("httpx2"))  # the test's own browser
    company.secret = SECRET
    company.person = {"sub": "subject-of-hers", "groups": ["line 4"], "name": "Alice"}
    client = browser(story, terms_with(company))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        begun = client.get(BEGIN)
        come_in(client)
        kept = [begun.cookies["workmoot-8600-oidc"], client.cookies["workmoot-8600"]]
        me = client.get(f"{V1}/auth/me")
        for lie, _ in (TOKENS["other nonce"], TOKENS["other key"], TOKENS["unknown key"]):
            lie(company)
            come_in(client, status=401)
        company.lies["/token"] = says({"error": "invalid_client", "error_description": "words-of-its"}, 401)(company)
        come_in(client, status=503)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    written = out.getvalue()
    assert me.status_code == 200
    assert "the identity provider: it answered 401 invalid_client" in written
    assert '"actor": "oidc:' in written
    secrets = [*company.told, *kept, SECRET, "subject-of-hers", "Alice", "line 4", "an-access-token", "words-of-its"]
    assert [secret for secret in secrets if secret in written] == []
