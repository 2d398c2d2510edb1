"""A digital worker's thinking: when it begins, what it begins from, when it ends, and what comes of it."""

from typing import Any

import pytest

from agents.actions import CastVote, Propose, StartTask
from agents.policy import proposing, voting, working
from agents.policy.thinking import REPLAN_S
from agents.thinker import FIRST_STAGGER_S, Thinker
from agents.thought import Thought
from agents.view import View
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.ids import TaskId
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.plan import unpack_plan
from workmoot.domain.work import Status

THINK_S = 20.0
TURN_S = len(Workshop().ledger.voting_members()) * FIRST_STAGGER_S
"""In which everyone's turn to think first comes."""
NAMES = ("scanner", "sprayer", "finisher")


def offered(count: int = 2, **policy: Any) -> tuple[Workshop, tuple[TaskId, ...]]:
    """Tasks that the sprayer would do in a second and the finisher in 1.2, and the scanner not."""
    workshop = Workshop(**{"think_s": THINK_S, "talk_s": 0, "margin_bps": 10} | policy)
    tasks = workshop.post(*(a_task() for _ in range(count)))
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in tasks))
    workshop.offer("finisher", *(an_offer(task, p50=1_200, robots=(NOZZLE,)) for task in tasks))
    return workshop, tasks


def all_to_sprayer(workshop: Workshop, tasks: tuple[TaskId, ...]) -> None:
    """Decided in a hurry, and badly: one after the other, while the finisher stands by."""
    starts = range(0, 1_800 * len(tasks), 1_800)
    workshop.decide(
        *(
            an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,), start=start)
            for task, start in zip(tasks, starts, strict=True)
        )
    )


def thought_of(workshop: Workshop, name: str = "scanner", *, thinks_s: float = 0.02, **view: Any) -> Thought | None:
    thinker = Thinker()
    at_s = view.pop("now_s", START_S + TURN_S)
    for now_s in (at_s - TURN_S, at_s):
        thinker.look(workshop.view(name, now_s=now_s, **view))
    thinker.think(thinks_s)
    return thinker.look(workshop.view(name, now_s=at_s, **view))


def later(workshop: Workshop, name: str, at_s: float) -> View:
    """What it sees so long after the posting, with a thought of its own."""
    view = workshop.view(name, now_s=START_S + at_s)
    return workshop.view(name, now_s=START_S + at_s, thought=thought_of(workshop, name, now_s=view.now_s))


def proposed(workshop: Workshop, at_s: float) -> list[Propose]:
    found = [action for name in NAMES for action in proposing.decide(later(workshop, name, at_s))]
    return [action for action in found if isinstance(action, Propose)]


def test_look__no_time_to_think__none():
    workshop, _ = offered(think_s=0)
    assert thought_of(workshop) is None


def test_look__time_to_think__a_plan_for_all_that_is_posted():
    workshop, tasks = offered()
    found = thought_of(workshop, now_s=START_S + THINK_S / 2)
    assert found is not None
    assert (set(found.problem.tasks), found.standing) == (set(tasks), None)


def test_look__somebody_has_not_spoken__waits_a_while():
    workshop = Workshop(think_s=THINK_S, talk_s=0)
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task, robots=(ARM,)))
    assert thought_of(workshop, now_s=START_S + THINK_S / 4 - 0.1) is None
    assert thought_of(workshop, now_s=START_S + THINK_S / 4 + TURN_S) is not None


def test_look__time_is_over__none():
    workshop, _ = offered()
    assert thought_of(workshop, now_s=START_S + THINK_S) is None


def test_look__decided_badly__finds_better_than_what_is_in_force():
    workshop, tasks = offered()
    all_to_sprayer(workshop, tasks)
    found = thought_of(workshop, now_s=START_S + THINK_S / 2)
    assert found is not None
    assert found.standing is not None
    assert found.best.figures.makespan < found.standing.figures.makespan
    assert found.gains(margin=10)


