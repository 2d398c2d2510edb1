"""The gateway's picture of the chain: who may give it orders."""

from dataclasses import replace

from gateway.chain_view import view_of
from tests.builders import an_address
from tests.workshop import ARM, NOZZLE, SPRAY, SPRAYER, Workshop, account, key
from workmoot.domain.events import MemberAdmitted, MemberSuspended, Place, RoleGranted
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.workers import Kind, Role

AT = Place(block=1, block_hash=b"", log_index=0, tx="0x1", timestamp=100)
HUMAN, BARE = an_address(8), an_address(9)


def a_ledger_with_humans() -> Ledger:
    """Two supervisors, one of them with a badge."""
    ledger = Ledger()
    ledger.apply(MemberAdmitted(at=AT, number=Number(1), account=HUMAN, kind=Kind.HUMAN, capabilities=0, profile="{}"))
    for human in (HUMAN, BARE):
        granted = RoleGranted(at=AT, role_id=Role.SUPERVISOR, account=human, delay=0, since=100, new_member=True)
        ledger.apply(granted)
    return ledger


def test_view_of__humans__their_roles():
    roles = view_of(a_ledger_with_humans()).roles
    assert roles == {HUMAN: frozenset((Role.SUPERVISOR,)), BARE: frozenset((Role.SUPERVISOR,))}


def test_view_of__suspended_human__has_no_role():
    ledger = a_ledger_with_humans()
    ledger.apply(MemberSuspended(at=AT, number=Number(1), by=BARE, by_vote=False))
    assert set(view_of(ledger).roles) == {BARE}


def test_view_of__quarantined_workers_and_maintained_robots__until_when():
    workshop = Workshop()
    workshop.withdraw(OverrideKind.QUARANTINE, "sprayer", for_s=60)
    workshop.withdraw(OverrideKind.DRAIN, "finisher")
    assert view_of(workshop.ledger).quarantined == {SPRAYER: workshop.now_s + 60}
    workshop.order(OverrideKind.MAINTAIN, ARM, subject_type=SubjectType.ROBOT)
    assert view_of(workshop.ledger).maintained == {ARM: 0}
    workshop.lift(OverrideKind.QUARANTINE, "sprayer")
    assert view_of(workshop.ledger).quarantined == {}


def test_view_of__robot_held_at_maintenances_level__locked_out_and_by_no_other_hold():
    workshop = Workshop()
    workshop.chain.grant(account("administrator"), Role.MAINTENANCE, key("supervisor").address)
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT, expires_at=0)
    held = view_of(workshop.ledger).robots[ARM]
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT, level=Level.MAINTENANCE, expires_at=0)
    locked = view_of(workshop.ledger).robots[ARM]
    assert [(robot.held, robot.locked_out) for robot in (held, locked)] == [(True, False), (True, True)]


def test_view_of__badges_with_capabilities__the_humans_cells_and_the_robots():
    workshop = Workshop()
    workshop.admit("latecomer", SPRAY, kind=Kind.HUMAN)
    workshop.admit("stranger", kind=Kind.HUMAN)
    ledger = workshop.ledger
    ledger.members[ARM] = replace(ledger.members[ARM], capabilities=1 << SPRAY)
    view = view_of(ledger)
    assert view.cells == {account("latecomer"): 1 << SPRAY}
    assert view.is_in_scope(account("latecomer"), view.robots[ARM])
    assert not view.is_in_scope(account("latecomer"), view.robots[NOZZLE])
    assert view.is_in_scope(account("stranger"), view.robots[NOZZLE])
