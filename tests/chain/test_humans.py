"""Orders that take two humans; what bounds a stolen human key; alarms, cells, ratification and grants that wait."""

from dataclasses import replace

import pytest

from tests.builders import SCAN, SPRAY, a_task, an_entry
from tests.chain.moves import allocated, assign, order, post, propose, refused, soon, task
from tests.chain.plants import (
    ARM,
    FINISHER,
    LIMITS,
    POLICY,
    SPRAYER,
    MemoryPlant,
    Plant,
    account,
    found_with_humans,
)
from workmoot.chain.memory import MemoryChain
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    AlarmRaised,
    HumanPolicySet,
    InForceChanged,
    MemberReinstated,
    MemberSuspended,
    OverrideGiven,
    OverrideRatified,
    PlantHoldChanged,
    RobotEpochRaised,
    SecondAsked,
    TaskCancelled,
)
from workmoot.domain.ids import Number
from workmoot.domain.overrides import PLANT, STRICT, Level, OverrideKind, SubjectType, kinds_mask
from workmoot.domain.payloads import PlanPart, cancel_payload, plan_payload
from workmoot.domain.plan import unpack_assignments
from workmoot.domain.workers import Kind, Role, Standing, capability_mask

SUPERVISOR, PLANNER, OPERATOR, MECHANIC = Number(5), Number(6), Number(7), Number(8)
WORKER = {"subject_type": SubjectType.WORKER}
DAY_S = 86_400


def _hold_plant(plant, by="supervisor"):
    return order(plant, OverrideKind.HOLD, PLANT, by=by, subject_type=SubjectType.PLANT)


def _resume(plant, by="supervisor"):
    return order(plant, OverrideKind.RELEASE, PLANT, by=by, subject_type=SubjectType.PLANT)


def _suspend(plant, number, by):
    return order(plant, OverrideKind.SUSPEND, number, by=by, **WORKER)


def _reinstate(plant, number, by):
    return order(plant, OverrideKind.REINSTATE, number, by=by, **WORKER)


def _approval(opened, first=0, last=None):
    count = len(unpack_assignments(opened.assignments))
    last = count if last is None else last
    return plan_payload(PlanPart(rest=opened.rest, assignments=opened.assignments, first=first, last=last))


def _approve(plant, opened, by):
    changes = {"payload": _approval(opened), "expires_at": soon(plant), "subject_type": SubjectType.PROPOSAL}
    return order(plant, OverrideKind.APPROVE, opened.id, by=by, **changes)


def _standing(plant: Plant, number: int) -> Standing:
    found = plant.by("stranger").members.member(Number(number))
    assert found is not None
    return found.standing


# Two orders


def test_release__plant__by_two_of_the_humans_who_may(strict):
    _hold_plant(strict)
    asked = _resume(strict).the(SecondAsked)
    assert (asked.human, asked.until) == (account("supervisor"), asked.at.timestamp + STRICT.ask_seconds)
    assert _resume(strict).the(SecondAsked).human == account("supervisor")
    resumed = _resume(strict, by="planner")
    assert not resumed.all(SecondAsked)
    assert not resumed.the(PlantHoldChanged).held


def test_release__plant__the_ledger_knows_it_waits(strict):
    _hold_plant(strict)
    assert not _ledger(strict).resume_asked
    given = _resume(strict).the(OverrideGiven)
    ledger = _ledger(strict)
    assert ledger.resume_asked
    assert ledger.overrides[given.id].asked_until == ledger.asked[given.id]
    strict.advance(STRICT.ask_seconds + 10)
    assert not _ledger(strict).resume_asked


def test_release__plant_held_anew__what_was_asked_before_is_void(strict):
    _hold_plant(strict)
    _resume(strict)
    _hold_plant(strict, by="operator")
    assert _resume(strict, by="planner").all(SecondAsked)
    assert strict.by("stranger").work_orders.plant().held


def test_release__plant_second_too_late__asks_anew(strict):
    _hold_plant(strict)
    _resume(strict)
    strict.advance(STRICT.ask_seconds + 10)
    assert _resume(strict, by="planner").the(SecondAsked).human == account("planner")


