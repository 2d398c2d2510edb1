"""Whether an order that a human signed is the one that a request says; what the request leaves out is not compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.assignment import member_by
from api.drafts import LASTS, reason_of, subject_of
from api.models.orders import Kind, OverrideIn, SubjectType
from api.problems import Problem, unprocessable
from api.views.snapshot import Snapshot
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import NOBODY
from workmoot.domain.instructions import liftable, meant_kind
from workmoot.domain.overrides import PLANT, HumanOrder, OverrideKind
from workmoot.domain.payloads import cancelled_tasks, parts_of, read_assign_payload, read_plan_payload, release_payload
from workmoot.domain.plan import TREE, unpack_assignments
from workmoot.domain.questions import pack_answer
from workmoot.domain.workers import Kind as MemberKind


def require_agreement(snap: Snapshot, asked: OverrideIn, order: HumanOrder) -> None:
    """The signed order is the request's, in all that the request says of it. No word of the plant is told."""
    same = {
        "subject": _is_subject(snap, asked, order),
        "level": asked.level in (None, order.level),
        **_reason(asked, order),
        **_times(asked, order),
        "human": asked.human is None or _is_human(snap, asked.human, order),
        "payload": "payload" not in asked.model_fields_set or _carries(snap, order, asked.payload),
    }
    if wrong := [name for name, is_same in same.items() if not is_same]:
        raise unprocessable(f"/order/{wrong[0]}", f"The signed {wrong[0]} is another than the request's.")


def is_part(content: bytes, number: int) -> bool:
    """Whether it names the entries of that part of the plan that it carries; a tree is one part, a motion has none."""
    part = read_plan_payload(content) if content else None
    if part is None or part.assignments.startswith(TREE):
        return number == 1
    parts = parts_of(len(unpack_assignments(part.assignments)))
    return (part.first, part.last) in parts[number - 1 : number]


def _is_subject(snap: Snapshot, asked: OverrideIn, order: HumanOrder) -> bool:
    if asked.subject.type is SubjectType.PLANT:
        return order.subject == PLANT
    if asked.subject.id is None:
        return True
    try:
        return subject_of(snap, asked) == order.subject
    except Problem:
        return False


def _reason(asked: OverrideIn, order: HumanOrder) -> dict[str, bool]:
    if asked.reason is None:
        return {}
    code, words = reason_of(asked.reason)
    return {"reasonCode": order.reason_code == code, "reason": order.reason == words}


def _times(asked: OverrideIn, order: HumanOrder) -> dict[str, bool]:
    """An answer is signed for until the question's deadline at most."""
    if asked.expires_at is None:
        return {}
    if asked.expires_at.tzinfo is None:
        return {"expiresAt": False}
    until = int(asked.expires_at.timestamp())
    if asked.kind in LASTS:
        return {"expiresAt": order.expires_at == until}
    is_sooner = asked.kind is Kind.ANSWER and order.valid_until <= until
    return {"expiresAt": order.expires_at == 0, "validUntil": is_sooner or order.valid_until == until}


def _is_human(snap: Snapshot, named: str, order: HumanOrder) -> bool:
    member = snap.ledger.member_of(order.human)
    known = {order.human.lower()} | ({str(member.number), member.id.lower()} if member else set())
    return named.lower() in known


def _carries(snap: Snapshot, order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    """Whether the payload is what was asked for; what makes no sense is not."""
    reads_as = _READ.get(order.kind)
    try:
        return reads_as(snap, order, payload) if reads_as else not payload
    except (Malformed, Problem, LookupError, TypeError, ValueError, OverflowError):
        return False


def _assigns(snap: Snapshot, order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    """What the API filled in was not said."""
    entry, second_reason = read_assign_payload(order.payload)
    signed: dict[str, object] = {
        "worker": entry.lead,
        "helpers": list(entry.helpers),
        "robots": list(entry.robots),
        "inspector": entry.inspector,
        "start_s": entry.start,
        "duration_s": entry.duration,
        "second_reason": second_reason,
    }
    return all(signed[name] == _read(snap, name, said) for name, said in payload.items())


def _read(snap: Snapshot, name: str, said: Any) -> object:
    """A field of an assignment as it is signed."""
    if name == "second_reason":
        return str(said or "")
    if name in ("start_s", "duration_s"):
        return max(round(said * 1000), int(name == "duration_s"))
    kind = MemberKind.ROBOTIC if name == "robots" else MemberKind.DIGITAL
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [member_by(snap, who, kind, "").number for who in said]
    return member_by(snap, said, kind, "").number if said else NOBODY


def _cancels(_: Snapshot, order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    tasks = payload.get("tasks")
    if tasks is None:
        return not order.payload
    return set(cancelled_tasks(order.subject, order.payload)) == {order.subject, *tasks}


def _lifts(_: Snapshot, order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    """The kind that was named; where none was, the API found the one that stood."""
    kind, able = meant_kind(order), liftable(order.subject_type)
    return kind in able and payload.get("kind") in (None, "", OverrideKind(kind).name.lower())


_READ: dict[OverrideKind, Callable[[Snapshot, HumanOrder, Mapping[str, Any]], bool]] = {
    OverrideKind.ASSIGN: _assigns,
    OverrideKind.CANCEL: _cancels,
    OverrideKind.VETO: lambda _, order, payload: is_part(order.payload, payload.get("part", 1)),
    OverrideKind.APPROVE: lambda _, order, payload: is_part(order.payload, payload.get("part", 1)),
    OverrideKind.REPRIORITISE: lambda _, order, payload: list(order.payload) == [payload["priority"]],
    OverrideKind.LIFT: _lifts,
    OverrideKind.ANSWER: lambda _, order, payload: order.payload == pack_answer(payload["answer"]),
    OverrideKind.RELEASE: lambda _, order, payload: (
        order.payload == (release_payload(hold_only=True) if payload.get("hold_only") else b"")
    ),
}
