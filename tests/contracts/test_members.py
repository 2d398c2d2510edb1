"""Members: who registers, who votes, which badges and bindings there are."""

import pytest
from brownie import Motions, WorkOrders, accounts, chain

from tests.contracts.plant import (
    ADMINISTRATOR,
    GLUER,
    LATE,
    PLANNER,
    ROBOT,
    SCAN,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    WEIGHTS,
    account_of,
    by,
    by_worker,
    refused,
    told,
)
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.workers import Kind, Scope, Standing

ARM = b"arm".ljust(32, b"\0")
UNKNOWN = 99


def admit_late(plant, kind=Kind.DIGITAL, role=SUPERVISOR):
    return plant.members.admit(accounts[LATE], kind, 1 << SCAN, '{"id":"late"}', by(role))


def bind(plant, worker, scope, robot=ROBOT):
    return plant.members.bind(robot, worker, ARM, scope, by(SUPERVISOR))


# ADMISSION


def test_admit__digital_worker__joins_the_next_roster(plant):
    tx = admit_late(plant)
    profile = {"kind": Kind.DIGITAL, "capabilities": 1 << SCAN, "profile": '{"id":"late"}'}
    told(tx, "MemberAdmitted", number=7, account=accounts[LATE], **profile)
    told(tx, "Locked", tokenId=7)
    told(tx, "RosterChanged", roster=6, members=6)
    assert plant.members.mayVote(7, 6)
    assert not plant.members.mayVote(7, 5)


def test_admit__human__leaves_the_roster(plant):
    assert "RosterChanged" not in admit_late(plant, Kind.HUMAN, ADMINISTRATOR).events


def test_admit__again__refused(plant):
    with refused("AlreadyAMember", account_of(SCANNER), SCANNER):
        plant.members.admit(account_of(SCANNER), Kind.DIGITAL, 0, "{}", by(ADMINISTRATOR))


def test_admit__no_kind__refused(plant):
    with refused("KindMissing"):
        admit_late(plant, kind=0)


def test_admit__by_a_planner__refused(plant):
    with refused("NotTheRegistrar", accounts[PLANNER]):
        admit_late(plant, role=PLANNER)


# STANDING


def test_suspend__member__shrinks_the_roster(plant):
    tx = plant.members.suspend(SCANNER, by(SUPERVISOR))
    told(tx, "MemberSuspended", number=SCANNER, by=accounts[SUPERVISOR], byVote=False)
    told(tx, "RosterChanged", roster=6, members=4)
    assert not plant.members.isActive(SCANNER)


def test_suspend__by_a_humans_order__is_the_overrides(plant):
    tx = plant.give(OverrideKind.SUSPEND, SCANNER, SubjectType.WORKER)
    told(tx, "MemberSuspended", number=SCANNER, by=plant.overrides, byVote=False)
    tx = plant.give(OverrideKind.REINSTATE, SCANNER, SubjectType.WORKER)
    told(tx, "MemberReinstated", number=SCANNER, by=plant.overrides, byVote=False)


def test_reinstate__suspended__joins_the_next_roster(plant):
    plant.members.suspend(SCANNER, by(SUPERVISOR))
    tx = plant.members.reinstate(SCANNER, by(SUPERVISOR))
    told(tx, "MemberReinstated", number=SCANNER, by=accounts[SUPERVISOR], byVote=False)
    told(tx, "RosterChanged", roster=7, members=5)


def test_retire__member__for_good(plant):
    tx = plant.members.retire(SCANNER, by(SUPERVISOR))
    told(tx, "MemberRetired", number=SCANNER, by=accounts[SUPERVISOR], byVote=False)
    with refused("WrongStanding", SCANNER, Standing.RETIRED):
        plant.members.reinstate(SCANNER, by(SUPERVISOR))


def test_suspend__unknown__refused(plant):
    with refused("UnknownMember", UNKNOWN):
        plant.members.suspend(UNKNOWN, by(SUPERVISOR))