def test_release__plant__one_human_with_the_role_confirms_alone(strict):
    strict.revoke(Role.SUPERVISOR, account("planner"))
    _hold_plant(strict)
    assert _resume(strict).all(SecondAsked)
    assert not _resume(strict).the(PlantHoldChanged).held


def test_release__plant__who_asked_was_suspended_since__does_not_count(strict):
    _hold_plant(strict)
    _resume(strict)
    _suspend(strict, SUPERVISOR, by="operator")
    assert _resume(strict, by="planner").all(SecondAsked)
    assert not _resume(strict, by="planner").the(PlantHoldChanged).held


def test_release__plant__who_suspends_the_other_with_the_role__gives_both_until_a_third_suspends_it(strict):
    _hold_plant(strict, "operator")
    _suspend(strict, SUPERVISOR, "planner")
    assert _resume(strict, "planner").all(SecondAsked)
    assert not _resume(strict, "planner").the(PlantHoldChanged).held
    assert _hold_plant(strict, "operator").the(PlantHoldChanged).held
    _suspend(strict, PLANNER, "operator")
    with refused("NotAllowed", account("planner"), OverrideKind.RELEASE, Level.PLANT_HOLD):
        _resume(strict, "planner")
    assert _reinstate(strict, SUPERVISOR, "operator").all(SecondAsked)
    assert _reinstate(strict, SUPERVISOR, "mechanic").the(MemberReinstated).number == SUPERVISOR


def test_approve__first_order__fills_nothing_and_the_second_everything(strict):
    (number,) = post(strict, a_task())
    opened = propose(strict, an_entry(number, SPRAYER))
    assert not _approve(strict, opened, "supervisor").all(InForceChanged)
    assert not task(strict, number).overridden
    assert _approve(strict, opened, "planner").the(InForceChanged).worker == SPRAYER
    assert task(strict, number).overridden


def test_approve__malformed__is_not_asked(strict):
    (number,) = post(strict, a_task())
    opened = propose(strict, an_entry(number, SPRAYER))
    with refused("MalformedPayload", OverrideKind.APPROVE):
        order(
            strict,
            OverrideKind.APPROVE,
            opened.id,
            payload=b"\1" * 56,
            expires_at=soon(strict),
            subject_type=SubjectType.PROPOSAL,
        )


def test_reinstate__worker__takes_two(strict):
    _suspend(strict, FINISHER, by="supervisor")
    assert _reinstate(strict, FINISHER, "supervisor").all(SecondAsked)
    assert _reinstate(strict, FINISHER, "planner").the(MemberReinstated).number == FINISHER


def test_orders_that_stop__one_human__at_once(strict):
    number = allocated(strict)
    assert not assign(strict, number).all(SecondAsked)
    assert not order(strict, OverrideKind.HOLD, number).all(SecondAsked)
    assert order(strict, OverrideKind.CANCEL, number).the(TaskCancelled)
    assert _suspend(strict, FINISHER, by="supervisor").the(MemberSuspended)


def test_human_policy__is_an_event(strict):
    follower = strict.follower()
    told = [event for event in follower.catch_up() if isinstance(event, HumanPolicySet)]
    assert [event.cosigned for event in told] == [STRICT.cosigned]
    assert follower.ledger.human_policy == STRICT


@pytest.mark.parametrize("kind", [OverrideKind.ACCEPT, OverrideKind.REQUEUE])
def test_cosigned__accept_or_requeue__waits_where_the_policy_says_so(kind):
    plant = MemoryPlant(replace(STRICT, cosigned=kinds_mask(kind)))
    found_with_humans(plant)
    number = allocated(plant)
    assert order(plant, kind, number).all(SecondAsked)
    assert not task(plant, number).status.is_done
    ledger = _ledger(plant)
    assert ledger.tasks[number].standing_worker == task(plant, number).standing_worker


@pytest.mark.parametrize("kind", ["VETO", "HOLD", "ASSIGN", "REWORK", "CANCEL", "SUSPEND", "NONE"])
def test_cosigned__what_takes_authority_away__refused(kind):
    mask = kinds_mask(OverrideKind[kind])
    with pytest.raises(Refused, match="NeverCosigned"):
        _deployed(cosigned=mask)


