"""The life of an order: in a block, seen by who must obey it, in force; what was commanded is not yet confirmed."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.database import Database
from api.gateway import Gateway
from api.lifecycle import Lifecycle
from api.steps import ACKNOWLEDGED, SUBMITTED, KeptSteps, Step, Steps
from api.views.snapshot import GatewayWords
from tests.api.floors import a_gateway
from tests.api.requests import an_order, get, give
from tests.api.serving import LOOPBACK, listening, serve
from tests.api.story import FloorWords, Story, signer
from tests.api.visitors import peopled
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.overrides import OverrideKind, SubjectType

STEP = Step(b"\1" * 32, "7.0-00000000", ACKNOWLEDGED)


class Words:
    """What the gateway says, as the test changes it."""

    def __init__(self, story: Story) -> None:
        self._floor = FloorWords(story)
        self.changes: dict[str, Any] = {}
        self.robots: dict[int, dict[str, Any]] = {}

    def __call__(self) -> GatewayWords:
        said = self._floor.words()
        robots = {number: {**robot, **self.robots.get(number, {})} for number, robot in said.robots.items()}
        return replace(said, **{"robots": robots, **self.changes})


@pytest.fixture
def words(story: Story) -> Words:
    return Words(story)


@pytest.fixture
def client(story: Story, words: Words) -> Iterator[TestClient]:
    with TestClient(serve(story, words=words).app, base_url=LOOPBACK) as made:
        yield made


def _becomes(client: TestClient, given: dict[str, Any], state: str) -> dict[str, Any]:
    """The order once it is in that state."""
    deadline = time.monotonic() + 60
    while (found := get(client, f"overrides/{given['digest']}"))["state"] != state:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return dict(found)


def _glue(story: Story) -> int:
    return story.task("P4", "glue")


def _assign(story: Story) -> dict[str, Any]:
    return an_order("assign", "task", _glue(story), payload={"worker": "assembler"})


# With a real gateway


def test_hold__at_a_running_gateway__acts_before_it_is_mined(story: Story, tmp_path: Path) -> None:
    with a_gateway(story, tmp_path) as (gateway, chain):
        chain.away = True
        served = serve(story, floor=gateway, words=gateway.words)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = _give_while_away(client, an_order("hold", "robot", "R-1"))
            before = _becomes_true(
                lambda: get(client, f"overrides/{given['digest']}"), lambda found: found["times"]["effective"]
            )
            chain.away = False
            after = _becomes(client, given, "effective")
    assert (before["state"], before["active"], before["times"]["mined"]) == ("submitted", True, None)
    assert after["times"]["effective"] == before["times"]["effective"]
    assert after["times"]["submitted"] <= after["times"]["acknowledged"] <= after["times"]["effective"]
    assert (after["confirmed_by"], after["floor"]) == ("floor", None)


def test_read_preview__of_a_hold_in_no_block_yet__is_what_was_shown(story: Story, tmp_path: Path) -> None:
    with a_gateway(story, tmp_path) as (gateway, chain):
        chain.away = True
        served = serve(story, floor=gateway, words=gateway.words)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = _give_while_away(client, an_order("hold", "robot", "R-1"))
            waiting = _becomes_true(lambda: get(client, "overrides")["items"], lambda items: items[0]["id"] is None)[0]
            shown = get(client, f"overrides/{waiting['digest']}/preview")
    assert waiting["digest"] == given["digest"]
    assert "R-1" in shown["displaces"]["what"]


def _give_while_away(client: TestClient, order: dict[str, Any]) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.desk.SEEN_WITHIN_S", 0.1)
        return give(client, order)


def _becomes_true(look: Callable[[], Any], is_so: Callable[[Any], object]) -> Any:
    deadline = time.monotonic() + 60
    while not is_so(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_hold__of_a_task_after_the_gateways_last_words__waits_for_its_next(story: Story, tmp_path: Path) -> None:
    with a_gateway(story, tmp_path, pause_s=1_000) as (gateway, chain):
        _becomes_true(gateway.words, lambda words: words.trouble is None)
        chain.away = True
        served = serve(story, floor=gateway, words=gateway.words)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = _give_while_away(client, an_order("hold", "task", story.task("P6", "glue")))
            served.app.state.dependencies.lifecycle.look()
            frozen = get(client, f"overrides/{given['digest']}")
            gateway.cycle()
            _becomes_true(
                lambda: get(client, f"overrides/{given['digest']}"), lambda found: found["times"]["effective"]
            )
    assert frozen["times"]["acknowledged"]
    assert frozen["times"]["effective"] is None
    assert frozen["floor"].endswith("the gateway has not spoken since it took the hold.")


def test_hold__in_no_block_yet_when_the_api_starts_anew__is_known_from_the_gateway(
    story: Story, tmp_path: Path, database: Database
) -> None:
    with a_gateway(story, tmp_path) as (gateway, chain):
        chain.away = True
        served = serve(story, floor=gateway, words=gateway.words, database=database)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = _give_while_away(client, an_order("hold", "robot", "R-1"))
            _keeps(database, given, 3)
        served = serve(story, floor=gateway, words=gateway.words, database=database)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            [again, *_] = get(client, "overrides")["items"]
            assert get(client, "robots/R-1")["anchoring"]
            assert "workmoot_anchoring 1.0" in client.get("/metrics").text
            chain.away = False
            after = _becomes(client, given, "effective")
            assert not get(client, "robots/R-1")["anchoring"]
    assert (again["digest"], again["state"], again["active"]) == (given["digest"], "submitted", True)
    assert again["times"]["submitted"] == after["times"]["submitted"] == given["times"]["submitted"]


def test_words__gateway_goes_away__it_has_not_forgotten_the_holds_it_took(story: Story, tmp_path: Path) -> None:
    url: list[str | None] = []
    with a_gateway(story, tmp_path) as (running, chain):
        chain.away, line = True, Gateway(lambda: url[-1])
        url.append(running._url_of())
        served = serve(story, floor=line, words=line.words)
        with TestClient(served.app, base_url=LOOPBACK) as client:
            given = _give_while_away(client, an_order("hold", "robot", "R-1"))
            line.cycle()
            url.append(None)
            line.cycle()
            found = get(client, f"overrides/{given['digest']}")
    assert (found["state"], found["active"]) == ("submitted", True)
    line.stop()


@pytest.mark.parametrize(
    "said",
    [{}, {"state": "anchoring", "digest": []}, {"state": "anchoring", "order": {"kind": 6}}, {"state": "settled"}],
    ids=str,
)
def test_words__of_an_order_that_make_no_sense__are_passed_over(
    client: TestClient, words: Words, said: dict[str, Any]
) -> None:
    before = get(client, "overrides")["items"]
    words.changes = {"orders": (said,)}
    assert get(client, "overrides")["items"] == before


def test_assign__gateway_that_has_not_read_its_block__is_mined_and_no_more(story: Story, tmp_path: Path) -> None:
    with (
        a_gateway(story, tmp_path) as (gateway, chain),
        TestClient(serve(story, words=gateway.words).app, base_url=LOOPBACK) as client,
    ):
        chain.away = True
        given = give(client, _assign(story))
        assert (given["state"], given["active"], given["times"]["acknowledged"]) == ("mined", True, None)
        chain.away = False
        found = _becomes(client, given, "effective")
    assert found["times"]["mined"]
    assert found["times"]["acknowledged"] == found["times"]["effective"]


@pytest.mark.parametrize("chain", [None, [], {"orders": -1}, {"orders": "3", "block": 1.5}], ids=str)
def test_words__state_that_makes_no_sense__has_seen_nothing(chain: object) -> None:
    told = {"/state": {"chain": chain}, "/robots": [], "/sensors": []}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=told[request.url.path]))
    gateway = Gateway(lambda: "http://gateway", transport=transport)
    gateway.cycle()
    words = gateway.words()
    assert (words.trouble, words.block, words.orders_count) == (None, 0, 0)


# What confirms what


def test_assign__gateway_behind__says_which_block_it_stands_at(client: TestClient, story: Story, words: Words) -> None:
    seen = words()
    words.changes = {"block": seen.block, "orders_count": seen.orders_count, "orders_hash": seen.orders_hash}
    given = give(client, _assign(story))
    told = f"The gateway has read the chain to block {seen.block}, the order is in block {given['block']}."
    assert (given["state"], given["floor"]) == ("mined", f"The floor has not confirmed it: t{told[1:]}")


def test_assign__gateway_on_another_branch__is_not_acknowledged(client: TestClient, story: Story, words: Words) -> None:
    words.changes = {"orders_hash": "0x" + "00" * 32, "block": 10_000}
    assert give(client, _assign(story))["state"] == "mined"


def test_assign__no_gateway__is_mined_and_says_why(client: TestClient, story: Story, words: Words) -> None:
    words.changes = {"orders_count": 0, "orders_hash": "", "trouble": "the plant's description names no gateway"}
    given = give(client, _assign(story))
    assert given["state"] == "mined"
    assert given["floor"] == "The floor has not confirmed it: the plant's description names no gateway."


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"held": False}, "R-1 is not reported as held"),
        ({"contact": False}, "R-1 is out of contact"),
        ({"answered": False}, "R-1 has not answered what it was told last"),
        ({"job": {"task": 1, "state": "running"}}, "R-1 is reported as moving"),
    ],
)
def test_hold__robot_not_known_to_stand__is_acknowledged_and_no_more(
    client: TestClient, story: Story, words: Words, said: dict[str, Any], why: str
) -> None:
    robot = int(story.badge["R-1"])
    words.robots = {robot: said}
    given = give(client, an_order("hold", "robot", "R-1"))
    assert (given["state"], given["floor"]) == ("acknowledged", f"The floor has not confirmed it: {why}.")
    words.robots = {}
    assert _becomes(client, given, "effective")["floor"] is None


def test_hold__of_the_plant__takes_every_robot(client: TestClient, story: Story, words: Words) -> None:
    words.robots = {int(story.badge["R-3"]): {"contact": False}}
    given = give(client, an_order("hold", "plant", expires_at=None))
    assert (given["state"], "R-3" in given["floor"]) == ("acknowledged", True)


def test_hold__of_a_task__stops_its_own_parts_alone(client: TestClient, story: Story, words: Words) -> None:
    task = story.task("P3", "grind")
    [robot] = story.ledger.tasks[task].robots
    words.robots = {int(robot): {"job": {"task": task, "state": "running"}}}
    given = give(client, an_order("hold", "task", task))
    assert given["state"] == "acknowledged"
    words.robots = {int(robot): {"job": {"task": task + 1, "state": "running"}}}
    _becomes(client, given, "effective")


@pytest.mark.parametrize(
    "order",
    [
        lambda story: an_order("accept", "task", story.task("P2", "glue")),
        lambda story: an_order("cancel", "task", story.task("P6", "demand")),
    ],
    ids=["accepted result", "work of the mind"],
)
def test_order__that_no_robot_obeys__the_chain_confirms(
    client: TestClient, story: Story, words: Words, order: Callable[[Story], dict[str, Any]]
) -> None:
    words.changes = {"orders_count": 0, "trouble": "away"}
    given = give(client, order(story))
    assert (given["state"], given["confirmed_by"], given["floor"]) == ("done", "chain", None)
    assert given["times"]["mined"] == given["times"]["acknowledged"] == given["times"]["effective"]


@pytest.mark.parametrize("kind", ["suspend", "reinstate"])
def test_order__whom_robots_obey__the_floor_confirms(client: TestClient, story: Story, words: Words, kind: str) -> None:
    if kind == "reinstate":
        give(client, an_order("suspend", "worker", "finisher"))
        give(client, an_order("reinstate", "worker", "finisher"))
    seen = words()
    words.changes = {"block": seen.block, "orders_count": seen.orders_count, "orders_hash": seen.orders_hash}
    given = give(client, an_order(kind, "worker", "finisher"))
    assert (given["state"], given["confirmed_by"], given["times"]["effective"]) == ("mined", "floor", None)
    words.changes = {}
    _becomes(client, given, "done")


def test_suspension__of_a_human__the_chain_confirms(story: Story, words: Words) -> None:
    words.changes = {"orders_count": 0, "trouble": "away"}
    story.order(
        OverrideKind.SUSPEND,
        SubjectType.WORKER,
        peopled(story).ledger.numbers[signer("planner").address],
        why="a stolen key",
    )
    with TestClient(serve(story, words=words).app, base_url=LOOPBACK) as client:
        [found, *_] = get(client, "overrides")["items"]
    assert (found["kind"], found["state"], found["confirmed_by"]) == ("suspend", "done", "chain")


def test_order__asked_for_a_first_time__is_never_effective(client: TestClient) -> None:
    give(client, an_order("hold", "plant", expires_at=None))
    asked = give(client, an_order("release", "plant"))
    assert (asked["state"], asked["times"]["effective"]) == ("asked", None)


def test_order__confirmed_once__stays_so_when_the_gateway_goes_away(
    client: TestClient, story: Story, words: Words
) -> None:
    given = give(client, _assign(story))
    words.changes = {"orders_count": 0, "orders_hash": "", "robots": {}, "trouble": "away"}
    found = get(client, f"overrides/{given['id']}")
    assert (found["state"], found["times"]) == ("effective", given["times"])


def test_order__gateway_away_and_back__is_confirmed_then(client: TestClient, story: Story, words: Words) -> None:
    words.changes = {"orders_count": 0, "trouble": "away"}
    given = give(client, _assign(story))
    time.sleep(0.3)
    words.changes = {}
    _becomes(client, given, "effective")


def test_look__order_at_rest__is_told_on_and_its_end_too(story: Story, words: Words) -> None:
    served = serve(story, words=words)
    lifecycle, task = served.app.state.dependencies.lifecycle, story.task("P3", "attach")
    for _ in range(2):
        lifecycle.look()
        assert _told(lifecycle) == {1: "effective", 2: "effective"}
    version = lifecycle.version
    story.order(OverrideKind.RELEASE, SubjectType.TASK, task, why="no more")
    served.projection.begin()
    lifecycle.look()
    assert _told(lifecycle, version) == {1: "released", 3: "done"}


def test_look__time_of_an_order_at_rest_is_over__is_told(
    story: Story, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle = serve(story, words=words).app.state.dependencies.lifecycle
    lifecycle.look()
    now = time.time()
    monkeypatch.setattr("api.projection.time.time", lambda: now + 3_600)
    lifecycle.look()
    assert _told(lifecycle)[1] == "expiring"


def _told(lifecycle: Lifecycle, since: int = 0) -> dict[int | None, str]:
    return {step.id: step.state for step in lifecycle.changes(since)[1]}


# Kept


def test_steps__api_started_anew__are_those_seen_first(story: Story, words: Words, database: Database) -> None:
    with TestClient(serve(story, words=words, database=database).app, base_url=LOOPBACK) as client:
        given = _becomes(client, give(client, _assign(story)), "effective")
        _keeps(database, given, 3)
    words.changes = {"orders_count": 0, "trouble": "away"}
    with TestClient(serve(story, words=words, database=database).app, base_url=LOOPBACK) as client:
        assert get(client, f"overrides/{given['id']}")["times"] == given["times"]


def _keeps(database: Database, given: dict[str, Any], steps: int) -> None:
    deadline = time.monotonic() + 60
    while sum("0x" + step.digest.hex() == given["digest"] for step in _all(database)) < steps:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _all(database: Database) -> dict[Step, float]:
    found = Steps()
    KeptSteps(found, database)
    return found.known()


def test_steps__two_processes_saw_it__the_first_one_kept_stands(database: Database) -> None:
    one, other = Steps(), Steps()
    kept, late = KeptSteps(one, database), KeptSteps(other, database)
    one.see(STEP, 100.0)
    other.see(STEP, 107.0)
    kept.keep()
    late.keep()
    assert (one.at(STEP), other.at(STEP), _all(database)) == (100.0, 100.0, {STEP: 100.0})


def test_steps__seen_while_the_database_was_away__are_kept_when_it_is_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/later/api.db")
    steps = Steps()
    kept = KeptSteps(steps, database)
    steps.see(STEP, 100.0)
    kept.keep()
    (tmp_path / "later").mkdir()
    database.create_tables()
    kept.keep()
    assert _all(database) == {STEP: 100.0}
    database.close()


def test_steps__seen_again__the_first_time_stands() -> None:
    steps = Steps()
    steps.see(STEP, 100.0)
    steps.see(STEP, 107.0)
    assert steps.at(STEP) == 100.0


def test_steps__tried__are_shown_meanwhile_and_kept_if_it_succeeds() -> None:
    steps = Steps()
    seen = []

    def refused() -> None:
        with steps.trying(STEP, 100.0):
            seen.append((steps.at(STEP), steps.fresh()))
            Refusing().give({}, "")

    with pytest.raises(GatewayRefused):
        refused()
    assert (seen, steps.at(STEP)) == ([(100.0, {})], None)
    with steps.trying(STEP, 107.0):
        pass
    assert steps.fresh() == {STEP: 107.0}


def test_steps__in_another_block__are_others() -> None:
    steps = Steps()
    steps.see(STEP, 100.0)
    assert steps.at(STEP._replace(at="7.0-11111111")) is None


@pytest.mark.parametrize("refused_by", ["the contracts", "the gateway"])
def test_order__refused__leaves_no_step_behind(story: Story, words: Words, refused_by: str) -> None:
    served = serve(story, words=words, floor=Refusing() if refused_by == "the gateway" else None)
    before = served.projection.steps.known()
    with TestClient(served.app, base_url=LOOPBACK) as client:
        give(client, an_order("release", "task", story.task("P6", "glue")), status=409)
    assert [step for step in served.projection.steps.known() if step not in before and step.step == SUBMITTED] == []


class Refusing:
    """A gateway that takes no order."""

    def give(self, order: dict[str, Any], signature: str) -> Any:
        raise GatewayRefused("NOT_ALLOWED", "a stranger's")


# Streamed


@contextmanager
def _watching(url: str, **more: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """The steps of orders that the stream tells."""
    with httpx.stream("GET", f"{url}/api/v1/events", timeout=60, **more) as answer:
        yield _steps(answer.iter_lines())


def _steps(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif name == "override" and line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_stream__each_step_of_an_order__is_told(story: Story, words: Words) -> None:
    robot = int(story.badge["R-1"])
    words.robots = {robot: {"contact": False}}
    with listening(serve(story, words=words)) as url, _watching(url, params={"from": "now"}) as steps:
        with httpx.Client(base_url=url, timeout=60) as client:
            given = give(client, an_order("hold", "robot", "R-1"))  # type: ignore[arg-type]  # asked alike
        mine = (step for step in steps if step["digest"] == given["digest"])
        first = next(step for step in mine if step["state"] == "acknowledged")
        words.robots = {}
        last = next(step for step in mine if step["state"] == "effective")
    assert (first["id"], last["id"]) == (given["id"], given["id"])
    assert (first["times"]["effective"], last["times"]["acknowledged"]) == (None, first["times"]["acknowledged"])


def test_stream__watcher_comes_late__is_told_where_each_unfinished_order_is(story: Story, words: Words) -> None:
    with listening(serve(story, words=words)) as url, _watching(url, headers={"Last-Event-ID": "1.0"}) as steps:
        found = {step["id"]: step["state"] for step in (next(steps), next(steps))}
    assert found == {1: "effective", 2: "effective"}


def test_stream__order_that_ended__is_told_for_a_while(
    story: Story, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.order(OverrideKind.RELEASE, SubjectType.TASK, story.task("P3", "attach"), why="no more")
    served = serve(story, words=words)
    lifecycle = served.app.state.dependencies.lifecycle
    lifecycle.look()
    assert _told(lifecycle)[1] == "released"
    monkeypatch.setattr("api.lifecycle.RECENT_S", -1_000)
    lifecycle.look()
    assert 1 not in _told(lifecycle)
