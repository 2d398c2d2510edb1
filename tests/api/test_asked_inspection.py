"""From an inspector's doubt to its verdict: a real daemon asks, a human answers through the API, the daemon settles."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.views.snapshot import GatewayWords
from tests.agents.test_asking import Inspection
from tests.api.requests import an_order, get, give
from tests.api.serving import LOOPBACK, serve
from tests.workshop import account, key
from workmoot.domain.ids import Address
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Role


@pytest.fixture
def inspection() -> Inspection:
    """It measures just within the criterion; a supervisor is there."""
    made = Inspection(0.97)
    workshop = made.workshop
    workshop.by("administrator").members.admit(human(), Kind.HUMAN, 0, '{"id": "supervisor"}')
    workshop.chain.grant(account("administrator"), Role.SUPERVISOR, human())
    return made


@pytest.fixture
def client(inspection: Inspection, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API over the workshop, by whose clock it goes."""
    monkeypatch.setattr("api.projection.time.time", lambda: float(inspection.workshop.now_s))
    served = serve(inspection.workshop, words=GatewayWords, signs=("supervisor",))  # type: ignore[arg-type]
    with TestClient(served.app, base_url=LOOPBACK) as made:
        yield made


def human() -> Address:
    return key("supervisor").address


def wait_for_question(client: TestClient, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while not (found := get(client, f"questions?state={state}")["items"]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return dict(found[0])


def test_asked_and_answered__the_inspector_settles_by_the_humans_word(
    client: TestClient, inspection: Inspection
) -> None:
    inspection.looks()
    question = wait_for_question(client, "open")
    assert (question["asker"]["id"], question["about"]["id"]) == ("scanner", inspection.task)
    given = give(
        client,
        an_order(
            "answer",
            "question",
            question["id"],
            expires_at=None,
            payload={"answer": {"verdict": "reject"}},
        ),
    )
    inspection.looks()
    assert (inspection.found.runs[-1].accepted, inspection.found.status) == (False, Status.POSTED)
    settled = wait_for_question(client, "answered")
    assert (settled["override"], settled["answered_by"]["id"]) == (given["id"], "supervisor")


def test_asked_and_nobody_answers__the_inspector_settles_by_its_default(
    client: TestClient, inspection: Inspection
) -> None:
    inspection.looks()
    assert wait_for_question(client, "open")["default"] == {"verdict": "accept"}
    inspection.looks(in_s=31)
    assert inspection.found.status is Status.ACCEPTED
    assert wait_for_question(client, "defaulted")["outcome"] == {"verdict": "accept"}
