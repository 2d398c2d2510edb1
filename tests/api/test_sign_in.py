"""Signing in: for who holds the account, here, now and once; and out again."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.access.access import Terms
from api.access.message import SignInMessage, read_message
from api.access.nonces import Nonces
from api.access.sessions import Sessions
from api.access.sign_in import SignIn
from api.database import Database
from api.home import Home
from api.problems import Problem
from tests.api.serving import LOOPBACK, in_memory, serve
from tests.api.story import Story, signer
from tests.api.visitors import STRICT, peopled, present, sign_in
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.errors import Unreachable


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it but people's standing."""
    return peopled(Story())


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story, signs=(), terms=STRICT).app, base_url=LOOPBACK) as made:
        yield made


def message_of(client: TestClient, name: str = "operator") -> str:
    answer = client.post("/api/v1/auth/nonce", json={"account": signer(name).address.lower()})
    message: str = answer.json()["message"]
    return message


# In


def test_sign_in__own_account__may_read(client: TestClient) -> None:
    assert client.get("/api/v1/tasks").status_code == 401
    told = sign_in(client, "operator")
    assert (told["account"], told["roles"]) == (signer("operator").address, ["human", "member", "operator"])
    assert client.get("/api/v1/tasks").status_code == 200
    assert client.get("/api/v1/auth/me").json() == told


def test_sign_in__cookie__is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    sign_in(client, "operator")
    message = message_of(client)
    answer = client.post(
        "/api/v1/auth/sign-in",
        json={"message": message, "signature": "0x" + signed(message)},
    )
    name, _, flags = answer.headers["set-cookie"].partition("=")
    assert name == "workmoot-8600"
    assert flags.split("; ")[1:] == ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=strict"]
    assert answer.headers["cache-control"] == "no-store"


def test_sign_in__by_https__the_cookie_is_the_hosts_alone(story: Story) -> None:
    url = "https://plant.example"
    with TestClient(serve(story, terms=STRICT, url=url).app, base_url=url) as client:
        message = message_of(client)
        assert read_message(message).uri == "https://plant.example/"
        answer = client.post("/api/v1/auth/sign-in", json={"message": message, "signature": "0x" + signed(message)})
        assert answer.headers["set-cookie"].startswith("__Host-workmoot=")
        assert set(answer.headers["set-cookie"].split("; ")) >= {"Secure", "HttpOnly", "Path=/", "SameSite=strict"}
        assert "domain" not in answer.headers["set-cookie"].lower()
        assert client.get("/api/v1/tasks").status_code == 200


def signed(message: str, by: str = "operator") -> str:
    from api.access.message import digest_of

    return signer(by).sign(digest_of(message)).hex()


def test_sign_in__without_an_account_named__gets_a_nonce_for_a_message_of_its_own(client: TestClient) -> None:
    told = client.post("/api/v1/auth/nonce", json={}).json()
    assert told["message"] is None
    now = datetime.now(UTC)
    message = SignInMessage(
        domain="127.0.0.1:8600",
        account=signer("operator").address,
        uri="http://127.0.0.1:8600/page",
        chain_id=1337,
        nonce=told["nonce"],
        issued_at=now,
    )
    chain_id = client.get("/readyz").json()["head"]["chain_id"]
    present(client, str(message).replace("Chain ID: 1337", f"Chain ID: {chain_id}"), by="operator")


def test_sign_in__under_loopbacks_other_name__is_here_too(story: Story) -> None:
    url = "http://localhost:8600"
    with TestClient(serve(story, terms=STRICT).app, base_url=url) as client:
        assert read_message(message_of(client)).domain == "localhost:8600"
        sign_in(client, "operator")


def test_sign_in__contract_that_says_yes__is_signed_in(story: Story) -> None:
    wallet = signer("supervisor").address
    verify = lambda account, digest, signature: (account, signature) == (wallet, b"yes")  # noqa: E731
    with TestClient(serve(story, terms=STRICT, verify=verify).app, base_url=LOOPBACK) as client:
        body = {"message": message_of(client, "supervisor"), "signature": "0x" + b"yes".hex()}
        assert client.post("/api/v1/auth/sign-in", json=body).json()["account"] == wallet


# Refused


def test_sign_in__signed_by_another__is_refused(client: TestClient) -> None:
    problem = sign_in(client, "supervisor", by="operator", status=401)
    assert problem["type"] == "/problems/not-signed-in"
    assert "set-cookie" not in client.get("/healthz").headers
    assert client.get("/api/v1/tasks").status_code == 401


def test_sign_in__nonce_used_before__is_refused(client: TestClient) -> None:
    message = message_of(client)
    present(client, message, by="operator")
    assert "nonce" in present(client, message, by="operator", status=401)["detail"]


def test_sign_in__nobody_of_this_plant__is_refused(client: TestClient) -> None:
    assert sign_in(client, "stranger", status=403)["missing"] == ["member"]


