"""A human's verdicts on results, failed tasks and proposals, and the suspension of workers."""

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import (
    allocated,
    assign,
    enact,
    fail,
    order,
    pass_plan,
    passed,
    post,
    propose,
    refused,
    soon,
    start,
    started,
    submitted,
    task,
    vote,
)
from tests.chain.plants import FINISHER, LIMITS, SPRAYER, account
from workmoot.domain.events import (
    DeadlineMoved,
    InForceChanged,
    OverrideReleased,
    PlanEnacted,
    ProposalSettled,
    TaskAccepted,
    TaskFailed,
    TaskReworked,
)
from workmoot.domain.ids import NOBODY
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, cancel_payload, plan_payload
from workmoot.domain.plan import unpack_assignments
from workmoot.domain.proposals import State
from workmoot.domain.work import OnFailure, Status
from workmoot.domain.workers import Standing


def test_accept__by_a_human__of_a_result_nobody_inspects(plant):
    number = submitted(plant, inspector=NOBODY)
    accepted = order(plant, OverrideKind.ACCEPT, number).the(TaskAccepted)
    assert (accepted.human, accepted.by) == (True, account("supervisor"))
    assert task(plant, number).status is Status.ACCEPTED


def test_rework__then_accept__is_done_as_reworked(plant):
    number = submitted(plant)
    assert order(plant, OverrideKind.REWORK, number).the(TaskFailed).next is Status.REWORK
    reworked = order(plant, OverrideKind.ACCEPT, number).the(TaskReworked)
    assert (reworked.by, reworked.worker) == (account("supervisor"), SPRAYER)
    assert task(plant, number).status is Status.REWORKED


@pytest.mark.parametrize("kind", [OverrideKind.ACCEPT, OverrideKind.REWORK])
def test_verdict__nothing_was_submitted__refused(plant, kind):
    number = started(plant)
    with refused("WrongStatus", number, Status.STARTED):
        order(plant, kind, number)


def test_requeue__failed_task__is_open_to_all_again(plant):
    number = started(plant, a_task(on_failure=OnFailure.ABORT))
    fail(plant, number)
    order(plant, OverrideKind.REQUEUE, number, by="planner")
    found = task(plant, number)
    assert (found.status, found.worker, found.attempt) == (Status.POSTED, 0, 0)
    assert not plant.by("stranger").work_orders.is_excluded(number, SPRAYER)


def test_requeue__of_an_assignment__empties_the_humans_slot(plant):
    number = allocated(plant)
    assign(plant, number)
    receipt = order(plant, OverrideKind.REQUEUE, number)
    assert receipt.the(OverrideReleased).level == Level.HUMAN
    found = task(plant, number)
    assert (found.status, found.overridden) == (Status.POSTED, False)


def test_cancel__many_of_an_order__final_ones_are_left(plant):
    first, second, third = post(plant, a_task(), a_task(), a_task())
    order(plant, OverrideKind.CANCEL, second)
    order(plant, OverrideKind.CANCEL, first, payload=cancel_payload(0b111))
    assert [task(plant, number).status for number in (first, second, third)] == [Status.CANCELLED] * 3


def test_cancel__mask_without_the_subject__refused(plant):
    first, _ = post(plant, a_task(), a_task())
    with refused("MalformedPayload", OverrideKind.CANCEL):
        order(plant, OverrideKind.CANCEL, first, payload=cancel_payload(0b10))


def test_veto__open_proposal__ends_it(plant):
    opened = _opened(plant)
    settled = _on_proposal(plant, OverrideKind.VETO, opened).the(ProposalSettled)
    assert settled.state is State.VETOED
    with refused("ProposalNotOpen", opened.id, State.VETOED):
        vote(plant, opened, "scanner")


