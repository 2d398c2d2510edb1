from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer
from tests.workshop import (
    ARM,
    FINISHER,
    HANDOVER,
    NOZZLE,
    SCAN,
    SCANNER,
    SPRAY,
    SPRAYER,
    START_S,
    VOTING,
    Workshop,
)
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger
from workmoot.domain.motions import PolicyChange
from workmoot.domain.offers import Offer
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, plan_payload
from workmoot.domain.plan import LAST_VERSION
from workmoot.domain.proposals import Weights
from workmoot.domain.work import OnFailure
from workmoot.planning.horizon import (
    HUMAN_MS,
    due_of,
    handover,
    hindrance,
    is_undecided,
    problem_at,
    standing_offers,
    weights,
)
from workmoot.planning.problem import OpenTask, Problem
from workmoot.planning.validity import faults

HOUR = {"expires_at": START_S + 3_600}


def the_problem(workshop: Workshop, now: int = 0, **more: Any) -> Problem:
    return problem_at(workshop.ledger, now, **{"wall_s": float(workshop.now_s)} | more)


def open_task(workshop: Workshop, task: TaskId, **more: Any) -> OpenTask:
    return the_problem(workshop, **more).tasks[task]


def offered(**changes: Any) -> tuple[Workshop, Offer]:
    """One task, and the sprayer's offer for it."""
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    offer = an_offer(task, **changes)
    workshop.offer("sprayer", offer)
    return workshop, offer


def leads(workshop: Workshop, task: TaskId, **more: Any) -> list[int]:
    return [mode.lead for mode in open_task(workshop, task, **more).modes]


def in_progress(**plan: Any) -> tuple[Workshop, TaskId, TaskId]:
    """The sprayer has the first of two tasks, one after the other."""
    workshop = Workshop()
    first, second = workshop.post(a_task(on_failure=OnFailure.HUMAN), a_task(predecessors=0b1))
    workshop.allocate(first, "sprayer", **plan)
    return workshop, first, second


# Who is undecided


def test_problem_at__posted__in_it():
    workshop, offer = offered()
    assert list(the_problem(workshop).tasks) == [offer.task]


def test_problem_at__allocated__not_in_it():
    workshop, _, second = in_progress()
    assert list(the_problem(workshop).tasks) == [second]


def test_problem_at__a_humans_slot_is_filled__not_in_it():
    workshop, offer = offered()
    workshop.order(OverrideKind.HOLD, offer.task)
    assert not is_undecided(workshop.task(offer.task))
    assert the_problem(workshop).tasks == {}


def test_problem_at__a_human_vetoes_its_tree__left_to_the_human_until_the_end():
    workshop, offer = offered()
    entry = an_entry(offer.task, SPRAYER, inspector=SCANNER)
    tree = workshop.pass_tree(entry)
    found = workshop.ledger.proposals[tree]
    part = PlanPart(rest=found.rest, first=0, last=0, assignments=found.opening.plan.assignments)
    workshop.order(OverrideKind.VETO, tree, subject_type=SubjectType.PROPOSAL, payload=plan_payload(part))
    late = float(workshop.now_s + 3_000)
    assert the_problem(workshop, wall_s=late).tasks == {}
    assert f"a human vetoes the tree that names task {offer.task}" in faults(workshop.ledger, found, bytes(32))
    workshop.order(OverrideKind.RELEASE, tree, subject_type=SubjectType.PROPOSAL)
    assert list(the_problem(workshop, wall_s=late).tasks) == [offer.task]


def test_is_undecided__decided_more_often_than_a_plan_can_say__a_humans_work():
    workshop, offer = offered()
    task = workshop.task(offer.task)
    assert is_undecided(replace(task, version=LAST_VERSION))
    assert not is_undecided(replace(task, version=LAST_VERSION + 1))


def test_problem_at__cancelled__not_in_it():
    workshop, offer = offered()
    workshop.order(OverrideKind.CANCEL, offer.task)
    assert the_problem(workshop).tasks == {}


