"""From what a human asks to the exact order the human signs, and what it would displace."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from api.assignment import fill, member_by
from api.models.orders import DisplacedOut, ForecastOut, Kind, OverrideIn, ReasonIn
from api.models.orders import SubjectType as WireSubject
from api.problems import Problem, unprocessable
from api.views.alarms import id_of
from api.views.displaced import displaced
from api.views.forecast import forecast_out
from api.views.lifecycle import ABOUT_PLANS
from api.views.questions import may_be_answered, question_of, standing_words
from api.views.snapshot import Snapshot
from api.views.warnings import warnings_of
from workmoot.domain.alarms import alarm_id
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Address, ProposalId
from workmoot.domain.instructions import INSTRUCTIONS, LONGEST_ANSWER, liftable, meant_kind
from workmoot.domain.ledger import Proposal, Question, Task
from workmoot.domain.overrides import PLANT, HumanOrder, Level, OverrideKind, Reason, SubjectType
from workmoot.domain.payloads import (
    ENTRIES_A_PART,
    PlanPart,
    assign_payload,
    cancel_payload,
    parts_of,
    plan_payload,
    release_payload,
)
from workmoot.domain.proposals import State
from workmoot.domain.questions import misfits, pack_answer
from workmoot.domain.work import Status, mask_of
from workmoot.domain.workers import Kind as MemberKind
from workmoot.planning.forecast import reached

VALID_S = 300
HUMAN_LEVELS = (Level.PLANT_HOLD, Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN, Level.SAFE_STOP)
SHORTEST_S = 10
MOST_URGENT = 255
GOES_WITH = {
    Kind.VETO: {WireSubject.PROPOSAL},
    Kind.APPROVE: {WireSubject.PROPOSAL},
    Kind.ASSIGN: {WireSubject.TASK},
    Kind.CANCEL: {WireSubject.TASK},
    Kind.REWORK: {WireSubject.TASK},
    Kind.ACCEPT: {WireSubject.TASK},
    Kind.REQUEUE: {WireSubject.TASK},
    Kind.HOLD: {WireSubject.TASK, WireSubject.ROBOT, WireSubject.PLANT},
    Kind.RELEASE: {WireSubject.TASK, WireSubject.PROPOSAL, WireSubject.ROBOT, WireSubject.PLANT},
    Kind.SUSPEND: {WireSubject.WORKER},
    Kind.REINSTATE: {WireSubject.WORKER},
    Kind.DRAIN: {WireSubject.WORKER},
    Kind.QUARANTINE: {WireSubject.WORKER},
    Kind.MAINTAIN: {WireSubject.ROBOT},
    Kind.REPRIORITISE: {WireSubject.TASK},
    Kind.ACKNOWLEDGE: {WireSubject.ALARM},
    Kind.SHELVE: {WireSubject.ALARM},
    Kind.ANSWER: {WireSubject.QUESTION},
    Kind.LIFT: {WireSubject.WORKER, WireSubject.ROBOT, WireSubject.TASK, WireSubject.ALARM},
}
NEEDS_NO_EXPIRY = frozenset(
    (Kind.HOLD, Kind.RELEASE, Kind.QUARANTINE, Kind.MAINTAIN, Kind.LIFT, Kind.ACKNOWLEDGE, Kind.ANSWER)
)
FILLS_A_SLOT = frozenset((Kind.HOLD, Kind.ASSIGN, Kind.APPROVE, Kind.VETO))
LASTS = FILLS_A_SLOT | {Kind.DRAIN, Kind.QUARANTINE, Kind.MAINTAIN, Kind.REPRIORITISE, Kind.SHELVE}
"""What fills a slot or stands, and so may end."""
REASONS = {reason.name: int(reason) for reason in Reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order ready to be signed."""

    order: HumanOrder
    displaces: DisplacedOut
    forecast: ForecastOut | None = None
    epoch: int | None
    filled: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


_UNDONE = frozenset(status for status in Status if status is not Status.NONE and not status.is_final)
IN_STATUS = {
    OverrideKind.HOLD: _UNDONE,
    OverrideKind.CANCEL: _UNDONE,
    OverrideKind.ACCEPT: frozenset((Status.SUBMITTED, Status.REWORK, Status.FAILED)),
    OverrideKind.REWORK: frozenset((Status.SUBMITTED,)),
    OverrideKind.REQUEUE: frozenset((Status.POSTED, Status.ALLOCATED, Status.REWORK, Status.FAILED)),
}
"""How a task is that WorkOrders takes these orders about; a cancellation that names several leaves out what is over."""


