"""The ledger's own questions; that its pages agree with the contracts, tests/chain shows after each of its tests."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import SPRAY, a_task, an_address, an_entry, an_offer, an_opening, an_order
from workmoot.domain.errors import WorkmootError
from workmoot.domain.events import (
    BallotsCounted,
    ClockStarted,
    InForceChanged,
    MemberAdmitted,
    OffersPublished,
    OrderPosted,
    OverrideGiven,
    Place,
    PlanEnacted,
    PlantDescribed,
    PlantHoldChanged,
    ProposalCreated,
    ProposalExecuted,
    ProposalSettled,
    ResultSubmitted,
    RobotBound,
    RobotEpochRaised,
    RoleGranted,
    RoleRevoked,
    RosterChanged,
    TaskFailed,
    TaskStarted,
    VoteCast,
)
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number, OrderId, ProposalId, task_id
from workmoot.domain.ledger import Ledger
from workmoot.domain.offers import pack_offers
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import mandate_of, pack_plan
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import State, content_hash_of, pack_detail, rest_of
from workmoot.domain.work import Failure, Status, pack_tasks
from workmoot.domain.workers import Kind, Role, Scope

AT = Place(block=1, block_hash=b"", log_index=0, tx="0x1", timestamp=100)
FIRST, SECOND = task_id(1, 0), task_id(1, 1)
LATER = Place(block=2, block_hash=b"", log_index=0, tx="0x2", timestamp=101)
HUMAN, ORDER, WORKER, ROBOT = an_address(9), OrderId(1), Number(1), Number(3)
PROPOSAL = ProposalId(1)


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


def _offer(ledger, worker, *offers, at=AT):
    ledger.apply(OffersPublished(at=at, worker=Number(worker), offers=pack_offers(offers), ranking=b""))


def _create(ledger, plan):
    """A proposal that was made from what is known by block 1."""
    opening = an_opening(plan)
    parts = (plan.assignments, pack_detail(opening))
    values: dict[str, Any] = {"vote_start": 100, "vote_end": 160, "description": opening.words}
    ledger.apply(ProposalCreated(at=AT, proposal_id=PROPOSAL, proposer=an_address(1), calldatas=parts, **values))
    return ledger.proposals[PROPOSAL]


def _enact(ledger, *entries, skipped=b"", standing=b""):
    """What the leads offered is proposed and enacted."""
    for entry in entries:
        told = {"sequence": entry.sequence, "p50": entry.duration, "robots": entry.robots}
        _offer(ledger, entry.lead, an_offer(entry.task, **told))
    _create(ledger, pack_plan(entries))
    ledger.apply(PlanEnacted(at=AT, proposal=PROPOSAL, first=0, last=len(entries), skipped=skipped, standing=standing))


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


def test_created__entries__take_as_long_as_their_offers_promise(ledger):
    _offer(ledger, 1, an_offer(FIRST, sequence=4, p50=700))
    found = _create(ledger, pack_plan([an_entry(FIRST, sequence=4), an_entry(SECOND, sequence=5)]))
    assert [entry.duration for entry in found.entries] == [700, 0]


def test_created__offer_replaced_since__is_still_found(ledger):
    _offer(ledger, 1, an_offer(FIRST, sequence=4, p50=700))
    _offer(ledger, 1, an_offer(FIRST, sequence=5, p50=900), at=LATER)
    (entry,) = _create(ledger, pack_plan([an_entry(FIRST, sequence=4)])).entries
    assert entry.duration == 700
    assert [record.offer.sequence for record in ledger.offers[FIRST]] == [5]


def test_offer_of__same_number_again__as_it_stood_at_the_block(ledger):
    _offer(ledger, 1, an_offer(FIRST, p50=700))
    _offer(ledger, 1, an_offer(FIRST, p50=900), at=LATER)
    entry = an_entry(FIRST, sequence=1)
    assert [ledger.offer_of(entry, block).offer.p50 for block in (1, 2)] == [700, 900]
    assert ledger.offer_of(entry, 0) is None


def test_offers__replaced_after_a_decision__are_kept(ledger):
    _offer(ledger, 1, an_offer(FIRST, sequence=4))
    _enact(ledger, an_entry(FIRST))
    _offer(ledger, 1, an_offer(FIRST, version=2, sequence=8), at=LATER)
    assert 4 in [record.offer.sequence for record in ledger.former_offers[FIRST]]


def test_offers__replaced_after_a_failure__are_let_go(ledger):
    _offer(ledger, 1, an_offer(FIRST, sequence=4))
    ledger.tasks[FIRST] = replace(ledger.tasks[FIRST], version=3, offered_since=3)
    _offer(ledger, 1, an_offer(FIRST, version=3, sequence=8), at=LATER)
    assert ledger.former_offers[FIRST] == []


def test_offers__for_a_task_that_nobody_posted__no_former_ones_are_kept(ledger):
    for sequence in (1, 2):
        _offer(ledger, 1, an_offer(task_id(9, 0), sequence=sequence))
    assert ledger.former_offers[task_id(9, 0)] == []


def test_created__malformed__no_entries_but_what_a_decision_reads(ledger):
    found = _create(ledger, replace(pack_plan([an_entry(FIRST, 2, start=7)]), timetable=b"\1"))
    assert (found.malformed, found.entries) == (True, ())
    ledger.apply(PlanEnacted(at=AT, proposal=PROPOSAL, first=0, last=1, skipped=b"", standing=b""))
    assert (ledger.tasks[FIRST].worker, ledger.tasks[FIRST].entry) == (2, an_entry(FIRST, 2, duration=0))


def test_created__electorate_and_hashes__from_the_ledgers_own_roster(ledger):
    found = _create(ledger, pack_plan([an_entry(FIRST)]))
    assert (found.proposer, found.roster, found.members, found.deadline) == (1, 2, 2, 160)
    assert found.rest == rest_of(found.opening, proposer=WORKER, roster=2, members=2, deadline=160)
    assert found.content_hash == content_hash_of(found.opening.plan.assignments, found.rest)


def test_ballots__cast_and_counted_together__are_votes_of_both_kinds(ledger):
    _create(ledger, pack_plan([an_entry(FIRST)]))
    cast: dict[str, Any] = {
        "voter": an_address(2),
        "proposal_id": PROPOSAL,
        "support": 0,
        "weight": 1,
        "reason": "slow",
    }
    ledger.apply(VoteCast(at=AT, **cast))
    ledger.apply(BallotsCounted(at=AT, id=PROPOSAL, ballots=bytes.fromhex("8001")))
    ledger.apply(ProposalSettled(at=AT, id=PROPOSAL, state=State.DEFEATED, yes=1, no=1))
    found = ledger.proposals[PROPOSAL]
    assert (found.yes, found.no, found.state) == (1, 1, State.DEFEATED)
    assert [(vote.member, vote.support, vote.reason, vote.presented) for vote in found.votes] == [
        (2, False, "slow", False),
        (1, True, "", True),
    ]
    assert ledger.may_still_vote(found) == []


def test_executed__after_it_passed__enacted_from_then_on(ledger):
    _create(ledger, pack_plan([an_entry(FIRST)]))
    ledger.apply(ProposalSettled(at=AT, id=PROPOSAL, state=State.PASSED, yes=2, no=0))
    ledger.apply(ProposalExecuted(at=LATER, proposal_id=PROPOSAL))
    found = ledger.proposals[PROPOSAL]
    assert (found.state, found.settled_at) == (State.ENACTED, LATER)


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
    begun = Place(block=2, block_hash=b"", log_index=0, tx="0x2", timestamp=110)
    ended = Place(block=3, block_hash=b"", log_index=0, tx="0x3", timestamp=130)
    judged = Place(block=4, block_hash=b"", log_index=0, tx="0x4", timestamp=140)
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


def test_roles__grant_that_waits_or_acts_late__is_none_yet(ledger):
    ledger.apply(RoleGranted(at=AT, role_id=3, account=HUMAN, delay=0, since=AT.timestamp + 1, new_member=True))
    ledger.apply(RoleGranted(at=AT, role_id=2, account=HUMAN, delay=5, since=AT.timestamp, new_member=True))
    assert not any(ledger.roles.values())
    ledger.head = replace(ledger.head, timestamp=AT.timestamp + 1)
    assert ledger.roles[Role.SUPERVISOR] == {HUMAN}
    assert not ledger.roles[Role.PLANNER]


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
