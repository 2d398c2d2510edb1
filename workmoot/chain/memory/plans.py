"""How the contracts read a packed plan, refusing where it is malformed, and the entry a human assigns."""

from collections.abc import Iterator

from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.hashing import HASH_SIZE, ZERO_HASH
from workmoot.domain.ids import NOBODY, Number, TaskId
from workmoot.domain.layout import unpack_numbers
from workmoot.domain.plan import TEAM, TREE, Assigned, PlanEntry, unpack_assignments, unpack_entry

Help = tuple[TaskId, int, Number, int, Number]
"""task, version, lead, sequence, helper"""


def read_entry(payload: bytes) -> tuple[PlanEntry, int]:
    """The entry that begins there, and where it ends."""
    try:
        entry, end = unpack_entry(payload)
    except Malformed:
        raise Refused("MalformedPlan", 0) from None
    if entry.lead == NOBODY:
        raise Refused("MalformedPlan", 0)
    return entry, end


def read_assignments(assignments: bytes) -> tuple[Assigned, ...]:
    """What a decision reads, in ascending order of the tasks."""
    try:
        return unpack_assignments(assignments)
    except Malformed as malformed:
        raise Refused("MalformedPlan", malformed.offset) from None


def read_tree(motion: bytes) -> tuple[bytes, int]:
    """Root and number of leaves."""
    root, count = motion[len(TREE) : len(TREE) + HASH_SIZE], int.from_bytes(motion[len(TREE) + HASH_SIZE :], "big")
    whole = len(motion) == len(TREE) + HASH_SIZE + 4
    if not whole or not motion.startswith(TREE) or root == ZERO_HASH or not count:
        raise Refused("MalformedTree", len(motion))
    return root, count


def read_teams(teams: bytes) -> Iterator[Help]:
    """Everybody who is to help, with the offer it has to have confirmed."""
    offset = 0
    while offset < len(teams):
        try:
            values = TEAM.unpack(teams, offset)
            helpers = unpack_numbers("teams", teams, offset + TEAM.size, values["helper_count"])
        except Malformed:
            raise Refused("MalformedTeams", offset) from None
        for helper in helpers:
            task, lead = TaskId(values["task"]), Number(values["lead"])
            yield task, values["version"], lead, values["sequence"], Number(helper)
        offset += TEAM.size + 2 * len(helpers)


def require_sound(assignments: bytes) -> None:
    """Refuses assignments that follow no layout."""
    read_assignments(assignments)
