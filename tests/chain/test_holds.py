"""Holds: of a task, a robot, the whole plant; by humans, and by a worker that stops itself."""

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import (
    allocated,
    assign,
    decide,
    enact,
    fail,
    order,
    pass_plan,
    post,
    propose,
    refused,
    sign,
    soon,
    start,
    started,
    submit,
    task,
    vote,
)
from tests.chain.plants import ARM, FINISHER, LIMITS, SPRAYER, account
from workmoot.domain.events import (
    DeadlineMoved,
    OverrideReleased,
    PlanEnacted,
    PlantHoldChanged,
    ProposalExecuted,
    ProposalSettled,
    RobotEpochRaised,
    SafeStopChanged,
    SecondAsked,
    TaskFailed,
)
from workmoot.domain.ids import NOBODY
from workmoot.domain.overrides import PLANT, SAFE_STOP_SECONDS, Level, OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload, release_payload
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind

HOLD, RELEASE = OverrideKind.HOLD, OverrideKind.RELEASE


# A task


def test_hold__task__nothing_progresses_until_released(plant):
    number = started(plant)
    order(plant, HOLD, number, by="operator")
    found = task(plant, number)
    assert (found.held, found.overridden, found.worker, found.epoch) == (True, True, SPRAYER, 3)
    with refused("Held", number):
        submit(plant, number)
    with refused("Held", number):
        plant.by("stranger").work_orders.poke(number)
    moved = order(plant, RELEASE, number, by="operator").the(DeadlineMoved)
    assert moved.deadline == moved.at.timestamp + LIMITS.heartbeat_seconds
    submit(plant, number)


def test_hold__fills_a_level_of_its_own__and_the_assignment_stays(plant):
    number = allocated(plant)
    entry = an_entry(number, FINISHER)
    order(plant, OverrideKind.ASSIGN, number, payload=assign_payload(entry), expires_at=soon(plant))
    order(plant, HOLD, number)
    overrides = plant.by("stranger").overrides
    assert overrides.slot(SubjectType.TASK, number, Level.HUMAN_HOLD).held
    assert overrides.slot(SubjectType.TASK, number, Level.HUMAN).worker == FINISHER
    order(plant, RELEASE, number, payload=release_payload(hold_only=True))
    found = task(plant, number)
    assert (found.held, found.overridden, found.worker) == (False, True, FINISHER)


def test_release__both_of_the_humans_levels__in_one_order(plant):
    number = allocated(plant)
    entry = an_entry(number, FINISHER)
    order(plant, OverrideKind.ASSIGN, number, payload=assign_payload(entry), expires_at=soon(plant))
    order(plant, HOLD, number)
    released = order(plant, RELEASE, number).all(OverrideReleased)
    assert [event.level for event in released] == [Level.HUMAN, Level.HUMAN_HOLD]
    found = task(plant, number)
    assert (found.overridden, found.worker) == (False, SPRAYER)


def test_safe_stop__under_a_hold_with_a_new_decision__changes_nobody(plant):
    number = allocated(plant)
    order(plant, HOLD, number)
    pass_plan(plant, an_entry(number, FINISHER, version=2))
    plant.by("sprayer").overrides.safe_stop(number, stopped=False)
    found = task(plant, number)
    assert (found.worker, found.epoch) == (SPRAYER, 3)


def test_hold__a_majority_decides_meanwhile__it_waits(plant):
    number = allocated(plant)
    order(plant, HOLD, number)
    assert pass_plan(plant, an_entry(number, FINISHER, version=2)).the(PlanEnacted).standing == b"\1"
    assert task(plant, number).worker == SPRAYER
    order(plant, RELEASE, number)
    assert task(plant, number).worker == FINISHER


def test_release__a_decision_of_the_same_worker__its_entry_is_in_force(plant):
    number = allocated(plant)
    order(plant, HOLD, number)
    later = an_entry(number, SPRAYER, version=2, start=99, duration=0, inspector=FINISHER)
    pass_plan(plant, later)
    assert _entry_in_force(plant, number) != later
    order(plant, RELEASE, number)
    assert _entry_in_force(plant, number) == later


