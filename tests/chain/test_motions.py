"""What a majority decides besides who does what, in memory and on both nodes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import SCAN, a_task, an_entry
from tests.chain.moves import (
    Opened,
    carry,
    decide,
    move,
    order,
    pass_plan,
    post,
    refused,
    sign,
    soon,
    start,
    task,
    vote,
)
from tests.chain.plants import ARM, FINISHER, POLICY, SCANNER, SPRAYER, Plant, account
from workmoot.domain.events import (
    MemberAdmitted,
    MemberCameBack,
    MemberLeftOut,
    MemberReinstated,
    MemberRetired,
    MemberSuspended,
    MotionCarriedOut,
    PlanEnacted,
    PolicySet,
    ProposalSettled,
)
from workmoot.domain.ids import NOBODY, ZERO_ADDRESS, Number, ProposalId
from workmoot.domain.motions import Admission, MotionKind, PolicyChange, StandingChange, pack_motion
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, plan_payload
from workmoot.domain.plan import PackedPlan
from workmoot.domain.proposals import State, Weights
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Role, Standing

LATECOMER = Admission(
    member_kind=Kind.DIGITAL, account=account("latecomer"), capabilities=1 << SCAN, profile='{"id": "latecomer"}'
)
NEWCOMER = Number(5)
OTHER_POLICY = replace(POLICY, voting_seconds=90, open_limit=3, absent_after=4, weights=Weights(makespan=1, risk=9))
GRACE_S = 600


def suspension(member: Number = FINISHER) -> StandingChange:
    return StandingChange(kind=MotionKind.SUSPEND, member=member)


def reinstatement(member: Number = FINISHER) -> StandingChange:
    return StandingChange(kind=MotionKind.REINSTATE, member=member)


def retirement(member: Number = FINISHER) -> StandingChange:
    return StandingChange(kind=MotionKind.RETIRE, member=member)


def standing(plant: Plant, member: Number = FINISHER) -> Standing:
    found = plant.by("stranger").members.member(member)
    assert found is not None
    return found.standing


# Membership


def test_motion__admission__the_newcomer_votes_on_what_is_opened_since(plant: Plant):
    before = move(plant, suspension())
    receipt = carry(plant, LATECOMER)
    admitted = receipt.the(MemberAdmitted)
    assert (admitted.number, admitted.kind, admitted.profile) == (NEWCOMER, Kind.DIGITAL, LATECOMER.profile)
    assert receipt.the(MotionCarriedOut).kind is MotionKind.ADMIT
    with refused("NotInElectorate", before.id, NEWCOMER):
        vote(plant, before, "latecomer")
    vote(plant, move(plant, suspension()), "latecomer")


def test_motion__admission_of_a_robot__nobody_more_votes(plant: Plant):
    carry(plant, replace(LATECOMER, member_kind=Kind.ROBOTIC))
    assert plant.by("stranger").members.roster() == (3, 3)


def test_motion__admission_of_who_has_a_role__refused(plant: Plant):
    opened = move(plant, LATECOMER)
    plant.grant(Role.OPERATOR, account("latecomer"))
    with refused("HasARole", account("latecomer"), Role.OPERATOR):
        move(plant, LATECOMER)
    vote(plant, opened, "scanner")
    with refused("HasARole", account("latecomer"), Role.OPERATOR):
        vote(plant, opened, "sprayer")


def test_motion__suspension_of_who_got_a_role_since__leaves_it_the_orders(plant: Plant):
    carry(plant, LATECOMER)
    plant.grant(Role.OPERATOR, account("latecomer"))
    opened = move(plant, suspension(NEWCOMER))
    for name in ("scanner", "sprayer", "finisher"):
        vote(plant, opened, name)
    assert standing(plant, NEWCOMER) is Standing.SUSPENDED
    assert order(plant, OverrideKind.HOLD, 0, by="latecomer", subject_type=SubjectType.PLANT).block


def test_motion__suspension_and_reinstatement__by_vote(plant: Plant):
    suspended = carry(plant, suspension())
    assert suspended.the(MemberSuspended).by_vote
    assert suspended.the(MemberSuspended).by == plant.addresses["Motions"]
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.SUSPENDED, (4, 2))
    reinstated = carry(plant, reinstatement())
    assert reinstated.the(MemberReinstated).by_vote
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.ACTIVE, (5, 3))


def test_motion__retirement__for_good(plant: Plant):
    assert carry(plant, retirement()).the(MemberRetired).by_vote
    with refused("WrongStanding", FINISHER, Standing.RETIRED):
        carry(plant, reinstatement())


def test_motion__suspended_proposer__its_open_motion_may_pass(plant: Plant):
    opened = move(plant, LATECOMER, by="finisher")
    carry(plant, suspension())
    vote(plant, opened, "scanner")
    assert vote(plant, opened, "sprayer").the(MotionCarriedOut).id == opened.id


def test_motion__decided_by_signed_ballots__carried_out(plant: Plant):
    opened = move(plant, suspension())
    ballots = [sign(plant, opened, name) for name in ("scanner", "sprayer")]
    assert decide(plant, opened, *ballots).the(MotionCarriedOut).kind is MotionKind.SUSPEND


def test_motion__defeated__changes_nothing(plant: Plant):
    opened = move(plant, suspension())
    vote(plant, opened, "finisher", support=False)
    assert vote(plant, opened, "sprayer", support=False).the(ProposalSettled).state is State.DEFEATED
    assert standing(plant) is Standing.ACTIVE


# A human wins


def test_motion__human_reinstated__no_vote_suspends_or_retires(plant: Plant):
    carry(plant, suspension())
    plant.by("supervisor").members.reinstate(FINISHER)
    for motion in (suspension(), retirement()):
        with refused("HumanDecided", FINISHER):
            carry(plant, motion)
    assert standing(plant) is Standing.ACTIVE


@pytest.mark.parametrize("motion", [reinstatement(), retirement()])
def test_motion__human_suspended__no_vote_changes_it(plant: Plant, motion: StandingChange):
    order(plant, OverrideKind.SUSPEND, FINISHER, subject_type=SubjectType.WORKER)
    with refused("HumanDecided", FINISHER):
        carry(plant, motion)
    assert standing(plant) is Standing.SUSPENDED


def test_motion__about_a_human__refused_when_it_is_opened(strict: Plant):
    for motion in (suspension(Number(5)), reinstatement(Number(5)), retirement(Number(5))):
        with refused("WrongKind", Number(5), Kind.HUMAN):
            move(strict, motion)
    with refused("WrongKind", NOBODY, Kind.HUMAN):
        move(strict, replace(LATECOMER, member_kind=Kind.HUMAN))


def test_motion__vetoed_while_open_or_passed__never_carried_out(plant: Plant):
    for passes in (False, True):
        opened = move(plant, suspension())
        if passes:
            _pass_only(plant, opened)
        order(plant, OverrideKind.VETO, opened.id, subject_type=SubjectType.PROPOSAL)
        with refused("ProposalNotOpen", opened.id, State.VETOED):
            plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0)
    assert standing(plant) is Standing.ACTIVE


def test_motion__approved_by_a_human__is_no_plan(plant: Plant):
    opened = move(plant, suspension())
    part = PlanPart(rest=opened.rest, first=0, last=1, assignments=opened.assignments)
    about: dict[str, Any] = {"subject_type": SubjectType.PROPOSAL, "payload": plan_payload(part)}
    with refused("WrongSubject", OverrideKind.APPROVE, SubjectType.PROPOSAL):
        order(plant, OverrideKind.APPROVE, opened.id, expires_at=soon(plant), **about)


def test_motion__vetoed_after_it_was_carried_out__is_no_plan(plant: Plant):
    opened = move(plant, suspension())
    for name in ("scanner", "sprayer"):
        vote(plant, opened, name)
    part = PlanPart(rest=opened.rest, first=0, last=1, assignments=opened.assignments)
    about: dict[str, Any] = {"subject_type": SubjectType.PROPOSAL, "payload": plan_payload(part)}
    with refused("WrongSubject", OverrideKind.VETO, SubjectType.PROPOSAL):
        order(plant, OverrideKind.VETO, opened.id, **about)


# What cannot be carried out


def test_motion__not_possible_now__passes_and_waits_for_nobody(plant: Plant):
    opened = move(plant, suspension())
    carry(plant, suspension())
    _pass_only(plant, opened)
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0)
    plant.advance(POLICY.voting_seconds + GRACE_S + 1)
    carry(plant, reinstatement())
    settled = plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0).the(ProposalSettled)
    assert (settled.state, standing(plant)) == (State.EXPIRED, Standing.ACTIVE)
    with refused("ProposalNotOpen", opened.id, State.EXPIRED):
        plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0)


def test_motion__passed_without_being_carried_out__anyone_carries_it_out_in_time(plant: Plant):
    opened = move(plant, suspension())
    _pass_only(plant, opened)
    plant.advance(POLICY.voting_seconds + GRACE_S - 30)
    plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0).the(MotionCarriedOut)
    assert standing(plant) is Standing.SUSPENDED


def test_motion__account_became_a_member__refused(plant: Plant):
    opened = move(plant, LATECOMER)
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, 0, "{}")
    vote(plant, opened, "scanner")
    with refused("AlreadyAMember", account("latecomer"), NEWCOMER):
        vote(plant, opened, "sprayer")
    with refused("AlreadyAMember", account("latecomer"), NEWCOMER):
        move(plant, LATECOMER)


def test_motion__last_who_votes__stays(plant: Plant):
    for member in (SPRAYER, FINISHER):
        plant.by("supervisor").members.suspend(member)
    opened = move(plant, suspension(SCANNER))
    with refused("LastMember", SCANNER):
        vote(plant, opened, "scanner")


# Bytes


@pytest.mark.parametrize(
    "packed",
    [
        bytes(3),
        bytes(4),
        bytes(6),
        b"\0\0\0\x07\0\3",
        b"\0\0\0\x02\0",
        b"\0\0\0\x02\0\3\0",
        b"\0\0\0\x05" + bytes(17),
        pack_motion(LATECOMER)[:56],
        b"\0\0\0\x01\x04" + pack_motion(LATECOMER)[5:],
    ],
)
def test_motion__no_such_layout__refused(plant: Plant, packed: bytes):
    with refused("MalformedMotion"):
        move(plant, suspension(), plan=PackedPlan(assignments=packed))


def test_motion__of_nobody_or_of_no_kind__refused(plant: Plant):
    with refused("UnknownMember", Number(9)):
        move(plant, suspension(Number(9)))
    with refused("KindMissing"):
        move(plant, replace(LATECOMER, member_kind=Kind.NONE))
    with refused("MalformedMotion"):
        move(plant, replace(LATECOMER, account=ZERO_ADDRESS))


def test_motion__with_a_team__refused(plant: Plant):
    with refused("MalformedTeams", 0):
        move(plant, suspension(), plan=PackedPlan(assignments=pack_motion(suspension()), teams=bytes(13)))


# Policy


def test_motion__policy__counts_from_the_next_proposal_on(plant: Plant):
    first = move(plant, suspension())
    told = carry(plant, PolicyChange(policy=OTHER_POLICY)).the(PolicySet)
    assert (told.voting_seconds, told.open_limit, told.absent_after) == (90, 3, 4)
    assert told.weights == OTHER_POLICY.weights
    assert plant.by("stranger").motions.policy() == OTHER_POLICY
    later = move(plant, suspension())
    assert later.deadline == later.created.vote_start + 90
    assert plant.by("stranger").dao.proposal(first.id).deadline == first.created.vote_start + POLICY.voting_seconds


def test_motion__higher_limit__more_may_be_open(plant: Plant):
    carry(plant, PolicyChange(policy=OTHER_POLICY))
    for _ in range(3):
        move(plant, suspension())
    with refused("TooManyOpen", SCANNER, 3):
        move(plant, suspension())


def test_motion__lower_limit__the_newest_count(plant: Plant):
    carry(plant, PolicyChange(policy=OTHER_POLICY))
    move(plant, suspension())
    carry(plant, PolicyChange(policy=replace(OTHER_POLICY, open_limit=1)))
    move(plant, suspension())
    with refused("TooManyOpen", SCANNER, 1):
        move(plant, suspension())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"voting_seconds": 9}, "PolicyTooTight"),
        ({"open_limit": 0}, "PolicyTooTight"),
        ({"absent_after": 0}, "PolicyTooTight"),
        ({"weights": Weights(makespan=0, tardiness=0, cost=0, energy=0, risk=0)}, "PolicyTooTight"),
        ({"voting_seconds": 1 << 24}, "PolicyTooWide"),
        ({"open_limit": 10}, "PolicyTooWide"),
        ({"absent_after": 257}, "PolicyTooWide"),
    ],
)
def test_motion__policy_beyond_its_limits__refused(plant: Plant, changes: dict[str, object], name: str):
    with refused(name):
        move(plant, PolicyChange(policy=replace(POLICY, **changes)))  # type: ignore[arg-type]


# Absence


def test_leave_out__silent_while_two_ran_out__neither_counts_nor_votes_until_it_comes_back(plant: Plant):
    _run_out(plant, "scanner")
    with refused("NotAbsent", FINISHER):
        plant.by("stranger").motions.leave_out(FINISHER)
    _run_out(plant, "scanner")
    assert plant.by("stranger").motions.leave_out(FINISHER).the(MemberLeftOut).number == FINISHER
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.ABSENT, (4, 2))
    with refused("WrongStanding", FINISHER, Standing.ABSENT):
        move(plant, suspension(SPRAYER), by="finisher")
    assert plant.by("finisher").members.come_back().the(MemberCameBack).number == FINISHER
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.ACTIVE, (5, 3))
    with refused("NotAbsent", FINISHER):
        plant.by("stranger").motions.leave_out(FINISHER)


def test_leave_out__voted_or_proposed_meanwhile__is_there(plant: Plant):
    _run_out(plant, "scanner")
    _run_out(plant, "scanner")
    vote(plant, move(plant, suspension()), "finisher", support=False)
    for member in (SCANNER, FINISHER):
        with refused("NotAbsent", member):
            plant.by("stranger").motions.leave_out(member)


def test_leave_out__its_work__goes_on(plant: Plant):
    (number,) = post(plant, a_task())
    pass_plan(plant, an_entry(number, FINISHER))
    _leave_out_finisher(plant)
    plant.by("stranger").work_orders.poke(number)
    start(plant, number)
    assert task(plant, number).status is Status.STARTED
    (other,) = post(plant, a_task())
    assert pass_plan(plant, an_entry(other, FINISHER)).the(PlanEnacted).skipped == b"\1"


def test_leave_out__passed_but_never_carried_out__shows_nothing(plant: Plant):
    for _ in range(POLICY.absent_after):
        opened = move(plant, reinstatement())
        _pass_only(plant, opened)
        plant.advance(POLICY.voting_seconds + GRACE_S + 1)
        plant.by("stranger").dao.enact(opened.id, opened.assignments, opened.rest, words=0)
    with refused("NotAbsent", FINISHER):
        plant.by("stranger").motions.leave_out(FINISHER)


def test_leave_out__many_ran_out_at_once__show_one_silence(plant: Plant):
    for _ in range(POLICY.open_limit):
        move(plant, suspension())
    plant.advance(POLICY.voting_seconds + 1)
    with refused("NotAbsent", FINISHER):
        plant.by("stranger").motions.leave_out(FINISHER)


def test_leave_out__what_was_decided_or_vetoed__shows_nothing(plant: Plant):
    for _ in range(3):
        carry(plant, PolicyChange(policy=POLICY))
        vetoed = move(plant, suspension())
        order(plant, OverrideKind.VETO, vetoed.id, subject_type=SubjectType.PROPOSAL)
        plant.advance(POLICY.voting_seconds + 1)
    with refused("NotAbsent", FINISHER):
        plant.by("stranger").motions.leave_out(FINISHER)


def test_leave_out__expired_or_only_over__both_show_it(plant: Plant):
    first = _run_out(plant, "scanner")
    plant.by("stranger").dao.poke(first)
    _run_out(plant, "scanner")
    plant.by("stranger").motions.leave_out(FINISHER)


def test_leave_out__last_who_votes__stays(plant: Plant):
    for member in (SCANNER, SPRAYER):
        plant.by("supervisor").members.suspend(member)
        plant.by("supervisor").members.reinstate(member)
    _run_out(plant, "finisher")
    _run_out(plant, "finisher")
    plant.by("stranger").motions.leave_out(SCANNER)
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("LastMember", SPRAYER):
        plant.by("stranger").motions.leave_out(SPRAYER)


def test_leave_out__of_no_digital_worker__refused(plant: Plant):
    _run_out(plant, "scanner")
    _run_out(plant, "scanner")
    with refused("WrongKind", ARM, Kind.ROBOTIC):
        plant.by("stranger").motions.leave_out(ARM)
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        plant.by("stranger").motions.leave_out(FINISHER)


def test_come_back__nobody_or_not_absent__refused(plant: Plant):
    with refused("NotAMember", account("stranger")):
        plant.by("stranger").members.come_back()
    with refused("WrongStanding", SCANNER, Standing.ACTIVE):
        plant.by("scanner").members.come_back()


def test_absent__suspended_or_retired__by_human_and_by_vote(plant: Plant):
    _leave_out_finisher(plant)
    order(plant, OverrideKind.SUSPEND, FINISHER, subject_type=SubjectType.WORKER)
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.SUSPENDED, (4, 2))
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        plant.by("finisher").members.come_back()


def test_absent__retired_by_vote__for_good(plant: Plant):
    _leave_out_finisher(plant)
    carry(plant, retirement())
    assert (standing(plant), plant.by("stranger").members.roster()) == (Standing.RETIRED, (4, 2))


def test_absent__its_uncast_ballots__are_barred(plant: Plant):
    _run_out(plant, "scanner")
    _run_out(plant, "scanner")
    opened = move(plant, suspension(SPRAYER))
    plant.by("stranger").motions.leave_out(FINISHER)
    with refused("WrongStanding", FINISHER, Standing.ABSENT):
        vote(plant, opened, "finisher")
    plant.by("stranger").dao.bar(opened.id, FINISHER)


def _run_out(plant: Plant, by: str) -> ProposalId:
    """A proposal that nobody votes on until its time is over."""
    opened = move(plant, suspension(ARM), by=by)
    plant.advance(POLICY.voting_seconds + 1)
    return opened.id


def _leave_out_finisher(plant: Plant) -> None:
    for _ in range(POLICY.absent_after):
        _run_out(plant, "scanner")
    plant.by("stranger").motions.leave_out(FINISHER)


def _pass_only(plant: Plant, opened: Opened) -> None:
    """Two vote without the motion at hand, so that it passes and is not carried out."""
    for name in ("scanner", "sprayer"):
        plant.by(name).dao.vote(opened.id, support=True, reason="because")
