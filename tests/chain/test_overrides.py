"""A human's word about tasks and proposals: signed, with reason and expiry, above every decision of the DAO."""

from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_order
from tests.chain.moves import (
    allocated,
    fail,
    inspect,
    order,
    pass_plan,
    post,
    propose,
    refused,
    relay,
    soon,
    start,
    started,
    submit,
    submitted,
    task,
    vote,
)
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, account
from workmoot.domain.events import (
    OverrideExpired,
    OverrideGiven,
    OverrideReleased,
    OverrideSuperseded,
    PlanEnacted,
    ProposalSettled,
    TaskAccepted,
    TaskFailed,
    TaskReworked,
)
from workmoot.domain.ids import NOBODY, TaskId
from workmoot.domain.overrides import Level, OverrideKind, SubjectType, order_digest
from workmoot.domain.payloads import assign_payload, cancel_payload, plan_payload
from workmoot.domain.plan import mandate_of
from workmoot.domain.proposals import State
from workmoot.domain.work import Failure, OnFailure, Status
from workmoot.domain.workers import Standing


def _assign(plant, number, lead=FINISHER, *, second_reason="", **changes):
    entry = an_entry(number, lead, inspector=SPRAYER if lead != SPRAYER else FINISHER)
    values: dict[str, Any] = {"payload": assign_payload(entry, second_reason), "expires_at": soon(plant)} | changes
    return order(plant, OverrideKind.ASSIGN, number, **values)


# What every order needs


def test_execute__signed_by_another__refused(plant):
    number = allocated(plant)
    signed = an_order(OverrideKind.CANCEL, number, human=account("supervisor"))
    with refused("BadSignature", account("supervisor")):
        relay(plant, signed, "planner")


def test_execute__twice__refused(plant):
    (number,) = post(plant, a_task())
    signed = an_order(OverrideKind.HOLD, number, human=account("supervisor"), nonce=7 << 64)
    relay(plant, signed, "supervisor")
    with refused("InvalidAccountNonce", account("supervisor"), (7 << 64) + 1):
        relay(plant, signed, "supervisor")


def test_digest_of__the_contract_and_python__agree(plant):
    signed = an_order(OverrideKind.ASSIGN, 256, payload=b"\1\2\3", preview=b"\4" * 32, nonce=5 << 64)
    digest = order_digest(signed, chain_id=plant.chain_id, overrides=plant.addresses["Overrides"])
    assert plant.by("stranger").overrides.digest_of(signed) == digest


@pytest.mark.parametrize("changes", [{"reason": ""}, {"reason_code": 0}])
def test_execute__without_a_reason__refused(plant, changes):
    (number,) = post(plant, a_task())
    with refused("ReasonMissing"):
        order(plant, OverrideKind.HOLD, number, **changes)


def test_execute__assign_without_an_expiry__refused(plant):
    (number,) = post(plant, a_task())
    with refused("ExpiryMissing", 0):
        _assign(plant, number, expires_at=0)


def test_execute__order_is_old__refused(plant):
    (number,) = post(plant, a_task())
    with refused("OrderExpired", 1_000):
        order(plant, OverrideKind.CANCEL, number, valid_until=1_000)


def test_execute__the_human_saw_another_epoch__refused(plant):
    number = allocated(plant)
    with refused("StaleVersion", 2, 1):
        order(plant, OverrideKind.CANCEL, number, expected_epoch=1)
    assert order(plant, OverrideKind.CANCEL, number, expected_epoch=2).the(OverrideGiven).epoch == 3


@pytest.mark.parametrize("name", ["stranger", "operator", "mechanic", "administrator", "sprayer"])
def test_execute__without_the_role__refused(plant, name):
    (number,) = post(plant, a_task())
    with refused("NotAllowed", account(name), OverrideKind.CANCEL, Level.HUMAN):
        order(plant, OverrideKind.CANCEL, number, by=name)


@pytest.mark.parametrize("level", [1, 2, 5, 9, 16])
def test_execute__cancel_at_another_level__refused(plant, level):
    (number,) = post(plant, a_task())
    with refused("WrongLevel", level):
        order(plant, OverrideKind.CANCEL, number, level=level)


