"""What every order of a human needs: a signature, a role, a reason, an expiry, the right epoch and level."""

import pytest

from tests.builders import a_task, an_order
from tests.chain.moves import (
    allocated,
    assign,
    order,
    post,
    refused,
    relay,
)
from tests.chain.plants import account
from workmoot.domain.events import (
    OverrideGiven,
)
from workmoot.domain.overrides import Level, OverrideKind, SubjectType, order_digest
from workmoot.domain.workers import Role


def test_execute__signed_by_another__refused(plant):
    number = allocated(plant)
    signed = an_order(OverrideKind.CANCEL, number, human=account("supervisor"))
    with refused("BadSignature", account("supervisor")):
        relay(plant, signed, "planner")


def test_execute__twice__refused(plant):
    (number,) = post(plant, a_task())
    signed = an_order(OverrideKind.HOLD, number, human=account("supervisor"), nonce=7 << 64)
    relay(plant, signed, "supervisor")
    with refused("InvalidAccountNonce", account("supervisor"), (7 << 64) + 1):
        relay(plant, signed, "supervisor")


def test_digest_of__the_contract_and_python__agree(plant):
    signed = an_order(OverrideKind.ASSIGN, 256, payload=b"\1\2\3", preview=b"\4" * 32, nonce=5 << 64)
    digest = order_digest(signed, chain_id=plant.chain_id, overrides=plant.addresses["Overrides"])
    assert plant.by("stranger").overrides.digest_of(signed) == digest


@pytest.mark.parametrize("changes", [{"reason": ""}, {"reason_code": 0}])
def test_execute__without_a_reason__refused(plant, changes):
    (number,) = post(plant, a_task())
    with refused("ReasonMissing"):
        order(plant, OverrideKind.HOLD, number, **changes)


def test_execute__assign_without_an_expiry__refused(plant):
    (number,) = post(plant, a_task())
    with refused("ExpiryMissing", 0):
        assign(plant, number, expires_at=0)


def test_execute__order_is_old__refused(plant):
    (number,) = post(plant, a_task())
    with refused("OrderExpired", 1_000):
        order(plant, OverrideKind.CANCEL, number, valid_until=1_000)


def test_execute__the_human_saw_another_epoch__refused(plant):
    number = allocated(plant)
    with refused("StaleVersion", 2, 1):
        order(plant, OverrideKind.CANCEL, number, expected_epoch=1)
    assert order(plant, OverrideKind.CANCEL, number, expected_epoch=2).the(OverrideGiven).epoch == 3


@pytest.mark.parametrize("name", ["stranger", "operator", "mechanic", "administrator", "sprayer"])
def test_execute__without_the_role__refused(plant, name):
    (number,) = post(plant, a_task())
    with refused("NotAllowed", account(name), OverrideKind.CANCEL, Level.HUMAN):
        order(plant, OverrideKind.CANCEL, number, by=name)


def test_execute__role_that_acts_only_after_a_delay__refused(plant):
    (number,) = post(plant, a_task())
    plant.grant(Role.PLANNER, account("latecomer"), delay=3_600)
    with refused("NotAllowed", account("latecomer"), OverrideKind.CANCEL, Level.HUMAN):
        order(plant, OverrideKind.CANCEL, number, by="latecomer")
    with refused("NotThePlanner", account("latecomer")):
        plant.by("latecomer").work_orders.post(b"", "{}")


@pytest.mark.parametrize("level", [1, 2, 5, 9, 16])
def test_execute__cancel_at_another_level__refused(plant, level):
    (number,) = post(plant, a_task())
    with refused("WrongLevel", level):
        order(plant, OverrideKind.CANCEL, number, level=level)


@pytest.mark.parametrize("kind", [OverrideKind.VETO, OverrideKind.SUSPEND])
def test_execute__kind_that_is_not_for_tasks__refused(plant, kind):
    (number,) = post(plant, a_task())
    with refused("WrongSubject", kind, SubjectType.TASK):
        order(plant, kind, number)
