"""What an order would bring, compared with the same moment without it."""

from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer, an_order
from tests.workshop import ARM, FINISHER, HANDOVER, SCAN, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.ids import TaskId
from workmoot.domain.overrides import PLANT, HumanOrder, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, assign_payload, cancel_payload, plan_payload
from workmoot.domain.work import Status
from workmoot.planning.forecast import UNTIL_RELEASED_S, Forecast, forecast
from workmoot.planning.horizon import HUMAN_MS

LATER = 1_000_000
"""Ticks; long after everything that these tests do."""
END = LATER + 1_000


@pytest.fixture
def planned() -> tuple[Workshop, TaskId, TaskId, TaskId]:
    """Two tasks one after the other with the sprayer on its arm, due just in time; one of the scanner's beside them."""
    workshop = Workshop()
    due = END + HANDOVER + 1_000
    first, second, other = workshop.post(a_task(), a_task(predecessors=0b1, due=due), a_task(SCAN))
    workshop.allocate(first, "sprayer", start=LATER, robots=(ARM,))
    workshop.allocate(second, "sprayer", start=LATER, robots=(ARM,))
    workshop.allocate(other, "scanner", start=LATER)
    return workshop, first, second, other


Planned = tuple[Workshop, TaskId, TaskId, TaskId]


def foreseen(workshop: Workshop, kind: OverrideKind, subject: int, **changes: Any) -> Forecast:
    """By now, of an order that is only thought of."""
    return forecast(workshop.ledger, an_order(kind, subject, **changes), wall_s=float(workshop.now_s))


def ends(found: Forecast) -> dict[TaskId, tuple[int | None, int | None]]:
    """Of each task that ends at another time: without the order, and with it."""
    return {task: (found.before.ends.get(task), found.after.ends.get(task)) for task in found.moved()}


def until(ticks: int) -> int:
    """The Unix second at which a tick comes."""
    return START_S + ticks // 1000


def test_forecast__nothing_changes__nothing_moves(planned: Planned) -> None:
    workshop, first, second, other = planned
    found = foreseen(workshop, OverrideKind.HOLD, first, expires_at=until(LATER))
    assert ends(found) == {}
    assert found.before.ends == {first: END, second: END + HANDOVER + 1_000, other: END}


def test_forecast__hold__what_waits_for_it_is_late_by_as_much(planned: Planned) -> None:
    workshop, first, second, _ = planned
    found = foreseen(workshop, OverrideKind.HOLD, first, expires_at=until(LATER + 30_000))
    due = END + HANDOVER + 1_000
    assert ends(found) == {first: (END, END + 30_000), second: (due, due + 30_000)}
    assert found.before.lateness(workshop.ledger, second) == 0
    assert 0 < found.after.lateness(workshop.ledger, second) <= 30_000
    assert found.after.lateness(workshop.ledger, first) == 0


@pytest.mark.parametrize(("subject_type", "subject"), [(SubjectType.ROBOT, ARM), (SubjectType.PLANT, PLANT)])
def test_forecast__hold_of_a_robot_or_the_plant__stops_all_that_needs_it(
    planned: Planned, subject_type: SubjectType, subject: int
) -> None:
    workshop, first, second, other = planned
    found = foreseen(workshop, OverrideKind.HOLD, subject, subject_type=subject_type, expires_at=until(LATER + 30_000))
    moved = {first, second} | ({other} if subject_type is SubjectType.PLANT else set())
    assert set(ends(found)) == moved


def test_forecast__hold_without_an_end__says_what_it_assumes(planned: Planned) -> None:
    workshop, first, _, _ = planned
    found = foreseen(workshop, OverrideKind.HOLD, first, expires_at=0)
    assert found.assumes == (f"A hold without an end is taken to last {UNTIL_RELEASED_S // 60} minutes from now.",)


