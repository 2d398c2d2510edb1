"""A human names who does a task: it outranks every decision of the DAO until it is released or has expired."""

from tests.builders import a_task, an_entry
from tests.chain.moves import (
    allocated,
    assign,
    fail,
    inspect,
    order,
    pass_plan,
    refused,
    soon,
    start,
    started,
    submit,
    task,
)
from tests.chain.plants import FINISHER, SCANNER, SPRAYER, account
from workmoot.domain.events import (
    OverrideExpired,
    OverrideGiven,
    OverrideReleased,
    OverrideSuperseded,
    PlanEnacted,
    TaskAccepted,
    TaskFailed,
)
from workmoot.domain.ids import TaskId
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import mandate_of
from workmoot.domain.work import Failure, OnFailure, Status


def test_assign__to_a_named_worker__displaces_the_daos_decision_and_keeps_it(plant):
    number = allocated(plant)
    given = assign(plant, number).the(OverrideGiven)
    found = task(plant, number)
    assert (given.displaced, given.epoch, given.subject) == (SPRAYER, 3, number)
    assert (found.worker, found.epoch, found.version, found.overridden) == (FINISHER, 3, 2, True)
    assert (found.standing_worker, found.standing_inspector) == (SPRAYER, FINISHER)


def test_assign__the_worker_goes_on__through_the_whole_life_cycle(plant):
    number = allocated(plant)
    assign(plant, number)
    start(plant, number)
    submit(plant, number)
    assert inspect(plant, number, by="sprayer").the(TaskAccepted).worker == FINISHER


def test_assign__a_run_of_another__is_ended_and_fenced(plant):
    number = started(plant)
    receipt = assign(plant, number)
    ended = receipt.the(TaskFailed)
    assert (ended.worker, ended.failure, ended.next) == (SPRAYER, Failure.OVERRIDDEN, Status.ALLOCATED)
    with refused("Fenced", number, 3, 2):
        plant.by("sprayer").work_orders.submit(number, 2, 90, 1, b"\1" * 32)


def test_assign__a_new_majority_decides__it_waits_as_the_standing_decision(plant):
    number = allocated(plant)
    assign(plant, number)
    enacted = pass_plan(plant, an_entry(number, SPRAYER, version=2)).the(PlanEnacted)
    assert (enacted.skipped, enacted.standing) == (b"", b"\1")
    found = task(plant, number)
    assert (found.worker, found.epoch, found.version) == (FINISHER, 3, 3)


def test_assign__released__hands_back_to_the_standing_decision(plant):
    number = allocated(plant)
    given = assign(plant, number).the(OverrideGiven)
    released = order(plant, OverrideKind.RELEASE, number).the(OverrideReleased)
    assert (released.id, released.by, released.subject, released.level) == (given.id, given.id + 1, number, 8)
    found = task(plant, number)
    assert (found.worker, found.inspector, found.epoch, found.overridden) == (SPRAYER, FINISHER, 4, False)


def test_assign__expired__stays_in_force_until_somebody_pokes(plant):
    number = allocated(plant)
    assign(plant, number, expires_at=soon(plant, 100))
    overrides = plant.by("stranger").overrides
    with refused("NotExpired", overrides.slot(SubjectType.TASK, number, 8).expires_at):
        overrides.poke(SubjectType.TASK, number, 8)
    plant.advance(110)
    assert task(plant, number).worker == FINISHER
    expired = overrides.poke(SubjectType.TASK, number, 8).the(OverrideExpired)
    assert (expired.by, expired.subject, expired.level) == (account("stranger"), number, 8)
    assert task(plant, number).worker == SPRAYER


def test_assign__again__supersedes_the_first(plant):
    number = allocated(plant)
    first = assign(plant, number).the(OverrideGiven)
    second = assign(plant, number, SPRAYER)
    superseded = second.the(OverrideSuperseded)
    assert (superseded.id, superseded.by) == (first.id, second.the(OverrideGiven).id)
    assert task(plant, number).worker == SPRAYER


def test_assign__worker_cannot__refused_without_a_second_reason(plant):
    number = allocated(plant)
    with refused("NotCapable", SCANNER, 2):
        assign(plant, number, SCANNER)
    assign(plant, number, SCANNER, second_reason="nobody else is here")
    assert task(plant, number).worker == SCANNER


def test_assign__suspended_worker__refused_whatever_the_reason(plant):
    number = allocated(plant)
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("NotCapable", FINISHER, 2):
        assign(plant, number, second_reason="all the same")


def test_assign__payload_for_another_task__refused(plant):
    number = allocated(plant)
    with refused("MalformedPayload", OverrideKind.ASSIGN):
        order(
            plant, OverrideKind.ASSIGN, number, payload=assign_payload(an_entry(TaskId(999), 3)), expires_at=soon(plant)
        )


def test_assign__worker_fails__waits_for_a_human_and_is_never_posted(plant):
    number = allocated(plant)
    assign(plant, number)
    start(plant, number)
    assert fail(plant, number).the(TaskFailed).next is Status.FAILED
    with refused("WrongStatus", number, Status.FAILED):
        plant.by("stranger").work_orders.poke(number)


def test_assign__failed_task__starts_a_new_life_cycle(plant):
    number = started(plant, a_task(on_failure=OnFailure.ABORT))
    fail(plant, number)
    assign(plant, number)
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
