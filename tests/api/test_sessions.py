"""Sessions: until when they last, what ends them, and what is left where they are kept."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.access import Terms
from api.access.sessions import Sessions
from api.database import Database
from api.order_json import order_from
from api.projection import Projection
from tests.api.requests import an_order, preview, send
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant, deployment_of_story, signer
from tests.api.visitors import STRICT, a_key, bearer, peopled, sign_in
from workmoot.chain.following import News
from workmoot.chain.memory import MemoryFollower
from workmoot.domain.ledger import Ledger

PART = 3


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes people's standing."""
    return peopled(Story())


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story, signs=(), terms=STRICT).app, base_url=LOOPBACK) as made:
        yield made


# Out


def test_sign_out__the_cookie_is_worth_nothing_more(client: TestClient) -> None:
    sign_in(client, "operator")
    token = client.cookies["workmoot-8600"]
    answer = client.post("/api/v1/auth/sign-out")
    assert (answer.status_code, answer.headers["set-cookie"].partition(";")[0]) == (204, 'workmoot-8600=""')
    assert client.get("/api/v1/tasks", headers={"Cookie": f"workmoot-8600={token}"}).status_code == 401


def test_sign_out__nobody_signed_in__is_done(client: TestClient) -> None:
    assert client.post("/api/v1/auth/sign-out").status_code == 204


def test_sign_out__page_of_another_origin__is_refused(client: TestClient) -> None:
    sign_in(client, "operator")
    answer = client.post("/api/v1/auth/sign-out", headers={"Origin": "http://127.0.0.1:9"})
    assert answer.status_code == 403
    assert client.get("/api/v1/auth/me").status_code == 200


def test_session__its_time_is_over__has_to_sign_in_again(story: Story) -> None:
    with TestClient(serve(story, terms=Terms(session_hours=0)).app, base_url=LOOPBACK) as client:
        sign_in(client, "operator")
        assert client.get("/api/v1/tasks").status_code == 401


def test_session__used_all_the_time__lasts_no_longer(database: Database) -> None:
    sessions = Sessions(database)
    token = sessions.open(signer("operator").address, now=100, lasts_s=60)
    assert [sessions.find(token, now=now) is not None for now in (101, 130, 159, 160)] == [True, True, True, False]


def test_session__retired_meanwhile__ends_and_stays_so() -> None:
    story = peopled(Story())
    served = serve(story, terms=STRICT)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        sign_in(client, "retired")
        story.by("administrator").members.retire(story.ledger.numbers[signer("retired").address])
        served.projection.cycle()
        assert client.get("/api/v1/tasks").status_code == 401
        assert sign_in(client, "retired", status=403)["missing"] == ["member"]


def test_session__suspended_meanwhile__may_read_and_has_no_role(client: TestClient) -> None:
    assert sign_in(client, "suspended")["roles"] == ["human", "member"]
    assert client.post("/api/v1/orders", json={"document": {}}).status_code == 403


def test_session__the_chain_was_not_read__is_not_ended(story: Story) -> None:
    served = serve(story, terms=STRICT)
    client = TestClient(served.app, base_url=LOOPBACK)
    sign_in(client, "operator")
    follower = served.projection._follower
    ledger, follower.ledger = follower.ledger, Ledger()
    assert client.get("/api/v1/tasks").status_code == 503
    follower.ledger = ledger
    assert client.get("/api/v1/tasks").status_code == 200


class InParts(MemoryFollower):
    """A follower that reads a few events at a time, the first of them an administrator's role."""

    def read(self) -> News | None:
        news = super().read()
        if news is None or len(news.events) <= PART:
            return news
        events = news.events[:PART]
        return replace(news, events=events, head=self._chain.blocks[events[-1].at.block])


def test_session__the_chain_was_read_in_part__is_not_ended(story: Story, database: Database) -> None:
    token = _session_of(story, database)
    served = serve(story, terms=STRICT, database=database)
    projection = Projection(InParts(story.chain), chain_id=story.chain.chain_id)
    served.app.state.dependencies.access.door._projection = projection
    projection.cycle()
    client = TestClient(served.app, base_url=LOOPBACK, cookies=token)
    refused = client.get("/api/v1/tasks")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-ready")
    projection.begin()
    assert client.get("/api/v1/tasks").status_code == 200


def _session_of(story: Story, database: Database) -> dict[str, str]:
    client = TestClient(serve(story, terms=STRICT, database=database).app, base_url=LOOPBACK)
    sign_in(client, "operator")
    return dict(client.cookies)


# Without its tables

AWAY = "sqlite:////nowhere/tables.db"


