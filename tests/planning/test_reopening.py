"""What a community decides anew although it is decided: what makes it do so, and what does not."""

from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.ids import OrderId, TaskId, task_id
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.planning.horizon import problem_at
from workmoot.planning.reopening import FROZEN_S, reopened

SOON = round(FROZEN_S * 1_000)
LATE = SOON + 1_000
FIRST = task_id(OrderId(1), 0)


def decided(*starts: int, first: int = 0, **policy: Any) -> tuple[Workshop, tuple[TaskId, ...]]:
    """A task and, after it, one for each start, decided for the sprayer, who takes a second; the finisher offered, too.

    The first is not among those returned.
    """
    workshop = Workshop(**policy)
    tasks = workshop.post(a_task(), *(a_task(predecessors=1) for _ in starts))
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in tasks))
    workshop.offer("finisher", *(an_offer(task, p50=1_200, robots=(NOZZLE,)) for task in tasks))
    workshop.decide(
        *(
            an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,), start=start)
            for task, start in zip(tasks, (first, *starts), strict=True)
        )
    )
    return workshop, tasks[1:]


def found(workshop: Workshop, now: int = 0) -> frozenset[TaskId]:
    return reopened(workshop.ledger, now, wall_s=START_S + now / 1000)


def maintain(workshop: Workshop, robot: int) -> None:
    workshop.order(OverrideKind.MAINTAIN, robot, subject_type=SubjectType.ROBOT, expires_at=workshop.now_s + 600)


def test_reopened__as_planned__nothing():
    workshop, _ = decided(LATE)
    assert found(workshop) == frozenset()


def test_reopened__a_robot_goes_into_maintenance__what_will_not_begin_soon():
    workshop, (soon, late) = decided(SOON, LATE)
    maintain(workshop, ARM)
    assert found(workshop) == {late}
    assert soon not in found(workshop)


def test_reopened__another_robot_goes_into_maintenance__nothing():
    workshop, _ = decided(LATE)
    maintain(workshop, NOZZLE)
    assert found(workshop) == frozenset()


@pytest.mark.parametrize(("priority", "anew"), [(0, False), (1, True)])
def test_reopened__more_urgent_work_is_posted__what_will_not_begin_soon(priority: int, *, anew: bool):
    workshop, (task,) = decided(LATE)
    workshop.post(a_task(priority=priority))
    assert (found(workshop) == {task}) is anew


@pytest.mark.parametrize(("late_by", "anew"), [(1_000, False), (1_200, True)])
def test_reopened__a_task_takes_longer__from_a_part_of_its_time_on(late_by: int, *, anew: bool):
    workshop, (late,) = decided(40_000, first=9_000)
    workshop.chain.advance(9)
    workshop.start(FIRST)
    assert (found(workshop, 10_000 + late_by) == {late}) is anew


def test_reopened__the_policy_says_never__nothing():
    workshop, _ = decided(40_000, first=9_000, replan_bps=0)
    workshop.chain.advance(9)
    workshop.start(FIRST)
    assert found(workshop, 15_000) == frozenset()


def test_reopened__the_plant_is_held__nothing():
    workshop, _ = decided(LATE)
    maintain(workshop, ARM)
    workshop.order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    assert found(workshop) == frozenset()


def test_reopened__a_human_decided_it__nothing():
    workshop, (task,) = decided(LATE)
    workshop.order(OverrideKind.HOLD, task)
    maintain(workshop, ARM)
    assert found(workshop) == frozenset()


def test_reopened__ready_to_begin__only_what_a_human_keeps_the_robot_of():
    workshop = Workshop()
    with_arm, with_nozzle = workshop.post(a_task(), a_task())
    workshop.allocate(with_arm, "sprayer", robots=(ARM,), start=LATE)
    workshop.allocate(with_nozzle, "finisher", robots=(NOZZLE,), start=LATE)
    maintain(workshop, ARM)
    assert found(workshop) == {with_arm}


def test_reopened__a_human_gives_another_task_to_somebody__until_it_is_decided_anew():
    workshop, (given, late) = decided(LATE, LATE + 5_000)
    entry = an_entry(given, FINISHER, robots=(NOZZLE,), start=LATE, sequence=1)
    workshop.order(OverrideKind.ASSIGN, given, payload=assign_payload(entry), expires_at=workshop.now_s + 600)
    assert found(workshop) == {late}
    version = workshop.task(late).version
    workshop.decide(an_entry(late, SPRAYER, version=version, sequence=1, inspector=SCANNER, robots=(ARM,), start=LATE))
    assert found(workshop) == frozenset()


def test_problem_at__decided_anew__by_the_offers_that_stand():
    workshop, (task,) = decided(LATE)
    maintain(workshop, ARM)
    problem = problem_at(workshop.ledger, 0, wall_s=START_S, anew={task})
    (mode,) = problem.tasks[task].modes
    assert mode.offer.robots == (NOZZLE,)
