"""API keys: a human's, for what they say, until the day they name."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.access.api_keys import LARGEST_ID, MOST, NOTED_EVERY_S, ApiKeys, Scope
from api.database import Database
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, signer
from tests.api.visitors import a_key, bearer, peopled, sign_in

OWNER = signer("supervisor").address
READ = frozenset({Scope.READ})


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Where the supervisor is signed in."""
    story = peopled(Story())
    with TestClient(serve(story, signs=(), terms=Terms(rate=10_000, key_days=30)).app, base_url=LOOPBACK) as made:
        sign_in(made, "supervisor")
        yield made


def script(client: TestClient) -> TestClient:
    """The same API for who has no session."""
    return TestClient(client.app, base_url=LOOPBACK)


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_create__key__is_shown_once_and_works(client: TestClient) -> None:
    key = a_key(client, "read")
    assert key.startswith("wm_")
    assert script(client).get("/api/v1/tasks", headers=bearer(key)).status_code == 200
    listed = client.get("/api/v1/keys").json()["items"]
    assert [(item["name"], item["scopes"]) for item in listed] == [("a script", ["read"])]
    assert key not in client.get("/api/v1/keys").text


def test_me__by_key__says_whose_and_for_what(client: TestClient) -> None:
    told = script(client).get("/api/v1/auth/me", headers=bearer(a_key(client, "read", "draft"))).json()
    assert (told["account"], told["scopes"]) == (OWNER, ["draft", "read"])
    assert "supervisor" in told["roles"]


def test_key__in_the_address__is_nobodys(client: TestClient) -> None:
    key = a_key(client, "read")
    assert script(client).get(f"/api/v1/tasks?key={key}&access_token={key}").status_code == 401


@pytest.mark.parametrize("header", ["Basic {}", "Bearer", "Bearer ", "bearer x{}", "{}"])
def test_key__sent_otherwise__is_not_known(client: TestClient, header: str) -> None:
    answer = script(client).get("/api/v1/tasks", headers={"Authorization": header.format(a_key(client, "read"))})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_key__with_a_session_beside_it__is_what_counts(client: TestClient) -> None:
    assert client.get("/api/v1/tasks", headers=bearer(a_key(client, "draft"))).status_code == 403


def test_revoke__own_key__ends_at_once(client: TestClient) -> None:
    key = a_key(client, "read")
    (item,) = client.get("/api/v1/keys").json()["items"]
    assert client.delete(f"/api/v1/keys/{item['id']}").status_code == 204
    assert script(client).get("/api/v1/tasks", headers=bearer(key)).status_code == 401
    assert client.delete(f"/api/v1/keys/{item['id']}").status_code == 404


def test_revoke__anothers_key__is_not_found(client: TestClient) -> None:
    a_key(client, "read")
    (item,) = client.get("/api/v1/keys").json()["items"]
    other = script(client)
    sign_in(other, "planner")
    assert other.get("/api/v1/keys").json()["items"] == []
    assert other.delete(f"/api/v1/keys/{item['id']}").status_code == 404
    assert len(client.get("/api/v1/keys").json()["items"]) == 1


def test_create__by_a_key__is_refused(client: TestClient) -> None:
    body = {"name": "x", "scopes": ["read"], "expires_at": in_days(1)}
    answer = script(client).post("/api/v1/keys", json=body, headers=bearer(a_key(client, "read", "draft", "relay")))
    assert (answer.status_code, answer.json()["missing"]) == (403, ["session"])


@pytest.mark.parametrize(
    ("pointer", "wrong"),
    [
        ("/expires_at", {"expires_at": in_days(-1)}),
        ("/expires_at", {"expires_at": in_days(30.1)}),
        ("/expires_at", {"expires_at": "2099-01-01T00:00:00"}),
        ("/expires_at", {"expires_at": None}),
        ("/scopes", {"scopes": []}),
        ("/scopes/0", {"scopes": ["sign"]}),
        ("/name", {"name": ""}),
        ("/name", {"name": "x" * 81}),
        ("/account", {"account": OWNER}),
    ],
)
def test_create__bad_field__is_named(client: TestClient, pointer: str, wrong: dict[str, Any]) -> None:
    body = {"name": "x", "scopes": ["read"], "expires_at": in_days(1)} | wrong
    answer = client.post("/api/v1/keys", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_create__more_than_anyone_needs__is_refused(client: TestClient) -> None:
    for _ in range(MOST):
        a_key(client, "read")
    body = {"name": "x", "scopes": ["read"], "expires_at": in_days(1)}
    answer = client.post("/api/v1/keys", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-keys")


def test_find__its_time_is_over__is_none(database: Database) -> None:
    keys = ApiKeys(database)
    made = keys.create(OWNER, "x", READ, now=100, expires_at=200)
    assert made is not None
    assert [keys.find(made[0], now=now) is not None for now in (100, 199, 200)] == [True, True, False]
    assert keys.of(OWNER, now=200) == ()


def test_find__used__is_noted_once_a_minute(database: Database) -> None:
    keys = ApiKeys(database)
    made = keys.create(OWNER, "x", READ, now=100, expires_at=1_000)
    assert made is not None
    for now in (100, 101, 100 + NOTED_EVERY_S - 1):
        keys.find(made[0], now=now)
    assert keys.of(OWNER, now=200)[0].used_at == 100
    keys.find(made[0], now=100 + NOTED_EVERY_S)
    assert keys.of(OWNER, now=200)[0].used_at == 100 + NOTED_EVERY_S


def test_revoke__of_several__only_that_one(database: Database) -> None:
    keys = ApiKeys(database)
    made = [keys.create(OWNER, name, READ, now=100, expires_at=1_000) for name in "abc"]
    second = made[1]
    assert second is not None
    assert keys.revoke(OWNER, second[1].id)
    assert [key.name for key in keys.of(OWNER, now=200)] == ["a", "c"]
    assert not keys.revoke(OWNER, second[1].id)


def test_key__often__has_a_limit_of_its_own() -> None:
    story = peopled(Story())
    with TestClient(serve(story, signs=(), terms=Terms(rate=10)).app, base_url=LOOPBACK) as client:
        sign_in_by_hand(client)
        busy, idle = (bearer(a_key(client, "read")) for _ in range(2))
        other = script(client)
        statuses = [other.get("/api/v1/auth/me", headers=busy).status_code for _ in range(150)]
        assert statuses[0] == 200
        assert 429 in statuses
        assert other.get("/api/v1/auth/me", headers=idle).status_code == 200


def sign_in_by_hand(client: TestClient) -> None:
    sessions = client.app.state.dependencies.access.sessions  # type: ignore[attr-defined]  # the app's own state
    client.cookies.set("workmoot-8600", sessions.open(OWNER, now=int(time.time()), lasts_s=60))


@pytest.mark.parametrize("number", [0, -1, 1 << 31, 1 << 63, 10**40])
def test_revoke__number_that_no_key_can_have__is_invalid(client: TestClient, number: int) -> None:
    answer = client.delete(f"/api/v1/keys/{number}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "id")


@pytest.mark.parametrize("name", ["", "a\x00b", "two\nlines", "x" * 81])
def test_create__name_that_is_no_line__is_invalid(client: TestClient, name: str) -> None:
    answer = client.post("/api/v1/keys", json={"name": name, "scopes": ["read"], "expires_at": in_days(1)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")


def test_revoke__largest_number__is_known_to_both_databases(database: Database) -> None:
    assert not ApiKeys(database).revoke(OWNER, LARGEST_ID)