def draft_all(snap: Snapshot, asked: Iterable[OverrideIn], *, human: Address, nonces: Iterable[int]) -> list[Draft]:
    """The orders, complete, with one forecast over all of them; or the problem that names the field."""
    drafts = [_unseen(snap, one, human=human, nonce=nonce) for one, nonce in zip(asked, nonces, strict=False)]
    foreseen = forecast_out(snap, *(drafted.order for drafted in drafts))
    return [_with_preview(snap, drafted, foreseen) for drafted in drafts]


def _unseen(snap: Snapshot, asked: OverrideIn, *, human: Address, nonce: int) -> Draft:
    require_fit(asked)
    if asked.reason is None:
        raise unprocessable("/reason", 'An override says why: {"code": "QUALITY", "text": "…"}.')
    code, words = reason_of(asked.reason)
    kind, subject_type = OverrideKind[asked.kind.name], signed_subject(asked.subject.type)
    subject = subject_of(snap, asked)
    expires_at = _expiry(snap, asked)
    bare = HumanOrder(
        kind=kind,
        subject_type=subject_type,
        subject=subject,
        level=_level(snap, asked, subject_type, subject),
        reason_code=code,
        reason=words,
        expires_at=expires_at if asked.kind in LASTS else 0,
        valid_until=int(snap.now) + VALID_S if asked.kind in LASTS or not expires_at else expires_at,
        human=human,
        nonce=nonce,
    )
    return _with_payload(snap, asked, bare)


def require_fit(asked: OverrideIn) -> None:
    """The kind goes with the subject."""
    if asked.subject.type not in GOES_WITH[asked.kind]:
        right = " or ".join(sorted(subject.value for subject in GOES_WITH[asked.kind]))
        raise unprocessable(
            "/subject/type", f"{asked.kind.value} goes with a {right}, not with a {asked.subject.type.value}."
        )


def signed_subject(wire: WireSubject) -> SubjectType:
    """As the contracts have it: an alarm or a question is named by a hash alone."""
    return SubjectType.NONE if wire in (WireSubject.ALARM, WireSubject.QUESTION) else SubjectType[wire.name]


def epoch_of(snap: Snapshot, order: HumanOrder) -> int | None:
    """The subject's epoch as the ledger has it; proposals and workers have none. Of an instruction, the version of what
    stands."""
    if order.kind in INSTRUCTIONS:
        return snap.ledger.instruction(meant_kind(order), order.subject).version
    if order.subject_type is SubjectType.TASK:
        task = snap.ledger.tasks.get(order.subject)  # type: ignore[call-overload]  # a subject is any number
        return task.epoch if task else None
    if order.subject_type is SubjectType.ROBOT:
        return snap.ledger.robot_epoch(order.subject)
    return snap.ledger.plant_epoch if order.subject_type is SubjectType.PLANT else None


def preview_hash(displaces: DisplacedOut, forecast: ForecastOut) -> bytes:
    """The hash of what the human was shown, as canonical JSON: it goes into what is signed."""
    return keccak(json.dumps(shown_json(displaces, forecast), sort_keys=True, separators=(",", ":")).encode())


def shown_json(displaces: DisplacedOut, forecast: ForecastOut) -> dict[str, Any]:
    """The same before it is hashed."""
    return {"displaces": displaces.model_dump(mode="json"), "forecast": forecast.model_dump(mode="json")}


def _with_preview(snap: Snapshot, drafted: Draft, foreseen: ForecastOut) -> Draft:
    """What the human saw goes into what is signed: the forecast, and but for a hold the epoch it was made at."""
    shown = displaced(snap, drafted.order)
    epoch = epoch_of(snap, drafted.order)
    expected = 0 if drafted.order.kind is OverrideKind.HOLD else epoch or 0
    order = replace(drafted.order, preview=preview_hash(shown, foreseen), expected_epoch=expected)
    warnings = (*drafted.warnings, *warnings_of(snap, order))
    return replace(drafted, order=order, displaces=shown, forecast=foreseen, epoch=epoch, warnings=warnings)


def _with_payload(snap: Snapshot, asked: OverrideIn, bare: HumanOrder) -> Draft:
    drafted = Draft(order=bare, displaces=_NOTHING, epoch=None)
    if asked.kind is Kind.ASSIGN:
        made = fill(snap, _open_task(snap, bare.subject), dict(asked.payload))
        payload = assign_payload(made.entry, made.second_reason)
        return replace(drafted, order=replace(bare, payload=payload), filled=made.filled, warnings=made.warnings)
    if asked.kind in (Kind.APPROVE, Kind.VETO):
        return _with_part(snap.ledger.proposals[bare.subject], asked, drafted)  # type: ignore[index]
    if make := _PAYLOADS.get(asked.kind):
        return replace(drafted, order=replace(bare, payload=make(snap, asked, bare.subject)))
    if asked.kind is Kind.ANSWER:
        return replace(drafted, order=_answered(snap, asked, bare))
    if asked.kind is Kind.RELEASE and asked.payload.get("hold_only"):
        return replace(drafted, order=replace(bare, payload=release_payload(hold_only=True)))
    if asked.kind is Kind.RELEASE and bare.level != Level.OWN:
        return replace(drafted, filled={"level": {"shown": bare.level, "from": "the level that is filled"}})
    return drafted


