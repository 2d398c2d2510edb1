"""Motions: what a majority decides besides who does what, and who is left out for its silence."""

from brownie import chain

from tests.contracts.plant import (
    GLUER,
    PACKER,
    PRESSER,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    VOTING_S,
    accounts,
    by,
    by_worker,
    refused,
    told,
)
from workmoot.domain.motions import Admission, MotionKind, PolicyChange, StandingChange, pack_motion
from workmoot.domain.proposals import Policy, Weights
from workmoot.domain.workers import Kind, Standing


def of(kind, member=PACKER):
    return StandingChange(kind=kind, member=member)


def policy(voting_seconds=90):
    weights = Weights(risk=5)
    wanted = Policy(voting_seconds=voting_seconds, open_limit=3, absent_after=4, weights=weights)
    return PolicyChange(policy=wanted)


def standing(plant, member):
    return plant.members.member(member)[2]


def test_suspension__by_vote__is_told(plant):
    tx = plant.carry(of(MotionKind.SUSPEND))
    told(tx, "MotionCarriedOut", id=1, kind=int(MotionKind.SUSPEND))
    told(tx, "MemberSuspended", number=PACKER, by=plant.motions, byVote=True)
    assert standing(plant, PACKER) == Standing.SUSPENDED


def test_policy__by_vote__counts_from_the_next_proposal_on(plant):
    tx = plant.carry(policy())
    told(tx, "PolicySet", votingSeconds=90, openLimit=3, absentAfter=4, weights=(6_000, 2_000, 1_000, 1_000, 5))
    assert (plant.dao.votingPeriod(), plant.dao.openLimit()) == (90, 3)


def test_policy__beyond_its_limits__refused(plant):
    with refused("PolicyTooTight"):
        plant.move(SCANNER, policy(voting_seconds=9))
    with refused("PolicyTooWide"):
        plant.move(SCANNER, policy(voting_seconds=1 << 24))


def test_admission__of_a_human__refused(plant):
    admission = Admission(member_kind=Kind.DIGITAL, account=str(accounts[SUPERVISOR]), capabilities=1, profile="{}")
    with refused("HasARole", admission.account, SUPERVISOR):
        plant.move(SCANNER, admission)


def test_motion__no_such_layout__refused(plant):
    with refused("MalformedMotion"):
        plant.motions.requireSound(bytes(4))


def test_reinstatement__human_suspended__refused(plant):
    plant.members.suspend(PACKER, by(SUPERVISOR))
    with refused("HumanDecided", PACKER):
        plant.carry(of(MotionKind.REINSTATE))


def test_carry_out__not_by_the_dao__refused(plant):
    with refused("NotTheDAO", accounts[STRANGER]):
        plant.motions.carryOut(1, pack_motion(policy()), by(STRANGER))


def test_leave_out__absent__until_it_comes_back(plant):
    with refused("NotAbsent", PACKER):
        plant.motions.leaveOut(PACKER, by(STRANGER))
    plant.move(SCANNER, policy())
    chain.sleep(VOTING_S + 1)
    tx = plant.motions.leaveOut(PACKER, by(STRANGER))
    told(tx, "MemberLeftOut", number=PACKER)
    assert standing(plant, PACKER) == Standing.ABSENT
    tx = plant.members.comeBack(by_worker(PACKER))
    told(tx, "MemberCameBack", number=PACKER)
    assert standing(plant, PACKER) == Standing.ACTIVE


def test_suspension__of_the_last_who_votes__refused(plant):
    for member in (SPRAYER, GLUER, PRESSER, PACKER):
        plant.members.suspend(member, by(SUPERVISOR))
    proposal = plant.move(SCANNER, of(MotionKind.SUSPEND, SCANNER))
    with refused("LastMember", SCANNER):
        plant.vote_with_plan(proposal, SCANNER)
