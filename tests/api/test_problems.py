"""Every error is a problem document, and strangers' pages are kept out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.view import coded
from api.problem_types import PATH, TYPES
from api.security import HEADERS
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant
from tests.api.visitors import STRICT

SOURCES = [path.read_text() for path in (Path(__file__).parents[2] / "api").rglob("*.py")]
MAKERS = ("Problem", "too_many", "respond")


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
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert answer.headers["content-type"] == "application/problem+json"


def test_get__id_that_is_no_number__names_the_parameter(client: TestClient) -> None:
    answer = client.get("/api/v1/tasks/one")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "id"


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


def test_preflight__page_of_another_origin__is_given_no_leave(client: TestClient) -> None:
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    answer = client.options("/api/v1/overrides", headers=asked)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("body", [b'{"level": "\xff"}', b'{"level": ' + b"9" * 5000 + b"}"])
def test_post__body_that_cannot_be_read__is_malformed(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/overrides", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


JSON = "application/json"


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [
        ("[]", JSON, "dictionary"),
        ("{oh", JSON, "no JSON at character 1"),
        ("{}", "text/plain", f"Content-Type: {JSON}"),
    ],
)
def test_post__whole_body_is_wrong__the_pointer_is_empty(
    client: TestClient, content: str, media_type: str, words: str
) -> None:
    answer = client.post("/api/v1/overrides", content=content, headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "")
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "pointer", "wrong"),
    [
        ("overrides", "/subject/id", {"subject": {"type": "task", "id": []}}),
        ("overrides", "/subject/id", {"subject": {"type": "task", "id": {}}}),
        ("overrides", "/subject/id", {"subject": {"type": "task", "id": True}}),
        ("overrides", "/reason/code", {"reason": {"code": None, "text": "so"}}),
        ("overrides", "/reason/code", {"reason": {"code": True, "text": "so"}}),
        ("bulk/overrides", "/where/worker", {"where": {"worker": True}}),
        ("overrides", "/reason/text", {"reason": {"code": "QUALITY"}}),
        ("overrides", "/reason/a~1b", {"reason": {"code": "QUALITY", "text": "so", "a/b": 1}}),
    ],
)
def test_post__field_of_several_types_is_of_none__one_pointer_leads_to_it(
    client: TestClient, path: str, pointer: str, wrong: dict[str, Any]
) -> None:
    act = {"kind": "hold", "subject": {"type": "task", "id": 1}, "reason": {"code": "QUALITY", "text": "so"}}
    if path.startswith("bulk"):
        del act["subject"]
    answer = client.post(f"/api/v1/{path}?dry_run=true", json=act | wrong)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_post__form_content_type__is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/overrides", content='{"kind": "hold"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/reference", "/static/page.css", "/nothing", "/api/v1/tasks", "/metrics", "/api/v1/floor"],
)
def test_answer__any__has_the_security_headers(story: Story, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("api.routes.plant.floor_out")
    answer = TestClient(serve(story).app, base_url=LOOPBACK, raise_server_exceptions=False).get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "strict-transport-security" not in answer.headers


def test_answer__behind_https__keeps_people_there(story: Story) -> None:
    client = TestClient(serve(story, url="https://plant.example", terms=STRICT).app, base_url="https://plant.example")
    assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("slug", TYPES)
def test_type__each__leads_to_a_page_of_its_own(client: TestClient, slug: str) -> None:
    page = client.get(TYPES[slug].uri)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<code>{slug}</code>, status {TYPES[slug].status}" in page.text
    assert coded(TYPES[slug].means) in page.text
    assert coded(TYPES[slug].helps) in page.text


def test_coded__what_is_no_code__is_text() -> None:
    assert coded("`<a>` & <b>") == "<code>&lt;a&gt;</code> &amp; &lt;b&gt;"


def test_problems__page__leads_to_each(client: TestClient) -> None:
    assert {f'href="{type_.uri}"' for type_ in TYPES.values()} <= set(
        re.findall(r'href="[^"]+"', client.get(PATH).text)
    )


def test_problem__unknown_type__is_not_found(client: TestClient) -> None:
    assert client.get(f"{PATH}/nothing").status_code == 404


def test_source__every_problem__is_of_a_known_type_and_has_its_status() -> None:
    named = [(status, slug) for tree in map(ast.parse, SOURCES) for status, slug in _named(tree)]
    assert [it for it in named if it[1] not in TYPES or it[0] not in (None, TYPES[it[1]].status)] == []
    assert {slug for _, slug in named} == set(TYPES)


def _named(tree: ast.Module) -> Iterator[tuple[int | None, str]]:
    """Status, where it is said, and slug of each problem that the source makes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            said = [it.value for it in node.args[:2] if isinstance(it, ast.Constant)]
            slug = next((it for it in said if isinstance(it, str)), None)
            if slug is not None:
                yield next((it for it in said if isinstance(it, int)), None), slug
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_EXPLAINED":
            yield from ((status, slug) for status, (slug, _) in ast.literal_eval(node.value).items())