def test_poke__an_assignment_of_whom_the_dao_named_since__the_decisions_entry_is_in_force(plant):
    number = allocated(plant)
    assign(plant, number, SPRAYER)
    later = an_entry(number, SPRAYER, version=2, start=99, duration=0, inspector=FINISHER)
    pass_plan(plant, later)
    order(plant, HOLD, number)
    plant.advance(101)
    plant.by("stranger").overrides.poke(SubjectType.TASK, number, Level.HUMAN)
    assert _entry_in_force(plant, number) == later


def test_release__by_a_planner__leaves_the_hold(plant):
    number = allocated(plant)
    assign(plant, number)
    order(plant, HOLD, number)
    released = order(plant, RELEASE, number, by="planner").all(OverrideReleased)
    assert [event.level for event in released] == [Level.HUMAN]
    assert task(plant, number).held


def test_hold__failed_under_an_assignment__still_waits_for_a_human(plant):
    number = allocated(plant)
    assign(plant, number)
    start(plant, number)
    fail(plant, number)
    order(plant, HOLD, number)
    order(plant, RELEASE, number, payload=release_payload(hold_only=True))
    plant.by("finisher").overrides.safe_stop(number, stopped=False)
    with refused("WrongStatus", number, Status.FAILED):
        plant.by("finisher").overrides.safe_stop(number, stopped=True)
    assert task(plant, number).status is Status.FAILED


def test_lock_out__by_maintenance_alone(plant):
    number = allocated(plant)
    with refused("NotAllowed", account("supervisor"), HOLD, Level.MAINTENANCE):
        order(plant, HOLD, number, level=Level.MAINTENANCE)
    order(plant, HOLD, number, level=Level.MAINTENANCE, by="mechanic")
    order(plant, HOLD, number)
    order(plant, RELEASE, number)
    assert task(plant, number).held
    order(plant, RELEASE, number, level=Level.MAINTENANCE, by="mechanic")
    assert not task(plant, number).held


def test_hold__with_an_expiry__ends_by_a_poke(plant):
    number = allocated(plant)
    order(plant, HOLD, number, expires_at=soon(plant, 100))
    plant.advance(110)
    plant.by("stranger").overrides.poke(SubjectType.TASK, number, Level.HUMAN_HOLD)
    assert not task(plant, number).held


def test_hold__finished_task__refused(plant):
    number = allocated(plant)
    order(plant, OverrideKind.CANCEL, number)
    with refused("WrongStatus", number, Status.CANCELLED):
        order(plant, HOLD, number)


def test_release__nothing_is_filled__refused(plant):
    (number,) = post(plant, a_task())
    with refused("NothingToRelease", SubjectType.TASK, number, Level.HUMAN):
        order(plant, RELEASE, number)


@pytest.mark.parametrize("name", ["planner", "stranger"])
def test_hold__without_the_role__refused(plant, name):
    (number,) = post(plant, a_task())
    with refused("NotAllowed", account(name), HOLD, Level.HUMAN_HOLD):
        order(plant, HOLD, number, by=name)


def test_hold__human_whose_badge_is_suspended__refused(plant):
    number = allocated(plant)
    badge = plant.by("administrator").members.admit(account("operator"), Kind.HUMAN, 0, "{}")
    plant.by("administrator").members.suspend(5)
    assert badge.block
    with refused("NotAllowed", account("operator"), HOLD, Level.HUMAN_HOLD):
        order(plant, HOLD, number, by="operator")


# The worker's own stop


def test_safe_stop__by_the_assignee__pauses_and_goes_on(plant):
    number = started(plant)
    overrides = plant.by("sprayer").overrides
    told = overrides.safe_stop(number, stopped=True).the(SafeStopChanged)
    assert (told.worker, told.stopped) == (SPRAYER, True)
    found = task(plant, number)
    assert (found.held, found.overridden, found.epoch) == (True, False, 3)
    overrides.safe_stop(number, stopped=False)
    assert not task(plant, number).held


def test_safe_stop__by_another__refused(plant):
    number = started(plant)
    with refused("NotTheAssignee", number, SPRAYER, FINISHER):
        plant.by("finisher").overrides.safe_stop(number, stopped=True)


