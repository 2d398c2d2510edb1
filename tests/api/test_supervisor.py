"""The demo supervisor: what it decides, and that it acts through the public API with its own signature alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scripts.supervisor import REASSIGNED, REWORK_S, Desk, Memory, View, decide
from tests.api.serving import serve
from tests.api.story import Story, a_decided_plant, a_running_plant, deployment_of_story, signer

PUBLIC = "http://127.0.0.1:8600/api/v1/"


def a_task(id_: int, status: str, **more: Any) -> dict[str, Any]:
    worker = {"number": 15}
    usual = {"ready": False, "overridden": False, "final": False, "inspector": worker, "capability": "loading"}
    usual |= {"stuck": None, "excluded": []}
    return {"id": id_, "status": status, "worker": worker} | usual | more


def a_view(*tasks: dict[str, Any], overrides: tuple[dict[str, Any], ...] = ()) -> View:
    workers = [{"number": n, "standing": "active", "capabilities": ["loading"]} for n in (15, 16)]
    return View(tasks=tasks, workers=workers, overrides=overrides, speed=10)


def kinds(view: View, memory: Memory, now: float, *, override: bool = False) -> list[tuple[str, int]]:
    return [(asked["kind"], asked["subject"]["id"]) for asked in decide(view, memory, now, override=override)]


def test_decide__rework__is_accepted_after_the_time_it_takes() -> None:
    view, memory = a_view(a_task(256, "rework")), Memory()
    assert kinds(view, memory, 100) == []
    assert kinds(view, memory, 100 + REWORK_S / 10) == [("accept", 256)]


def test_decide__failed__is_put_back_once_in_a_while() -> None:
    view, memory = a_view(a_task(256, "failed")), Memory()
    assert kinds(view, memory, 100) == [("requeue", 256)]
    assert kinds(view, memory, 101) == []
    assert kinds(view, memory, 106) == [("requeue", 256)]


def test_decide__everyone_failed_it__all_may_try_again() -> None:
    words, failed = "every worker that could do it has failed it", [{"number": 15}]
    view = a_view(a_task(256, "posted", stuck=words, excluded=failed), a_task(257, "posted", excluded=failed))
    assert kinds(view, Memory(), 100) == [("requeue", 256)]


def test_decide__result_that_nobody_inspects__is_accepted() -> None:
    view = a_view(a_task(256, "submitted", inspector=None), a_task(257, "submitted"))
    assert kinds(view, Memory(), 100) == [("accept", 256)]


def test_decide__demonstration__reassigns_what_has_not_started() -> None:
    view = a_view(a_task(256, "started"), a_task(257, "allocated", ready=True), a_task(258, "allocated"))
    assert kinds(view, Memory(), 100, override=True) == [("assign", 258)]
    assert kinds(view, Memory(), 100, override=False) == []


def _given(*, active: bool) -> dict[str, Any]:
    subject, reason = {"id": 258}, {"text": REASSIGNED}
    return {"subject": subject, "reason": reason, "active": active, "expires_at": "2099-01-01T00:00:00+00:00"}


def test_decide__demonstration_done__is_released_once() -> None:
    done = a_task(258, "accepted", final=True, overridden=True)
    assert kinds(a_view(done, overrides=(_given(active=True),)), Memory(), 1, override=True) == [("release", 258)]
    assert kinds(a_view(done, overrides=(_given(active=False),)), Memory(), 1, override=True) == []


def test_decide__demonstration_under_way__waits() -> None:
    running = a_task(258, "started", overridden=True)
    assert kinds(a_view(running, overrides=(_given(active=True),)), Memory(), 1, override=True) == []


@pytest.fixture
def story() -> Story:
    return a_running_plant()


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story, signs=()).app, base_url=PUBLIC) as made:
        yield made


def _act(client: TestClient, memory: Memory, now: float) -> list[bool]:
    desk = Desk(client, signer("technician"), deployment_of_story())  # type: ignore[arg-type]  # Starlette's client speaks httpx
    return [desk.give(asked) for asked in decide(desk.look(), memory, now, override=False)]


def test_desk__pair_set_aside__is_put_right_with_its_own_signature(client: TestClient, story: Story) -> None:
    memory = Memory()
    assert _act(client, memory, 0) == []
    assert _act(client, memory, 60) == [True]
    assert story.ledger.tasks[story.task("P2", "glue")].status.name == "REWORKED"


def test_desk__demonstration__the_task_is_another_workers() -> None:
    story = a_decided_plant()
    before = {task.id: task.worker for task in story.ledger.tasks.values()}
    with TestClient(serve(story, signs=()).app, base_url=PUBLIC) as client:
        desk = Desk(client, signer("technician"), deployment_of_story())  # type: ignore[arg-type]  # Starlette's client speaks httpx
        [asked] = decide(desk.look(), Memory(), 0, override=True)
        assert desk.give(asked)
    after = {task.id: task.worker for task in story.ledger.tasks.values()}
    assert [task for task in after if after[task] != before[task]] == [asked["subject"]["id"]]


def test_desk__order_refused__is_told_and_not_fatal(client: TestClient) -> None:
    desk = Desk(client, signer("stranger"), deployment_of_story())  # type: ignore[arg-type]  # Starlette's client speaks httpx
    [asked] = decide(desk.look(), Memory(since={272: -100.0}), 0, override=False)
    assert not desk.give(asked)
