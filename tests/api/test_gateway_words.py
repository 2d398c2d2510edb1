"""Whatever the gateway answers, and whoever answers in its place: the API goes on, and says what it understood."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.gateway import LARGEST_ANSWER, Gateway
from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant
from workmoot.domain.errors import GatewayUnreachable
from workmoot.domain.overrides import OverrideKind, SubjectType

PATHS = ("robots", "robots/R-1", "floor", "schedule", "overrides", "tasks?status=started", "about")
TEXT = st.sampled_from(["", "running", "\ud800", "<script>", "0x12", "anchoring"])
PLAIN = st.none() | st.booleans() | st.integers(-3, 1 << 70) | st.floats() | TEXT
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2))
JOB = st.fixed_dictionaries({}, optional=dict.fromkeys(("task", "worker", "progress", "state"), ANYTHING))
ROBOT = st.fixed_dictionaries(
    {"number": st.integers(1, 3) | ANYTHING},
    optional=dict.fromkeys(("held", "contact", "answered", "mode", "resources"), ANYTHING) | {"job": JOB | ANYTHING},
)
LAST: st.SearchStrategy[Any] = ANYTHING | st.just({"error_mm": []})
SENSOR: st.SearchStrategy[Any] = st.fixed_dictionaries({"id": st.just("V-13") | ANYTHING, "last": LAST})
ORDER = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("digest", "reason", "order"), ANYTHING) | {"state": TEXT | ANYTHING}
)
STATE = st.fixed_dictionaries(
    {},
    optional={
        "chain": st.fixed_dictionaries({}, optional=dict.fromkeys(("block", "orders", "orders_hash"), ANYTHING)),
        "orders": st.lists(ORDER, max_size=2) | ANYTHING,
    },
)


class Stranger:
    """Whoever answers at the gateway's address."""

    def __init__(self) -> None:
        self.says: dict[str, object] = {}
        self.gateway = Gateway(lambda: "http://gateway", client=httpx.Client(transport=httpx.MockTransport(self)))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        said = self.says.get(request.url.path, [])
        return httpx.Response(200, content=said if isinstance(said, bytes) else json.dumps(said))


@pytest.fixture(scope="module")
def story() -> Story:
    story = a_running_plant()
    story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-1"], why="wait")
    return story


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    return Stranger()


@pytest.fixture(scope="module")
def client(story: Story, stranger: Stranger) -> Iterator[TestClient]:
    with TestClient(serve(story, words=stranger.gateway.words).app, base_url=LOOPBACK) as made:
        yield made


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    robots=st.lists(ROBOT, max_size=3) | ANYTHING,
    sensors=st.lists(SENSOR, max_size=2) | ANYTHING,
    state=STATE | ANYTHING,
)
@example(robots=[], sensors=[], state={"chain": {"orders": 10**30}})
def test_words__any__are_answered_as_far_as_they_make_sense(
    client: TestClient, stranger: Stranger, robots: Any, sensors: Any, state: Any
) -> None:
    stranger.says = {"/robots": robots, "/sensors": sensors, "/state": state}
    stranger.gateway.cycle()
    client.app.state.dependencies.lifecycle.look()  # type: ignore[attr-defined]
    for path in PATHS:
        get(client, path)
    assert client.get("/fragments/floor").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"[" + b" " * LARGEST_ANSWER, "more than"),
        (b"[" * 100_000, "nested"),
        (b"\xff", "decode"),
        (b"<", "value"),
    ],
    ids=["without end", "nested", "no text", "no JSON"],
)
def test_words__that_cannot_be_read__are_none_and_it_is_said_why(said: bytes, why: str) -> None:
    stranger = Stranger()
    stranger.says = {"/state": said}
    stranger.gateway.cycle()
    assert why in str(stranger.gateway.words().trouble)
    stranger.says = {"/orders": said}
    with pytest.raises(GatewayUnreachable, match=why):
        stranger.gateway.give({}, "0x")
