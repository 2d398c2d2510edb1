"""A human's word that fills no slot: who may give it, what stands, what is lifted, what is refused and what is told."""

import pytest

from tests.builders import SPRAY, a_task, an_order
from tests.chain.moves import contracts_of, inspect, instruct, lift, now, order, post, refused, soon, submitted
from tests.chain.plants import ARM, SCANNER, account, signer
from workmoot.domain.events import InstructionGiven
from workmoot.domain.ids import NOBODY, OverrideId
from workmoot.domain.instructions import BEFORE_THE_FIRST, INSTRUCTION, UNSAID, Standing, instruction_of
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import Asked, Choice, pack_answer, pack_question, question_id
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, capability_mask

QUESTION = 7 << 200
FIRST = OverrideId(BEFORE_THE_FIRST + 1)


def standing(plant, kind, subject):
    return plant.by("stranger").overrides.standing(kind, subject)


def test_drain__worker__stands_and_is_told(plant):
    given = instruct(plant, OverrideKind.DRAIN, SCANNER).the(InstructionGiven)
    assert (given.id, given.human, given.subject, given.version) == (FIRST, account("supervisor"), SCANNER, 2)
    assert given.digest == plant.by("stranger").overrides.digest_of(given.order)
    until = given.instruction.expires_at
    assert standing(plant, OverrideKind.DRAIN, SCANNER) == Standing(
        id=FIRST, version=2, expires_at=until, kind=OverrideKind.DRAIN, priority=0
    )


def test_standing__nothing_said__is_version_1(plant):
    assert standing(plant, OverrideKind.DRAIN, SCANNER) == UNSAID


def test_quarantine__open_beside_a_drain__both_stand_until_lifted(plant):
    instruct(plant, OverrideKind.DRAIN, SCANNER)
    instruct(plant, OverrideKind.QUARANTINE, SCANNER, by="operator", expires_at=0)
    lift(plant, OverrideKind.QUARANTINE, SCANNER, by="operator")
    lifted = Standing(id=OverrideId(FIRST + 2), version=3, expires_at=0, kind=OverrideKind.NONE, priority=0)
    assert standing(plant, OverrideKind.QUARANTINE, SCANNER) == lifted
    assert standing(plant, OverrideKind.DRAIN, SCANNER).kind is OverrideKind.DRAIN


def test_reprioritise__task__keeps_the_priority(plant):
    (number,) = post(plant, a_task())
    instruct(plant, OverrideKind.REPRIORITISE, number, by="planner", payload=b"\x09")
    assert standing(plant, OverrideKind.REPRIORITISE, number).priority == 9


def test_maintain__robot__takes_who_maintains(plant):
    instruct(plant, OverrideKind.MAINTAIN, ARM, by="mechanic", expires_at=0)
    assert standing(plant, OverrideKind.MAINTAIN, ARM).kind is OverrideKind.MAINTAIN
    with refused("MayNotInstruct", account("operator"), OverrideKind.LIFT):
        lift(plant, OverrideKind.MAINTAIN, ARM, by="operator")


def test_shelve__acknowledged_alarm__takes_its_place(plant):
    instruct(plant, OverrideKind.ACKNOWLEDGE, QUESTION, by="operator")
    instruct(plant, OverrideKind.SHELVE, QUESTION, by="operator")
    found = standing(plant, OverrideKind.ACKNOWLEDGE, QUESTION)
    assert (found.kind, found.version) == (OverrideKind.SHELVE, 3)


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        (OverrideKind.DRAIN, "operator"),
        (OverrideKind.DRAIN, "planner"),
        (OverrideKind.QUARANTINE, "planner"),
        (OverrideKind.QUARANTINE, "stranger"),
    ],
)
def test_instruct__without_the_role__refused(plant, kind, by):
    with refused("MayNotInstruct", account(by), kind):
        instruct(plant, kind, SCANNER, by=by)


