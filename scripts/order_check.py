"""Whether an order that an API drafted is the one that was asked for: judged here, before a human's key signs it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from api.agreement import is_part
from api.drafts import LASTS, REASONS, VALID_S
from api.models.orders import Kind
from workmoot.domain.errors import Malformed
from workmoot.domain.instructions import INSTRUCTIONS, liftable, meant_kind, subject_word
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType
from workmoot.domain.payloads import cancelled_tasks, read_assign_payload, read_plan_payload, release_payload
from workmoot.domain.questions import pack_answer

CLOCKS_DIFFER_S = 60
CHECKED = frozenset(("worker", "second_reason", "tasks", "hold_only", "part", "kind", "priority", "answer"))
"""What may be asked of a payload, for what is checked of it."""
OF_A_RELEASE = (Level.OWN, Level.MAINTENANCE, Level.SAFE_STOP)
"""A release takes the level that is filled."""
HASH = re.compile(r"(0x)?[0-9a-f]{64}")
BY_ID = ("worker", "robot")
"""What goes by ids too; all else goes by its number or hash alone."""


def differences(asked: Mapping[str, Any], order: HumanOrder, *, now: float) -> Iterator[str]:
    """The fields in which the order is another than was asked for. Names are the API's to look up: numbers are not."""
    kind = Kind(asked["kind"])
    until = datetime.fromisoformat(asked["expires_at"]).timestamp() if asked.get("expires_at") else 0
    level = asked.get("level")
    levels = OF_A_RELEASE if level is None and kind is Kind.RELEASE else (level or Level.OWN,)
    same = {
        "kind": order.kind.name.lower() == kind.value,
        "subject": _is_about(order, asked["subject"]),
        "reasonCode": order.reason_code == code_of(asked["reason"]["code"]),
        "reason": order.reason == asked["reason"]["text"].strip(),
        "level": order.level in levels,
        "expiresAt": order.expires_at == (int(until) if kind in LASTS else 0),
        "validUntil": order.valid_until <= max(until, now + VALID_S + CLOCKS_DIFFER_S),
        "payload": _carries(order, asked.get("payload") or {}),
    }
    yield from (field for field, is_same in same.items() if not is_same)


def in_words(order: HumanOrder) -> str:
    """What the order says to the contracts, from its own bytes."""
    named = f" {order.subject if order.subject_type else hex(order.subject)}"
    subject = f"{subject_word(order)}{'' if order.subject_type is SubjectType.PLANT else named}"
    until = f" until {datetime.fromtimestamp(order.expires_at).astimezone().isoformat()}" if order.expires_at else ""
    level = "" if order.kind in INSTRUCTIONS else f", level {order.level or 'of its kind'}"
    return f"{order.kind.name.lower()} {subject}{_more(order)}{level}{until}"


def _more(order: HumanOrder) -> str:
    """To whom, which other tasks, which part of a plan, which instruction is lifted, or which priority a task gets."""
    if order.kind is OverrideKind.ASSIGN:
        return _to_whom(order)
    if order.kind is OverrideKind.CANCEL and order.payload:
        return f" (tasks {_listed(cancelled_tasks(order.subject, order.payload))})"
    if order.kind in (OverrideKind.VETO, OverrideKind.APPROVE) and order.payload:
        part = read_plan_payload(order.payload)
        return f" (entries {part.first + 1} to {part.last})"
    if order.kind is OverrideKind.LIFT:
        return f" of {OverrideKind(meant_kind(order)).name.lower()}"
    if order.kind is OverrideKind.ANSWER:
        return f" with {order.payload.decode(errors='replace')}"
    return f" to {order.payload[0]}" if order.kind is OverrideKind.REPRIORITISE else ""


def _to_whom(order: HumanOrder) -> str:
    entry, _ = read_assign_payload(order.payload)
    beside = f"helpers {_listed(entry.helpers)}, robots {_listed(entry.robots)}, inspector {entry.inspector or 'none'}"
    return f" to worker {entry.lead} ({beside})"


def _listed(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers)) or "none"


def _is_about(order: HumanOrder, subject: Mapping[str, Any]) -> bool:
    type_, named = subject["type"], subject.get("id") or 0
    return subject_word(order) == type_ and _is_named(order.subject, named, has_id=type_ in BY_ID)


def _is_named(number: int, named: object, *, has_id: bool) -> bool:
    """Whether it is the one that was named by number or hash, or was named by an id."""
    words = str(named).lower()
    if words.startswith("0x") or HASH.fullmatch(words):
        return f"{number:064x}" == words.removeprefix("0x")
    return number == int(words) if words.isdecimal() else has_id


def code_of(code: object) -> int | None:
    """A reason's number, by its word or itself."""
    return int(str(code)) if str(code).isdecimal() else REASONS.get(str(code).upper())


def _carries(order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    """Whether the payload is what was asked for; which plan's it is, the contracts check."""
    if set(payload) - CHECKED:
        return False
    try:
        return _reads_as(order, payload)
    except Malformed:
        return False


def _reads_as(order: HumanOrder, payload: Mapping[str, Any]) -> bool:
    if order.kind is OverrideKind.ASSIGN:
        entry, second_reason = read_assign_payload(order.payload)
        asked = (order.subject, payload.get("second_reason", ""))
        return (entry.task, second_reason) == asked and _is_named(entry.lead, payload.get("worker"), has_id=True)
    if order.kind in (OverrideKind.VETO, OverrideKind.APPROVE):
        return is_part(order.payload, payload.get("part", 1))
    if order.kind is OverrideKind.REPRIORITISE:
        return order.payload == bytes((payload["priority"],))
    if order.kind is OverrideKind.LIFT:
        return _lifts(order, payload.get("kind"))
    if order.kind is OverrideKind.ANSWER:
        return order.payload == pack_answer(payload["answer"])
    if order.kind is OverrideKind.CANCEL and "tasks" in payload:
        return set(cancelled_tasks(order.subject, order.payload)) == {order.subject, *payload["tasks"]}
    return order.payload == (release_payload(hold_only=True) if payload.get("hold_only") else b"")


def _lifts(order: HumanOrder, named: object) -> bool:
    """Whether it lifts the kind that was named; none has to be where there is but one."""
    meant = [kind for kind in liftable(order.subject_type) if named in (None, kind.name.lower())]
    return [order.payload] == [bytes((kind,)) for kind in meant]
