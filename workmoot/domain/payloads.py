"""The payloads of a human's orders, as docs/specification.md draws them."""

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import word
from workmoot.domain.plan import PlanEntry, pack_entry, unpack_entry


def assign_payload(entry: PlanEntry, second_reason: str = "") -> bytes:
    """Assign: one plan entry, and behind it why, if the worker lacks the capability."""
    return pack_entry(entry) + second_reason.encode()


def plan_payload(plan: bytes, particulars: bytes) -> bytes:
    """Approve, and veto of an enacted proposal: the particulars, then the plan."""
    return particulars + plan


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


def read_plan_payload(payload: bytes) -> tuple[bytes, bytes]:
    """The plan and its particulars."""
    if len(payload) < 32:
        raise Malformed("payload: cut short", offset=len(payload))
    return payload[32:], payload[:32]


def read_cancel_payload(payload: bytes) -> int:
    """The mask; 0 for none."""
    return int.from_bytes(payload[:32], "big")
