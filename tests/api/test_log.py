"""The log: a line of JSON for each answer, and no secret in it whatever happens."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.log import JsonLines
from tests.api.requests import a_key as an_errand
from tests.api.requests import an_order
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, signer
from tests.api.visitors import STRICT, a_key, bearer, peopled, sign_in

V1 = "/api/v1"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the server has to say, down to every library's last word; the tests' own client is not asked."""
    out, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(out), root.level
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith("httpx"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def answered(written: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(written) if line["logger"] == "api.observing"]


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    served = serve(peopled(story), signs=("technician", "supervisor"), terms=STRICT)
    with TestClient(served.app, base_url=LOOPBACK, raise_server_exceptions=False) as made:
        yield made


def test_answer__each__has_a_line_under_its_id(client: TestClient, written: io.StringIO) -> None:
    sign_in(client, "visitor")
    answer = client.get(f"{V1}/tasks/99999")
    line = answered(written)[-1]
    assert line["request"] == answer.headers["x-request-id"]
    assert line["actor"] == signer("visitor").address
    expected = {"method": "GET", "route": f"{V1}/tasks/{{id}}", "status": 404, "problem": "not-found", "level": "info"}
    assert expected.items() <= line.items()
    assert line["ms"] >= 0
    assert "99999" not in written.getvalue()


def test_answer__key_that_is_none__is_the_addresss(client: TestClient, written: io.StringIO) -> None:
    client.get(f"{V1}/tasks", headers=bearer("wm_made-up"))
    line = answered(written)[-1]
    assert (line["actor"], line["status"], line["problem"]) == ("testclient", 401, "not-signed-in")


def test_override__given__has_digest_and_transaction(client: TestClient, written: io.StringIO) -> None:
    sign_in(client, "supervisor")
    given = send_hold(client)
    line = answered(written)[-1]
    assert (line["override"], line["tx"]) == (given["digest"], given["tx"])


def test_answer__orders_in_bulk__its_line_names_one_of_them(client: TestClient, written: io.StringIO) -> None:
    sign_in(client, "supervisor")
    act = {"kind": "hold", "where": {"order": 1}, "reason": {"code": "QUALITY", "text": "wait"}}
    seen = client.post(f"{V1}/bulk/overrides?dry_run=true", json=act)
    headers = an_errand() | {"If-Match": seen.headers["ETag"]}
    given = client.post(f"{V1}/bulk/overrides", json=act, headers=headers).json()
    assert answered(written)[-1]["override"] in [item["digest"] for item in given["items"]]


def send_hold(client: TestClient) -> Any:
    order = an_order("hold", "robot", "R-1", human="supervisor")
    return client.post(f"{V1}/overrides", json=order, headers=an_errand() | {"If-Match": "*"}).json()


def test_fault__of_our_own__has_its_trace_under_the_answers_id(
    client: TestClient, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("api.routes.dao.dao_members")
    answer = client.get(f"{V1}/dao/members")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    (line,) = [it for it in lines(written) if "trace" in it]
    assert line["request"] == answer.headers["x-request-id"]
    assert "NameError" in line["trace"]


def test_story__with_every_secret__none_is_in_the_log(client: TestClient, written: io.StringIO, monkeypatch) -> None:
    sign_in(client, "supervisor")
    token, key = next(iter(client.cookies.values())), a_key(client, "read", "draft", "relay")
    signature = "5e" * 65
    for secret in (key, "wm_made-up"):
        client.get(f"{V1}/tasks?token=in-the-address", headers=bearer(secret))
    given = send_hold(client)
    signed = client.post(f"{V1}/overrides?dry_run=true", json=an_order("hold", "robot", "R-1")).json()["order"]
    order = an_order("hold", "robot", "R-1", order=signed, signature="0x" + signature)
    assert client.post(f"{V1}/overrides", json=order, headers=an_errand("an-errand")).status_code == 422
    client.post(f"{V1}/auth/sign-in", json={"message": "no message", "signature": "0x" + signature})
    monkeypatch.delattr("api.routes.tasks.task_out")
    assert client.get(f"{V1}/tasks", headers=bearer(key)).status_code == 500
    client.post(f"{V1}/auth/sign-out")
    assert len(answered(written)) == 11
    assert given["digest"] in written.getvalue()
    secrets = (key, token, "made-up", "in-the-address", signature)
    assert [secret for secret in secrets if secret in written.getvalue()] == []
