"""A plan: who does which tasks, with whom, with which robots, in which order, when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import NOBODY, Number, TaskId
from workmoot.domain.layout import Layout, pack_numbers, unpack_numbers

ENTRY = Layout(
    "plan entry",
    (
        ("task", 4),
        ("version", 4),
        ("lead", 2),
        ("sequence", 2),
        ("inspector", 2),
        ("start", 4),
        ("duration", 4),
        ("helper_count", 1),
        ("robot_count", 1),
    ),
)
"""task u32 | version u32 | lead u16 | sequence u16 | inspector u16 | start u32 | duration u32 | nHelpers u8 |
nRobots u8 | helpers u16… | robots u16…: 24 + 2(h+r) bytes."""

MOST_PLAN_BYTES = 4_992
"""208 entries without helpers or robots: what a human can still veto in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """One assignment: `version` is the decision version it was made for, `sequence` the lead's offer."""

    task: TaskId
    version: int
    lead: Number
    sequence: int = 0
    inspector: Number = NOBODY
    start: int = 0
    """Ticks since the clock's origin."""
    duration: int = 0
    helpers: tuple[Number, ...] = ()
    robots: tuple[Number, ...] = ()

    @property
    def team(self) -> tuple[Number, ...]:
        """The lead and its helpers."""
        return (self.lead, *self.helpers)

    @property
    def resources(self) -> tuple[Number, ...]:
        """What the task occupies: its robots, or its team where it needs none."""
        return self.robots or self.team

    @property
    def helper_count(self) -> int:
        """How many help."""
        return len(self.helpers)

    @property
    def robot_count(self) -> int:
        """How many robots it takes."""
        return len(self.robots)


def pack_entry(entry: PlanEntry) -> bytes:
    """The entry's bytes."""
    return ENTRY.pack(entry) + pack_numbers("plan entry", (*entry.helpers, *entry.robots))


def mandate_of(entry: PlanEntry) -> bytes:
    """What a robot command names as its ground: the hash of the assignment in force."""
    return keccak(pack_entry(entry))


def pack_plan(entries: Iterable[PlanEntry]) -> bytes:
    """The plan's bytes, in ascending order of the tasks; a task twice is refused."""
    ordered = sorted(entries, key=lambda entry: entry.task)
    for former, latter in pairwise(ordered):
        if former.task == latter.task:
            raise Malformed(f"plan: task {latter.task} twice")
    return b"".join(pack_entry(entry) for entry in ordered)


def unpack_plan(packed: bytes) -> tuple[PlanEntry, ...]:
    """The plan's entries; refuses what is cut short, empty or not in strictly ascending order."""
    if not packed:
        raise Malformed("plan: empty", offset=0)
    entries: list[PlanEntry] = []
    offset = 0
    while offset < len(packed):
        entry, end = unpack_entry(packed, offset)
        if entry.lead == NOBODY:
            raise Malformed("plan: nobody leads", offset=offset)
        if entries and entry.task <= entries[-1].task:
            raise Malformed("plan: entries not in ascending order of their task", offset=offset)
        entries.append(entry)
        offset = end
    return tuple(entries)


def unpack_entry(packed: bytes, offset: int = 0) -> tuple[PlanEntry, int]:
    """The entry that begins at `offset`, and where the next one does."""
    values = ENTRY.unpack(packed, offset)
    helper_count, robot_count = values.pop("helper_count"), values.pop("robot_count")
    end = offset + ENTRY.size + 2 * (helper_count + robot_count)
    numbers = unpack_numbers("plan entry", packed, offset + ENTRY.size, helper_count + robot_count)
    helpers, robots = _as_numbers(numbers[:helper_count]), _as_numbers(numbers[helper_count:])
    return _entry(values, helpers, robots), end


def is_bit_set(bits: bytes, index: int) -> bool:
    """Bit `index` of a bit map as the events carry it: bit i is bit i % 8 of byte i // 8."""
    return index // 8 < len(bits) and bool(bits[index // 8] >> index % 8 & 1)


def _entry(values: dict[str, int], helpers: tuple[Number, ...], robots: tuple[Number, ...]) -> PlanEntry:
    return PlanEntry(
        task=TaskId(values["task"]),
        version=values["version"],
        lead=Number(values["lead"]),
        sequence=values["sequence"],
        inspector=Number(values["inspector"]),
        start=values["start"],
        duration=values["duration"],
        helpers=helpers,
        robots=robots,
    )


def _as_numbers(numbers: Sequence[int]) -> tuple[Number, ...]:
    return tuple(Number(number) for number in numbers)