def test_veto__enacted_proposal__nobody_may_start_what_has_not_started(plant):
    opened, running, idle = _two_tasks(plant)
    start(plant, running)
    _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened))
    assert task(plant, running).status is Status.STARTED
    found = task(plant, idle)
    assert (found.status, found.worker, found.standing_worker) == (Status.POSTED, NOBODY, SPRAYER)
    order(plant, OverrideKind.RELEASE, idle)
    assert task(plant, idle).worker == SPRAYER


def test_veto__entry_that_was_skipped__leaves_the_others_decision(plant):
    (number,) = post(plant, a_task())
    late = propose(plant, an_entry(number, SPRAYER))
    first = propose(plant, an_entry(number, FINISHER))
    for opened in (first, late):
        vote(plant, opened, "scanner")
        vote(plant, opened, "sprayer")
    _on_proposal(plant, OverrideKind.VETO, late, payload=_part(late))
    found = task(plant, number)
    assert (found.worker, found.overridden) == (FINISHER, False)


def test_assign__another_inspector__has_its_time(plant):
    number = submitted(plant)
    plant.advance(LIMITS.inspect_seconds + 1)
    plant.by("stranger").work_orders.poke(number)
    moved = assign(plant, number, SPRAYER).the(DeadlineMoved)
    assert moved.deadline == moved.at.timestamp + LIMITS.inspect_seconds
    with refused("NotOverdue", number, moved.deadline):
        plant.by("stranger").work_orders.poke(number)


def test_approve__open_proposal__puts_it_in_force_with_the_human_as_author(plant):
    opened = _opened(plant)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=_part(opened), expires_at=soon(plant))
    (number,) = (assigned.task for assigned in unpack_assignments(opened.assignments))
    found = task(plant, number)
    assert (found.worker, found.overridden, found.version) == (SPRAYER, True, 1)
    vote(plant, opened, "scanner")
    assert vote(plant, opened, "sprayer").the(PlanEnacted).standing == b"\1"


def test_approve__other_plan__refused(plant):
    opened = _opened(plant)
    with refused("MalformedPayload", OverrideKind.APPROVE):
        _on_proposal(plant, OverrideKind.APPROVE, opened, payload=b"\1" * 56, expires_at=soon(plant))


def test_veto__part_of_an_enacted_plan__the_rest_goes_on(plant):
    opened, first, second = _two_tasks(plant)
    _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened, first=1, last=2))
    assert (task(plant, first).worker, task(plant, second).worker) == (SPRAYER, NOBODY)
    _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened, first=0, last=1))
    assert task(plant, first).worker == NOBODY


def test_veto__half_enacted_plan__ends_it_and_takes_what_was_enacted(plant):
    numbers = post(plant, *([a_task()] * 12))
    opened = passed(plant, *(an_entry(number, SPRAYER) for number in numbers))
    enact(plant, opened, words=1)
    receipt = _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened, first=5))
    assert receipt.the(ProposalSettled).state is State.VETOED
    assert [task(plant, number).overridden for number in numbers] == [False] * 5 + [True] * 5 + [False] * 2
    _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened, last=5))
    assert [task(plant, number).worker for number in numbers] == [NOBODY] * 12
    assert plant.by("stranger").dao.progress(opened.id) == 10


def test_veto__half_enacted_plan_without_its_part__refused(plant):
    numbers = post(plant, *([a_task()] * 12))
    opened = passed(plant, *(an_entry(number, SPRAYER) for number in numbers))
    enact(plant, opened, words=1)
    with refused("MalformedPayload", OverrideKind.VETO):
        _on_proposal(plant, OverrideKind.VETO, opened)


def test_veto__vetoed_before_any_of_it_was_enacted__refused(plant):
    opened = _opened(plant)
    _on_proposal(plant, OverrideKind.VETO, opened)
    with refused("ProposalNotOpen", opened.id, State.VETOED):
        _on_proposal(plant, OverrideKind.VETO, opened, payload=_part(opened))