def test_any__tables_away__says_so_to_who_needs_them(story: Story) -> None:
    served = serve(story, signs=(), terms=STRICT, database=Database(AWAY))
    with TestClient(served.app, base_url=LOOPBACK, cookies={"workmoot-8600": "x"}) as client:
        answer = client.get("/api/v1/tasks")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unavailable")
        assert "nowhere" not in answer.text
        assert client.get("/healthz").status_code == 200
        assert client.post("/api/v1/auth/nonce", json={}).status_code == 503


def test_override__signed_and_tables_away__is_sent_all_the_same(story: Story) -> None:
    order = an_order("hold", "robot", "R-1", human="operator")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        drafted = preview(client, order)
    signature = "0x" + signer("operator").sign(bytes.fromhex(drafted["digest"][2:])).hex()
    served = serve(story, signs=(), terms=STRICT, database=Database(AWAY))
    with TestClient(served.app, base_url=LOOPBACK, cookies={"workmoot-8600": "x"}) as client:
        given = send(client, order | {"order": drafted["order"], "signature": signature}, etag="*")
        assert given.status_code == 201, given.text


def test_override__signed_and_nobody_signed_in__is_sent(story: Story) -> None:
    order = an_order("hold", "robot", "R-2", human="operator")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        drafted = preview(client, order)
    signature = "0x" + signer("operator").sign(bytes.fromhex(drafted["digest"][2:])).hex()
    with TestClient(serve(story, signs=(), terms=STRICT).app, base_url=LOOPBACK) as client:
        given = send(client, order | {"order": drafted["order"], "signature": signature}, etag="*")
        assert given.status_code == 201, given.text


@pytest.fixture(scope="module")
def plant() -> Story:
    """With work under way."""
    return peopled(a_running_plant())


def digest_of_order(drafted: dict[str, Any]) -> bytes:
    """What signs it."""
    return deployment_of_story().humans_contracts.digest(order_from(drafted))


@pytest.mark.parametrize("named", [True, False])
def test_override__signed_by_a_stranger__tells_nothing_of_the_plant(plant: Story, named: bool) -> None:
    task = plant.task("P6", "glue")
    order = an_order("cancel", "task", task, human="operator")
    with TestClient(serve(plant).app, base_url=LOOPBACK) as client:
        drafted = preview(client, order)["order"]
    drafted |= {} if named else {"human": signer("stranger").address}
    signature = "0x" + signer("stranger").sign(digest_of_order(drafted)).hex()
    with TestClient(serve(plant, signs=(), terms=STRICT).app, base_url=LOOPBACK) as client:
        said = order | ({} if named else {"human": None})
        answer = send(client, said | {"order": drafted, "signature": signature}, etag='"x"')
    assert answer.status_code == (422 if named else 412)
    assert "current" not in answer.json()
    assert "glue" not in answer.text


def test_override__signed_but_of_no_layout__422(plant: Story) -> None:
    order = an_order("assign", "task", plant.task("P6", "glue"), human="operator", payload={"worker": "assembler"})
    with TestClient(serve(plant).app, base_url=LOOPBACK) as client:
        drafted = preview(client, order)["order"] | {"payload": "0x"}
        signature = "0x" + signer("operator").sign(digest_of_order(drafted)).hex()
        answer = send(client, order | {"order": drafted, "signature": signature}, etag="*")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/order/payload")


def test_override__signed_with_a_key_that_is_over__is_sent(story: Story) -> None:
    order = an_order("hold", "robot", "R-3", human="operator")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        drafted = preview(client, order)
    signature = "0x" + signer("operator").sign(bytes.fromhex(drafted["digest"][2:])).hex()
    served = serve(story, signs=(), terms=STRICT)
    with TestClient(served.app, base_url=LOOPBACK, headers=bearer("wm_over")) as client:
        given = send(client, order | {"order": drafted["order"], "signature": signature}, etag="*")
        assert given.status_code == 201, given.text


# What is kept and told


def test_tables__tokens_and_keys__are_hashes_alone(story: Story, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'tables.db'}")
    database.create_tables()
    with TestClient(serve(story, terms=STRICT, database=database).app, base_url=LOOPBACK) as client:
        sign_in(client, "operator")
        key = a_key(client, "read")
        token = client.cookies["workmoot-8600"]
    database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert signer("operator").address.encode() in kept
    assert key.encode() not in kept
    assert token.encode() not in kept


def test_log__every_way_in__has_no_secret(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in(client, "operator")
    key, token = a_key(client, "read"), client.cookies["workmoot-8600"]
    client.get("/api/v1/tasks", headers=bearer(key))
    client.get("/api/v1/tasks", headers=bearer(key + "x"))
    refused = client.get("/api/v1/tasks", headers=bearer(key + "x")).text
    client.post("/api/v1/auth/sign-out")
    for secret in (key, token):
        assert secret not in caplog.text
        assert secret not in refused
