"""Whatever the gateway answers, and whoever answers in its place: the API goes on, and says what it understood."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.gateway import LARGEST_ANSWER, Gateway
from api.order_json import order_json
from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant, signer
from workmoot.chain.memory.instructions import contracts_of
from workmoot.domain.errors import GatewayUnreachable
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType

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
        self.gateway = Gateway(lambda: "http://gateway", transport=httpx.MockTransport(self))

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


@pytest.fixture
def dripping() -> Iterator[str]:
    """Where each answer comes byte by byte, and never ends: first its head, then its body."""
    begun, stopped = iter((b"HTTP/1.1 200 OK\r\nX:", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")), Event()

    class Dripping(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            self.request.sendall(head := next(begun))
            with contextlib.suppress(OSError):
                while not stopped.wait(0.05):
                    self.request.sendall(b"x" if head.endswith(b":") else b"1\r\n \r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        stopped.set()
        server.shutdown()


def test_words__that_never_end__are_waited_for_a_while(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.gateway.TIMEOUT_S", 0.3)
    gateway = Gateway(lambda: dripping)
    gateway.cycle()
    assert "no whole answer" in str(gateway.words().trouble)
    with pytest.raises(GatewayUnreachable, match="no whole answer"):
        gateway.give({}, "0x")


def test_words__old__are_not_relied_on(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Stranger().gateway
    gateway.cycle()
    assert gateway.words().trouble is None
    monkeypatch.setattr("api.gateway.OLD_S", -1)
    assert "not read" in str(gateway.words().trouble)


def test_words__at_no_address__are_none() -> None:
    gateway = Gateway(lambda: "http://[")
    gateway.cycle()
    assert "does not answer" in str(gateway.words().trouble)


def told(order: HumanOrder, by: str = "supervisor", digest: str | None = None) -> dict[str, Any]:
    """An order as a gateway tells it."""
    made = contracts_of(1337).digest(order)
    body = {"state": "anchoring", "order": order_json(order), "signature": "0x" + signer(by).sign(made).hex()}
    return {"digest": digest or "0x" + made.hex(), **body}


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda order: told(order), 1),
        (lambda order: told(order) | {"state": "settled"}, 0),
        (lambda order: told(order, by="thief"), 0),
        (lambda order: told(order) | {"signature": None}, 0),
        (lambda order: told(order, digest="0x" + "ab" * 32), 0),
        (lambda order: told(order, digest="0x" + contracts_of(1337).digest(order).hex().upper()), 0),
        (lambda order: told(order) | {"order": order_json(replace(order, subject=302))}, 0),
    ],
    ids=["as signed", "settled", "another's", "unsigned", "another digest", "in capitals", "another subject"],
)
def test_words__of_an_order__are_believed_where_its_human_signed_it(story: Story, change: Any, count: int) -> None:
    stranger = Stranger()
    hold = HumanOrder(
        kind=OverrideKind.HOLD,
        subject_type=SubjectType.TASK,
        subject=300,
        reason_code=1,
        reason="never said",
        valid_until=1,
        human=signer("supervisor").address,
        nonce=7,
    )
    stranger.says = {"/state": {"orders": [change(hold)]}}
    stranger.gateway.cycle()
    projection = serve(story, words=stranger.gateway.words).projection
    assert [projection.anchoring_count() for _ in range(2)] == [count] * 2
