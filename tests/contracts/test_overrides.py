"""Overrides: whose order stands, what it fills, how it ends."""

from dataclasses import replace

import pytest
from brownie import accounts, chain

from tests.contracts.plant import (
    ADMINISTRATOR,
    GLUER,
    HUMAN_POLICY,
    HUMANS,
    MAINTENANCE,
    NO_BITS,
    OPERATOR,
    PACKER,
    ROBOT,
    SCAN,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    by,
    by_human,
    by_worker,
    refused,
    told,
)
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import cancel_payload, release_payload
from workmoot.domain.work import Failure, Status, TaskSpec
from workmoot.domain.workers import Kind

TASK, PLANT_HOLD, HOLD_LEVEL, HUMAN_LEVEL, SAFE_STOP = SubjectType.TASK, 1, 7, 8, 12


# WHOSE ORDER STANDS


def test_execute__signature_of_another__refused(plant, task):
    order = plant.order(OverrideKind.HOLD, task)
    signature = plant.sign(by_human(order, OPERATOR))
    with refused("BadSignature", order.human):
        plant.execute(order, signature)


def test_execute__replayed__refused(plant, task):
    order = plant.order(OverrideKind.HOLD, task)
    plant.execute(order)
    with refused("InvalidAccountNonce", order.human, order.nonce + 1):
        plant.execute(order)


def test_execute__without_the_role__refused(plant, task):
    with refused("NotAllowed", accounts[OPERATOR], OverrideKind.CANCEL, HUMAN_LEVEL):
        plant.execute(by_human(plant.order(OverrideKind.CANCEL, task), OPERATOR))


def test_execute__suspended_human__refused(plant, task):
    tx = plant.members.admit(accounts[SUPERVISOR], Kind.HUMAN, 0, "{}", by(ADMINISTRATOR))
    plant.members.suspend(tx.events["MemberAdmitted"]["number"], by(ADMINISTRATOR))
    with refused("NotAllowed", accounts[SUPERVISOR], OverrideKind.HOLD, HOLD_LEVEL):
        plant.give(OverrideKind.HOLD, task)


def test_execute__too_late__refused(plant, task):
    with refused("OrderExpired", 1):
        plant.give(OverrideKind.HOLD, task, valid_until=1)


@pytest.mark.parametrize("missing", [{"reason_code": 0}, {"reason": ""}])
def test_execute__no_reason__refused(plant, task, missing):
    with refused("ReasonMissing"):
        plant.give(OverrideKind.HOLD, task, **missing)


def test_execute__assignment_without_end__refused(plant, task):
    with refused("ExpiryMissing", 0):
        plant.execute(replace(plant.assignment(task, SCANNER), expires_at=0))


def test_execute__other_epoch_than_seen__refused(plant, task):
    with refused("StaleVersion", 1, 5):
        plant.give(OverrideKind.HOLD, task, expected_epoch=5)


def test_execute__kind_and_subject_do_not_fit__refused(plant, task):
    with refused("WrongSubject", OverrideKind.VETO, TASK):
        plant.give(OverrideKind.VETO, task)
    with refused("WrongSubject", OverrideKind.HOLD, SubjectType.PLANT):
        plant.give(OverrideKind.HOLD, 3, SubjectType.PLANT)


def test_execute__level_does_not_fit__refused(plant, task):
    with refused("WrongLevel", Level.DAO):
        plant.give(OverrideKind.HOLD, task, level=Level.DAO)


def test_execute__lock_out__for_maintenance_alone(plant, task):
    order = plant.order(OverrideKind.HOLD, task, level=Level.MAINTENANCE)
    with refused("NotAllowed", accounts[SUPERVISOR], OverrideKind.HOLD, Level.MAINTENANCE):
        plant.execute(order)
    plant.execute(by_human(order, MAINTENANCE))
    assert plant.task(task)["held"]


def test_digest__order__is_the_same_in_python_and_on_chain(plant, task):
    order = plant.assignment(task, SCANNER, "it can")
    values = tuple(getattr(order, name) for name in order.__slots__)
    assert bytes(plant.overrides.digestOf(values)) == plant.digest(order)


# NAMING A WORKER


def test_assign__lacks_the_capability__wants_a_second_reason(plant):
    task = plant.post(TaskSpec(capability=3, work=1))
    with refused("NotCapable", SCANNER, 3):
        plant.execute(plant.assignment(task, SCANNER))
    plant.execute(plant.assignment(task, SCANNER, "I saw it do so"))
    assert plant.task(task)["worker"] == SCANNER


def test_assign__entry_of_another_task__refused(plant):
    task = plant.post(TaskSpec(capability=SCAN, work=1), TaskSpec(capability=SCAN, work=1))
    with refused("MalformedPayload", OverrideKind.ASSIGN):
        plant.execute(replace(plant.assignment(task, SCANNER), subject=task + 1))