@pytest.mark.parametrize("changes", [{"ask_seconds": 9}, {"alarm_orders": 0}, {"alarm_seconds": 0}])
def test_human_policy__too_tight__refused(changes):
    with pytest.raises(Refused, match="HumanPolicyTooTight"):
        _deployed(**changes)


def _deployed(**changes):
    return MemoryChain(
        account("administrator"), limits=LIMITS, policy=POLICY, human_policy=replace(STRICT, **changes), now=1
    )


# A stolen key


@pytest.mark.parametrize("name", ["planner", "operator", "mechanic"])
def test_suspend__a_human__by_any_other_human(strict, name):
    assert _suspend(strict, SUPERVISOR, by=name).the(MemberSuspended).number == SUPERVISOR
    number = allocated(strict)
    with refused("NotAllowed", account("supervisor"), OverrideKind.CANCEL, Level.HUMAN):
        order(strict, OverrideKind.CANCEL, number)
    with refused("NotAllowed", account("supervisor"), OverrideKind.SUSPEND, Level.HUMAN):
        _suspend(strict, OPERATOR, by="supervisor")


def test_suspend__a_second_human_within_a_day__refused(strict):
    first = _suspend(strict, SUPERVISOR, by="operator").the(MemberSuspended)
    with refused("SuspensionUsed", OPERATOR, first.at.timestamp + DAY_S):
        _suspend(strict, PLANNER, by="operator")
    strict.advance(DAY_S)
    assert _suspend(strict, PLANNER, by="operator").the(MemberSuspended).number == PLANNER


def test_suspend__itself__refused(strict):
    with refused("NotAnother", SUPERVISOR):
        _suspend(strict, SUPERVISOR, by="supervisor")


def test_suspend__a_human_by_one_without_a_badge__refused(strict):
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    with refused("WrongKind", 0, Kind.NONE):
        _suspend(strict, SUPERVISOR, by="latecomer")
    assert _suspend(strict, FINISHER, by="latecomer").the(MemberSuspended).number == FINISHER


@pytest.mark.parametrize("name", ["operator", "mechanic", "stranger"])
def test_suspend__a_worker_without_the_role__refused(strict, name):
    with refused("NotAllowed", account(name), OverrideKind.SUSPEND, Level.HUMAN):
        _suspend(strict, FINISHER, by=name)


def test_recovery__one_bad_key_of_three__loses(strict):
    """The supervisor's key is stolen; the planner and the operator are honest."""
    strict.by("administrator").members.retire(MECHANIC)
    _suspend(strict, PLANNER, by="supervisor")
    with refused("SuspensionUsed", SUPERVISOR, _suspends_from(strict)):
        _suspend(strict, OPERATOR, by="supervisor")
    _suspend(strict, SUPERVISOR, by="operator")
    assert _reinstate(strict, SUPERVISOR, "supervisor").all(SecondAsked)
    assert _reinstate(strict, SUPERVISOR, "supervisor").all(SecondAsked)
    assert _reinstate(strict, PLANNER, "planner").all(SecondAsked)
    assert _reinstate(strict, PLANNER, "operator").the(MemberReinstated).number == PLANNER
    assert _standing(strict, SUPERVISOR) is Standing.SUSPENDED


def _suspends_from(plant):
    follower = plant.follower()
    return next(e for e in follower.catch_up() if isinstance(e, MemberSuspended)).at.timestamp + DAY_S


def test_reinstate__a_human__never_by_a_retired_one_or_one_without_a_badge(strict):
    _suspend(strict, SUPERVISOR, by="operator")
    strict.by("administrator").members.retire(MECHANIC)
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    for name in ("mechanic", "latecomer"):
        with refused("NotAllowed", account(name), OverrideKind.REINSTATE, Level.HUMAN):
            _reinstate(strict, SUPERVISOR, name)