def test_forecast__assign__as_long_as_the_other_takes(planned: Planned) -> None:
    workshop, first, second, _ = planned
    entry = an_entry(first, FINISHER, start=LATER, duration=5_000)
    found = foreseen(workshop, OverrideKind.ASSIGN, first, payload=assign_payload(entry))
    assert found.after.ends[first] == LATER + 5_000
    assert found.after.ends[second] == LATER + 5_000 + HANDOVER + 1_000


def test_forecast__assign_to_who_is_busy__waits_for_its_turn(planned: Planned) -> None:
    workshop, first, second, other = planned
    entry = an_entry(other, SPRAYER, robots=(ARM,), start=LATER, duration=1_000)
    found = foreseen(workshop, OverrideKind.ASSIGN, other, payload=assign_payload(entry))
    turns = [END + turn * (HANDOVER + 1_000) for turn in range(3)]
    assert sorted(found.after.ends[task] for task in (first, second, other)) == turns


def test_forecast__cancel__what_follows_is_not_done_either(planned: Planned) -> None:
    workshop, first, second, _ = planned
    found = foreseen(workshop, OverrideKind.CANCEL, first, payload=cancel_payload(0b1))
    assert found.lost() == (first, second)


def test_forecast__accept__what_follows_need_not_wait(planned: Planned) -> None:
    workshop, first, second, _ = planned
    found = foreseen(workshop, OverrideKind.ACCEPT, first)
    assert found.after.ends[second] == END
    assert found.after.ends[first] == (workshop.now_s - START_S) * 1000
    assert found.lost() == ()


def test_forecast__rework__a_humans_minute(planned: Planned) -> None:
    workshop, first, _, _ = planned
    now = (workshop.now_s - START_S) * 1000
    assert foreseen(workshop, OverrideKind.REWORK, first).after.ends[first] == now + HUMAN_MS


def test_forecast__suspend__others_do_it_or_nobody(planned: Planned) -> None:
    workshop, first, second, other = planned
    found = foreseen(workshop, OverrideKind.SUSPEND, SPRAYER, subject_type=SubjectType.WORKER)
    assert set(ends(found)) == {first, second}
    assert found.lost() == ()
    workshop.suspend("finisher")
    found = foreseen(workshop, OverrideKind.SUSPEND, SPRAYER, subject_type=SubjectType.WORKER)
    assert found.lost() == (first, second)
    assert other in found.after.ends


def withdraw(workshop: Workshop, kind: OverrideKind, ticks: int, **changes: Any) -> Forecast:
    """Of the sprayer, up to that tick."""
    ends_at = {"expires_at": until(ticks) if ticks else 0}
    return foreseen(workshop, kind, SPRAYER, subject_type=SubjectType.WORKER, **ends_at | changes)


def test_forecast__drain__what_it_has_not_begun_goes_to_others(planned: Planned) -> None:
    workshop, first, second, other = planned
    assert set(ends(withdraw(workshop, OverrideKind.DRAIN, LATER))) == {first, second}
    workshop.start(first)
    found = withdraw(workshop, OverrideKind.DRAIN, LATER)
    assert (set(ends(found)), found.lost()) == ({second}, ())
    assert other in found.after.ends


def test_forecast__quarantine__what_it_has_begun_stands_still(planned: Planned) -> None:
    workshop, first, second, _ = planned
    workshop.start(first)
    found = withdraw(workshop, OverrideKind.QUARANTINE, LATER)
    before, after = ends(found)[first]
    assert before is not None
    assert after is not None
    assert after - before == LATER - (workshop.now_s - START_S) * 1_000
    open_ = withdraw(workshop, OverrideKind.QUARANTINE, 0)
    assert open_.assumes == (
        f"A quarantine without an end is taken to last {UNTIL_RELEASED_S // 60} minutes from now.",
    )
    assert second in open_.after.ends


def test_forecast__what_a_human_gave_it__a_drained_worker_keeps(planned: Planned) -> None:
    workshop, first, second, _ = planned
    for task in (first, second):
        entry = an_entry(task, SPRAYER, version=2, start=LATER, robots=(ARM,))
        order: dict[str, Any] = {"payload": assign_payload(entry), "expires_at": workshop.now_s + 5_000}
        workshop.order(OverrideKind.ASSIGN, task, **order)
    assert ends(withdraw(workshop, OverrideKind.DRAIN, LATER)) == {}
    assert set(ends(withdraw(workshop, OverrideKind.QUARANTINE, LATER + 60_000))) == {first, second}