# WHO IS WHO


def test_active_worker__stranger_or_robot__refused(plant):
    with refused("NotAMember", accounts[STRANGER]):
        plant.dao.say(0, 0, b"", by(STRANGER))
    with refused("WrongKind", ROBOT, Kind.ROBOTIC):
        plant.dao.say(0, 0, b"", by_worker(ROBOT))


def test_grow__not_from_the_work_orders__refused(plant):
    with refused("NotTheWorkOrders", accounts[SUPERVISOR]):
        plant.members.grow(SCANNER, SCAN, True, by(SUPERVISOR))


def test_transfer_from__badge__refused(plant):
    with refused("Soulbound", SCANNER):
        plant.members.transferFrom(account_of(SCANNER), accounts[STRANGER], SCANNER, by_worker(SCANNER))


# VOTES, AS STOCK CLIENTS READ THEM


def test_admit__digital_worker__has_a_vote_of_its_own(plant):
    before = chain.time()
    tx = admit_late(plant)
    told(tx, "DelegateVotesChanged", delegate=accounts[LATE], previousVotes=0, newVotes=1)
    chain.sleep(10)
    chain.mine()
    assert plant.members.getVotes(accounts[LATE]) == plant.members.getPastVotes(accounts[LATE], tx.timestamp) == 1
    assert plant.members.getPastVotes(accounts[LATE], before - 1) == 0
    assert plant.members.delegates(accounts[LATE]) == accounts[LATE]


def test_delegate__to_anyone__refused(plant):
    with refused("NobodyDelegates"):
        plant.members.delegate(accounts[STRANGER], by_worker(SCANNER))


# BINDINGS


def test_bind__command__is_told(plant):
    tx = bind(plant, SCANNER, Scope.COMMAND)
    told(tx, "RobotBound", robot=ROBOT, worker=SCANNER, resource=ARM, scope=Scope.COMMAND)


def test_bind__second_commander__refused(plant):
    bind(plant, SCANNER, Scope.COMMAND)
    with refused("CommandTaken", ROBOT, ARM, SCANNER):
        bind(plant, SPRAYER, Scope.COMMAND)


def test_bind__to_a_worker_instead_of_a_robot__refused(plant):
    with refused("WrongKind", GLUER, Kind.DIGITAL):
        bind(plant, SCANNER, Scope.COMMAND, robot=GLUER)


# DEPLOYMENT


def test_deployment__limits_and_policy__are_told(plant):
    limits = {"acknowledgeSeconds": 20, "heartbeatSeconds": 30, "inspectSeconds": 40}
    told(plant.work.tx, "LimitsSet", **limits)
    told(plant.motions.tx, "PolicySet", votingSeconds=60, openLimit=2, absentAfter=1, weights=WEIGHTS)


@pytest.mark.parametrize("limits", [(9, 10, 10), (10, 9, 10), (10, 10, 9)])
def test_deployment__limit_under_ten_seconds__refused(plant, limits):
    with refused("LimitTooShort", 9):
        WorkOrders.deploy(*[accounts[STRANGER]] * 4, limits, by(STRANGER))


@pytest.mark.parametrize("policy", [(9, 1, 1, WEIGHTS), (10, 0, 1, WEIGHTS), (10, 1, 0, WEIGHTS), (10, 1, 1, (0,) * 5)])
def test_deployment__policy_too_tight__refused(plant, policy):
    with refused("PolicyTooTight"):
        Motions.deploy(*[accounts[STRANGER]] * 2, policy, by(STRANGER))


@pytest.mark.parametrize("policy", [(1 << 24, 1, 1, WEIGHTS), (10, 11, 1, WEIGHTS), (10, 1, 257, WEIGHTS)])
def test_deployment__policy_too_wide__refused(plant, policy):
    with refused("PolicyTooWide"):
        Motions.deploy(*[accounts[STRANGER]] * 2, policy, by(STRANGER))