def test_assign__another_runs__its_run_ends(plant, task):
    plant.allocate(task, SCANNER)
    plant.start(task, SCANNER)
    tx = plant.execute(plant.assignment(task, SPRAYER))
    failed = {"failure": Failure.OVERRIDDEN, "next": Status.ALLOCATED}
    told(tx, "TaskFailed", task=task, worker=SCANNER, by=plant.overrides, **failed)


def test_assign__again__supersedes(plant, task):
    plant.execute(plant.assignment(task, SPRAYER))
    tx = plant.execute(plant.assignment(task, GLUER))
    told(tx, "OverrideSuperseded", id=1, by=2, subjectType=TASK, subject=task, level=HUMAN_LEVEL)
    assert plant.task(task)["worker"] == GLUER


def test_enact__under_a_humans_slot__stands(plant, task):
    entry = plant.entry(task, SCANNER)
    plant.execute(plant.assignment(task, SPRAYER))
    proposal = plant.propose(SCANNER, entry)
    plant.vote(proposal, SCANNER, SPRAYER)
    tx = plant.vote_with_plan(proposal, GLUER)
    told(tx, "PlanEnacted", proposal=proposal, first=0, last=1, skipped=NO_BITS, standing=b"\1")
    found = plant.task(task)
    assert (found["worker"], found["standingWorker"], found["epoch"]) == (SPRAYER, SCANNER, 2)


def test_approve__open_proposal__in_force_and_the_vote_goes_on(plant, task):
    proposal = plant.propose(SCANNER, plant.entry(task, SCANNER))
    plant.execute(plant.on_plan(OverrideKind.APPROVE, proposal))
    assert plant.task(task)["worker"] == SCANNER
    plant.vote(proposal, SCANNER, SPRAYER)
    plant.vote_with_plan(proposal, GLUER)
    assert plant.task(task)["standingWorker"] == SCANNER


def test_veto__enacted_proposal__nobody_until_released(plant, task):
    proposal = plant.allocate(task, SCANNER)
    plant.execute(plant.on_plan(OverrideKind.VETO, proposal))
    found = plant.task(task)
    assert (found["status"], found["worker"], found["overridden"]) == (Status.POSTED, 0, True)
    plant.give(OverrideKind.RELEASE, task)
    assert plant.task(task)["worker"] == SCANNER


# VERDICTS


def test_accept__submitted__by_the_human(plant, task):
    plant.run(task, SCANNER)
    tx = plant.give(OverrideKind.ACCEPT, task)
    verdict = {"grade": 0, "evidence": plant.task(task)["evidence"], "human": True}
    told(tx, "TaskAccepted", task=task, worker=SCANNER, by=HUMANS[SUPERVISOR].address, **verdict)


def test_requeue__failed_task__posted_for_everyone(plant, task):
    plant.allocate(task, SCANNER)
    plant.work.decline(task, 2, by_worker(SCANNER))
    tx = plant.give(OverrideKind.REQUEUE, task)
    failed = {"failure": Failure.OVERRIDDEN, "next": Status.POSTED}
    told(tx, "TaskFailed", task=task, worker=0, by=HUMANS[SUPERVISOR].address, **failed)
    assert not plant.work.isExcluded(task, SCANNER)


def test_cancel__whole_order__each_task_is_told(plant):
    first = plant.post(*[TaskSpec(capability=SCAN, work=1)] * 3)
    tx = plant.give(OverrideKind.CANCEL, first, payload=cancel_payload(7))
    cancelled = [dict(event) for event in tx.events["TaskCancelled"]]
    assert cancelled == [{"task": first + i, "by": HUMANS[SUPERVISOR].address} for i in range(3)]


def test_cancel__finished_task__refused(plant, task):
    tx = plant.give(OverrideKind.CANCEL, task)
    told(tx, "TaskCancelled", task=task, by=HUMANS[SUPERVISOR].address)
    with refused("WrongStatus", task, Status.CANCELLED):
        plant.give(OverrideKind.CANCEL, task)


# HOLDS AND THEIR ENDS


def test_release__nothing_filled__refused(plant, task):
    with refused("NothingToRelease", TASK, task, HUMAN_LEVEL):
        plant.give(OverrideKind.RELEASE, task)


def test_release__hold_only__the_assignment_stays(plant, task):
    plant.execute(plant.assignment(task, SPRAYER))
    plant.give(OverrideKind.HOLD, task, expires_at=0)
    tx = plant.give(OverrideKind.RELEASE, task, payload=release_payload(hold_only=True))
    told(tx, "OverrideReleased", id=2, by=3, subjectType=TASK, subject=task, level=HOLD_LEVEL)
    assert plant.task(task)["worker"] == SPRAYER


def test_poke__expired__hands_back(plant, task):
    order = plant.assignment(task, SPRAYER)
    plant.execute(order)
    with refused("NotExpired", order.expires_at):
        plant.overrides.poke(TASK, task, HUMAN_LEVEL, by(STRANGER))
    chain.sleep(3_700)
    tx = plant.overrides.poke(TASK, task, HUMAN_LEVEL, by(STRANGER))
    told(tx, "OverrideExpired", id=1, by=accounts[STRANGER], subjectType=TASK, subject=task, level=HUMAN_LEVEL)
    assert plant.task(task)["status"] == Status.POSTED


