"""Every error is a problem document, and strangers' pages are kept out."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant


@pytest.fixture(scope="module")
def story() -> Story:
    """Nothing here changes it."""
    return a_running_plant()


@pytest.fixture(scope="module")
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api/v1/tasks/99999",
        "/api/v1/workers/nobody",
        "/api/v1/robots/R-77",
        "/api/v1/proposals/9",
        "/api/v1/orders/9",
        "/api/v1/overrides/99",
        "/fragments/nothing",
        "/static/nothing.js",
    ],
)
def test_get__what_is_not_there__is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["instance"] == path


def test_post__endless_body__is_cut_off(client: TestClient) -> None:
    answer = client.post("/api/v1/overrides", content=(b"x" * 2**16 for _ in range(100)))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_get__host_that_is_none__is_foreign(client: TestClient) -> None:
    assert client.get("/healthz", headers={"host": "[::1"}).status_code == 403


def test_delete__orders__says_what_is_allowed(client: TestClient) -> None:
    answer = client.delete("/api/v1/orders")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"] or "POST" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_get__id_that_is_no_number__names_the_parameter(client: TestClient) -> None:
    answer = client.get("/api/v1/tasks/one")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "path:/id"


def test_post__no_json__is_a_problem(client: TestClient) -> None:
    answer = client.post("/api/v1/overrides", content="{", headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_get__fault_of_our_own__is_a_problem_without_details(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("api.routes.tasks.task_out", broken)
    with TestClient(serve(story).app, base_url=LOOPBACK, raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/tasks")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}, {"origin": "http://127.0.0.1:9"}]
)
def test_any__foreign_host_or_origin__is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/overrides", json={}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_post__form_content_type__is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/overrides", content='{"kind": "hold"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 422


def test_page__any__has_a_strict_policy(client: TestClient) -> None:
    assert client.get("/").headers["content-security-policy"].startswith("default-src 'self'")


def test_openapi__all_routes__have_ids_and_problem_responses(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert len({op["operationId"] for op in operations}) == len(operations)
    under_v1 = [op for path, ops in document["paths"].items() if path.startswith("/api/v1") for op in ops.values()]
    assert all("404" in op["responses"] and "422" in op["responses"] for op in under_v1)
