"""Instructions: a human's word that fills no slot."""

from brownie import chain

from tests.contracts.plant import (
    HUMANS,
    MAINTENANCE,
    OPERATOR,
    ROBOT,
    SCANNER,
    STRANGER,
    as_tuple,
    by,
    refused,
    told,
)
from workmoot.domain.instructions import instruction_of
from workmoot.domain.overrides import OverrideKind, SubjectType

FIRST = 1_000_000_001
QUESTION = 7 << 200


def test_give__answer__is_told_with_what_was_signed(plant):
    order = plant.order(OverrideKind.ANSWER, QUESTION, SubjectType.NONE, payload=b"true")
    tx = plant.instructions.give(as_tuple(instruction_of(order)), plant.sign(order), by(STRANGER))
    given = {"human": order.human, "subject": QUESTION, "digest": plant.digest(order)}
    told(tx, "InstructionGiven", id=FIRST, version=2, instruction=as_tuple(instruction_of(order)), **given)
    standing = plant.instructions.standing(OverrideKind.ANSWER, QUESTION)
    assert [int(value) for value in standing] == [FIRST, 2, 0, OverrideKind.ANSWER, 0]


def test_give__without_the_role__refused(plant):
    with refused("MayNotInstruct", HUMANS[OPERATOR].address, OverrideKind.DRAIN):
        plant.instruct(OverrideKind.DRAIN, SCANNER, OPERATOR)


def test_give__another_version__refused(plant):
    with refused("StaleVersion", 1, 2):
        plant.instruct(OverrideKind.DRAIN, SCANNER, expected_epoch=2)


def test_give__about_something_else__refused(plant):
    with refused("NoSuchInstruction", OverrideKind.DRAIN, SubjectType.ROBOT):
        plant.instruct(OverrideKind.DRAIN, ROBOT, on=SubjectType.ROBOT)


def test_give__payload_that_is_none_of_its_kind__refused(plant):
    with refused("MalformedInstruction", OverrideKind.MAINTAIN):
        plant.instruct(OverrideKind.MAINTAIN, ROBOT, MAINTENANCE, payload=b"x")


def test_lift__nothing__refused(plant):
    with refused("NothingToLift", OverrideKind.MAINTAIN, ROBOT):
        plant.instruct(OverrideKind.LIFT, ROBOT, on=SubjectType.ROBOT, payload=bytes((OverrideKind.MAINTAIN,)))


def test_answer__twice__refused(plant):
    plant.instruct(OverrideKind.ANSWER, QUESTION, OPERATOR, payload=b"true")
    with refused("AlreadyAnswered", QUESTION):
        plant.instruct(OverrideKind.ANSWER, QUESTION, payload=b"false")


def test_give__time_that_is_over__lifts_nothing(plant):
    plant.instruct(OverrideKind.DRAIN, SCANNER, expires_at=chain.time() + 60)
    chain.sleep(120)
    chain.mine()
    with refused("NothingToLift", OverrideKind.DRAIN, SCANNER):
        plant.instruct(OverrideKind.LIFT, SCANNER, on=SubjectType.WORKER, payload=bytes((OverrideKind.DRAIN,)))