def test_plant_hold__resumed__in_two_steps(plant):
    tx = plant.execute(plant.on_plant(OverrideKind.HOLD))
    told(tx, "PlantHoldChanged", held=True, plantEpoch=1)
    tx = plant.execute(plant.on_plant(OverrideKind.RELEASE))
    asked = tx.events["SecondAsked"]
    assert (asked["id"], asked["human"]) == (2, HUMANS[SUPERVISOR].address)
    assert asked["until"] == tx.timestamp + HUMAN_POLICY[1]
    tx = plant.execute(plant.on_plant(OverrideKind.RELEASE))
    told(tx, "PlantHoldChanged", held=False, plantEpoch=2)
    told(tx, "OverrideReleased", id=1, by=3, subjectType=SubjectType.PLANT, subject=0, level=PLANT_HOLD)


def test_hold__robot__its_epoch_rises(plant):
    tx = plant.give(OverrideKind.HOLD, ROBOT, SubjectType.ROBOT, expires_at=0)
    told(tx, "RobotEpochRaised", robot=ROBOT, epoch=2, held=True)
    tx = plant.give(OverrideKind.RELEASE, ROBOT, SubjectType.ROBOT)
    told(tx, "RobotEpochRaised", robot=ROBOT, epoch=3, held=False)
    assert tuple(plant.overrides.robot(ROBOT))[1] is False


def test_safe_stop__assigned_worker__pauses_and_goes_on(plant, task):
    plant.allocate(task, SCANNER)
    tx = plant.overrides.safeStop(task, True, by_worker(SCANNER))
    told(tx, "SafeStopChanged", task=task, worker=SCANNER, stopped=True)
    people = {"worker": SCANNER, "inspector": PACKER, "overridden": False, "held": True}
    told(tx, "InForceChanged", task=task, epoch=3, version=2, status=Status.ALLOCATED, **people)
    plant.overrides.safeStop(task, False, by_worker(SCANNER))
    assert not plant.task(task)["held"]


def test_safe_stop__a_human_names_another__ends(plant, task):
    plant.allocate(task, SCANNER)
    plant.overrides.safeStop(task, True, by_worker(SCANNER))
    tx = plant.execute(plant.assignment(task, SPRAYER))
    told(tx, "SafeStopChanged", task=task, worker=SCANNER, stopped=False)


def test_safe_stop__another_worker__refused(plant, task):
    plant.allocate(task, SCANNER)
    with refused("NotTheAssignee", task, SCANNER, SPRAYER):
        plant.overrides.safeStop(task, True, by_worker(SPRAYER))


def test_lock_out__by_maintenance__outlives_the_supervisors_release(plant, task):
    plant.hold_for_maintenance(task)
    plant.execute(plant.assignment(task, SPRAYER))
    plant.give(OverrideKind.RELEASE, task)
    found = plant.task(task)
    assert (found["held"], found["overridden"], found["worker"]) == (True, True, 0)


# Humans among themselves


@pytest.fixture
def humans(plant):
    """Badges 7 and 8: the supervisor, and an operator whose cell is gluing."""
    plant.members.admit(HUMANS[SUPERVISOR].address, Kind.HUMAN, 0, "{}", by(ADMINISTRATOR))
    plant.members.admit(HUMANS[OPERATOR].address, Kind.HUMAN, 1 << 3, "{}", by(ADMINISTRATOR))
    plant.members.admit(HUMANS[MAINTENANCE].address, Kind.HUMAN, 0, "{}", by(ADMINISTRATOR))
    return plant


def test_suspend__itself__refused(humans):
    with refused("NotAnother", 7):
        humans.give(OverrideKind.SUSPEND, 7, SubjectType.WORKER)


def test_suspend__a_second_human_within_a_day__refused(humans):
    tx = humans.give(OverrideKind.SUSPEND, 8, SubjectType.WORKER)
    with refused("SuspensionUsed", 7, tx.timestamp + 86_400):
        humans.give(OverrideKind.SUSPEND, 9, SubjectType.WORKER)


def test_release__in_another_cell__refused(humans, task):
    humans.give(OverrideKind.HOLD, task)
    with refused("OutOfScope", HUMANS[OPERATOR].address, SubjectType.TASK, task):
        humans.execute(by_human(humans.order(OverrideKind.RELEASE, task), OPERATOR))


def test_ratify__an_order__is_told(humans, task):
    humans.give(OverrideKind.HOLD, task)
    tx = humans.overrides.ratify(1, True, "rightly so", by_worker(SCANNER))
    told(tx, "OverrideRatified", id=1, by=tx.sender, support=True, words="rightly so")
    with refused("UnknownOverride", 2):
        humans.overrides.ratify(2, True, "", by_worker(SCANNER))
