"""What workers ask humans, through the API: listed, answered as every order is given, defaulted, told and audited."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.order_json import order_from
from api.views.displaced import displaced
from scripts.cli import app
from scripts.nodes import free_port
from scripts.signing import sign_order
from tests.api.requests import an_order, get, give, preview, send
from tests.api.serving import LOOPBACK, listening, serve
from tests.api.story import Story, a_decided_plant, deployment_of_story, signer
from tests.api.visitors import STRICT
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import canonical

ACCEPT = {"verdict": "accept", "offset": 2, "note": "seen"}


def asked_about() -> Story:
    """The finisher asks about a task."""
    story = a_decided_plant()
    story.ask("finisher", story.task("P4", "load"))
    return story


@pytest.fixture
def story() -> Story:
    return asked_about()


@pytest.fixture(scope="module")
def reader() -> Iterator[TestClient]:
    """For what changes nothing."""
    with TestClient(serve(asked_about()).app, base_url=LOOPBACK) as made:
        yield made


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


def the_question(client: TestClient) -> dict[str, Any]:
    (found,) = get(client, "questions")["items"]
    return dict(found)


def answer(question: dict[str, Any], values: object = ACCEPT, **more: Any) -> dict[str, Any]:
    return an_order("answer", "question", question["id"], **{"expires_at": None, "payload": {"answer": values}} | more)


def test_list__asked__is_open_with_its_form_and_default(client: TestClient, story: Story) -> None:
    found = the_question(client)
    assert (found["asker"]["id"], found["words"], found["state"]) == ("finisher", "Is it good <b>enough</b>?", "open")
    assert (found["about"]["type"], found["about"]["id"]) == ("task", story.task("P4", "load"))
    assert [field["name"] for field in found["fields"]] == ["verdict", "offset", "note"]
    assert found["fields"][0]["options"] == ["accept", "reject"]
    assert (found["default"]["verdict"], found["outcome"], found["override"]) == ("reject", None, None)
    assert get(client, f"questions/{found['id']}") == found
    assert get(client, "questions?state=answered")["items"] == []


@pytest.mark.parametrize("id_", ["0x00", "1", "0x" + "g" * 64, "0x" + "0" * 64])
def test_read__no_such_question__404(reader: TestClient, id_: str) -> None:
    missing = reader.get(f"/api/v1/questions/{id_}")
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/not-found")


def test_preview__answer__says_what_happens_otherwise_and_is_good_until_the_deadline(
    client: TestClient, story: Story
) -> None:
    (asked,) = story.ledger.questions.values()
    seen = preview(client, answer(the_question(client)))
    assert "its default holds (note: , offset: 0, verdict: reject)" in seen["displaces"]["what"]
    assert (seen["displaces"]["tasks"], seen["displaces"]["status"]) == ([story.task("P4", "load")], "open")
    order = order_from(seen["order"])
    assert (order.payload, order.expires_at, order.expected_epoch) == (canonical(ACCEPT), 0, 1)
    assert order.valid_until <= asked.asked.deadline
    assert seen["etag"].startswith('"question-')


def test_give__answer__counts_and_is_on_record(client: TestClient) -> None:
    given = give(client, answer(the_question(client)))
    assert (given["kind"], given["state"], given["confirmed_by"]) == ("answer", "done", "chain")
    assert (given["subject"]["type"], given["payload"]) == ("question", {"answer": ACCEPT})
    assert given["subject"]["name"].endswith("asks: Is it good <b>enough</b>?")
    found = the_question(client)
    assert (found["state"], found["outcome"], found["override"]) == ("answered", ACCEPT, given["id"])
    assert (found["answered_by"]["id"], given["subject"]["id"]) == ("technician", found["id"])
    assert get(client, "questions?state=open")["items"] == []


def test_give__another_answered_meanwhile__412_with_how_it_is_now(client: TestClient) -> None:
    question = the_question(client)
    seen = preview(client, answer(question))
    give(client, answer(question))
    late = send(client, answer(question), etag=seen["etag"])
    assert (late.status_code, late.json()["type"]) == (412, "/problems/stale-version")
    assert "is answered" in late.json()["current"]["says"]
    again = client.post("/api/v1/overrides?dry_run=true", json=answer(question))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/too-late")


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        (None, "/payload/answer"),
        ("accept", "/payload/answer"),
        (ACCEPT | {"more": 1}, "/payload/answer"),
        (ACCEPT | {"verdict": "maybe"}, "/payload/answer/verdict"),
        (ACCEPT | {"offset": 6}, "/payload/answer/offset"),
        (ACCEPT | {"offset": "2"}, "/payload/answer/offset"),
        (ACCEPT | {"note": "a\nb"}, "/payload/answer/note"),
    ],
)
def test_preview__does_not_fill_the_form__names_the_field(reader: TestClient, values: object, pointer: str) -> None:
    refused = reader.post("/api/v1/overrides?dry_run=true", json=answer(the_question(reader), values))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_preview__no_such_question__names_the_subject(reader: TestClient) -> None:
    refused = reader.post("/api/v1/overrides?dry_run=true", json=answer({"id": "0x01"}))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/subject/id")


def test_give__signed_but_does_not_fit__is_stopped_at_the_door(reader: TestClient) -> None:
    refused = send(reader, signed(reader, payload="0x61"), etag='"x"')
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/order/payload")
    assert "answer: not JSON" in refused.text


NOTHING = "0x" + canonical({}).hex()
TOLD = ("good", "verdict", "accept", "reject")
"""What a stranger is not told of the question."""


def signed(client: TestClient, **changes: Any) -> dict[str, Any]:
    """An answer that the technician signed, with these changes to what was previewed."""
    asked = answer(the_question(client))
    order = preview(client, asked)["order"] | changes
    digest = deployment_of_story().humans_contracts.digest(order_from(order))
    return asked | {"order": order, "signature": "0x" + signer("technician").sign(digest).hex()}


def refused_to_a_stranger(story: Story, order: dict[str, Any], *, etag: str = '"x"') -> dict[str, Any]:
    """The problem that who may not read is told, which has nothing of the question."""
    with TestClient(serve(story, signs=(), terms=STRICT).app, base_url=LOOPBACK) as stranger:
        refused = send(stranger, order, etag=etag)
    assert not any(word in refused.text for word in TOLD)
    return dict(refused.json())


@pytest.mark.parametrize("payload", [NOTHING, "0x" + canonical(ACCEPT).hex()])
def test_give__signed_by_nobody__learns_nothing_but_that(client: TestClient, story: Story, payload: str) -> None:
    forged = signed(client, payload=payload) | {"signature": "0x00"}
    give(client, answer(the_question(client)))
    problem = refused_to_a_stranger(story, forged)
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/signature")


def test_give__signed_but_does_not_fit__who_may_not_read_is_not_told_the_form(client: TestClient, story: Story) -> None:
    problem = refused_to_a_stranger(story, signed(client, payload=NOTHING))
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/order/payload")


@pytest.mark.parametrize(("etag", "status"), [("*", 409), ('"x"', 412)])
def test_give__signed_but_too_late__who_may_not_read_is_not_told_what_was_asked(
    client: TestClient, story: Story, etag: str, status: int
) -> None:
    late = signed(client)
    give(client, answer(the_question(client)))
    assert refused_to_a_stranger(story, late, etag=etag)["status"] == status


def test_deadline__passed_without_an_answer__the_default_holds_and_nothing_is_taken(
    client: TestClient, story: Story
) -> None:
    question = the_question(client)
    seen = preview(client, answer(question))
    with pytest.MonkeyPatch.context() as patch:
        later = time.time() + 700
        patch.setattr("api.projection.time.time", lambda: later)
        refused = send(client, answer(question), etag=seen["etag"])
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-late")
        assert the_question(client)["state"] == "open"
    story.chain.advance(800)
    wait_for(client, lambda: the_question(client)["state"] == "defaulted")
    found = the_question(client)
    assert (found["outcome"]["verdict"], found["override"], found["answered_by"]) == ("reject", None, None)


def test_task_cancelled__the_question_is_closed_and_out_of_the_queue(client: TestClient, story: Story) -> None:
    story.order(OverrideKind.CANCEL, SubjectType.TASK, story.task("P4", "load"), why="no more")
    wait_for(client, lambda: the_question(client)["state"] == "closed")
    found = the_question(client)
    assert (found["outcome"], found["override"]) == (None, None)
    assert 'data-order-kinds="answer"' not in client.get("/").text
    refused = client.post("/api/v1/overrides?dry_run=true", json=answer(found))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-late")
    assert "its task failed, was put back or is done with. No answer counts" in refused.json()["detail"]


def wait_for(client: TestClient, fact: Any) -> None:
    deadline = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_answered__with_what_does_not_fit__shows_the_answer_and_that_the_default_holds(story: Story) -> None:
    (asked,) = story.ledger.questions.values()
    story.order(OverrideKind.ANSWER, SubjectType.NONE, asked.id, why="as I like", payload=b"accept")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        found = the_question(client)
        assert (found["state"], found["answered_by"]) == ("defaulted", None)
        assert "malformed" in get(client, f"overrides/{found['override']}")["payload"]


def test_events__question_and_answer__are_told_with_the_questions_id(client: TestClient) -> None:
    question = the_question(client)
    give(client, answer(question))
    (asked,) = get(client, "events/recent?name=MessageSent")["items"]
    (given,) = get(client, "events/recent?name=InstructionGiven")["items"]
    assert asked["said"]["question"] == given["said"]["question"] == question["id"]


def test_audit__question_and_answer__who_why_what(client: TestClient) -> None:
    given = give(client, answer(the_question(client)))
    (asked,) = get(client, "audit?act=MessageSent")["items"]
    (answered,) = get(client, "audit?act=InstructionGiven")["items"]
    assert "Is it good" in asked["reason"]["words"]
    assert (answered["subject"]["type"], answered["digest"]) == ("question", given["digest"])
    assert '"verdict":"accept"' in answered["effect"][0]


def test_displaced__question_that_a_reorganisation_undid__says_so(reader: TestClient) -> None:
    order = order_from(preview(reader, answer(the_question(reader)))["order"])
    served = serve(Story())
    with served.projection.read() as snap:
        assert "no such question any more" in displaced(snap, order).what


# The page


def test_page__open_question__is_in_the_queue_and_its_words_are_text(client: TestClient) -> None:
    page = client.get("/").text
    assert "Is it good &lt;b&gt;enough&lt;/b&gt;?" in page
    assert f'data-order-id="{the_question(client)["id"]}"' in page
    give(client, answer(the_question(client)))
    assert 'data-order-kinds="answer"' not in client.get("/").text


# The command line


def test_sign_order__another_answer__is_not_signed(reader: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    asked = answer(the_question(reader))
    seen = preview(reader, asked)
    assert sign_order(asked, seen, deployment_of_story(), signer("technician"))
    assert "asks: Is it good <b>enough</b>?" in capsys.readouterr().err
    other = seen["order"] | {"payload": "0x" + canonical(ACCEPT | {"verdict": "reject"}).hex()}
    with pytest.raises(typer.BadParameter, match="payload"):
        sign_order(asked, seen | {"order": other}, deployment_of_story(), signer("technician"))


def test_question_list_show_and_answer__on_the_command_line(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    port, run = free_port(), CliRunner().invoke
    with listening(serve(story, url=f"http://127.0.0.1:{port}"), port=port) as url:
        monkeypatch.setenv("WORKMOOT_API", url)
        listed = run(app, ["question", "list", "--state", "open"]).output
        id_ = listed.split(":")[0]
        assert "Is it good" in listed
        assert "verdict: one of: accept, reject" in run(app, ["question", "show", id_]).output
        wrong = run(app, ["question", "answer", id_, "verdict=accept", "offset=far", "note=", "--reason", "x"])
        assert (wrong.exit_code, "offset" in wrong.output) == (2, True)
        told = run(app, ["question", "answer", id_, "verdict=accept", "offset=2", "note=a=b", "--reason", "I saw it"])
        assert (told.exit_code, "answer" in told.output) == (0, True), told.output
        assert "answered" in run(app, ["question", "list"]).output
        assert run(app, ["question", "list", "--state", "open"]).output == "no questions\n"
        again = run(app, ["question", "answer", id_, "verdict=accept", "offset=2", "note=", "--reason", "x"])
        assert again.exit_code == 3
    (asked,) = story.ledger.questions.values()
    assert asked.outcome == {"verdict": "accept", "offset": 2, "note": "a=b"}
