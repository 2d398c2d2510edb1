"""The live stream: ids from the chain, resumable, with a pulse."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient

from api.archive import DatabaseArchive
from api.database import Database
from api.event_ids import EventId, id_at, read_id
from api.projection import Projection
from api.streams import Streams
from api.tail import From, Reorganised, Tail
from tests.api.serving import listening, serve
from tests.api.story import Story
from tests.told_chain import CHAIN_ID, DEPLOYMENT, ToldChain
from workmoot.chain.archive import Archive
from workmoot.chain.follower import Follower
from workmoot.domain.events import Event


@pytest.fixture
def url(story: Story) -> Iterator[str]:
    with listening(serve(story)) as address:
        yield address


def _read(url: str, count: int, *, until: str = "", **more: object) -> list[dict[str, str]]:
    """The first events of the stream, up to so many or to one of that name."""
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
            if len(found) == count or (found and found[-1].get("event") == until):
                break
    return found


def test_stream__from_the_start__has_every_event_with_its_place(url: str, story: Story) -> None:
    told = [event for event in _read(url, 6) if event.get("event") == "chain"]
    expected = [id_at(event.at) for event in story.chain.events]
    assert [event["id"] for event in told] == expected[: len(told)]
    assert json.loads(told[0]["data"])["name"] == "RoleGranted"


def test_stream__last_event_id__goes_on_after_it(url: str, story: Story) -> None:
    last, next_ = story.chain.events[-2:]
    told = _read(url, 2, headers={"Last-Event-ID": id_at(last.at)})
    assert told[1]["id"] == id_at(next_.at)


def test_stream__id_without_a_hash__goes_on_after_that_place(url: str, story: Story) -> None:
    last, next_ = story.chain.events[-2:]
    told = _read(url, 2, params={"from": f"{last.at.block}.{last.at.log_index}"})
    assert told[1]["id"] == id_at(next_.at)


def test_stream__from_now__pulses_with_the_head_block(url: str, story: Story) -> None:
    told = _read(url, 20, until="pulse", params={"from": "now"})
    pulse = json.loads(told[-1]["data"])
    assert "chain" not in [event["event"] for event in told[1:]]
    assert pulse["block"] == story.chain.head.number
    assert pulse["read_s_ago"] < 60


def test_stream__bad_last_event_id__is_told_by_its_own_name(client: TestClient) -> None:
    problem = client.get("/api/v1/events", headers={"Last-Event-ID": "x"}).json()
    assert problem["errors"][0]["parameter"] == "Last-Event-ID"


@pytest.mark.parametrize("start", ["yesterday", "12", "12.", ".3", "9" * 50 + ".1", "\u0661.1"])
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


# What is no longer on the chain


@pytest.fixture
def chain() -> ToldChain:
    made = ToldChain()
    for messages in (1, 2, 1):
        made.mine(messages)
    return made


def _following(chain: ToldChain, archive: Archive | None = None) -> Projection:
    made = Projection(Follower(chain, DEPLOYMENT, archive), chain_id=CHAIN_ID)
    made.begin()
    return made


def _resumed(projection: Projection, last: Event) -> list[Reorganised | Event]:
    found = read_id(id_at(last.at))
    assert found
    return list(Tail(projection, found).read())


def test_resume__block_undone_meanwhile__is_told_the_last_event_that_stands(chain: ToldChain) -> None:
    projection = _following(chain)
    last, stands = chain.events[-1], chain.events[-2]
    chain.turn(1)
    chain.mine(2)
    projection.begin()
    assert _resumed(projection, last) == [Reorganised(last=stands), *chain.events[-2:]]
    assert _resumed(projection, stands) == chain.events[-2:]


def test_resume__undone_twice_deeper_each_time__is_told_what_stands_of_both(chain: ToldChain) -> None:
    projection = _following(chain)
    last, stands = chain.events[-1], chain.events[0]
    for depth in (1, 2):
        chain.turn(depth)
        chain.mine(1)
        projection.begin()
    assert _resumed(projection, last) == [Reorganised(last=stands), *chain.events[1:]]


def test_resume__undone_while_the_api_was_down__is_told_all_the_same(chain: ToldChain, database: Database) -> None:
    _following(chain, DatabaseArchive(database, DEPLOYMENT))
    last, stands = chain.events[-1], chain.events[-2]
    chain.turn(1)
    chain.mine(2)
    projection = _following(chain, DatabaseArchive(database, DEPLOYMENT))
    assert _resumed(projection, last)[0] == Reorganised(last=stands)


def test_resume__block_nobody_knows__begins_anew_and_says_so(chain: ToldChain) -> None:
    asked = EventId(*chain.events[-1].at.position, mark="00000000")
    assert list(Tail(_following(chain), asked).read()) == [Reorganised(last=None), *chain.events]


def test_resume__ahead_of_what_is_read__waits_until_it_is(chain: ToldChain) -> None:
    behind = _following(chain)
    chain.mine(1)
    later = chain.events[-1]
    found = read_id(id_at(later.at))
    assert found
    tail = Tail(behind, found)
    assert (list(tail.read()), tail.may_have_more) == ([], True)
    behind.begin()
    assert (list(tail.read()), tail.may_have_more) == ([], False)
    chain.mine(1)
    behind.begin()
    assert (tail.may_have_more, list(tail.read())) == (True, chain.events[-1:])


def test_resume__ahead_and_undone_by_a_block_without_events__is_told_at_once(chain: ToldChain) -> None:
    projection = _following(chain)
    tail = Tail(projection, EventId(chain.head + 1, 0, mark="00000000"))
    assert list(tail.read()) == []
    chain.mine(0)
    projection.begin()
    assert (tail.may_have_more, list(tail.read())) == (True, [Reorganised(last=None), *chain.events])


def test_read__more_than_one_look_takes__comes_in_parts(chain: ToldChain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.tail.MOST", 3)
    tail = Tail(_following(chain), From.START)
    parts = [list(tail.read()) for _ in range(2)]
    assert [len(part) for part in parts] == [3, len(chain.events) - 3]
    assert not tail.may_have_more


# How many may listen


@contextmanager
def _open(url: str) -> Iterator[None]:
    """A stream whose first words have come."""
    with httpx.stream("GET", f"{url}/api/v1/events", params={"from": "now"}, timeout=60) as answer:
        words = answer.iter_raw()
        next(words)
        yield


@pytest.mark.parametrize(
    ("streams", "status", "slug"),
    [(Streams(of_one=1), 429, "too-many-streams"), (Streams(in_all=1), 503, "streams-full")],
    ids=["of one", "in all"],
)
def test_stream__one_too_many__is_told_to_come_again(story: Story, streams: Streams, status: int, slug: str) -> None:
    served = serve(story)
    served.app.state.dependencies = replace(served.app.state.dependencies, streams=streams)
    with listening(served) as url:
        with _open(url), httpx.stream("GET", f"{url}/api/v1/events", timeout=60) as refused:
            assert not refused.is_success
            refused.read()
        assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{slug}")
        assert int(refused.headers["Retry-After"]) > 0
        assert _comes(lambda: _is_let_in(url))


def _comes(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    deadline = time.monotonic() + 60
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _is_let_in(url: str) -> bool:
    with httpx.stream("GET", f"{url}/api/v1/events", timeout=60) as answer:
        return answer.is_success


def test_stream__projection_at_work__keeps_nobody_else_waiting(story: Story) -> None:
    served = serve(story)
    with listening(served) as url, _open(url), served.projection.read():
        story.post()
        assert httpx.get(f"{url}/healthz", timeout=60).is_success
