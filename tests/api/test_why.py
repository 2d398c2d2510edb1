"""Why this worker: what the chain tells of how a task came to whom it came."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.models.common import Who
from api.models.decisions import FiguresOut
from api.models.why import AlternativeOut
from api.past import Past
from api.views.why import otherwise
from tests.api.requests import get
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant
from workmoot.domain.ids import TaskId


def a_contested_plant() -> Story:
    """Everybody offers and ranks; one plan is voted down, its counter-proposal is enacted."""
    story = Story()
    story.post()
    for member in story.ledger.voting_members():
        story.offer(member.id)
    first = story.propose("analyst", story.plan(shift=1), words="Both presses shared.")
    second = story.propose("loader", story.plan(), words="The second press is slow.", counters=first)
    story.review(first, "loader", support=False, words="R-8 took 1.5 times what it promised.")
    story.vote(first, analyst=True, loader=False, sprayer=False, assembler=False, grinder=False)
    story.vote(second, loader=True, grinder=True, designer=False, sprayer=True, assembler=True)
    return story


@pytest.fixture(scope="module")
def contested() -> Story:
    """Nothing here changes it."""
    return a_contested_plant()


@pytest.fixture(scope="module")
def client(contested: Story) -> Iterator[TestClient]:
    with TestClient(serve(contested).app, base_url=LOOPBACK) as made:
        yield made


def a_task_with_rivals(story: Story) -> TaskId:
    """The first that two or more offered for."""
    return next(task for task, records in sorted(story.ledger.offers.items()) if len(records) > 1)


def why(client: TestClient, task: TaskId) -> Any:
    return get(client, f"tasks/{task}/explain")


def test_explain__decided__says_who_offered_what_and_which_was_taken(client: TestClient, contested: Story) -> None:
    task = a_task_with_rivals(contested)
    found = why(client, task)
    entry = contested.ledger.tasks[task].standing_entry
    assert entry is not None
    assert [it["worker"]["number"] for it in found["offers"] if it["taken"]] == [entry.lead]
    assert len(found["offers"]) == len(contested.ledger.offers[task])
    assert {it["hindrance"] for it in found["offers"]} == {None}
    assert (found["version"], found["proposal"], found["decided"]) == (1, 2, True)


def test_explain__decided__both_proposals_with_words_and_votes(client: TestClient, contested: Story) -> None:
    second, first = why(client, a_task_with_rivals(contested))["proposals"]
    assert [(it["id"], it["state"]) for it in (first, second)] == [(1, "defeated"), (2, "enacted")]
    assert [it["words"] for it in first["reviews"]] == ["R-8 took 1.5 times what it promised."]
    assert {it["reason"] for it in first["votes"] if not it["support"]} == {"too slow at the press"}
    assert first["entry"]["task"] == a_task_with_rivals(contested)


def test_explain__ranked__each_member_and_all_together_in_numbers(client: TestClient, contested: Story) -> None:
    task = a_task_with_rivals(contested)
    found = why(client, task)
    rankings = contested.ledger.rankings.values()
    assert len(found["members"]) == sum(any(item.task == task for item in it.items) for it in rankings) > 1
    assert all(1 <= it["place"] <= it["of"] for it in found["members"])
    assert 1 <= found["community"]["place"] <= found["community"]["of"]


def test_explain__rivals__are_weighed_by_what_the_daemons_weigh_by(client: TestClient, contested: Story) -> None:
    task = a_task_with_rivals(contested)
    found = why(client, task)["alternatives"]
    assert [it["place"] for it in found] == list(range(1, len(found) + 1))
    assert [it["objective"] for it in found] == sorted(it["objective"] for it in found)
    assert sum(it["taken"] for it in found) == 1
    assert {it["worker"]["number"] for it in found} == {it.worker for it in contested.ledger.offers[task]}


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((10.0, 12.5, 100, 90), "By the policy's weights b would have been better: the plan would end 2.5 s later"),
        ((10.0, 8.0, 100, 130), "Next best is b: the plan would end 2.0 s sooner and weigh 30 more."),
        ((10.0, 10.0, 100, 100), "Next best is b: the plan would end at the same time and weigh 0 more."),
    ],
)
def test_otherwise__next_best__is_said_with_what_it_would_have_brought(
    figures: tuple[float, float, int, int], words: str
) -> None:
    first_s, second_s, first, second = figures
    taken, other = an_alternative("a", first_s, first, taken=True), an_alternative("b", second_s, second)
    assert otherwise((taken, other)).startswith(words)


def test_otherwise__nobody_else__is_said() -> None:
    assert otherwise((an_alternative("a", 1.0, 1, taken=True),)) == "Nobody else offered to do it."


def an_alternative(name: str, makespan_s: float, objective: int, *, taken: bool = False) -> AlternativeOut:
    return AlternativeOut(
        place=1,
        worker=Who(number=1, id=name, name=name),
        helpers=(),
        sequence=1,
        taken=taken,
        objective=objective,
        figures=FiguresOut(makespan_s=makespan_s, tardiness_s=0, energy_wh=0, cost_micro=0),
    )


def test_explain__plan_takes_what_nobody_offered__says_so() -> None:
    with TestClient(serve(a_running_plant()).app, base_url=LOOPBACK) as other:
        found = why(other, TaskId(256))
    assert found["alternatives"] == []
    assert "nobody offered" in found["says"]


def test_explain__reassigned_by_a_human__says_who_is_in_control() -> None:
    story = a_contested_plant()
    task = a_task_with_rivals(story)
    story.reassign(task, why="the customer asked for this worker")
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        found = why(client, task)
    assert (found["in_control"], [slot["level"] for slot in found["slots"]]) == (8, [8, 16])
    assert "by a human's word" in found["says"]
    assert found["worker"]["number"] != found["proposals"][0]["entry"]["lead"]["number"]


def test_explain__declined__the_refusal_has_its_reason() -> None:
    story = a_contested_plant()
    task = story.ledger.tasks[a_task_with_rivals(story)]
    story.by(story.name_of(task.worker)).work_orders.decline(task.id, task.epoch)
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        found = why(client, task.id)
    assert {it["worker"]["number"]: it["reason"] for it in found["refusals"]}[task.worker].endswith("declined")
    assert (found["decided"], found["proposal"], found["offers"], found["alternatives"]) == (False, None, [], [])
    assert "no plan names it" in found["says"]


def test_explain__offers_renewed_since__as_they_stood_when_it_was_decided() -> None:
    story = a_contested_plant()
    task = a_task_with_rivals(story)
    offered = {record.worker for record in story.ledger.offers[task]}
    for member in story.ledger.voting_members():
        story.offer(member.id)
    assert {record.offer.version for record in story.ledger.offers[task]} == {2}
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        found = why(client, task)
    assert {it["worker"]["number"] for it in found["offers"]} == offered
    assert found["as_of"] < story.ledger.head.number
    assert found["alternatives"]


def test_explain__unknown__is_not_found(client: TestClient) -> None:
    answer = client.get("/api/v1/tasks/999999/explain")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_ledger_at__chain_went_another_way__is_of_the_chain_that_is() -> None:
    past, story = Past(), a_contested_plant()
    events, block = tuple(story.chain.events), story.chain.head.number
    assert past.at(block, events, rewinds=0).proposals.keys() == {1, 2}
    assert past.at(block, events, rewinds=0) is past.at(block, events, rewinds=0)
    assert past.at(block, events[:20], rewinds=1).proposals == {}
