"""The ledger's own questions; that its pages agree with the contracts, tests/chain shows after each of its tests."""

from typing import Any

import pytest

from tests.builders import SPRAY, a_task, an_address, an_entry, an_order
from workmoot.domain.errors import WorkmootError
from workmoot.domain.events import (
    ClockStarted,
    InForceChanged,
    MemberAdmitted,
    OrderPosted,
    OverrideGiven,
    Place,
    PlanEnacted,
    PlantDescribed,
    PlantHoldChanged,
    ResultSubmitted,
    RobotBound,
    RobotEpochRaised,
    RoleGranted,
    RoleRevoked,
    RosterChanged,
    TaskFailed,
    TaskStarted,
)
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number, OrderId, ProposalId, task_id
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import mandate_of, pack_plan
from workmoot.domain.ports import Receipt
from workmoot.domain.work import Failure, Status, pack_tasks
from workmoot.domain.workers import Kind, Role, Scope

AT = Place(block=1, log_index=0, tx="0x1", timestamp=100)
FIRST, SECOND = task_id(1, 0), task_id(1, 1)
HUMAN, ORDER, WORKER, ROBOT = an_address(9), OrderId(1), Number(1), Number(3)


@pytest.fixture
def ledger():
    """Two members, one robot, an order of two tasks in a row."""
    ledger = Ledger()
    for number, kind in ((1, Kind.DIGITAL), (2, Kind.DIGITAL), (ROBOT, Kind.ROBOTIC)):
        account, profile = an_address(number), f'{{"id": "m{number}"}}'
        values: dict[str, Any] = {
            "number": number,
            "account": account,
            "kind": kind,
            "capabilities": 1 << SPRAY,
            "profile": profile,
        }
        ledger.apply(MemberAdmitted(at=AT, **values))
        if kind is Kind.DIGITAL:
            ledger.apply(RosterChanged(at=AT, roster=number, members=number))
    tasks = pack_tasks([a_task(), a_task(predecessors=1)])
    ledger.apply(OrderPosted(at=AT, order=ORDER, by=HUMAN, tasks=tasks, detail='{"name": "pair"}'))
    return ledger


def _enact(ledger, *entries, skipped=b"\0", standing=b"\0"):
    ledger.apply(
        PlanEnacted(at=AT, proposal=ProposalId(1), plan=pack_plan(entries), skipped=skipped, standing=standing)
    )


def _in_force(ledger, task, **changes):
    values = {"task": task, "epoch": 2, "version": 2, "status": Status.ALLOCATED, "worker": 1, "inspector": 0}
    ledger.apply(InForceChanged(at=AT, **values | {"overridden": False, "held": False} | changes))


def test_member_of__account__or_none_for_a_stranger(ledger):
    assert ledger.member_of(an_address(2)).id == "m2"
    assert ledger.member_of(HUMAN) is None


def test_voting_members__digital_only_with_their_rosters(ledger):
    assert [(member.number, member.joined) for member in ledger.voting_members()] == [(1, 1), (2, 2)]
    assert ledger.voters_at == {1: 1, 2: 2}


def test_is_ready__predecessors_done__or_not(ledger):
    assert ledger.is_ready(ledger.tasks[FIRST])
    assert ledger.missing(ledger.tasks[SECOND]) == (FIRST,)


def test_order__detail__and_tasks(ledger):
    order = ledger.orders[ORDER]
    assert (order.detail, order.tasks, order.posted_at) == ({"name": "pair"}, (FIRST, SECOND), 100)
    assert {task.id for task in ledger.open_tasks()} == {FIRST, SECOND}


def test_plan_enacted__skipped_entries__are_left(ledger):
    _enact(ledger, an_entry(FIRST), an_entry(SECOND, 2), skipped=b"\1")
    first, second = ledger.tasks[FIRST], ledger.tasks[SECOND]
    assert (first.status, first.version) == (Status.POSTED, 1)
    assert (second.status, second.worker, second.version, second.epoch) == (Status.ALLOCATED, 2, 2, 2)


def test_in_force__posted_anew__no_entry_stands(ledger):
    _enact(ledger, an_entry(FIRST))
    _in_force(ledger, FIRST, status=Status.POSTED, worker=0, version=3, epoch=3)
    assert (ledger.tasks[FIRST].entry, ledger.tasks[FIRST].standing_entry) == (None, None)


def test_in_force__vetoed_by_a_human__the_daos_entry_waits(ledger):
    _enact(ledger, an_entry(FIRST))
    _in_force(ledger, FIRST, status=Status.POSTED, worker=0, epoch=3, overridden=True)
    assert (ledger.tasks[FIRST].entry, ledger.tasks[FIRST].standing_entry) == (None, an_entry(FIRST))


