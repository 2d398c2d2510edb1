"""The payloads of a human's orders, as docs/specification.md draws them."""

from dataclasses import dataclass

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import HASH_SIZE, word
from workmoot.domain.ids import TaskId
from workmoot.domain.layout import Layout
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.plan import PlanEntry, pack_entry, unpack_assignments, unpack_entry
from workmoot.domain.work import predecessors_of

ENTRIES_A_PART = 150
"""The entries that one order of a human may approve or veto: at 95,000 gas each it stays below the 16,777,216 that a
transaction may use."""
_PART = Layout("payload", (("first", 2), ("last", 2)))


def assign_payload(entry: PlanEntry, second_reason: str = "") -> bytes:
    """Assign: one plan entry, and behind it why, if the worker lacks the capability."""
    return pack_entry(entry) + second_reason.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """Which entries of a plan an order acts on, in the plan's order: from `first` up to, without, `last`."""

    rest: bytes
    first: int
    last: int
    assignments: bytes


def parts_of(entries: int) -> list[tuple[int, int]]:
    """The parts in which a human approves or vetoes a plan of that many entries: one order each."""
    return [(first, min(first + ENTRIES_A_PART, entries)) for first in range(0, entries, ENTRIES_A_PART)]


def plan_payload(part: PlanPart) -> bytes:
    """Approve, and veto of an enacted proposal: rest 32 | first u16 | last u16 | assignments."""
    return part.rest + _PART.pack(part) + part.assignments


def cancel_payload(mask: int) -> bytes:
    """Cancel: which of the order's tasks, the subject among them, as one word."""
    return word(mask)


def release_payload(*, hold_only: bool) -> bytes:
    """Release: whether only the hold (level 7) goes and the assignment stays, as one word."""
    return word(hold_only)


def read_assign_payload(payload: bytes) -> tuple[PlanEntry, str]:
    """The plan entry and the second reason."""
    entry, end = unpack_entry(payload)
    return entry, payload[end:].decode(errors="replace")


def read_plan_payload(payload: bytes) -> PlanPart:
    """The plan's assignments, what binds them to the proposal, and which of them are meant."""
    values = _PART.unpack(payload, HASH_SIZE)
    rest, assignments = payload[:HASH_SIZE], payload[HASH_SIZE + _PART.size :]
    return PlanPart(rest=rest, assignments=assignments, **values)


def read_cancel_payload(payload: bytes) -> int:
    """The mask; 0 for none."""
    return int.from_bytes(payload[:32], "big")


def cancelled_tasks(subject: int, payload: bytes) -> tuple[TaskId, ...]:
    """The tasks that a mask names, of the subject's order; none where there is no mask."""
    first = subject & ~0xFF
    return tuple(TaskId(first | index) for index in predecessors_of(read_cancel_payload(payload)))


def tasks_of(order: HumanOrder) -> tuple[TaskId, ...]:
    """The tasks an order is about. None of a payload that is no part of a plan: a veto of an open proposal may carry
    anything, and a tree's claims are the contracts' to refuse."""
    if order.subject_type is SubjectType.TASK:
        named = cancelled_tasks(order.subject, order.payload) if order.kind is OverrideKind.CANCEL else ()
        return named or (TaskId(order.subject),)
    if order.subject_type is not SubjectType.PROPOSAL:
        return ()
    try:
        part = read_plan_payload(order.payload)
        entries = unpack_assignments(part.assignments)
    except Malformed:
        return ()
    return tuple(assigned.task for assigned in entries[part.first : part.last])