def test_forecast__lift__as_if_it_had_not_been_said(planned: Planned) -> None:
    workshop, first, second, _ = planned
    usual = foreseen(workshop, OverrideKind.HOLD, PLANT, subject_type=SubjectType.PLANT).before
    workshop.withdraw(OverrideKind.DRAIN, "sprayer", for_s=5_000)
    lifted = bytes((OverrideKind.DRAIN,))
    found = foreseen(workshop, OverrideKind.LIFT, SPRAYER, subject_type=SubjectType.WORKER, payload=lifted)
    assert set(ends(found)) == {first, second}
    assert found.after.ends == usual.ends


def test_forecast__maintain__what_takes_the_robot_is_late_by_as_much(planned: Planned) -> None:
    workshop, first, second, _ = planned
    order: dict[str, Any] = {"subject_type": SubjectType.ROBOT, "expires_at": until(LATER + 30_000)}
    found = foreseen(workshop, OverrideKind.MAINTAIN, ARM, **order)
    assert ends(found)[first] == (END, END + 30_000)
    assert set(ends(found)) == {first, second}
    workshop.order(OverrideKind.MAINTAIN, ARM, **order)
    lifted = bytes((OverrideKind.MAINTAIN,))
    found = foreseen(workshop, OverrideKind.LIFT, ARM, subject_type=SubjectType.ROBOT, payload=lifted)
    assert ends(found)[first] == (END + 30_000, END)


def test_forecast__reprioritise__the_urgent_takes_the_robot_first() -> None:
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(priority=3))
    workshop.allocate(first, "sprayer", start=LATER, robots=(ARM,))
    workshop.allocate(second, "sprayer", start=END + HANDOVER, robots=(ARM,))
    urged: dict[str, Any] = {"payload": b"\x09", "expires_at": until(END)}
    now = (workshop.now_s - START_S) * 1_000
    found = foreseen(workshop, OverrideKind.REPRIORITISE, second, **urged)
    assert ends(found) == {second: (END + HANDOVER + 1_000, now + 1_000)}
    workshop.order(OverrideKind.REPRIORITISE, second, **urged)
    assert ends(foreseen(workshop, OverrideKind.REPRIORITISE, second, **urged)) == {}
    lifted = foreseen(workshop, OverrideKind.LIFT, second, payload=bytes((OverrideKind.REPRIORITISE,)))
    assert lifted.after.ends == found.before.ends


def test_forecast__veto_of_what_is_enacted__nobody_has_it(planned: Planned) -> None:
    workshop, _, second, _ = planned
    proposal = workshop.task(second).decided_by
    order = about_plan(workshop, OverrideKind.VETO, proposal)
    assert forecast(workshop.ledger, order, wall_s=float(workshop.now_s)).lost() == (second,)


def test_forecast__approve__the_plans_workers_do_it() -> None:
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task, p50=4_000, cost=30, energy=2))
    workshop.offer("finisher", an_offer(task, p50=1_000, cost=90, energy=1))
    proposal = workshop.propose("scanner", an_entry(task, SPRAYER, sequence=1, start=LATER, inspector=SCANNER))
    order = about_plan(workshop, OverrideKind.APPROVE, proposal)
    found = forecast(workshop.ledger, order, wall_s=float(workshop.now_s))
    assert found.after.ends == {task: LATER + 4_000}
    assert (found.after.cost - found.before.cost, found.after.energy - found.before.energy) == (-60, 1)


def test_forecast__release__back_to_the_decision(planned: Planned) -> None:
    workshop, first, _, _ = planned
    entry = an_entry(first, FINISHER, version=2, start=LATER, duration=9_000, inspector=SCANNER)
    workshop.order(OverrideKind.ASSIGN, first, payload=assign_payload(entry), expires_at=until(LATER * 10))
    found = foreseen(workshop, OverrideKind.RELEASE, first)
    assert ends(found)[first] == (LATER + 9_000, END)