def test_mandate__of_the_entry_in_force__zero_for_none(ledger):
    entry = an_entry(FIRST, robots=(3,))
    assert ledger.mandate(ledger.tasks[FIRST]) == ZERO_HASH
    _enact(ledger, entry)
    assert ledger.mandate(ledger.tasks[FIRST]) == mandate_of(entry)
    assert ledger.tasks[FIRST].robots == (3,)


def test_plant_hold__every_task_and_robot__a_higher_epoch(ledger):
    ledger.apply(PlantHoldChanged(at=AT, held=True, plant_epoch=1))
    assert (ledger.tasks[FIRST].epoch, ledger.tasks[FIRST].held) == (2, True)
    assert (ledger.robot_epoch(3), ledger.is_robot_held(3)) == (2, True)
    assert ledger.in_control(ledger.tasks[FIRST]) is Level.PLANT_HOLD


def test_robot_held__alone(ledger):
    ledger.apply(RobotEpochRaised(at=AT, robot=ROBOT, epoch=2, held=True))
    assert (ledger.robot_epoch(3), ledger.is_robot_held(3)) == (2, True)


def test_assign__by_a_human__in_control_with_its_own_entry(ledger):
    entry = an_entry(FIRST, 2, robots=(3,))
    _in_force(ledger, FIRST, worker=2, version=1, overridden=True)
    order = an_order(OverrideKind.ASSIGN, FIRST, payload=assign_payload(entry), expires_at=900)
    given: dict[str, Any] = {
        "id": 1,
        "human": HUMAN,
        "subject": FIRST,
        "displaced": 0,
        "epoch": 2,
        "digest": b"",
        "order": order,
    }
    ledger.apply(OverrideGiven(at=AT, **given))
    task = ledger.tasks[FIRST]
    assert (ledger.in_control(task), task.entry, task.overridden) == (Level.HUMAN, entry, True)
    assert ledger.slot(SubjectType.TASK, FIRST, Level.HUMAN).expires_at == 900


def test_run__started_submitted_rejected__is_history(ledger):
    _enact(ledger, an_entry(FIRST))
    begun = Place(block=2, log_index=0, tx="0x2", timestamp=110)
    ended = Place(block=3, log_index=0, tx="0x3", timestamp=130)
    judged = Place(block=4, log_index=0, tx="0x4", timestamp=140)
    ledger.apply(TaskStarted(at=begun, task=FIRST, worker=WORKER, epoch=2, attempt=1, deadline=200))
    result: dict[str, Any] = {"grade": 40, "busy_ticks": 777, "evidence": b"\1" * 32, "deadline": 300}
    ledger.apply(ResultSubmitted(at=ended, task=FIRST, worker=WORKER, epoch=2, **result))
    rejected: dict[str, Any] = {"failure": Failure.REJECTED, "next": Status.POSTED}
    ledger.apply(TaskFailed(at=judged, task=FIRST, worker=WORKER, by=an_address(2), **rejected))
    (run,) = ledger.tasks[FIRST].runs
    assert (run.started_at, run.ended_at, run.judged_at, run.busy_ticks) == (110, 130, 140, 777)
    assert (run.failure, run.accepted, run.by) == (Failure.REJECTED, False, an_address(2))
    assert ledger.tasks[FIRST].excluded == {1}


def test_description_and_clock__from_their_events(ledger):
    ledger.apply(PlantDescribed(at=AT, description='{"name": "line"}'))
    ledger.apply(ClockStarted(at=AT, origin_milliseconds=5_000, speed_milli=2_000))
    assert ledger.description == {"name": "line"}
    assert ledger.clock.ticks(6_000) == 2_000


def test_roles__granted_and_revoked__others_ignored(ledger):
    ledger.apply(RoleGranted(at=AT, role_id=3, account=HUMAN, delay=0, since=1, new_member=True))
    ledger.apply(RoleGranted(at=AT, role_id=2**64 - 1, account=HUMAN, delay=0, since=1, new_member=True))
    assert HUMAN in ledger.roles[Role.SUPERVISOR]
    ledger.apply(RoleRevoked(at=AT, role_id=3, account=HUMAN))
    assert not any(ledger.roles.values())


def test_bindings_of__a_robot__until_they_end(ledger):
    bound: dict[str, Any] = {"robot": 3, "worker": 1, "resource": b"arm".ljust(32, b"\0")}
    ledger.apply(RobotBound(at=AT, **bound, scope=Scope.COMMAND))
    assert [binding.worker for binding in ledger.bindings_of(3)] == [1]
    ledger.apply(RobotBound(at=AT, **bound, scope=Scope.NONE))
    assert ledger.bindings_of(3) == []


def test_the__one_event_of_a_receipt__or_an_error():
    receipt = Receipt(tx="0x1", block=1, gas_used=1, events=(RosterChanged(at=AT, roster=1, members=1),))
    assert receipt.the(RosterChanged).members == 1
    with pytest.raises(WorkmootError, match="0 events RobotBound"):
        receipt.the(RobotBound)
