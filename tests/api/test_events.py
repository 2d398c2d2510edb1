"""The live stream: ids from the chain, resumable, with a pulse."""

import json
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from api.projection import Projection
from tests.api.serving import listening, serve
from tests.api.story import Story
from tests.told_chain import CHAIN_ID, DEPLOYMENT, ToldChain
from workmoot.chain.follower import Follower


@pytest.fixture
def url(story: Story) -> Iterator[str]:
    with listening(serve(story)) as address:
        yield address


def _read(url: str, count: int, **more: object) -> list[dict[str, str]]:
    """The first events of the stream."""
    found: list[dict[str, str]] = []
    with httpx.stream("GET", f"{url}/api/v1/events", timeout=60, **more) as answer:  # type: ignore[arg-type]
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                found.append(event)
                event = {}
            if len(found) == count:
                break
    return found


def test_stream__from_the_start__has_every_event_with_its_place(url: str, story: Story) -> None:
    told = [event for event in _read(url, 6) if event.get("event") == "chain"]
    expected = [f"{event.at.block}.{event.at.log_index}" for event in story.chain.events]
    assert [event["id"] for event in told] == expected[: len(told)]
    assert json.loads(told[0]["data"])["name"] == "RoleGranted"


def test_stream__last_event_id__goes_on_after_it(url: str, story: Story) -> None:
    last = story.chain.events[-2].at
    told = _read(url, 2, headers={"Last-Event-ID": f"{last.block}.{last.log_index}"})
    place = story.chain.events[-1].at
    assert told[1]["id"] == f"{place.block}.{place.log_index}"


def test_stream__from_now__pulses_with_the_head_block(url: str, story: Story) -> None:
    told = _read(url, 2, params={"from": "now"})
    pulse = json.loads(told[1]["data"])
    assert told[1]["event"] == "pulse"
    assert pulse["block"] == story.chain.head.number
    assert pulse["read_s_ago"] < 60


@pytest.mark.parametrize("start", ["yesterday", "12", "12.", ".3", "9" * 5000 + ".1", "\u0661.1"])
def test_stream__bad_id__is_refused(client: TestClient, start: str) -> None:
    answer = client.get("/api/v1/events", params={"from": start})
    assert answer.status_code == 422
    assert "block.logIndex" in answer.json()["detail"]


def test_stream__reorganised__says_what_still_stands_and_tells_what_is_true_now() -> None:
    chain = ToldChain()
    for messages in (1, 2, 1):
        chain.mine(messages)
    projection = Projection(Follower(chain, DEPLOYMENT), chain_id=CHAIN_ID)
    projection.begin()
    last = projection.events()
    stands = chain.events[-2]
    chain.turn(1)
    chain.mine(2)
    projection.begin()
    fresh = projection.events(len(last.events), rewinds=last.rewinds)
    assert fresh.before == stands
    assert list(fresh.events) == chain.events[fresh.start :]
    assert (fresh.start, fresh.rewinds) == (3, 1)