def test_humans_badges__a_supervisor_alone__may_not_touch_them(strict):
    members = strict.by("supervisor").members
    for act in (members.suspend, members.retire, members.reinstate):
        with refused("NotTheRegistrar", account("supervisor")):
            act(OPERATOR)
    with refused("NotTheRegistrar", account("supervisor")):
        members.admit(account("latecomer"), Kind.HUMAN, 0, "{}")


def test_humans_badges__the_administrator__lets_the_last_human_back(strict):
    members = strict.by("administrator").members
    members.suspend(SUPERVISOR)
    assert members.reinstate(SUPERVISOR).the(MemberReinstated).number == SUPERVISOR


# Alarms


def test_alarm__more_orders_than_expected__told_once_and_nothing_refused(strict):
    alarms = [alarm for _ in range(STRICT.alarm_orders + 3) for alarm in _hold_plant(strict).all(AlarmRaised)]
    assert [(alarm.human, alarm.orders) for alarm in alarms] == [(account("supervisor"), STRICT.alarm_orders + 1)]
    assert [alarm.human for alarm in _ledger(strict).alarms] == [account("supervisor")]


def test_alarm__window_over__counts_anew(strict):
    for _ in range(STRICT.alarm_orders):
        _hold_plant(strict)
    strict.advance(STRICT.alarm_seconds)
    assert not _hold_plant(strict).all(AlarmRaised)


def test_alarm__other_humans__are_counted_apart(strict):
    for _ in range(STRICT.alarm_orders):
        _hold_plant(strict)
    assert not _hold_plant(strict, by="operator").all(AlarmRaised)


# Cells


@pytest.fixture
def scoped(strict):
    """The latecomer supervises the scanning cell alone."""
    members = strict.by("administrator").members
    members.admit(account("latecomer"), Kind.HUMAN, capability_mask((SCAN,)), "{}")
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    return strict


@pytest.mark.parametrize("kind", [OverrideKind.CANCEL, OverrideKind.REQUEUE, OverrideKind.ACCEPT, OverrideKind.REWORK])
def test_scope__task_of_another_cell__refused(scoped, kind):
    number = allocated(scoped, a_task(SPRAY))
    with refused("OutOfScope", account("latecomer"), SubjectType.TASK, number):
        order(scoped, kind, number, by="latecomer")


def test_scope__task_of_its_cell__obeys(scoped):
    (number,) = post(scoped, a_task(SCAN))
    assert order(scoped, OverrideKind.CANCEL, number, by="latecomer").the(TaskCancelled).task == number


def test_scope__assignment_in_another_cell__refused(scoped):
    number = allocated(scoped, a_task(SPRAY))
    with refused("OutOfScope", account("latecomer"), SubjectType.TASK, number):
        assign(scoped, number, by="latecomer")


def test_scope__a_mask_that_leaves_the_cell__refused(scoped):
    first, second = post(scoped, a_task(SCAN), a_task(SPRAY))
    with refused("OutOfScope", account("latecomer"), SubjectType.TASK, second):
        order(scoped, OverrideKind.CANCEL, first, by="latecomer", payload=cancel_payload(0b11))


def test_scope__hold__anywhere_but_only_its_cell_is_released(scoped):
    number = allocated(scoped, a_task(SPRAY))
    order(scoped, OverrideKind.HOLD, number, by="latecomer")
    order(scoped, OverrideKind.HOLD, ARM, by="latecomer", subject_type=SubjectType.ROBOT)
    _hold_plant(scoped, by="latecomer")
    with refused("OutOfScope", account("latecomer"), SubjectType.TASK, number):
        order(scoped, OverrideKind.RELEASE, number, by="latecomer")
    with refused("OutOfScope", account("latecomer"), SubjectType.ROBOT, ARM):
        order(scoped, OverrideKind.RELEASE, ARM, by="latecomer", subject_type=SubjectType.ROBOT)
    assert order(scoped, OverrideKind.RELEASE, ARM, subject_type=SubjectType.ROBOT).the(RobotEpochRaised).robot == ARM