def test_safe_stop__while_the_plant_is_held__refused(plant):
    number = started(plant)
    _on_plant(plant, HOLD)
    with refused("Held", number):
        plant.by("sprayer").overrides.safe_stop(number, stopped=True)


def test_safe_stop__under_a_humans_slot__counts_from_its_end_on(plant):
    number = started(plant)
    order(plant, HOLD, number)
    plant.by("sprayer").overrides.safe_stop(number, stopped=True)
    order(plant, RELEASE, number)
    found = task(plant, number)
    assert (found.held, found.overridden) == (True, False)


def test_safe_stop__of_whom_a_human_named__does_not_hold_the_task(plant):
    number = allocated(plant)
    assign(plant, number)
    plant.by("finisher").overrides.safe_stop(number, stopped=True)
    assert not task(plant, number).held


def test_safe_stop__runs_out__anyone_ends_it(plant):
    number = started(plant)
    plant.by("sprayer").overrides.safe_stop(number, stopped=True)
    plant.advance(SAFE_STOP_SECONDS + 1)
    plant.by("stranger").overrides.poke(SubjectType.TASK, number, Level.SAFE_STOP)
    assert not task(plant, number).held


def test_safe_stop__a_human_lifts_it(plant):
    number = started(plant)
    plant.by("sprayer").overrides.safe_stop(number, stopped=True)
    order(plant, RELEASE, number, level=Level.SAFE_STOP, by="operator")
    assert not task(plant, number).held


def test_safe_stop__a_human_names_another__it_ends(plant):
    number = started(plant)
    plant.by("sprayer").overrides.safe_stop(number, stopped=True)
    payload = assign_payload(an_entry(number, FINISHER))
    receipt = order(plant, OverrideKind.ASSIGN, number, payload=payload, expires_at=soon(plant))
    assert not receipt.the(SafeStopChanged).stopped
    assert not task(plant, number).held


def test_safe_stop__the_task_is_requeued__it_ends(plant):
    number = allocated(plant)
    plant.by("sprayer").overrides.safe_stop(number, stopped=True)
    receipt = order(plant, OverrideKind.REQUEUE, number)
    assert not receipt.the(SafeStopChanged).stopped
    found = task(plant, number)
    assert (found.status, found.held) == (Status.POSTED, False)


# A robot


def test_hold__robot__raises_its_epoch_once(plant):
    raised = _on_robot(plant, HOLD).the(RobotEpochRaised)
    assert (raised.robot, raised.epoch, raised.held) == (ARM, 2, True)
    assert not _on_robot(plant, HOLD).all(RobotEpochRaised)
    assert plant.by("stranger").overrides.robot(ARM) == (2, True)
    released = _on_robot(plant, RELEASE).the(RobotEpochRaised)
    assert (released.epoch, released.held) == (3, False)


def test_hold__not_a_robot__refused(plant):
    with refused("WrongKind", SPRAYER, Kind.DIGITAL):
        _on_robot(plant, HOLD, SPRAYER)


# The plant


def test_hold__plant__every_epoch_rises_and_nothing_progresses(plant):
    number = started(plant)
    changed = _on_plant(plant, HOLD, by="mechanic").the(PlantHoldChanged)
    assert (changed.held, changed.plant_epoch) == (True, 1)
    found = task(plant, number)
    assert (found.held, found.overridden, found.epoch) == (True, True, 3)
    assert plant.by("stranger").overrides.robot(ARM) == (2, True)
    with refused("Held", number):
        submit(plant, number)


def test_release__plant__in_two_steps(plant):
    number = allocated(plant)
    _on_plant(plant, HOLD)
    asked = _on_plant(plant, RELEASE)
    assert asked.the(SecondAsked).human == account("supervisor")
    assert plant.by("stranger").work_orders.plant().held
    resumed = _on_plant(plant, RELEASE).the(PlantHoldChanged)
    assert (resumed.held, resumed.plant_epoch) == (False, 2)
    assert start(plant, number).block