@pytest.mark.parametrize("kind", [OverrideKind.VETO, OverrideKind.SUSPEND])
def test_execute__kind_that_is_not_for_tasks__refused(plant, kind):
    (number,) = post(plant, a_task())
    with refused("WrongSubject", kind, SubjectType.TASK):
        order(plant, kind, number)


# Assign


def test_assign__to_a_named_worker__displaces_the_daos_decision_and_keeps_it(plant):
    number = allocated(plant)
    given = _assign(plant, number).the(OverrideGiven)
    found = task(plant, number)
    assert (given.displaced, given.epoch, given.subject) == (SPRAYER, 3, number)
    assert (found.worker, found.epoch, found.version, found.overridden) == (FINISHER, 3, 2, True)
    assert (found.standing_worker, found.standing_inspector) == (SPRAYER, FINISHER)


def test_assign__the_worker_goes_on__through_the_whole_life_cycle(plant):
    number = allocated(plant)
    _assign(plant, number)
    start(plant, number)
    submit(plant, number)
    assert inspect(plant, number, by="sprayer").the(TaskAccepted).worker == FINISHER


def test_assign__a_run_of_another__is_ended_and_fenced(plant):
    number = started(plant)
    receipt = _assign(plant, number)
    ended = receipt.the(TaskFailed)
    assert (ended.worker, ended.failure, ended.next) == (SPRAYER, Failure.OVERRIDDEN, Status.ALLOCATED)
    with refused("Fenced", number, 3, 2):
        plant.by("sprayer").work_orders.submit(number, 2, 90, 1, b"\1" * 32)


def test_assign__a_new_majority_decides__it_waits_as_the_standing_decision(plant):
    number = allocated(plant)
    _assign(plant, number)
    enacted = pass_plan(plant, an_entry(number, SPRAYER, version=2)).the(PlanEnacted)
    assert (enacted.skipped, enacted.standing) == (b"\0", b"\1")
    found = task(plant, number)
    assert (found.worker, found.epoch, found.version) == (FINISHER, 3, 3)


def test_assign__released__hands_back_to_the_standing_decision(plant):
    number = allocated(plant)
    given = _assign(plant, number).the(OverrideGiven)
    released = order(plant, OverrideKind.RELEASE, number).the(OverrideReleased)
    assert (released.id, released.by, released.subject, released.level) == (given.id, given.id + 1, number, 8)
    found = task(plant, number)
    assert (found.worker, found.inspector, found.epoch, found.overridden) == (SPRAYER, FINISHER, 4, False)


def test_assign__expired__stays_in_force_until_somebody_pokes(plant):
    number = allocated(plant)
    _assign(plant, number, expires_at=soon(plant, 20))
    overrides = plant.by("stranger").overrides
    with refused("NotExpired", overrides.slot(SubjectType.TASK, number, 8).expires_at):
        overrides.poke(SubjectType.TASK, number, 8)
    plant.advance(30)
    assert task(plant, number).worker == FINISHER
    expired = overrides.poke(SubjectType.TASK, number, 8).the(OverrideExpired)
    assert (expired.by, expired.subject, expired.level) == (account("stranger"), number, 8)
    assert task(plant, number).worker == SPRAYER


def test_assign__again__supersedes_the_first(plant):
    number = allocated(plant)
    first = _assign(plant, number).the(OverrideGiven)
    second = _assign(plant, number, SPRAYER)
    superseded = second.the(OverrideSuperseded)
    assert (superseded.id, superseded.by) == (first.id, second.the(OverrideGiven).id)
    assert task(plant, number).worker == SPRAYER


def test_assign__worker_cannot__refused_without_a_second_reason(plant):
    number = allocated(plant)
    with refused("NotCapable", SCANNER, 2):
        _assign(plant, number, SCANNER)
    _assign(plant, number, SCANNER, second_reason="nobody else is here")
    assert task(plant, number).worker == SCANNER


def test_assign__suspended_worker__refused_whatever_the_reason(plant):
    number = allocated(plant)
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("NotCapable", FINISHER, 2):
        _assign(plant, number, second_reason="all the same")


def test_assign__payload_for_another_task__refused(plant):
    number = allocated(plant)
    with refused("MalformedPayload", OverrideKind.ASSIGN):
        order(
            plant, OverrideKind.ASSIGN, number, payload=assign_payload(an_entry(TaskId(999), 3)), expires_at=soon(plant)
        )