def test_scope__veto_of_an_enacted_plan__takes_its_own_cells_entries(scoped):
    first, second = post(scoped, a_task(SCAN), a_task(SPRAY))
    scanner = Number(1)
    entries = (an_entry(first, scanner), an_entry(second, SPRAYER))
    opened = propose(scoped, *entries)
    for name in ("scanner", "sprayer"):
        dao = scoped.by(name).dao
        dao.vote(opened.id, support=True, reason="", assignments=opened.assignments, rest=opened.rest)
    changes = {"payload": _approval(opened), "expires_at": soon(scoped), "subject_type": SubjectType.PROPOSAL}
    order(scoped, OverrideKind.VETO, opened.id, by="latecomer", **changes)
    assert (task(scoped, first).overridden, task(scoped, second).overridden) == (True, False)


def test_scope__veto_of_an_open_proposal__always(scoped):
    (number,) = post(scoped, a_task(SPRAY))
    opened = propose(scoped, an_entry(number, SPRAYER))
    assert order(scoped, OverrideKind.VETO, opened.id, by="latecomer", subject_type=SubjectType.PROPOSAL).block


# On record


def test_ratify__by_members_and_humans__is_told_and_changes_nothing(strict):
    given = _hold_plant(strict).the(OverrideGiven)
    for name, support in (("scanner", True), ("operator", False)):
        told = strict.by(name).overrides.ratify(given.id, support=support, words="as I saw it").the(OverrideRatified)
        assert (told.id, told.by, told.support, told.words) == (given.id, account(name), support, "as I saw it")
    assert [told.support for told in _ledger(strict).ratifications[given.id]] == [True, False]


@pytest.mark.parametrize("number", [0, 2])
def test_ratify__no_such_order__refused(strict, number):
    _hold_plant(strict)
    with refused("UnknownOverride", number):
        strict.by("scanner").overrides.ratify(number, support=True, words="")


def test_ratify__stranger_or_suspended__refused(strict):
    given = _hold_plant(strict).the(OverrideGiven)
    _suspend(strict, OPERATOR, by="supervisor")
    for name in ("stranger", "operator"):
        with refused("NotAMember", account(name)):
            strict.by(name).overrides.ratify(given.id, support=True, words="")


# Grants that wait


def test_grant__with_a_delay__counts_only_from_its_end_on(strict):
    _delay_grants(strict, 100)
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    number = allocated(strict)
    assert account("latecomer") not in _ledger(strict).roles[Role.SUPERVISOR]
    with refused("NotAllowed", account("latecomer"), OverrideKind.CANCEL, Level.HUMAN):
        order(strict, OverrideKind.CANCEL, number, by="latecomer")
    strict.advance(100)
    assert account("latecomer") in _ledger(strict).roles[Role.SUPERVISOR]
    assert order(strict, OverrideKind.CANCEL, number, by="latecomer").the(TaskCancelled)


def test_grant__still_waiting__another_administrator_revokes_it(strict):
    strict.grant(Role.ADMIN, account("mechanic"))
    _delay_grants(strict, 100)
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    strict.revoke(Role.SUPERVISOR, account("latecomer"), by="mechanic")
    strict.advance(200)
    assert account("latecomer") not in _ledger(strict).roles[Role.SUPERVISOR]
    with refused("NotAllowed", account("latecomer"), OverrideKind.HOLD, Level.PLANT_HOLD):
        _hold_plant(strict, by="latecomer")


def test_grant__whose_acts_are_no_longer_delayed__counts_when_the_delay_is_over(strict):
    strict.grant(Role.SUPERVISOR, account("latecomer"), delay=60)
    strict.grant(Role.SUPERVISOR, account("latecomer"))
    assert account("latecomer") not in _ledger(strict).roles[Role.SUPERVISOR]
    strict.advance(60)
    assert account("latecomer") in _ledger(strict).roles[Role.SUPERVISOR]
    assert _hold_plant(strict, by="latecomer").the(OverrideGiven)


def _delay_grants(plant, seconds):
    """OpenZeppelin puts a new delay in force after five days."""
    plant.set_grant_delay(Role.SUPERVISOR, seconds)
    plant.advance(5 * DAY_S)


def _ledger(plant):
    follower = plant.follower()
    follower.catch_up()
    return follower.ledger
