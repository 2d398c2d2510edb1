"""How the contracts read a packed plan: entry by entry, refusing at the first that is malformed."""

from collections.abc import Iterator

from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.ids import NOBODY
from workmoot.domain.plan import MOST_PLAN_BYTES, PlanEntry, unpack_entry


def read_entry(plan: bytes, offset: int = 0) -> tuple[PlanEntry, int]:
    """The entry that begins at `offset`, and where the next one does."""
    try:
        entry, end = unpack_entry(plan, offset)
    except Malformed:
        raise Refused("MalformedPlan", offset) from None
    if entry.lead == NOBODY:
        raise Refused("MalformedPlan", offset)
    return entry, end


def read_plan(plan: bytes) -> Iterator[PlanEntry]:
    """The entries, in ascending order of their task; at least one, and no more than a human can veto."""
    if not plan:
        raise Refused("MalformedPlan", 0)
    if len(plan) > MOST_PLAN_BYTES:
        raise Refused("MalformedPlan", MOST_PLAN_BYTES)
    offset, previous = 0, 0
    while offset < len(plan):
        entry, end = read_entry(plan, offset)
        if entry.task <= previous:
            raise Refused("MalformedPlan", offset)
        yield entry
        offset, previous = end, entry.task