def test_assign__worker_fails__waits_for_a_human_and_is_never_posted(plant):
    number = allocated(plant)
    _assign(plant, number)
    start(plant, number)
    assert fail(plant, number).the(TaskFailed).next is Status.FAILED
    with refused("WrongStatus", number, Status.FAILED):
        plant.by("stranger").work_orders.poke(number)


def test_assign__failed_task__starts_a_new_life_cycle(plant):
    number = started(plant, a_task(on_failure=OnFailure.ABORT))
    fail(plant, number)
    _assign(plant, number)
    found = task(plant, number)
    assert (found.status, found.worker, found.version) == (Status.ALLOCATED, FINISHER, 3)


def test_assign__ledger__knows_the_mandate_in_force(plant):
    number = allocated(plant)
    entry = an_entry(number, FINISHER, robots=(4,))
    order(plant, OverrideKind.ASSIGN, number, payload=assign_payload(entry), expires_at=soon(plant))
    follower = plant.follower()
    follower.catch_up()
    ledger = follower.ledger
    found = ledger.tasks[number]
    assert ledger.mandate(found) == mandate_of(entry)
    assert (found.robots, found.standing_entry.lead, ledger.in_control(found)) == ((4,), SPRAYER, Level.HUMAN)
    order(plant, OverrideKind.RELEASE, number)
    follower.catch_up()
    assert ledger.tasks[number].entry.lead == SPRAYER
    assert ledger.overrides[1].ended_by == "released"


# Verdicts, requeue, cancel


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
    _assign(plant, number)
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


# Proposals


def test_veto__open_proposal__ends_it(plant):
    opened = _opened(plant)
    settled = _on_proposal(plant, OverrideKind.VETO, opened).the(ProposalSettled)
    assert settled.state is State.VETOED
    with refused("ProposalNotOpen", opened.id, State.VETOED):
        vote(plant, opened, "scanner")


def test_veto__enacted_proposal__nobody_may_start_what_has_not_started(plant):
    opened, running, idle = _two_tasks(plant)
    start(plant, running)
    _on_proposal(plant, OverrideKind.VETO, opened, payload=plan_payload(opened.opening.plan, opened.particulars))
    assert task(plant, running).status is Status.STARTED
    found = task(plant, idle)
    assert (found.status, found.worker, found.standing_worker) == (Status.POSTED, NOBODY, SPRAYER)
    order(plant, OverrideKind.RELEASE, idle)
    assert task(plant, idle).worker == SPRAYER


def test_approve__open_proposal__puts_it_in_force_with_the_human_as_author(plant):
    opened = _opened(plant)
    payload = plan_payload(opened.opening.plan, opened.particulars)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=payload, expires_at=soon(plant))
    number = opened.opening.plan[3] | opened.opening.plan[2] << 8
    found = task(plant, number)
    assert (found.worker, found.overridden, found.version) == (SPRAYER, True, 1)
    vote(plant, opened, "scanner")
    assert vote(plant, opened, "sprayer").the(PlanEnacted).standing == b"\1"


def test_approve__other_plan__refused(plant):
    opened = _opened(plant)
    with refused("MalformedPayload", OverrideKind.APPROVE):
        _on_proposal(plant, OverrideKind.APPROVE, opened, payload=b"\1" * 56, expires_at=soon(plant))


def test_approve__slots_of_many_tasks__each_released_alone(plant):
    opened, first, second = _two_tasks(plant, enact=False)
    payload = plan_payload(opened.opening.plan, opened.particulars)
    _on_proposal(plant, OverrideKind.APPROVE, opened, payload=payload, expires_at=soon(plant))
    order(plant, OverrideKind.RELEASE, first)
    follower = plant.follower()
    follower.catch_up()
    assert follower.ledger.overrides[1].ended_at is None
    assert task(plant, second).worker == SPRAYER
    order(plant, OverrideKind.RELEASE, second)
    follower.catch_up()
    assert follower.ledger.overrides[1].ended_by == "released"


# Workers


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


def _on_proposal(plant, kind, opened, **changes):
    return order(plant, kind, opened.id, subject_type=SubjectType.PROPOSAL, **changes)