def test_look__decided_meanwhile__goes_on_from_what_it_knew():
    workshop, tasks = offered(count=4)
    thinker, now = Thinker(), START_S + THINK_S / 2
    thinker.look(workshop.view("scanner", now_s=now - TURN_S))
    thinker.look(workshop.view("scanner", now_s=now))
    thinker.think(0.05)
    known = thinker.look(workshop.view("scanner", now_s=now))
    all_to_sprayer(workshop, tasks)
    found = thinker.look(workshop.view("scanner", now_s=now))
    assert known is not None
    assert found is not None
    assert found.best.objective <= known.best.objective
    assert found.standing is not None


def test_propose__in_time_to_think__once_all_have_spoken():
    workshop, tasks = offered()
    first, *_ = proposed(workshop, THINK_S / 4 + 1)
    assert {entry.task for entry in unpack_plan(first.opening.plan)} == set(tasks)


def test_propose__decided_badly__better_from_half_time_on():
    workshop, tasks = offered()
    all_to_sprayer(workshop, tasks)
    assert proposed(workshop, THINK_S * 0.4) == []
    better, *_ = proposed(workshop, THINK_S * 0.5 + 1)
    assert {entry.lead for entry in unpack_plan(better.opening.plan)} == {SPRAYER, FINISHER}


def test_propose__nothing_better_known__nothing():
    workshop, tasks = offered(count=1)
    all_to_sprayer(workshop, tasks)
    assert proposed(workshop, THINK_S * 0.9) == []


def test_vote__better_than_what_is_in_force__yes_at_once():
    workshop, tasks = offered()
    all_to_sprayer(workshop, tasks)
    better, *_ = proposed(workshop, THINK_S * 0.5 + 1)
    workshop.by("sprayer").dao.propose(better.opening)
    (vote,) = voting.decide(later(workshop, "scanner", THINK_S * 0.5 + 1))
    assert isinstance(vote, CastVote)
    assert vote.support


def test_vote__worse_than_what_is_in_force__no():
    workshop, tasks = offered()
    all_to_sprayer(workshop, tasks)
    better, *_ = proposed(workshop, THINK_S * 0.5 + 1)
    plan = unpack_plan(better.opening.plan)
    workshop.decide(*plan)
    worse = [
        an_entry(task, SPRAYER, version=3, sequence=1, inspector=SCANNER, robots=(ARM,), start=start)
        for task, start in zip(tasks, (0, 1_800), strict=True)
    ]
    workshop.propose("sprayer", *worse)
    (vote,) = voting.decide(later(workshop, "scanner", THINK_S * 0.6))
    assert isinstance(vote, CastVote)
    assert (vote.support, "weighs more" in vote.reason) == (False, True)


@pytest.mark.parametrize(("at_s", "begins"), [(THINK_S - 1, False), (THINK_S, True)])
def test_begin__decided__when_the_time_to_think_is_over(at_s: float, *, begins: bool):
    workshop, tasks = offered(count=1)
    all_to_sprayer(workshop, tasks)
    assert workshop.task(tasks[0]).status is Status.ALLOCATED
    found = working.decide(workshop.view("sprayer", now_s=START_S + at_s))
    assert any(isinstance(action, StartTask) for action in found) is begins


def test_propose__a_robot_is_away__for_what_has_not_begun_without_it():
    workshop = Workshop(talk_s=0)
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task, robots=(ARM,)))
    workshop.offer("finisher", an_offer(task, p50=1_200, robots=(NOZZLE,)))
    workshop.decide(an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,), start=20_000))
    now = float(workshop.now_s)
    workshop.order(OverrideKind.MAINTAIN, ARM, subject_type=SubjectType.ROBOT, expires_at=int(now) + 600)
    thinker = Thinker()
    thinker.look(workshop.view("scanner", now_s=now))
    at_s = now + REPLAN_S + 1
    view = workshop.view("scanner", now_s=at_s, thought=thinker.look(workshop.view("scanner", now_s=at_s)))
    (anew,) = proposing.decide(view)
    assert isinstance(anew, Propose)
    assert [entry.lead for entry in unpack_plan(anew.opening.plan)] == [FINISHER]
    workshop.by("scanner").dao.propose(anew.opening)
    (vote,) = (it for it in voting.decide(view_with_thought(workshop, "sprayer", at_s)) if isinstance(it, CastVote))
    assert vote.support


def view_with_thought(workshop: Workshop, name: str, now_s: float) -> View:
    return workshop.view(name, now_s=now_s, thought=thought_of(workshop, name, now_s=now_s))