def test_requeue__assigned_task__one_new_epoch(plant):
    number = allocated(plant)
    assign(plant, number)
    epoch = task(plant, number).epoch
    receipt = order(plant, OverrideKind.REQUEUE, number)
    assert receipt.the(InForceChanged).epoch == epoch + 1
    assert task(plant, number).worker == NOBODY


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (0, 3), (2, 3), (0, 201)])
def test_approve__part_that_the_plan_does_not_have__refused(plant, first, last):
    opened, *_ = _two_tasks(plant, enact=False)
    with refused("MalformedPayload", OverrideKind.APPROVE):
        payload = _part(opened, first=first, last=last)
        _on_proposal(plant, OverrideKind.APPROVE, opened, payload=payload, expires_at=soon(plant))


def test_approve__more_than_one_order_may_act_on__refused_but_in_parts(plant):
    numbers = post(plant, *([a_task()] * 201))
    opened = propose(plant, *(an_entry(number, SPRAYER) for number in numbers))
    with refused("MalformedPayload", OverrideKind.APPROVE):
        _on_proposal(plant, OverrideKind.APPROVE, opened, payload=_part(opened), expires_at=soon(plant))
    payload = _part(opened, first=200, last=201)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=payload, expires_at=soon(plant))
    assert (task(plant, numbers[199]).worker, task(plant, numbers[200]).worker) == (NOBODY, SPRAYER)


def test_approve__part_of_a_ten_at_two_versions__the_entries_meant(plant):
    numbers = post(plant, *([a_task()] * 4))
    pass_plan(plant, an_entry(numbers[1], FINISHER))
    plan = [an_entry(number, SPRAYER, version=1 + (number == numbers[1])) for number in numbers]
    opened = propose(plant, *plan)
    payload = _part(opened, first=1, last=3)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=payload, expires_at=soon(plant))
    assert [task(plant, number).worker for number in numbers] == [NOBODY, SPRAYER, SPRAYER, NOBODY]


def test_approve__the_lead_would_inspect__a_human_does(plant):
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER, inspector=SPRAYER))
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=_part(opened), expires_at=soon(plant))
    assert (task(plant, number).worker, task(plant, number).inspector) == (SPRAYER, NOBODY)


def test_approve__slots_of_many_tasks__each_released_alone(plant):
    opened, first, second = _two_tasks(plant, enact=False)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=_part(opened), expires_at=soon(plant))
    order(plant, OverrideKind.RELEASE, first)
    follower = plant.follower()
    follower.catch_up()
    assert follower.ledger.overrides[1].ended_at is None
    assert task(plant, second).worker == SPRAYER
    order(plant, OverrideKind.RELEASE, second)
    follower.catch_up()
    assert follower.ledger.overrides[1].ended_by == "released"


def test_suspend__a_worker__may_not_act_until_reinstated(plant):
    order(plant, OverrideKind.SUSPEND, FINISHER, subject_type=SubjectType.WORKER)
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        plant.by("finisher").dao.offer(b"", b"")
    order(plant, OverrideKind.REINSTATE, FINISHER, subject_type=SubjectType.WORKER)
    plant.by("finisher").dao.offer(b"", b"")


def _opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def _two_tasks(plant, *, enact=True):
    first, second = post(plant, a_task(), a_task())
    opened = propose(plant, an_entry(first, SPRAYER), an_entry(second, SPRAYER))
    if enact:
        vote(plant, opened, "scanner")
        vote(plant, opened, "sprayer")
    return opened, first, second


def _part(opened, *, first=0, last=None):
    """All of the plan, unless a part of it is meant."""
    entries = len(unpack_assignments(opened.assignments))
    end = entries if last is None else last
    return plan_payload(PlanPart(rest=opened.rest, first=first, last=end, assignments=opened.assignments))


def _on_proposal(plant, kind, opened, **changes):
    return order(plant, kind, opened.id, subject_type=SubjectType.PROPOSAL, **changes)