def _open_task(snap: Snapshot, subject: int, never: str = "nothing can be assigned any more") -> Task:
    task = snap.ledger.tasks[subject]  # type: ignore[index]  # looked up before
    if task.status.is_final:
        raise Problem(409, "too-late", f"Task {subject} is {task.status.name.lower()}: {never}.")
    return task


def require_status(snap: Snapshot, order: HumanOrder, *, may_read: bool = True) -> None:
    """The contracts take an order of that kind of a task as it is; not of one that waits for a second order first. Who
    may not read is not told how the task is."""
    policy = snap.ledger.human_policy
    if order.subject_type is not SubjectType.TASK or (policy and policy.cosigned >> order.kind & 1):
        return
    task = snap.ledger.tasks[order.subject]  # type: ignore[index]  # looked up before
    takes = IN_STATUS.get(order.kind) if not order.payload else None
    if takes is None or task.status in takes:
        return
    word = order.kind.name.lower()
    told = f"Task {task.id} is {task.status.name.lower()}" if may_read else f"Task {task.id} is past it"
    able = ", ".join(status.name.lower() for status in Status if status in takes)
    raise Problem(409, "too-late", f"{told}: {word} is for one that is {able}.")


def require_work_left(snap: Snapshot, order: HumanOrder, *, may_read: bool = True) -> None:
    """An order about a plan decides who does some of its tasks, or ends a vote: the contracts would take another, and
    nothing would change."""
    proposal = snap.ledger.proposals.get(ProposalId(order.subject)) if order.kind in ABOUT_PLANS else None
    if proposal is None or not proposal.is_plan:
        return
    vetoes = order.kind is OverrideKind.VETO
    if vetoes and (proposal.state is State.PASSED or not proposal.progress):
        return
    if reached(snap.ledger, replace(order, payload=b"")):
        return
    told = f"is {proposal.state.name.lower()}" if may_read else "is past it"
    since = "enacted" if vetoes else "made"
    why = f"no task of the plan is as it was when this was {since}, and {order.kind.name.lower()} would change nothing"
    raise Problem(409, "too-late", f"Proposal {proposal.id} {told}: {why}.")


def parts_for(snap: Snapshot, asked: OverrideIn) -> list[int]:
    """The numbers of the parts that an order is to be given in where the request names none; mostly the only one."""
    if asked.kind not in (Kind.APPROVE, Kind.VETO) or asked.order is not None or "part" in asked.payload:
        return [1]
    require_fit(asked)
    proposal = snap.ledger.proposals[ProposalId(subject_of(snap, asked))]
    return list(range(1, len(_parts(proposal, asked.kind)) + 1))


def _parts(proposal: Proposal, kind: Kind) -> list[tuple[int, int]]:
    """A veto of what nothing is enacted of ends the vote, all of it at once."""
    if proposal.is_tree:
        return [(0, len(proposal.entries))]
    parts = parts_of(len(proposal.decided_entries))
    return parts if proposal.progress or kind is not Kind.VETO else parts[:1]


def _with_part(proposal: Proposal, asked: OverrideIn, drafted: Draft) -> Draft:
    """A veto of an open vote carries its part as well: the vote may pass before the order is mined."""
    if asked.kind is Kind.APPROVE and proposal.is_tree:
        raise unprocessable(
            "/kind", f"The leads of proposal {proposal.id} claim its tasks one by one: assign those you mean."
        )
    if asked.kind is Kind.VETO and not proposal.decided_entries and not proposal.is_tree:
        return drafted
    parts, number = _parts(proposal, asked.kind), asked.payload.get("part", 1)
    if number not in range(1, len(parts) + 1):
        raise unprocessable("/payload/part", f"The order has parts 1 to {len(parts)}, not {number!r}.")
    first, last = parts[number - 1]
    part = PlanPart(rest=proposal.rest, first=first, last=last, assignments=proposal.opening.plan.assignments)
    drafted = replace(drafted, order=replace(drafted.order, payload=plan_payload(part)))
    if len(parts) == 1:
        return drafted
    entries = parts[-1][1]
    warning = (
        f"One order acts on {ENTRIES_A_PART} entries of a plan at most; this one has {entries}. "
        f"This is part {number} of {len(parts)}: entries {first + 1} to {last}."
    )
    return replace(drafted, warnings=(warning,))


