"""What Prometheus is told."""

from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.metrics import Metrics
from api.webhooks.reach import Post, Reach
from api.webhooks.sender import Sender
from tests.api.receiver import comes
from tests.api.serving import LOOPBACK, Served, in_memory, listening, serve
from tests.api.story import Story
from tests.api.visitors import STRICT


@pytest.fixture
def served(story: Story) -> Served:
    return serve(story)


@pytest.fixture
def client(served: Served) -> TestClient:
    return TestClient(served.app, base_url=LOOPBACK, raise_server_exceptions=False)


def told(client: TestClient) -> dict[tuple[str, ...], float]:
    """Each sample's value by its name and labels' values."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(it.name, *it.labels.values()): it.value for family in families for it in family.samples}


def test_requests__each__is_counted_by_template_and_timed(client: TestClient) -> None:
    for path in ("tasks/256", "tasks/257", "tasks/99999"):
        client.get(f"/api/v1/{path}")
    found = told(client)
    assert found["workmoot_requests_total", "GET", "/api/v1/tasks/{id}", "200"] == 2
    assert found["workmoot_requests_total", "GET", "/api/v1/tasks/{id}", "404"] == 1
    assert found["workmoot_request_seconds_count", "GET", "/api/v1/tasks/{id}"] == 3
    assert found["workmoot_problems_total", "not-found"] == 1


def test_requests__what_strangers_make_up__is_no_label(client: TestClient) -> None:
    client.request("INVENTED", "/api/v1/made-up")
    client.get("/api/v1/made-up", headers={"host": "evil.example"})
    found = told(client)
    assert found["workmoot_requests_total", "other", "other", "404"] == 1
    assert found["workmoot_requests_total", "GET", "other", "403"] == 1
    assert "made-up" not in client.get("/metrics").text


def test_requests__fault_of_our_own__is_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("api.routes.plant.floor_out")
    client.get("/api/v1/floor")
    found = told(client)
    assert found["workmoot_requests_total", "GET", "/api/v1/floor", "500"] == 1
    assert found["workmoot_problems_total", "fault"] == 1


def test_picture__of_the_chain__is_the_projections(client: TestClient, served: Served) -> None:
    found = told(client)
    assert found["workmoot_head_block",] == served.projection.head().block
    assert found["workmoot_events",] == len(served.projection.events().events)
    names = ("behind_blocks", "behind_seconds", "stale", "anchoring", "errands", "faults", "streams")
    assert [found[f"workmoot_{name}",] for name in names] == [0] * len(names)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("name", ["following the orders", "telling the webhooks"])
def test_faults__a_thread_ended_by_one__is_told_and_the_api_is_not_ready(
    story: Story, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delattr("api.lifecycle.see" if name == "following the orders" else "api.webhooks.hooks.HOOKS")
    served = serve(story)
    given = served.app.state.dependencies
    sender = Sender(in_memory(), served.projection, lambda: Post(Reach()), source="", may_read=lambda _: True)
    served.app.state.dependencies = replace(given, watched=(*given.watched, sender))
    served.app.state.metrics = Metrics(served.app.state.dependencies)
    with TestClient(served.app, base_url=LOOPBACK) as client:
        assert comes(lambda: client.get("/readyz").status_code == 503)
        told_why = f"{name[0].upper()}{name[1:]} ended by a fault; the log has it, start the API again."
        assert client.get("/readyz").json()["detail"] == told_why
        assert told(client)["workmoot_faults",] == 1


def test_faults__told_to_end__is_none(story: Story) -> None:
    served = serve(story)
    with TestClient(served.app, base_url=LOOPBACK):
        pass
    assert served.app.state.dependencies.faults == ()


def test_streams__one_is_open__is_counted_until_it_ends(served: Served) -> None:
    with listening(served) as url:
        with httpx.stream("GET", f"{url}/api/v1/events", timeout=60) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "retry: 1000"
            assert "workmoot_streams 1.0" in httpx.get(f"{url}/metrics").text
        served.app.state.stopping.set()
        assert _ends(url)


def _ends(url: str) -> bool:
    return any("workmoot_streams 0.0" in httpx.get(f"{url}/metrics").text for _ in range(1000))


def test_refusals__too_often__are_counted(story: Story) -> None:
    from api.access.access import Terms

    client = TestClient(serve(story, terms=Terms(development=True, rate=1)).app, base_url=LOOPBACK)
    statuses = [client.get("/api/v1/dao").status_code for _ in range(12)]
    assert 429 in statuses
    metrics = client.app.state.metrics.text().decode()  # type: ignore[attr-defined]
    assert f'workmoot_problems_total{{type="rate-limited"}} {statuses.count(429)}.0' in metrics


def test_metrics__nobody_signed_in__are_kept(story: Story) -> None:
    assert TestClient(serve(story, terms=STRICT).app, base_url=LOOPBACK).get("/metrics").status_code == 401