def test_sign_in__the_signature_cannot_be_checked_now__is_told_to_come_again(story: Story) -> None:
    def silent(*_: object) -> bool:
        raise Unreachable("the node is away")

    with TestClient(serve(story, terms=STRICT, verify=silent).app, base_url=LOOPBACK) as client:
        assert sign_in(client, "operator", status=503)["type"] == "/problems/chain-unavailable"


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


ELSEWHERE: dict[str, tuple[str, Callable[[], str]]] = {
    "other domain": ("127.0.0.1:8600 wants", lambda: "evil.example wants"),
    "other port": ("127.0.0.1:8600 wants", lambda: "127.0.0.1:8601 wants"),
    "other scheme": ("127.0.0.1:8600 wants", lambda: "https://127.0.0.1:8600 wants"),
    "user before the domain": ("127.0.0.1:8600 wants", lambda: "a@127.0.0.1:8600 wants"),
    "other URI": ("URI: http://127.0.0.1:8600/", lambda: "URI: http://evil.example/"),
    "URI that begins alike": ("URI: http://127.0.0.1:8600/", lambda: "URI: http://127.0.0.1:86000/"),
    "URI by https": ("URI: http:", lambda: "URI: https:"),
    "other chain": ("Chain ID: ", lambda: "Chain ID: 1"),
    "other nonce": ("Nonce: ", lambda: "Nonce: 0"),
    "issued long ago": (r"Issued At: .*", lambda: f"Issued At: {in_minutes(-7)}"),
    "issued tomorrow": (r"Issued At: .*", lambda: f"Issued At: {in_minutes(2)}"),
    "over": (r"Expiration Time: .*", lambda: f"Expiration Time: {in_minutes(-0.1)}"),
    "not yet": (r"(Expiration Time: .*)", lambda: rf"\1\nNot Before: {in_minutes(1)}"),
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_sign_in__message_for_elsewhere_or_another_time__is_refused(
    client: TestClient, change: tuple[str, Callable[[], str]]
) -> None:
    pattern, put = change
    message = message_of(client)
    changed, count = re.subn(pattern, put(), message, count=1)
    assert count == 1
    present(client, changed, by="operator", status=401)
    present(client, message, by="operator")


@pytest.mark.parametrize(
    "body",
    [
        {"message": "let me in", "signature": "0x00"},
        {"message": "x" * 5_000, "signature": "0x00"},
        {"message": "x", "signature": "0x"},
        {"message": "x", "signature": "0x0"},
        {"message": "x"},
        {"message": "x", "signature": "0x00", "more": 1},
    ],
)
def test_sign_in__no_message_or_signature__names_the_field(client: TestClient, body: dict[str, str]) -> None:
    answer = client.post("/api/v1/auth/sign-in", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


def test_sign_in__form__is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/auth/sign-in", data={"message": "x", "signature": "0x00"})
    assert answer.status_code == 422


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_sign_in__any_change_after_the_signature__is_refused(story: Story, data: Any) -> None:
    database = in_memory()
    sessions = Sessions(database)
    home = Home(url=LOOPBACK, chain_id=1337)
    desk = SignIn(Nonces(database), sessions, home=home, verify=is_signed_by, session_s=60)
    nonce, until = desk.give_nonce()
    message = desk.message_for(signer("operator").address, nonce=nonce, expires_at=until, host="127.0.0.1:8600")
    place = data.draw(st.integers(0, len(message) - 1))
    instead = data.draw(st.text(max_size=5).filter(lambda text: text != message[place]))
    changed = message[:place] + instead + message[place + 1 :]
    with pytest.raises(Problem) as refused:
        desk.sign_in(changed, bytes.fromhex(signed(message)), roles_of=lambda _: frozenset({"member"}))
    assert refused.value.status in (401, 422)
    desk.sign_in(message, bytes.fromhex(signed(message)), roles_of=lambda _: frozenset({"member"}))


# Nonces


def test_take__two_processes_at_once__one_has_it(database: Database, database_url: str) -> None:
    other = Database(database_url)
    for _ in range(20):
        nonce = Nonces(database).give(now=100, lasts_s=300)
        with ThreadPoolExecutor(4) as pool:
            tries = [pool.submit(Nonces(tables).take, nonce, now=200) for tables in (database, other) * 2]
        assert [one.result() for one in tries].count(True) == 1
    other.close()


def test_take__after_its_time__is_gone(database: Database) -> None:
    nonces = Nonces(database)
    nonce = nonces.give(now=100, lasts_s=300)
    assert not nonces.take(nonce, now=400)
    assert nonces.take(nonces.give(now=100, lasts_s=300), now=399)


def test_sign_in__often__is_told_when_to_come_again(story: Story) -> None:
    with TestClient(serve(story, terms=Terms(rate=10)).app, base_url=LOOPBACK) as client:
        assert client.post("/api/v1/auth/nonce", json={}).status_code == 200
        answer = client.post("/api/v1/auth/nonce", json={})
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/rate-limited")
        assert 1 <= int(answer.headers["retry-after"]) <= 10