# What is offered


def test_problem_at__an_offer__is_a_mode():
    workshop, offer = offered()
    (mode,) = open_task(workshop, offer.task).modes
    assert (mode.lead, mode.offer) == (SPRAYER, offer)


def test_problem_at__offers_of_two__by_badge_and_sequence():
    workshop, offer = offered()
    workshop.offer("finisher", an_offer(offer.task, sequence=2), an_offer(offer.task, sequence=1))
    modes = open_task(workshop, offer.task).modes
    assert [(mode.lead, mode.offer.sequence) for mode in modes] == [(SPRAYER, 1), (FINISHER, 1), (FINISHER, 2)]


def test_standing_offers__task_decided_anew__older_offers_do_not_stand():
    workshop, offer = offered()
    workshop.allocate(offer.task, "sprayer")
    workshop.order(OverrideKind.REQUEUE, offer.task)
    assert standing_offers(workshop.ledger, offer.task) == []


def test_standing_offers__offered_for_the_present_version__stands():
    workshop, offer = offered(version=1)
    assert [record.offer for record in standing_offers(workshop.ledger, offer.task)] == [offer]


def test_standing_offers__worker_failed_the_task_before__not_its_offer():
    workshop, offer = offered()
    workshop.allocate(offer.task, "sprayer")
    workshop.start(offer.task)
    workshop.fail(offer.task)
    for name in ("sprayer", "finisher"):
        workshop.offer(name, an_offer(offer.task, version=workshop.task(offer.task).version))
    assert leads(workshop, offer.task) == [FINISHER]


def test_standing_offers__worker_lacks_the_capability__not_its_offer():
    workshop, offer = offered()
    workshop.offer("scanner", an_offer(offer.task))
    assert leads(workshop, offer.task) == [SPRAYER]


def test_standing_offers__worker_suspended__not_its_offer():
    workshop, offer = offered()
    workshop.suspend("sprayer")
    assert leads(workshop, offer.task) == []


def test_standing_offers__helper_has_not_confirmed__not_yet():
    workshop, offer = offered(helpers=(FINISHER,))
    assert leads(workshop, offer.task) == []


def test_standing_offers__helper_has_confirmed__stands():
    workshop, offer = offered(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, offer)
    assert leads(workshop, offer.task) == [SPRAYER]


def test_standing_offers__helper_suspended_since__no_longer():
    workshop, offer = offered(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, offer)
    workshop.suspend("finisher")
    assert leads(workshop, offer.task) == []


def test_problem_at__robot_is_held__not_offers_that_need_it():
    workshop, offer = offered(robots=(ARM,))
    workshop.offer("finisher", an_offer(offer.task, robots=(NOZZLE,)))
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    assert leads(workshop, offer.task) == [FINISHER]


@pytest.mark.parametrize(("late_s", "expected"), [(0, [SPRAYER]), (1, [])])
def test_problem_at__offer_expires__counts_until_its_last_second(late_s: int, expected: list[int]):
    workshop, offer = offered(valid_until=START_S + 50)
    assert leads(workshop, offer.task, wall_s=START_S + 50.0 + late_s) == expected


# What comes before


def test_problem_at__predecessor_open_too__named():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    assert open_task(workshop, second).predecessors == (first,)


def test_problem_at__predecessor_cancelled__cannot_be_done():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.offer("sprayer", an_offer(second))
    workshop.order(OverrideKind.CANCEL, first)
    assert open_task(workshop, second).modes == ()


def test_problem_at__predecessor_done__free_at_once():
    workshop, first, second = in_progress()
    workshop.do(first)
    assert open_task(workshop, second, now=700).release == 0


def test_problem_at__predecessor_allocated__waits_for_its_planned_end():
    workshop, _, second = in_progress(start=5_000, duration=2_000)
    assert open_task(workshop, second).release == 7_000 + HANDOVER