def test_instruct__version_seen__of_two_exactly_one_wins(plant):
    instruct(plant, OverrideKind.DRAIN, SCANNER, expected_epoch=1)
    with refused("StaleVersion", 2, 1):
        instruct(plant, OverrideKind.DRAIN, SCANNER, by="mechanic", expected_epoch=1)
    instruct(plant, OverrideKind.DRAIN, SCANNER, by="mechanic", expected_epoch=2)


def test_instruct__twice__refused(plant):
    signed = an_order(
        OverrideKind.DRAIN,
        SCANNER,
        subject_type=SubjectType.WORKER,
        human=account("supervisor"),
        expires_at=soon(plant),
    )
    signature = signer("supervisor").sign(contracts_of(plant).digest(signed))
    overrides = plant.by("stranger").overrides
    overrides.execute(signed, signature)
    with refused("InvalidAccountNonce", account("supervisor"), 1):
        overrides.execute(signed, signature)


def test_instruct__signed_by_another__refused(plant):
    signed = an_order(OverrideKind.QUARANTINE, SCANNER, subject_type=SubjectType.WORKER, human=account("supervisor"))
    signature = signer("stranger").sign(contracts_of(plant).digest(signed))
    with refused("BadSignature", account("supervisor")):
        plant.by("stranger").overrides.execute(signed, signature)


@pytest.mark.parametrize(
    ("changes", "error", "arguments"),
    [
        ({"valid_until": 1}, "OrderExpired", (1,)),
        ({"reason": ""}, "ReasonMissing", ()),
        ({"reason_code": 0}, "ReasonMissing", ()),
        ({"expires_at": 0}, "ExpiryMissing", (0,)),
        ({"expires_at": 5}, "ExpiryMissing", (5,)),
        ({"payload": b"x"}, "MalformedInstruction", (OverrideKind.DRAIN,)),
        ({"subject_type": SubjectType.TASK}, "NoSuchInstruction", (OverrideKind.DRAIN, SubjectType.TASK)),
        ({"subject": ARM}, "WrongKind", (ARM, Kind.ROBOTIC)),
        ({"subject": 99}, "WrongKind", (99, Kind.NONE)),
        ({"subject": 1 << 16}, "UnknownMember", (0,)),
    ],
)
def test_drain__unsound__refused(plant, changes, error, arguments):
    with refused(error, *arguments):
        instruct(plant, OverrideKind.DRAIN, **{"subject": SCANNER} | changes)


@pytest.mark.parametrize("payload", [b"", b"xx"])
def test_reprioritise__payload_of_another_size__refused(plant, payload):
    (number,) = post(plant, a_task())
    with refused("MalformedInstruction", OverrideKind.REPRIORITISE):
        instruct(plant, OverrideKind.REPRIORITISE, number, payload=payload)


def test_reprioritise__done_or_no_task__refused(plant):
    number = submitted(plant)
    inspect(plant, number)
    with refused("WrongStatus", number, Status.ACCEPTED):
        instruct(plant, OverrideKind.REPRIORITISE, number, payload=b"\1")
    with refused("MalformedInstruction", OverrideKind.REPRIORITISE):
        instruct(plant, OverrideKind.REPRIORITISE, 1 << 32, payload=b"\1")


def test_reprioritise__outside_of_the_humans_cell__refused(plant):
    (number,) = post(plant, a_task(SPRAY))
    plant.by("administrator").members.admit(account("planner"), Kind.HUMAN, capability_mask([1]), "{}")
    with refused("OutOfScope", account("planner"), SubjectType.TASK, number):
        instruct(plant, OverrideKind.REPRIORITISE, number, by="planner", payload=b"\1")


def test_maintain__outside_of_the_humans_cell__refused(plant):
    plant.by("administrator").members.admit(account("mechanic"), Kind.HUMAN, capability_mask([1]), "{}")
    with refused("OutOfScope", account("mechanic"), SubjectType.ROBOT, ARM):
        instruct(plant, OverrideKind.MAINTAIN, ARM, by="mechanic")


