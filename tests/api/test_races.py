"""Two supervisors decide about the same at the same moment: exactly one wins, the other learns how it is now and why.

`--long` has a hundred of these races.
"""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.access.access import Terms
from api.preconditions import etag_of
from tests.api.requests import an_order, get, preview, send
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story
from tests.api.visitors import peopled
from workmoot.domain.overrides import SubjectType

SHORT, LONG = 20, 100
SUPERVISORS = ("technician", "supervisor")


def test_give__two_at_the_same_moment__one_wins_and_the_other_learns_why(story: Story, long: bool) -> None:
    chance, ended_at_the_chain = Random(20_261_122), 0
    served = serve(peopled(story), signs=SUPERVISORS, terms=Terms(development=True, rate=100_000))
    with TestClient(served.app, base_url=LOOPBACK) as client, ThreadPoolExecutor(2) as pool:
        for _ in range(LONG if long else SHORT):
            task, orders = _a_race(story, chance)
            served.projection.begin()
            tags = [preview(client, order)["etag"] for order in orders]
            before, start = len(story.ledger.overrides), Barrier(2)
            given = [pool.submit(_at_once, start, client, *one) for one in zip(orders, tags, strict=True)]
            won, lost = sorted((one.result() for one in given), key=lambda answer: answer.status_code)
            ended_at_the_chain += "revert" in lost.json()
            assert (won.status_code, lost.status_code) == (201, 412), (won.text, lost.text)
            assert len(story.ledger.overrides) == before + 1
            _require_told(client, task, won.json(), lost.json())
    assert ended_at_the_chain


def _a_race(story: Story, chance: Random) -> tuple[int, list[dict[str, Any]]]:
    """A task that is open, and two acts on it that would do alone."""
    if not any(task.is_open for task in story.ledger.tasks.values()):
        story.post()
    found = chance.choice([task for task in story.ledger.tasks.values() if task.is_open])
    able = [m.number for m in story.ledger.voting_members() if m.is_capable(found.spec.capability)]
    acts = [
        {"kind": "cancel"},
        {"kind": "assign", "payload": {"worker": chance.choice(able)}},
        {"kind": "assign", "payload": {"worker": chance.choice(able)}},
    ]
    chosen = zip(chance.sample(acts, 2), SUPERVISORS, strict=True)
    return int(found.id), [an_order(type_="task", id_=found.id, human=human, **act) for act, human in chosen]  # type: ignore[arg-type]


def _at_once(start: Barrier, client: TestClient, order: dict[str, Any], etag: str) -> Response:
    start.wait(60)
    return send(client, order, etag=etag)


def _require_told(client: TestClient, task: int, won: dict[str, Any], lost: dict[str, Any]) -> None:
    """The other is told of the state that the winner made."""
    now = get(client, f"tasks/{task}")
    assert lost["type"] == "/problems/stale-version"
    with client.app.state.dependencies.projection.read() as snap:  # type: ignore[attr-defined]
        assert lost["current"]["etag"] == etag_of(snap, SubjectType.TASK, task)
    if won["kind"] == "assign":
        assert now["worker"]["number"] == won["payload"]["worker"]
        assert lost["current"]["displaces"]["override"] == won["id"]
    else:
        assert now["status"] == "cancelled"
        assert "cancelled" in str(lost["current"])
