"""A write is done once, however often it is asked for, whoever dies meanwhile."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.database import Database
from api.errands import KEPT_S, Answer, Errands
from api.problems import Problem
from tests.api.requests import a_key, an_order, post_order, preview, send
from tests.api.serving import LOOPBACK, Served, serve
from tests.api.story import SCENARIO, Story
from workmoot.domain.errors import DatabaseUnreachable, Unreachable
from workmoot.plant.documents import read_all

ASKED = {"kind": "hold"}
AT = "/api/v1/overrides"


class Fault(Exception):
    """As if something of ours broke here."""


@pytest.fixture
def kept(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'api.sqlite'}"


def started(story: Story, kept: str) -> Served:
    """A process on the same tables as the one before it."""
    database = Database(kept)
    database.create_tables()
    return serve(story, database=database)


def held(story: Story) -> dict[str, Any]:
    return an_order("hold", "task", story.task("P6", "glue"))


def given(client: TestClient) -> int:
    """How many orders are on record."""
    return len(client.get("/api/v1/overrides").json()["items"])


# The same again


def test_give__again_with_its_key__the_same_answer_and_nothing_done(client: TestClient, story: Story) -> None:
    before, order = given(client), held(story)
    first, again = (send(client, order, etag="*", key="one") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert (again.headers["idempotent-replayed"], "idempotent-replayed" in first.headers) == ("true", False)
    assert given(client) == before + 1


def test_give__refused_by_the_contracts__refused_alike_again(client: TestClient, story: Story) -> None:
    order = an_order("release", "task", story.task("P6", "glue"))
    etag = preview(client, order)["etag"]
    first, second = (send(client, order, etag=etag, key="one") for _ in range(2))
    assert (first.status_code, second.status_code) == (409, 409)
    assert second.json() == first.json()
    assert second.headers["content-type"] == "application/problem+json"


def test_give__other_order_with_a_used_key__422(client: TestClient, story: Story) -> None:
    send(client, held(story), etag="*", key="one")
    answer = send(client, an_order("hold", "robot", "R-1"), etag="*", key="one")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-mismatch")


def test_give__wrong_then_put_right_with_the_same_key__is_done(client: TestClient, story: Story) -> None:
    wrong = an_order("hold", "task", story.task("P6", "glue"), human="nobody")
    assert send(client, wrong, etag="*", key="one").status_code == 422
    assert send(client, wrong | {"human": "technician"}, etag="*", key="one").status_code == 201


@pytest.mark.parametrize("key", [None, "", "a key", "ö", "x" * 256])
def test_give__no_key_or_none_that_is_one__400(client: TestClient, story: Story, key: str | None) -> None:
    headers = {b"If-Match": b"*"} | ({} if key is None else {b"Idempotency-Key": key.encode()})
    answer = client.post(AT, json=held(story), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_submit__again_with_its_key__one_order(client: TestClient) -> None:
    (document,) = read_all(SCENARIO / "order.yaml")
    headers = a_key()
    first, second = (post_order(client, document, **headers) for _ in range(2))
    assert first.json() == second.json()
    assert len(client.get("/api/v1/orders").json()["items"]) == 2


# Broken off


def fails(monkeypatch: pytest.MonkeyPatch, served: Served, *, sent: bool, error: type[Exception]) -> None:
    """The relay breaks at its next order: before it was sent, or after."""
    relay = served.desk._relay
    assert relay is not None
    execute = relay.execute

    def dies(*given: Any) -> Any:
        if sent:
            execute(*given)
        raise error("gone")

    monkeypatch.setattr(relay, "execute", dies)


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("kind", ["cancel", "hold"])
def test_give__fault_then_asked_again__done_once(
    monkeypatch: pytest.MonkeyPatch, story: Story, kept: str, kind: str, *, sent: bool
) -> None:
    order = an_order(kind, "task", story.task("P6", "glue"))
    first = started(story, kept)
    with TestClient(first.app, base_url=LOOPBACK, raise_server_exceptions=False) as client:
        before, etag = given(client), preview(client, order)["etag"]
        with monkeypatch.context() as dying:
            fails(dying, first, sent=sent, error=Fault)
            assert send(client, order, etag=etag, key="one").status_code == 500
    with TestClient(started(story, kept).app, base_url=LOOPBACK) as client:
        again = send(client, order, etag=etag, key="one")
        assert again.status_code == 201, again.text
        assert given(client) == before + 1


def test_give__node_away_after_it_was_sent__done_once(monkeypatch: pytest.MonkeyPatch, story: Story, kept: str) -> None:
    served, order = started(story, kept), held(story)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        before = given(client)
        with monkeypatch.context() as away:
            fails(away, served, sent=True, error=Unreachable)
            assert send(client, order, etag="*", key="one").status_code == 503
        assert send(client, order, etag="*", key="one").status_code == 201
        assert given(client) == before + 1


def test_submit__fault_after_it_was_sent__one_order(monkeypatch: pytest.MonkeyPatch, story: Story, kept: str) -> None:
    (document,) = read_all(SCENARIO / "order.yaml")
    headers, first = a_key(), started(story, kept)
    posting = first.app.state.dependencies.posting
    post = posting.post_by_sig

    def dies(*signed: Any) -> None:
        post(*signed)
        raise Fault

    with (
        TestClient(first.app, base_url=LOOPBACK, raise_server_exceptions=False) as client,
        monkeypatch.context() as dying,
    ):
        dying.setattr(posting, "post_by_sig", dies)
        assert post_order(client, document, **headers).status_code == 500
    with TestClient(started(story, kept).app, base_url=LOOPBACK) as client:
        answer = post_order(client, document, **headers)
        assert (answer.status_code, answer.json()["id"]) == (201, 2)
        assert len(client.get("/api/v1/orders").json()["items"]) == 2


# The table itself


def errands(kept: str, **more: Any) -> Errands:
    """Those of one process."""
    database = Database(kept)
    database.create_tables()
    return Errands(database, **more)


def test_begin__another_process_is_dead__its_errand_is_taken_over_with_what_it_signed(kept: str) -> None:
    dead, alive = errands(kept), errands(kept)
    lost = dead.begin("one", AT, ASKED)
    lost.__enter__().once(lambda: [{"order": 1}])
    with alive.begin("one", AT, ASKED) as taken:
        assert taken.once(lambda: [{"order": 2}]) == [{"order": 1}]


def test_once__another_process_took_it_over_meanwhile__is_not_sent_twice(kept: str) -> None:
    slow, quick = errands(kept), errands(kept)
    with slow.begin("one", AT, ASKED) as errand:
        with quick.begin("one", AT, ASKED) as taken:
            taken.once(lambda: [{"order": 2}])
            taken.answer = Answer(status=201, body={"id": 2})
        with pytest.raises(Problem, match="is being done"):
            errand.once(lambda: [{"order": 1}])
    with slow.begin("one", AT, ASKED) as errand:
        assert errand.answer == Answer(status=201, body={"id": 2})


def test_begin__answer_cannot_be_kept__asked_again_it_sends_the_same(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = errands(kept)
    with mine.begin("one", AT, ASKED) as errand:
        errand.once(lambda: [{"order": 1}])
        errand.answer = Answer(status=201, body={})
        monkeypatch.setattr(Database, "begin", away)
    monkeypatch.undo()
    with mine.begin("one", AT, ASKED) as again:
        assert (again.answer, again.signed) == (None, [{"order": 1}])


def away(*_: object) -> None:
    """As if the database were gone."""
    raise DatabaseUnreachable("gone")


def test_begin__another_thread_is_at_it__409(kept: str) -> None:
    alive = errands(kept)
    with alive.begin("one", AT, ASKED), pytest.raises(Problem) as told, alive.begin("one", AT, ASKED):
        pass
    assert (told.value.status, told.value.slug) == (409, "request-in-flight")
    assert told.value.headers == {"Retry-After": "1"}


def test_begin__a_day_later__the_key_is_free(kept: str) -> None:
    now = [0.0]
    mine = errands(kept, now=lambda: now[0])
    with mine.begin("one", AT, ASKED) as errand:
        errand.answer = Answer(status=201, body={})
    with mine.begin("one", AT, ASKED) as errand:
        assert errand.answer == Answer(status=201, body={})
    now[0] = KEPT_S + 1.0
    with mine.begin("one", AT, {"kind": "another"}) as errand:
        assert errand.signed is None


@pytest.mark.parametrize(("kind", "status"), [("hold", 201), ("cancel", 503)])
def test_give__tables_away__a_hold_is_given_all_the_same(
    monkeypatch: pytest.MonkeyPatch, client: TestClient, story: Story, kind: str, status: int
) -> None:
    order = an_order(kind, "task", story.task("P6", "glue"))
    etag = preview(client, order)["etag"]
    monkeypatch.setattr(Database, "begin", away)
    assert send(client, order, etag=etag).status_code == status
