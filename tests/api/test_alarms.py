"""Alarms: raised by the contracts, acknowledged or shelved by humans, and back when a shelf's time is over."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.order_json import order_from
from scripts.cli import app
from scripts.nodes import free_port
from scripts.signing import sign_order
from tests.api.requests import an_order, get, give, preview, send, soon
from tests.api.serving import LOOPBACK, listening, serve
from tests.api.story import Story, a_decided_plant, deployment_of_story, signer
from tests.api.visitors import PEOPLE, peopled
from workmoot.domain.hashing import hash_of_words
from workmoot.domain.overrides import STRICT, OverrideKind, SubjectType

DAY_S = 24 * 3_600


@pytest.fixture
def story() -> Story:
    """A human gave more orders than the plant expects."""
    story = a_decided_plant()
    for _ in range(STRICT.alarm_orders + 1):
        story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="once more")
    return story


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


def the_alarm(client: TestClient) -> dict[str, Any]:
    (found,) = get(client, "alarms")["items"]
    return dict(found)


def about(kind: str, alarm: dict[str, Any], **more: Any) -> dict[str, Any]:
    return an_order(kind, "alarm", alarm["id"], **more)


def test_list__raised__is_unacknowledged(client: TestClient, story: Story) -> None:
    found = the_alarm(client)
    assert (found["human"]["id"], found["orders"], found["state"]) == ("technician", 21, "unacknowledged")
    assert (found["override"], found["shelved_until"], found["block"]) == (None, None, story.ledger.alarms[0].at.block)
    assert "gave 21 orders" in found["says"]


def test_list__plant_without_any__is_empty() -> None:
    with TestClient(serve(a_decided_plant()).app, base_url=LOOPBACK) as quiet:
        assert get(quiet, "alarms")["items"] == []


def test_give__acknowledge__stays_so(client: TestClient) -> None:
    given = give(client, about("acknowledge", the_alarm(client), expires_at=None))
    assert (given["kind"], given["state"], given["subject"]["type"]) == ("acknowledge", "done", "alarm")
    found = the_alarm(client)
    assert (found["state"], found["override"], given["subject"]["id"]) == ("acknowledged", given["id"], found["id"])
    assert get(client, "alarms?state=unacknowledged")["items"] == []


def test_give__shelve__until_its_time_is_over(client: TestClient) -> None:
    given = give(client, about("shelve", the_alarm(client), expires_at=soon(30)))
    found = the_alarm(client)
    assert (found["state"], found["shelved_until"]) == ("shelved", given["expires_at"])
    with pytest.MonkeyPatch.context() as patch:
        later = time.time() + 40
        patch.setattr("api.projection.time.time", lambda: later)
        assert the_alarm(client)["state"] == "unacknowledged"


def test_give__lift__the_alarm_is_back(client: TestClient) -> None:
    alarm = the_alarm(client)
    give(client, about("shelve", alarm))
    lifted = give(client, about("lift", alarm, expires_at=None))
    assert lifted["payload"] == {"kind": "shelve"}
    assert the_alarm(client)["state"] == "unacknowledged"


def test_give__shelve_of_what_another_acknowledged_meanwhile__412(client: TestClient) -> None:
    alarm = the_alarm(client)
    seen = preview(client, about("shelve", alarm))
    assert order_from(seen["order"]).subject == int(alarm["id"], 16)
    give(client, about("acknowledge", alarm, expires_at=None))
    answer = send(client, about("shelve", alarm), etag=seen["etag"])
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/stale-version")
    assert "is acknowledged" in answer.json()["current"]["displaces"]["what"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"subject": {"type": "alarm", "id": "0x00"}}, "/subject/id"), ({"expires_at": None}, "/expires_at")],
)
def test_preview__unsound__names_the_field(client: TestClient, change: dict[str, Any], pointer: str) -> None:
    answer = client.post("/api/v1/overrides?dry_run=true", json=about("shelve", the_alarm(client)) | change)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.fixture
def two(story: Story) -> Iterator[TestClient]:
    """A plant where another human could see to the alarm."""
    with TestClient(serve(peopled(story), signs=("technician", "supervisor")).app, base_url=LOOPBACK) as made:
        yield made


@pytest.mark.parametrize("kind", ["acknowledge", "shelve"])
def test_preview__by_whom_the_alarm_is_about__warns_that_it_will_not_count(two: TestClient, kind: str) -> None:
    own = about(kind, the_alarm(two), human="technician")
    (words,) = preview(two, own)["warnings"]
    assert "will not count" in words
    assert give(two, own)["warnings"] == [words]
    assert the_alarm(two)["state"] == "unacknowledged"
    assert preview(two, own | {"human": "supervisor"})["warnings"] == []


@pytest.mark.parametrize("kind", ["acknowledge", "shelve"])
def test_give__by_whom_the_alarm_is_about__is_void_until_no_other_human_is_active(
    two: TestClient, story: Story, kind: str
) -> None:
    given = give(two, about(kind, the_alarm(two), human="technician"))
    assert (given["state"], given["active"], given["floor"], given["times"]["effective"]) == ("void", False, None, None)
    assert "about the human who said this" in given["void"]
    assert given["id"] not in {item["id"] for item in get(two, "overrides?active=true")["items"]}
    assert "about the human who said this" in two.get("/").text
    for name in PEOPLE.keys() - {"suspended", "retired"}:
        story.by("administrator").members.suspend(story.ledger.numbers[signer(name).address])
    story.by("administrator").members.retire(story.ledger.numbers[signer("retired").address])
    two.app.state.dependencies.projection.cycle()  # type: ignore[attr-defined]
    counts = get(two, f"overrides/{given['id']}")
    assert (counts["state"], counts["void"]) == ("done" if kind == "acknowledge" else "effective", None)
    assert the_alarm(two)["override"] == given["id"]


def test_give__by_another_human__counts(two: TestClient) -> None:
    given = give(two, about("acknowledge", the_alarm(two), human="supervisor"))
    assert (given["state"], given["void"]) == ("done", None)


def test_look__another_human_comes__what_was_done_is_told_to_be_void(story: Story) -> None:
    served = serve(peopled(story), signs=("technician",))
    lifecycle, members = served.app.state.dependencies.lifecycle, story.by("administrator").members
    others = [story.ledger.numbers[signer(name).address] for name in PEOPLE.keys() - {"suspended", "retired"}]
    for number in others:
        members.suspend(number)
    members.retire(story.ledger.numbers[signer("retired").address])
    with TestClient(served.app, base_url=LOOPBACK) as client:
        served.projection.cycle()
        given = give(client, about("acknowledge", the_alarm(client), human="technician", expires_at=None))
        assert given["state"] == "done"
        lifecycle.look()
        version = lifecycle.version
        members.reinstate(others[0])
        served.projection.cycle()
        lifecycle.look()
    assert [(step.id, step.state) for step in lifecycle.changes(version)[1]] == [(given["id"], "void")]


def test_order__given_before_the_alarm_was_raised__is_void() -> None:
    story = a_decided_plant()
    held = partial(story.order, OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="once more")
    held()
    first = list(story.ledger.overrides.values())[-1]
    foreseen = hash_of_words(first.human, first.at.timestamp, STRICT.alarm_orders + 1)
    story.order(OverrideKind.ACKNOWLEDGE, SubjectType.NONE, int.from_bytes(foreseen, "big"), why="I foresaw it")
    for _ in range(STRICT.alarm_orders):
        held()
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        (given,) = [item for item in get(client, "overrides")["items"] if item["kind"] == "acknowledge"]
        assert (given["subject"]["id"], the_alarm(client)["state"]) == (the_alarm(client)["id"], "unacknowledged")
    assert (given["state"], given["void"]) == ("void", "There was no such alarm when this was said.")


def test_preview__the_only_human__is_not_warned(client: TestClient) -> None:
    assert preview(client, about("acknowledge", the_alarm(client), expires_at=None))["warnings"] == []


@pytest.mark.parametrize(("seconds", "words"), [(7 * DAY_S - 60, []), (8 * DAY_S, ["7 days at most"])])
def test_preview__shelf__warns_where_it_is_longer_than_it_lasts(
    client: TestClient, seconds: int, words: list[str]
) -> None:
    warned = preview(client, about("shelve", the_alarm(client), expires_at=soon(seconds)))["warnings"]
    assert len(warned) == len(words)
    assert all(part in whole for part, whole in zip(words, warned, strict=True))


# The command line


def test_sign_order__about_another_alarm__is_not_signed(client: TestClient) -> None:
    asked = about("acknowledge", the_alarm(client), expires_at=None)
    seen = preview(client, asked)
    assert sign_order(asked, seen, deployment_of_story(), signer("technician"))
    with pytest.raises(typer.BadParameter, match="subject"):
        sign_order(
            asked, seen | {"order": seen["order"] | {"subject": "7"}}, deployment_of_story(), signer("technician")
        )


def test_alarm_list__and_shelve__on_the_command_line(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    with listening(serve(story, url=f"http://127.0.0.1:{port}"), port=port) as url:
        monkeypatch.setenv("WORKMOOT_API", url)
        listed = CliRunner().invoke(app, ["alarm", "list"]).output
        id_ = listed.split(":")[0]
        assert "unacknowledged; Line technician gave 21 orders" in listed
        shelved = CliRunner().invoke(app, ["override", "shelve", id_, "--reason", "we know", "--for", "600"])
        assert (shelved.exit_code, "shelve" in shelved.output) == (0, True), shelved.output
        assert "shelved until" in CliRunner().invoke(app, ["alarm", "list", "--state", "shelved"]).output
        assert CliRunner().invoke(app, ["alarm", "list", "--state", "acknowledged"]).output == "no alarms\n"
