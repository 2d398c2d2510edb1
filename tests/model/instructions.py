"""The rules of Instructions: a human's word that fills no slot, and what stands for its subject after it."""

from dataclasses import dataclass

from tests.model import authority, members, tasks
from tests.model.authority import HUMANS
from tests.model.humans import LAST_NUMBER, LAST_TASK, SHORTEST_SECONDS
from tests.model.law import UNSAID, Law, Said, require
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.workers import Kind, Role

LONGEST_ANSWER = 1_024
BEFORE_THE_FIRST = 1_000_000_000
ABOUT = {
    OverrideKind.DRAIN: SubjectType.WORKER,
    OverrideKind.QUARANTINE: SubjectType.WORKER,
    OverrideKind.MAINTAIN: SubjectType.ROBOT,
    OverrideKind.REPRIORITISE: SubjectType.TASK,
    OverrideKind.ANSWER: SubjectType.NONE,
    OverrideKind.ACKNOWLEDGE: SubjectType.NONE,
    OverrideKind.SHELVE: SubjectType.NONE,
}
LASTING = frozenset(ABOUT) - {OverrideKind.ANSWER, OverrideKind.ACKNOWLEDGE}
UNTIL_LIFTED = (OverrideKind.QUARANTINE, OverrideKind.MAINTAIN)
WITH_A_BYTE = (OverrideKind.REPRIORITISE, OverrideKind.LIFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    kind: OverrideKind
    on: SubjectType
    subject: int
    payload: bytes = b""
    explained: bool = True
    """Whether it has a reason's code and words."""
    expires_at: int = 0
    valid_until: int
    expected_version: int = 0
    human: str
    signer: str
    key: int
    count: int = 0


def give(law: Law, given: Instruction) -> None:
    _require_sound(law, given)
    require(given.signer == given.human, "BadSignature")
    law.use_nonce("Instructions", given.human, given.key, given.count)
    meant = meant_by(given)
    found = said(law, meant, given.subject)
    if given.kind is OverrideKind.LIFT:
        is_over = 0 < found.expires_at < law.now
        require(meant in LASTING and found.kind == meant and not is_over, "NothingToLift")
    require(authority.may_order(law, given.human, roles_for(meant)), "MayNotInstruct")
    require(given.expected_version in (0, found.version), "StaleVersion")
    _require_subject(law, given, found)
    law.instructed += 1
    lasts, lifts = given.kind in LASTING, given.kind is OverrideKind.LIFT
    law.said[_drawer(meant), given.subject] = Said(
        id=BEFORE_THE_FIRST + law.instructed,
        version=found.version + 1,
        expires_at=given.expires_at if lasts else 0,
        kind=0 if lifts else given.kind,
        priority=given.payload[0] if given.kind is OverrideKind.REPRIORITISE else 0,
    )


def said(law: Law, kind: int, subject: int) -> Said:
    """What was last said of a kind about a subject."""
    return law.said.get((_drawer(kind), subject), UNSAID)


def meant_by(given: Instruction) -> int:
    """The kind, or the one that it lifts."""
    return given.payload[0] if given.kind is OverrideKind.LIFT else given.kind


def roles_for(kind: int) -> frozenset[Role]:
    if kind in (OverrideKind.DRAIN, OverrideKind.MAINTAIN):
        return frozenset({Role.SUPERVISOR, Role.MAINTENANCE})
    if kind == OverrideKind.QUARANTINE:
        return frozenset({Role.SUPERVISOR, Role.MAINTENANCE, Role.OPERATOR})
    return frozenset({Role.SUPERVISOR, Role.PLANNER}) if kind == OverrideKind.REPRIORITISE else HUMANS


def _drawer(kind: int) -> int:
    """An alarm is acknowledged or shelved: the later word takes the place of the other."""
    return OverrideKind.SHELVE if kind == OverrideKind.ACKNOWLEDGE else kind


def _require_sound(law: Law, given: Instruction) -> None:
    require(law.now <= given.valid_until, "OrderExpired")
    require(given.explained, "ReasonMissing")
    size = len(given.payload)
    if given.kind is OverrideKind.ANSWER:
        require(1 <= size <= LONGEST_ANSWER, "MalformedInstruction")
    else:
        require(size == (1 if given.kind in WITH_A_BYTE else 0), "MalformedInstruction")
    fitting = {int(kind): on for kind, on in ABOUT.items()}
    require(fitting.get(meant_by(given)) is given.on, "NoSuchInstruction")
    if given.kind in LASTING:
        lasts = given.expires_at >= law.now + SHORTEST_SECONDS
        require(lasts if given.expires_at else given.kind in UNTIL_LIFTED, "ExpiryMissing")


def _require_subject(law: Law, given: Instruction, found: Said) -> None:
    """Tasks and robots are in the human's cell; a worker may be in any, as all may be held."""
    if given.on is SubjectType.WORKER:
        _require_kind(law, given.subject, Kind.DIGITAL)
    elif given.on is SubjectType.ROBOT:
        _require_kind(law, given.subject, Kind.ROBOTIC)
        able = law.members[given.subject].capabilities
        require(members.is_in_scope(law, given.human, able), "OutOfScope")
    elif given.on is SubjectType.TASK:
        require(given.subject <= LAST_TASK, "MalformedInstruction")
        task = law.task(given.subject)
        require(task.status not in tasks.FINAL, "WrongStatus")
        require(members.is_in_scope(law, given.human, 1 << task.capability), "OutOfScope")
    else:
        require(found.kind != OverrideKind.ANSWER, "AlreadyAnswered")


def _require_kind(law: Law, number: int, kind: Kind) -> None:
    require(number <= LAST_NUMBER, "UnknownMember")
    require(law.kind_of(number) is kind, "WrongKind")
