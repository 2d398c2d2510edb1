"""Submitting a customer's order."""

from copy import deepcopy
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from tests.api.requests import a_key, get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import SCENARIO, Story


@pytest.fixture
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCENARIO / "order.yaml").read_text())
    return deepcopy(loaded)


def test_submit__a_whole_order__is_posted_by_the_planner(client: TestClient, document: dict[str, Any]) -> None:
    answer = client.post("/api/v1/orders", json=document, headers=a_key())
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/orders/2"
    order = get(client, "orders/2")
    assert (order["tasks"], order["by"]) == (60, answer.json()["signed_by"])
    assert {task["status"] for task in order["members"]} == {"posted"}


def _with_a_cycle(document: dict[str, Any]) -> None:
    document["routes"]["pair"][0]["after"] = ["unload"]


def _with_an_unknown_capability(document: dict[str, Any]) -> None:
    document["routes"]["pair"][2]["capability"] = "juggling"


def _with_a_negative_duration(document: dict[str, Any]) -> None:
    document["routes"]["pair"][1]["work_s"] = -4


def _with_257_tasks(document: dict[str, Any]) -> None:
    product = document["products"][0]
    document["products"] = [product | {"id": f"X{n}"} for n in range(26)]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_with_a_cycle, "wait for each other"),
        (_with_an_unknown_capability, "juggling"),
        (_with_a_negative_duration, "-4"),
        (_with_257_tasks, "256"),
    ],
)
def test_submit__bad_order__is_refused_and_nothing_posted(
    client: TestClient, story: Story, document: dict[str, Any], spoil: Any, words: str
) -> None:
    spoil(document)
    before = story.chain.head.number
    answer = client.post("/api/v1/orders", json=document, headers=a_key())
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"].startswith("/") or answer.json()["errors"][0]["pointer"] == ""
    assert story.chain.head.number == before


def test_submit__no_planners_key__is_refused(story: Story, document: dict[str, Any]) -> None:
    with TestClient(serve(story, signs=()).app, base_url=LOOPBACK) as client:
        assert client.post("/api/v1/orders", json=document, headers=a_key()).status_code == 422