def test_forecast__release_of_a_hold__goes_on_now(planned: Planned) -> None:
    workshop, first, _, _ = planned
    workshop.order(OverrideKind.HOLD, first, expires_at=until(LATER + 30_000))
    assert ends(foreseen(workshop, OverrideKind.RELEASE, first))[first] == (END + 30_000, END)


def test_forecast__release_of_the_plant__with_the_second_order_only(planned: Planned) -> None:
    workshop = planned[0]
    workshop.order(OverrideKind.HOLD, PLANT, subject_type=SubjectType.PLANT, expires_at=0)
    release: dict[str, Any] = {"subject_type": SubjectType.PLANT}
    assert ends(foreseen(workshop, OverrideKind.RELEASE, PLANT, **release)) == {}
    workshop.order(OverrideKind.RELEASE, PLANT, **release)
    assert workshop.ledger.resume_asked
    assert not foreseen(workshop, OverrideKind.RELEASE, PLANT, **release).lost()


def test_forecast__a_run__goes_on_for_what_is_left_of_it(planned: Planned) -> None:
    workshop, first, _, _ = planned
    workshop.start(first)
    started = workshop.task(first).run
    assert started is not None
    begun = (started.started_at - START_S) * 1000
    found = foreseen(workshop, OverrideKind.REWORK, TaskId(first + 2))
    assert workshop.task(first).status is Status.STARTED
    assert found.before.ends[first] == max(begun + 1_000, (workshop.now_s - START_S) * 1000)


def about_plan(workshop: Workshop, kind: OverrideKind, proposal: int) -> HumanOrder:
    found = workshop.ledger.proposals[proposal]  # type: ignore[index]  # a number
    entries = len(found.decided_entries)
    part = PlanPart(rest=found.rest, first=0, last=entries, assignments=found.opening.plan.assignments)
    return an_order(kind, proposal, subject_type=SubjectType.PROPOSAL, payload=plan_payload(part))


# Several at once


def test_forecast__several_orders__as_if_all_were_given(planned: Planned) -> None:
    workshop, first, second, other = planned
    wall_s = float(workshop.now_s)
    holds = [an_order(OverrideKind.HOLD, task, expires_at=until(LATER + 30_000)) for task in (first, other)]
    found = ends(forecast(workshop.ledger, *holds, wall_s=wall_s))
    assert found[first] == found[other] == (END, END + 30_000)
    cancels = [an_order(OverrideKind.CANCEL, task) for task in (second, other)]
    assert forecast(workshop.ledger, *cancels, wall_s=wall_s).lost() == (second, other)
    accepted = forecast(workshop.ledger, *(an_order(OverrideKind.ACCEPT, t) for t in (first, other)), wall_s=wall_s)
    assert accepted.after.ends[first] == accepted.after.ends[other] == (workshop.now_s - START_S) * 1000


def test_forecast__several_releases__every_hold_ends(planned: Planned) -> None:
    workshop, first, _, other = planned
    for task in (first, other):
        workshop.order(OverrideKind.HOLD, task, expires_at=until(LATER + 30_000))
    releases = [an_order(OverrideKind.RELEASE, task) for task in (first, other)]
    found = ends(forecast(workshop.ledger, *releases, wall_s=float(workshop.now_s)))
    assert found[first] == found[other] == (END + 30_000, END)


def test_forecast__several_assignments__each_worker_has_its_own(planned: Planned) -> None:
    workshop, first, _, other = planned
    entries = [an_entry(task, FINISHER, start=LATER, duration=5_000) for task in (first, other)]
    orders = [an_order(OverrideKind.ASSIGN, it.task, payload=assign_payload(it)) for it in entries]
    found = forecast(workshop.ledger, *orders, wall_s=float(workshop.now_s))
    assert sorted(found.after.ends[entry.task] for entry in entries) == [LATER + 5_000, LATER + 10_000 + HANDOVER]