def test_release__plant_held_again_between_the_steps__begins_anew(plant):
    _on_plant(plant, HOLD)
    _on_plant(plant, RELEASE)
    _on_plant(plant, HOLD)
    assert _on_plant(plant, RELEASE).all(SecondAsked)
    assert plant.by("stranger").work_orders.plant().held


@pytest.mark.parametrize("name", ["operator", "planner", "mechanic"])
def test_hold__plant_held_already__ends_no_earlier(plant, name):
    _on_plant(plant, HOLD)
    _on_plant(plant, HOLD, by=name, expires_at=soon(plant, 100))
    assert plant.by("stranger").overrides.slot(SubjectType.PLANT, PLANT, Level.PLANT_HOLD).expires_at == 0
    plant.advance(110)
    with refused("NotExpired", 0):
        plant.by("stranger").overrides.poke(SubjectType.PLANT, PLANT, Level.PLANT_HOLD)


def test_hold__plant_held_with_an_end__ends_with_the_later(plant):
    later = soon(plant, 200)
    _on_plant(plant, HOLD, expires_at=later)
    _on_plant(plant, HOLD, by="operator", expires_at=later - 100)
    assert plant.by("stranger").overrides.slot(SubjectType.PLANT, PLANT, Level.PLANT_HOLD).expires_at == later


@pytest.mark.parametrize("name", ["operator", "planner", "mechanic"])
def test_release__plant__by_the_supervisor_alone(plant, name):
    _on_plant(plant, HOLD, by=name)
    with refused("NotAllowed", account(name), RELEASE, Level.PLANT_HOLD):
        _on_plant(plant, RELEASE, by=name)


def test_vote__while_the_plant_is_held__passes_and_is_enacted_after(plant):
    (number,) = post(plant, a_task())
    _on_plant(plant, HOLD)
    opened = propose(plant, an_entry(number, SPRAYER))
    vote(plant, opened, "scanner")
    receipt = vote(plant, opened, "sprayer")
    assert receipt.the(ProposalSettled).state is State.PASSED
    assert (task(plant, number).worker, task(plant, number).version) == (NOBODY, 1)
    with refused("NothingEnacted", opened.id):
        enact(plant, opened, words=1)
    _on_plant(plant, RELEASE)
    _on_plant(plant, RELEASE)
    assert enact(plant, opened, words=1).the(ProposalExecuted).proposal_id == opened.id
    assert (task(plant, number).worker, task(plant, number).epoch) == (SPRAYER, 4)


def test_decide__while_the_plant_is_held__passes_and_waits(plant):
    (number,) = post(plant, a_task())
    _on_plant(plant, HOLD)
    opened = propose(plant, an_entry(number, SPRAYER))
    receipt = decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    assert receipt.the(ProposalSettled).state is State.PASSED
    assert not receipt.all(PlanEnacted)


def test_poke__after_a_plant_hold__every_clock_has_a_heartbeats_grace(plant):
    number = started(plant)
    _on_plant(plant, HOLD)
    plant.advance(LIMITS.heartbeat_seconds + 1)
    _on_plant(plant, RELEASE)
    resumed = _on_plant(plant, RELEASE).the(PlantHoldChanged)
    with refused("NotOverdue", number, resumed.at.timestamp + LIMITS.heartbeat_seconds):
        plant.by("stranger").work_orders.poke(number)
    plant.advance(LIMITS.heartbeat_seconds + 1)
    assert plant.by("stranger").work_orders.poke(number).the(TaskFailed).worker == SPRAYER


def test_hold__plant_with_a_subject__refused(plant):
    with refused("WrongSubject", HOLD, SubjectType.PLANT):
        order(plant, HOLD, 3, subject_type=SubjectType.PLANT)


def _entry_in_force(plant, number):
    follower = plant.follower()
    follower.catch_up()
    return follower.ledger.tasks[number].entry


def _on_robot(plant, kind, robot=ARM):
    return order(plant, kind, robot, subject_type=SubjectType.ROBOT, by="operator")


def _on_plant(plant, kind, *, by="supervisor", **changes):
    return order(plant, kind, PLANT, subject_type=SubjectType.PLANT, by=by, **changes)
