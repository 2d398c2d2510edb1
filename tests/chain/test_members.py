"""Members: who is admitted, suspended, bound to which robot, and counted in which electorate."""

import pytest

from tests.chain.moves import refused
from tests.chain.plants import ARM, FINISHER, RESOURCE, SCANNER, SPRAYER, account
from workmoot.domain.events import MemberAdmitted, RobotBound, RosterChanged
from workmoot.domain.ids import ZERO_ADDRESS
from workmoot.domain.workers import Kind, Scope, Standing


def _admit(plant, name="latecomer", kind=Kind.DIGITAL, by="supervisor"):
    return plant.by(by).members.admit(account(name), kind, 0b110, '{"id": "late"}')


def test_admit__digital_worker__votes_from_the_next_roster_on(plant):
    receipt = _admit(plant)
    admitted, roster = receipt.the(MemberAdmitted), receipt.the(RosterChanged)
    assert (admitted.number, admitted.kind, admitted.capabilities) == (5, Kind.DIGITAL, 0b110)
    assert (roster.roster, roster.members) == (4, 4)
    members = plant.by("stranger").members
    assert members.may_vote(5, 4)
    assert not members.may_vote(5, 3)
    assert (members.members_at(3), members.members_at(4)) == (3, 4)
    assert members.number_of(account("latecomer")) == 5


def test_admit__human_or_robot__no_vote(plant):
    assert not _admit(plant, by="administrator", kind=Kind.HUMAN).all(RosterChanged)
    assert plant.by("stranger").members.roster() == (3, 3)


def test_admit__twice__refused(plant):
    with refused("AlreadyAMember", account("scanner"), SCANNER):
        _admit(plant, "scanner")


def test_admit__no_kind__refused(plant):
    with refused("KindMissing"):
        _admit(plant, kind=Kind.NONE)


def test_admit__nobodys_account__refused(plant):
    with refused("ERC721InvalidReceiver", ZERO_ADDRESS):
        plant.by("administrator").members.admit(ZERO_ADDRESS, Kind.HUMAN, 0, "{}")


def test_is_suspended__of_a_human_alone(plant):
    members = plant.by("administrator").members
    human = _admit(plant, kind=Kind.HUMAN, by="administrator").the(MemberAdmitted).number
    for number in (human, FINISHER):
        members.suspend(number)
    assert members.is_suspended(account("latecomer"))
    assert not members.is_suspended(account("finisher"))


@pytest.mark.parametrize("name", ["stranger", "planner", "scanner"])
def test_admit__without_the_role__refused(plant, name):
    with refused("NotTheRegistrar", account(name)):
        _admit(plant, by=name)


def test_suspend__then_reinstate__counts_from_a_later_roster(plant):
    members = plant.by("supervisor").members
    assert members.suspend(FINISHER).the(RosterChanged).members == 2
    assert members.belonged(FINISHER, 3)
    assert members.member(FINISHER).standing is Standing.SUSPENDED
    assert not members.may_vote(FINISHER, 3)
    members.reinstate(FINISHER)
    assert members.member(FINISHER).joined == 5
    assert not members.belonged(FINISHER, 4)


def test_suspend__twice__refused(plant):
    members = plant.by("supervisor").members
    members.suspend(FINISHER)
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        members.suspend(FINISHER)


def test_suspend__unknown__refused(plant):
    with refused("UnknownMember", 77):
        plant.by("supervisor").members.suspend(77)


def test_retire__for_good(plant):
    members = plant.by("supervisor").members
    members.suspend(FINISHER)
    members.retire(FINISHER)
    with refused("WrongStanding", FINISHER, Standing.RETIRED):
        members.reinstate(FINISHER)


def test_is_capable__active_with_the_capability(plant):
    members = plant.by("supervisor").members
    assert members.is_capable(SPRAYER, 2)
    assert not members.is_capable(SCANNER, 2)
    members.suspend(SPRAYER)
    assert not members.is_capable(SPRAYER, 2)


def test_bind__command_is_one_workers__until_its_binding_ends(plant):
    members = plant.by("supervisor").members
    with refused("CommandTaken", ARM, RESOURCE, SPRAYER):
        members.bind(ARM, FINISHER, RESOURCE, Scope.COMMAND)
    members.bind(ARM, FINISHER, RESOURCE, Scope.OBSERVE)
    members.bind(ARM, SPRAYER, RESOURCE, Scope.NONE)
    bound = members.bind(ARM, FINISHER, RESOURCE, Scope.COMMAND).the(RobotBound)
    assert (bound.robot, bound.worker, bound.resource, bound.scope) == (ARM, FINISHER, RESOURCE, Scope.COMMAND)
    follower = plant.follower()
    follower.catch_up()
    assert [(b.worker, b.scope, b.resource_name) for b in follower.ledger.bindings_of(ARM)] == [
        (FINISHER, Scope.COMMAND, "arm")
    ]


@pytest.mark.parametrize("scope", [Scope.NONE, Scope.COMMAND])
@pytest.mark.parametrize(("robot", "worker", "wrong"), [(SPRAYER, FINISHER, SPRAYER), (ARM, ARM, ARM), (ARM, 0, 0)])
def test_bind__of_the_wrong_kind__refused(plant, robot, worker, wrong, scope):
    kind = {ARM: Kind.ROBOTIC, SPRAYER: Kind.DIGITAL, 0: Kind.NONE}[wrong]
    with refused("WrongKind", wrong, kind):
        plant.by("supervisor").members.bind(robot, worker, RESOURCE, scope)


def test_accounts__of_all_badges__zero_where_nobody_votes(plant):
    members = plant.by("supervisor").members
    members.suspend(SPRAYER)
    who = (account("scanner"), ZERO_ADDRESS, account("finisher"), ZERO_ADDRESS)
    assert members.accounts() == b"".join(bytes.fromhex(address[2:]) for address in who)