def _cancelled(snap: Snapshot, asked: OverrideIn, subject: int) -> bytes:
    """Nothing for the one task; a mask when several tasks of the order are named."""
    named = asked.payload.get("tasks")
    if named is None:
        return b""
    if not isinstance(named, list) or not all(isinstance(task, int) and task >> 8 == subject >> 8 for task in named):
        raise unprocessable("/payload/tasks", f"tasks is a list of task ids of order {subject >> 8}.")
    if unknown := [task for task in named if task not in snap.ledger.tasks]:
        raise unprocessable("/payload/tasks", f"Order {subject >> 8} has no task {unknown[0]}.")
    return cancel_payload(mask_of([task & 0xFF for task in {subject, *named}]))


def _priority(snap: Snapshot, asked: OverrideIn, subject: int) -> int:
    _open_task(snap, subject, never="nobody plans it any more")
    priority = asked.payload.get("priority")
    if not isinstance(priority, int) or isinstance(priority, bool) or not 0 <= priority <= MOST_URGENT:
        raise unprocessable("/payload/priority", f"priority is a whole number from 0 to {MOST_URGENT}.")
    return priority


def _answered(snap: Snapshot, asked: OverrideIn, bare: HumanOrder) -> HumanOrder:
    """Good until the deadline at most: what comes later would not count."""
    question = require_open(snap, snap.ledger.questions[bare.subject], may_read=True)
    values = asked.payload.get("answer")
    if not isinstance(values, dict):
        names = ", ".join(field.name for field in question.asked.fields)
        raise unprocessable("/payload/answer", f"answer is an object that fills the question's form: {names}.")
    if errors := [_misfit(question, name, right) for name, right in misfits(question.asked, values)]:
        raise Problem(422, "invalid", errors[0]["detail"], errors=errors)
    payload = pack_answer(values)
    if len(payload) > LONGEST_ANSWER:
        raise unprocessable("/payload/answer", f"The answer takes {len(payload)} bytes, more than {LONGEST_ANSWER}.")
    return replace(bare, payload=payload, valid_until=min(bare.valid_until, question.asked.deadline))


def _misfit(question: Question, name: str, right: str) -> dict[str, str]:
    """A field of the form is wrong; or there is one that it does not have."""
    if any(field.name == name for field in question.asked.fields):
        return {"pointer": f"/payload/answer/{name}", "detail": f"{name} is {right}."}
    return {"pointer": "/payload/answer", "detail": f"There is what is {right}."}


def require_open(snap: Snapshot, question: Question, *, may_read: bool) -> Question:
    """A question is answered once, and in time. Who may not read is not told what is asked."""
    if not may_be_answered(snap, question):
        told = f"{standing_words(snap, question)} " if may_read else ""
        raise Problem(409, "too-late", f"{told}No answer counts any more.")
    return question


def _lifted(snap: Snapshot, asked: OverrideIn, subject: int) -> OverrideKind:
    """What is to be lifted: the kind named, else the one that stands."""
    able = liftable(signed_subject(asked.subject.type))
    if named := asked.payload.get("kind"):
        found = next((kind for kind in able if kind.name.lower() == named), None)
        if found is None:
            known = ", ".join(kind.name.lower() for kind in able)
            raise unprocessable("/payload/kind", f"Of a {asked.subject.type.value} can be lifted: {known}.")
        return found
    stand = [kind for kind in able if snap.ledger.is_instructed(kind, subject, snap.now)]
    if len(stand) > 1:
        both = " and ".join(kind.name.lower() for kind in stand)
        raise unprocessable("/payload/kind", f"Both stand, {both}: say which is to be lifted.")
    return stand[0] if stand else able[0]


def reason_of(reason: ReasonIn) -> tuple[int, str]:
    """The code and the words that are signed."""
    if not reason.text.strip():
        raise unprocessable("/reason/text", "Say in words why; blanks are no words.")
    code = reason.code
    number = REASONS.get(code.upper()) if isinstance(code, str) and not code.isdecimal() else int(code)
    if number not in REASONS.values():
        known = ", ".join(f"{name} ({value})" for name, value in REASONS.items())
        raise unprocessable("/reason/code", f"There is no reason {code!r}; there are: {known}.")
    return int(number or 0), reason.text.strip()