def test_problem_at__predecessor_should_have_begun__waits_for_its_end_from_now():
    workshop, _, second = in_progress(start=5_000, duration=2_000)
    assert open_task(workshop, second, now=6_000).release == 8_000 + HANDOVER


def test_problem_at__predecessor_runs__waits_for_its_start_and_duration():
    workshop, first, second = in_progress(duration=5_000)
    workshop.chain.advance(1)
    workshop.start(first)
    assert open_task(workshop, second, now=2_000).release == 1_000 + 5_000 + HANDOVER


def test_problem_at__predecessor_is_late__expected_any_moment():
    workshop, first, second = in_progress(duration=5_000)
    workshop.start(first)
    assert open_task(workshop, second, now=9_000).release == 9_000 + HANDOVER


def test_problem_at__predecessor_waits_for_inspection__expected_any_moment():
    workshop, first, second = in_progress()
    workshop.start(first)
    workshop.submit(first)
    assert open_task(workshop, second, now=9_000).release == 9_000 + HANDOVER


def test_problem_at__predecessor_waits_for_a_human__a_humans_time():
    workshop, first, second = in_progress()
    workshop.start(first)
    workshop.fail(first)
    assert open_task(workshop, second, now=9_000).release == 9_000 + HUMAN_MS + HANDOVER


def test_problem_at__predecessor_held_by_a_human__its_nominal_work():
    workshop = Workshop()
    first, second = workshop.post(a_task(work=3_000), a_task(predecessors=0b1))
    workshop.order(OverrideKind.HOLD, first)
    assert open_task(workshop, second, now=500).release == 3_500 + HANDOVER


def test_problem_at__two_decided_before__waits_for_the_later():
    workshop = Workshop()
    *before, last = workshop.post(a_task(), a_task(), a_task(predecessors=0b11))
    for task, duration in zip(before, (2_000, 500), strict=True):
        workshop.allocate(task, "sprayer", duration=duration)
    assert open_task(workshop, last).release == 2_000 + HANDOVER


def test_problem_at__a_decided_chain_before__waits_for_its_last():
    workshop = Workshop()
    *chain, last = workshop.post(a_task(), a_task(predecessors=0b1), a_task(predecessors=0b10))
    for task in chain:
        workshop.allocate(task, "sprayer", duration=2_000)
    assert open_task(workshop, last).release == 4_000 + HANDOVER


def test_problem_at__a_decided_task_waits_for_two__for_the_later():
    workshop = Workshop()
    *before, _, last = workshop.post(a_task(), a_task(), a_task(predecessors=0b11), a_task(predecessors=0b100))
    for task, duration in zip(before, (2_000, 500), strict=True):
        workshop.allocate(task, "sprayer", duration=duration)
    workshop.allocate(TaskId(last - 1), "finisher", duration=1_000)
    assert open_task(workshop, last).release == 3_000 + HANDOVER


# What is taken, due, weighed


def test_problem_at__allocated_with_a_robot__the_robot_is_busy():
    workshop, _, _ = in_progress(start=5_000, duration=2_000, robots=(ARM,))
    assert the_problem(workshop).busy == {ARM: 7_000 + HANDOVER}


def test_problem_at__allocated_without_robots__the_team_is_busy():
    workshop, _, _ = in_progress(start=5_000, duration=2_000)
    assert the_problem(workshop).busy == {SPRAYER: 7_000 + HANDOVER}


def test_problem_at__two_tasks_of_one_robot__busy_until_the_later_end():
    workshop = Workshop()
    tasks = workshop.post(a_task(), a_task())
    for task, start in zip(tasks, (9_000, 0), strict=True):
        workshop.allocate(task, "sprayer", start=start, robots=(ARM,))
    assert the_problem(workshop).busy == {ARM: 10_000 + HANDOVER}


def test_problem_at__handed_in__nobody_is_busy():
    workshop, first, _ = in_progress(robots=(ARM,))
    workshop.start(first)
    workshop.submit(first)
    assert the_problem(workshop).busy == {}


