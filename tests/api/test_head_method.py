"""What answers GET answers HEAD: the same head, no body, and a stream that ends at once."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from api.home import CALLBACK
from tests.api.receiver import comes
from tests.api.serving import LOOPBACK, Served, listening, serve
from tests.api.story import a_decided_plant
from tests.api.visitors import STRICT

V1 = "/api/v1"
OF_ONE_ANSWER = {"x-request-id", "date", "last-modified"}


@pytest.fixture(scope="module")
def served() -> Served:
    """Nothing here changes it."""
    return serve(a_decided_plant())


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[TestClient]:
    with TestClient(served.app, base_url=LOOPBACK) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{V1}/orders/1", 200),
        (f"{V1}/tasks?limit=2", 200),
        (f"{V1}/tasks/99999", 404),
        (f"{V1}/tasks?stauts=x", 422),
        (f"{V1}/dao/governance.md", 200),
        (f"{V1}/audit/export?format=csv", 200),
        ("/healthz", 200),
        ("/sign-in", 200),
        ("/reference", 200),
        ("/static/page.css", 200),
        ("/nothing", 404),
    ],
)
def test_head__as_get__the_same_head_without_a_body(client: TestClient, path: str, status: int) -> None:
    told, head = client.get(path), client.head(path)
    assert (told.status_code, head.status_code, head.content) == (status, status, b"")
    assert told.content
    assert {name: head.headers[name] for name in head.headers if name not in OF_ONE_ANSWER} == {
        name: told.headers[name] for name in told.headers if name not in OF_ONE_ANSWER
    }


def test_head__known_already__is_not_modified(client: TestClient) -> None:
    tag = client.head(f"{V1}/tasks").headers["etag"]
    assert client.head(f"{V1}/tasks", headers={"If-None-Match": tag}).status_code == 304


def test_head__foreign_host_or_nobody__is_refused_as_a_get_is(client: TestClient) -> None:
    answer = client.head(f"{V1}/tasks", headers={"host": "evil.example"})
    assert (answer.status_code, answer.content) == (403, b"")
    strict = TestClient(serve(a_decided_plant(), terms=STRICT).app, base_url=LOOPBACK)
    assert strict.head(f"{V1}/tasks").status_code == 401


def test_head__route_without_a_get__is_not_allowed(client: TestClient) -> None:
    answer = client.head(f"{V1}/bulk/overrides")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_head__where_a_get_does_something__is_not_allowed(client: TestClient) -> None:
    answer = client.head(CALLBACK)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_head__counted__as_itself_by_its_route(client: TestClient) -> None:
    client.head(f"{V1}/workers")
    told = client.get("/metrics").text
    assert 'workmoot_requests_total{method="HEAD",route="/api/v1/workers",status="200"} 1.0' in told


def test_head__stream_over_http__is_answered_at_once_and_leaves_none_open() -> None:
    served = serve(a_decided_plant())
    with listening(served) as url, httpx.Client(base_url=url, timeout=20) as client:
        for _ in range(3):
            answer = client.head(f"{V1}/events?from=now")
            assert (answer.status_code, answer.content) == (200, b"")
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert client.head(f"{V1}/tasks").headers["content-length"] > "0"
        assert comes(lambda: served.app.state.dependencies.streams.count() == 0)
