"""What strangers write on chain is text: whatever it is, the API answers and the page shows it as text."""

import json

import pytest
from fastapi.testclient import TestClient

from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, signer
from workmoot.domain.work import TaskSpec, pack_task
from workmoot.domain.workers import Kind

PATHS = ("orders", "tasks", "workers", "proposals", "overrides", "floor", "schedule", "about", "events/recent", "audit")
SCRIPT = "<script>alert(1)</script>"
DETAILS = [
    "",
    "[]",
    "no json",
    '{"tasks": "x", "products": 5, "name": {"a": 1}}',
    '{"tasks": [{"name": "\\ud800", "product": ["P"]}], "products": [{"id": "\\ud800"}], "seed": NaN}',
    json.dumps(
        {
            "name": SCRIPT,
            "customer": SCRIPT,
            "tasks": [{"name": SCRIPT, "product": SCRIPT}],
            "products": [{"id": SCRIPT}],
        }
    ),
    json.dumps({"name": "x" * 100_000}),
    "[" * 5_000,
]
PROFILES = [
    "",
    "[]",
    '{"id": {"a": [1]}, "name": 5}',
    '{"id": "\\ud800", "name": "\\udfff"}',
    json.dumps({"id": SCRIPT}),
]


def _client(story: Story) -> TestClient:
    return TestClient(serve(story).app, base_url=LOOPBACK)


def _all_answers(client: TestClient) -> None:
    for path in PATHS:
        get(client, path)
    assert client.get("/api/v1/audit/export?format=csv").status_code == 200


@pytest.mark.parametrize("detail", DETAILS, ids=range(len(DETAILS)))
def test_order__any_detail__is_answered_and_shown_as_text(detail: str) -> None:
    story = Story()
    story.by("technician").work_orders.post(pack_task(TaskSpec(capability=1, work=1000)), detail)
    with _client(story) as client:
        _all_answers(client)
        get(client, "orders/1")
        page = client.get("/")
    assert page.status_code == 200
    assert SCRIPT not in page.text


@pytest.mark.parametrize("profile", PROFILES, ids=range(len(PROFILES)))
def test_member__any_profile__is_answered_and_shown_as_text(profile: str) -> None:
    story = Story()
    story.by("administrator").members.admit(signer("stranger").address, Kind.DIGITAL, 2, profile)
    with _client(story) as client:
        _all_answers(client)
        page = client.get("/")
    assert page.status_code == 200
    assert SCRIPT not in page.text


def test_api__nothing_happened_yet__answers() -> None:
    with _client(Story()) as client:
        _all_answers(client)
        assert client.get("/").status_code == 200