def test_lift__nothing_or_over__refused(plant):
    with refused("NothingToLift", OverrideKind.DRAIN, SCANNER):
        lift(plant, OverrideKind.DRAIN, SCANNER)
    instruct(plant, OverrideKind.DRAIN, SCANNER, expires_at=now(plant) + 50)
    plant.advance(100)
    with refused("NothingToLift", OverrideKind.DRAIN, SCANNER):
        lift(plant, OverrideKind.DRAIN, SCANNER)


def test_answer__question__is_told_once(plant):
    given = instruct(plant, OverrideKind.ANSWER, QUESTION, by="planner", payload=b"true").the(InstructionGiven)
    assert given.instruction.payload == b"true"
    with refused("AlreadyAnswered", QUESTION):
        instruct(plant, OverrideKind.ANSWER, QUESTION, payload=b"false")
    with refused("NothingToLift", OverrideKind.ANSWER, QUESTION):
        lift(plant, OverrideKind.ANSWER, QUESTION)


def test_answer__to_a_question_of_a_worker__counts_for_who_reads_the_chain(plant):
    (number,) = post(plant, a_task())
    asked = Asked(
        words="Accept it? It is 40 µm off.",
        fields=(Choice(name="verdict", options=("accept", "reject")),),
        default={"verdict": "reject"},
        deadline=now(plant) + 600,
        about_type=SubjectType.TASK,
        about=number,
    )
    plant.by("scanner").dao.say(NOBODY, number, pack_question(asked))
    id_ = question_id(SCANNER, number, pack_question(asked))
    answered = instruct(plant, OverrideKind.ANSWER, id_, payload=pack_answer({"verdict": "accept"}))
    follower = plant.follower()
    follower.catch_up()
    (question,) = follower.ledger.questions.values()
    assert (question.id, question.asker, question.asked) == (id_, SCANNER, asked)
    assert (question.outcome, question.override) == ({"verdict": "accept"}, answered.the(InstructionGiven).id)


def test_answer__none_or_too_long__refused(plant):
    for payload in (b"", bytes(1025)):
        with refused("MalformedInstruction", OverrideKind.ANSWER):
            instruct(plant, OverrideKind.ANSWER, QUESTION, payload=payload)


def test_ledger__instructions_among_overrides__in_the_order_of_the_chain(plant):
    drained = instruct(plant, OverrideKind.DRAIN, SCANNER).the(InstructionGiven)
    order(plant, OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    again = instruct(plant, OverrideKind.DRAIN, SCANNER).the(InstructionGiven)
    lifted = lift(plant, OverrideKind.DRAIN, SCANNER).the(InstructionGiven)
    follower = plant.follower()
    follower.catch_up()
    records = list(follower.ledger.overrides.values())
    assert [(record.id, record.place) for record in records] == [
        (drained.id, 1),
        (1, 2),
        (again.id, 3),
        (lifted.id, 4),
    ]
    assert [record.ended_by for record in records] == ["superseded", "", "released", ""]
    assert not follower.ledger.is_withdrawn(SCANNER, now(plant))


def test_ledger__drained__until_its_end(plant):
    until = instruct(plant, OverrideKind.DRAIN, SCANNER).the(InstructionGiven).instruction.expires_at
    follower = plant.follower()
    follower.catch_up()
    found = [follower.ledger.is_withdrawn(SCANNER, second) for second in (until, until + 1)]
    assert found == [True, False]
    assert not follower.ledger.is_quarantined(SCANNER, until)


def test_instruction__type__has_the_fields_of_what_is_called():
    signed = an_order(OverrideKind.DRAIN)
    assert instruction_of(signed).order == signed
    assert INSTRUCTION.signature.startswith("Instruction(uint8 kind,uint8 subjectType,uint256 subject,bytes payload,")