def _expiry(snap: Snapshot, asked: OverrideIn) -> int:
    if asked.expires_at is None:
        if asked.kind in NEEDS_NO_EXPIRY:
            return 0
        raise unprocessable(
            "/expires_at",
            "An override other than a hold, a quarantine, maintenance or their end says until when: an RFC 3339 time.",
        )
    if asked.expires_at.tzinfo is None:
        raise unprocessable(
            "/expires_at", f"{asked.expires_at.isoformat()} names no time zone; end it with Z or an offset."
        )
    expires_at = int(asked.expires_at.timestamp())
    if expires_at < snap.now + SHORTEST_S:
        raise unprocessable(
            "/expires_at", f"{asked.expires_at.isoformat()} is past or less than {SHORTEST_S} s from now."
        )
    if expires_at >= 1 << 48:
        raise unprocessable("/expires_at", "That is further than the contracts can count.")
    return expires_at


def subject_of(snap: Snapshot, asked: OverrideIn) -> int:
    """The number of what the request is about."""
    kind, id_ = asked.subject.type, asked.subject.id
    if kind is WireSubject.PLANT:
        return PLANT
    if id_ is None or id_ == "":
        raise unprocessable("/subject/id", f"Name the {kind.value} by its id.")
    if kind is WireSubject.WORKER:
        return _worker(snap, asked.kind, id_)
    if kind is WireSubject.ROBOT:
        return member_by(snap, id_, MemberKind.ROBOTIC, "/subject/id").number
    if kind is WireSubject.ALARM:
        return _alarm(snap, str(id_))
    if kind is WireSubject.QUESTION:
        return _question(snap, str(id_))
    known = snap.ledger.tasks if kind is WireSubject.TASK else snap.ledger.proposals
    number = int(id_) if isinstance(id_, int) or id_.isdecimal() else -1
    if number not in known:
        raise unprocessable("/subject/id", f"There is no {kind.value} {id_}; GET /api/v1/{kind.value}s lists them.")
    return number


def _worker(snap: Snapshot, kind: Kind, id_: int | str) -> int:
    """A digital worker; a human too, where its standing is what changes."""
    try:
        return member_by(snap, id_, MemberKind.DIGITAL, "/subject/id").number
    except Problem:
        if kind not in (Kind.SUSPEND, Kind.REINSTATE):
            raise
        return member_by(snap, id_, MemberKind.HUMAN, "/subject/id").number


def _alarm(snap: Snapshot, id_: str) -> int:
    known = next((alarm for alarm in snap.ledger.alarms if id_of(alarm) == id_.lower()), None)
    if known is None:
        raise unprocessable("/subject/id", f"There is no alarm {id_}; GET /api/v1/alarms lists them.")
    return alarm_id(known)


def _question(snap: Snapshot, id_: str) -> int:
    known = question_of(snap, id_)
    if known is None:
        raise unprocessable("/subject/id", f"There is no question {id_}; GET /api/v1/questions lists them.")
    return known.id


def _level(snap: Snapshot, asked: OverrideIn, subject_type: SubjectType, subject: int) -> int:
    """The level asked for; a release takes the one that is filled where the kind's own is not."""
    if asked.level is not None and OverrideKind[asked.kind.name] in INSTRUCTIONS:
        raise unprocessable("/level", f"{asked.kind.value} fills no slot: it has no level.")
    if asked.level is not None:
        if asked.level not in HUMAN_LEVELS:
            raise unprocessable(
                "/level", f"A human's levels are 1, 5, 7 and 8 (12 to release a safe stop), not {asked.level}."
            )
        return asked.level
    if asked.kind is not Kind.RELEASE or subject_type is SubjectType.PLANT:
        return Level.OWN
    own = (Level.HUMAN, Level.HUMAN_HOLD)
    others = (Level.MAINTENANCE, Level.SAFE_STOP)
    if any(_is_filled(snap, subject_type, subject, level) for level in own):
        return Level.OWN
    return next((level for level in others if _is_filled(snap, subject_type, subject, level)), Level.OWN)


def _is_filled(snap: Snapshot, subject_type: SubjectType, subject: int, level: Level) -> bool:
    return (subject_type, subject, level) in snap.ledger.slots


_PAYLOADS: dict[Kind, Callable[[Snapshot, OverrideIn, int], bytes]] = {
    Kind.CANCEL: _cancelled,
    Kind.REPRIORITISE: lambda snap, asked, subject: bytes((_priority(snap, asked, subject),)),
    Kind.LIFT: lambda snap, asked, subject: bytes((_lifted(snap, asked, subject),)),
}
_NOTHING = DisplacedOut(what="nothing", returns="nothing")