def test_problem_at__two_orders__base_is_the_older_ones_posting():
    workshop = Workshop()
    workshop.chain.advance(3)
    workshop.post(a_task())
    workshop.chain.advance(4)
    workshop.post(a_task())
    assert the_problem(workshop).base == 3_000


def test_due_of__ticks_after_posting__on_the_plants_clock():
    workshop = Workshop()
    workshop.chain.advance(3)
    (task,) = workshop.post(a_task(due=500))
    assert due_of(workshop.ledger, workshop.task(task)) == 3_500
    assert open_task(workshop, task).due == 3_500


def test_due_of__none_given__zero():
    workshop, offer = offered()
    assert due_of(workshop.ledger, workshop.task(offer.task)) == 0


def test_problem_at__three_know_the_work__they_inspect():
    workshop = Workshop()
    workshop.admit("latecomer", SPRAY)
    workshop.post(a_task(SPRAY))
    assert the_problem(workshop).inspectors == {SPRAY: (SPRAYER, FINISHER, 6)}


def test_problem_at__too_few_know_the_work__everyone_may_inspect():
    workshop = Workshop()
    workshop.post(a_task(SCAN))
    assert the_problem(workshop).inspectors == {SCAN: (SCANNER, SPRAYER, FINISHER)}


def test_problem_at__suspended__does_not_inspect():
    workshop = Workshop()
    workshop.post(a_task(SCAN))
    workshop.suspend("sprayer")
    assert the_problem(workshop).inspectors == {SCAN: (SCANNER, FINISHER)}


def test_weights__before_any_policy__the_usual():
    assert weights(Ledger()) == Weights()


def test_weights__motion_sets_others__those():
    workshop, weighed = Workshop(), Weights(makespan=1, risk=7)
    workshop.carry(PolicyChange(policy=replace(VOTING, weights=weighed)))
    assert weights(workshop.ledger) == weighed


def test_handover__policy_in_wall_time__in_ticks():
    assert handover(Workshop(handover_ms=250).ledger) == 250


def test_problem_at__plant_not_described_yet__refused():
    with pytest.raises(Malformed, match="clock"):
        problem_at(Ledger(), 0, wall_s=0.0)


def hindered(workshop: Workshop, offer: Offer, *, wall_s: float = 0) -> str | None:
    record = next(it for it in workshop.ledger.offers[offer.task] if it.offer == offer)
    return hindrance(workshop.ledger, record, wall_s=wall_s or float(workshop.now_s))


def test_hindrance__an_offer_that_stands__none():
    assert hindered(*offered()) is None


def test_hindrance__helper_is_silent__named_until_it_confirms():
    workshop, offer = offered(helpers=(FINISHER,))
    assert hindered(workshop, offer) == f"member {FINISHER} has not confirmed that it helps"
    workshop.confirm("finisher", SPRAYER, offer)
    assert hindered(workshop, offer) is None


def test_hindrance__time_over_robot_held_or_worker_suspended__said():
    workshop, offer = offered(valid_until=START_S + 600, robots=(ARM,))
    assert hindered(workshop, offer, wall_s=START_S + 601) == "it was good for a time that is over"
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    assert hindered(workshop, offer) == f"robot {ARM} is held"
    workshop.order(OverrideKind.RELEASE, ARM, subject_type=SubjectType.ROBOT)
    workshop.order(OverrideKind.MAINTAIN, ARM, subject_type=SubjectType.ROBOT)
    assert hindered(workshop, offer) == f"robot {ARM} is in maintenance"
    workshop.order(OverrideKind.LIFT, ARM, subject_type=SubjectType.ROBOT, payload=bytes((OverrideKind.MAINTAIN,)))
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert hindered(workshop, offer) == f"member {SPRAYER} is drained or quarantined by a human"
    workshop.lift(OverrideKind.DRAIN, "sprayer")
    workshop.suspend("sprayer")
    assert hindered(workshop, offer) == "its worker may not take the task"
