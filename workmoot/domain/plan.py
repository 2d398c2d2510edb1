"""A plan: who does which tasks, with whom, with which robots, in which order, when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import HASH_SIZE, keccak
from workmoot.domain.ids import NOBODY, TASKS_PER_ORDER, Number, TaskId, index_of, order_of, task_id
from workmoot.domain.layout import BitLayout, Layout, pack_numbers, unpack_numbers
from workmoot.domain.merkle import leaf_of, proof_of, root_of

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
nRobots u8 | helpers u16… | robots u16…: 24 + 2(h+r) bytes. What a human assigns, and what a mandate is the hash of."""

WORD = BitLayout("assignments", (("word", 32), ("mask", 10), ("version", 14)))
"""word u32 | mask u10 | version u14 | ASSIGNED for each set bit of the mask, from bit 0 up | zeros to the end of the
byte: 7 + 2.5n bytes, 32 for ten.

The word is order u24 << 8 | index / 10; bit j of the mask: the task of index 10 * (index / 10) + j is in the plan.
Tasks of the same ten at other versions are in words of their own; all tasks ascend.
"""

ASSIGNED = BitLayout("assignments", (("lead", 10), ("inspector", 10)))
"""lead u10 | inspector u10: 20 bits; inspector 0: a human inspects."""

TEAM = Layout("teams", (("task", 4), ("version", 4), ("lead", 2), ("sequence", 2), ("helper_count", 1)))
"""task u32 | version u32 | lead u16 | sequence u16 | nHelpers u8 | helpers u16…: 13 + 2h bytes."""

TIMES = Layout("timetable", (("first", 4), ("width", 1)))
"""first u32 | width u8 | SLOT…: when the first task starts, and how many bytes tell of each how much later it does, no
more than the last one takes."""

SLOT = Layout("timetable", (("sequence", 2),))
"""sequence u16 | start - first, `width` bytes. How long it takes, and with which robots, the lead's offer says."""

LEAVES = Layout("leaves", (("assigned", 4),))
"""assigned u32 | so many bytes of assignments | the leaves' timetable: what a tree has for its timetable."""

TREE = bytes.fromhex("00000006")
"""What a tree has for its assignments begins so: TREE | root bytes32 | count u32, 40 bytes. No plan has an order 0."""

TASKS_PER_WORD = 10
MOST_ENTRIES = 1_000
"""Of a plan that is recorded at once; longer ones are trees."""
MOST_LEAVES = 4_000
"""So many, each with a helper and in a word of its own, fit in a transaction that nodes pass on: 131,072 bytes."""
MOST_BYTES = 130_000
"""Of a plan, so that its proposal is such a transaction."""
ENTRIES_AT_ONCE = 300
"""How many entries one transaction can surely enact, whatever has become of their tasks: at 46,000 gas each it stays
below the 16,777,216 that it may use."""
LAST_OF_NO_ORDER = TASKS_PER_ORDER - 1
"""No order has the number 0, so no task has an id up to this one."""
LAST_TICK = 2**32 - 1
"""The latest start a plan can name: 49 days."""
LAST_VERSION = 16_383
"""The highest decision version a plan can name: a task decided more often is the humans'."""


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
    """The median that the offer promises; a plan's bytes do not repeat it."""
    helpers: tuple[Number, ...] = ()
    robots: tuple[Number, ...] = ()
    """Those of the offer; a plan's bytes do not repeat them."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPlan:
    """A plan as it travels: what a decision reads, who helps, and what is for the voters alone."""

    assignments: bytes
    teams: bytes = b""
    timetable: bytes = b""

    @property
    def content(self) -> bytes:
        """All of it in a row: what evidence is about."""
        return self.assignments + self.teams + self.timetable

    @property
    def is_tree(self) -> bool:
        """Whether its entries are the leaves of a tree, each claimed by its lead, instead of recorded at once."""
        return self.assignments.startswith(TREE)

    @property
    def root(self) -> bytes:
        """What a tree's leaves are proved by."""
        return self.assignments[len(TREE) : len(TREE) + HASH_SIZE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What a decision reads of an entry."""

    task: TaskId
    version: int
    lead: Number
    inspector: Number


def word_of(task: TaskId) -> int:
    """The number of the word of ten tasks that the task is in."""
    return order_of(task) << 8 | index_of(task) // TASKS_PER_WORD


def bit_of(task: TaskId) -> int:
    """The task's place in its word."""
    return index_of(task) % TASKS_PER_WORD


def pack_entry(entry: PlanEntry) -> bytes:
    """The entry's bytes."""
    return ENTRY.pack(entry) + pack_numbers("plan entry", (*entry.helpers, *entry.robots))


def unpack_entry(packed: bytes, offset: int = 0) -> tuple[PlanEntry, int]:
    """The entry that begins at `offset`, and where it ends."""
    values = ENTRY.unpack(packed, offset)
    helper_count, robot_count = values.pop("helper_count"), values.pop("robot_count")
    end = offset + ENTRY.size + 2 * (helper_count + robot_count)
    numbers = unpack_numbers("plan entry", packed, offset + ENTRY.size, helper_count + robot_count)
    helpers, robots = numbers[:helper_count], numbers[helper_count:]
    return _entry(values, helpers, robots), end


def mandate_of(entry: PlanEntry) -> bytes:
    """What a robot command names as its ground: the hash of the assignment in force."""
    return keccak(pack_entry(entry))


def pack_plan(entries: Iterable[PlanEntry]) -> PackedPlan:
    """The plan's bytes, in ascending order of the tasks; a tree's where they are too many to be recorded at once."""
    ordered = _in_order(entries)
    plan = _pack(ordered)
    return plan if len(ordered) <= MOST_ENTRIES else _as_tree(plan, ordered)


def pack_tree(entries: Iterable[PlanEntry]) -> PackedPlan:
    """The bytes of a tree, however few its leaves are: root and count for a decision, the leaves for the timetable."""
    ordered = _in_order(entries)
    return _as_tree(_pack(ordered), ordered)


def unpack_plan(packed: PackedPlan) -> tuple[PlanEntry, ...]:
    """The plan's entries without what their offers say; refuses what follows no layout, wherever it is, and leaves
    that give another root."""
    if not packed.is_tree:
        return _unpack(packed, MOST_ENTRIES)
    size = LEAVES.unpack(packed.timetable)["assigned"]
    begin, end = LEAVES.size, LEAVES.size + size
    if end > len(packed.timetable):
        raise Malformed("leaves: cut short", offset=begin)
    assignments, timetable = packed.timetable[begin:end], packed.timetable[end:]
    plan = PackedPlan(assignments=assignments, teams=packed.teams, timetable=timetable)
    entries = _unpack(plan, MOST_LEAVES)
    if packed.assignments != _motion(entries):
        raise Malformed("tree: another than its leaves give", offset=0)
    return entries


def claim_of(entry: PlanEntry) -> bytes:
    """The bytes a leaf stands for, which its lead claims it with: those of the entry, without what its offer says."""
    return pack_entry(replace(entry, duration=0, robots=()))


def claim_proof(entries: Sequence[PlanEntry], index: int) -> tuple[bytes, ...]:
    """What shows that the entry is in the tree of all of them."""
    return proof_of([leaf_of(claim_of(entry)) for entry in entries], index)


def pack_assignments(ordered: Sequence[PlanEntry]) -> bytes:
    """What a decision reads of entries in ascending order of their task."""
    return b"".join(_pack_word(list(group)) for _, group in groupby(ordered, _word_and_version))


def unpack_assignments(packed: bytes) -> tuple[Assigned, ...]:
    """What a decision reads: tasks, versions, leads, inspectors; refuses what the contracts refuse."""
    return _read_assignments(packed, MOST_ENTRIES)


def _read_assignments(packed: bytes, most: int) -> tuple[Assigned, ...]:
    found: list[Assigned] = []
    offset = 0
    while offset < len(packed):
        word = _Word(**WORD.unpack(packed, offset))
        if not _is_mask(word):
            raise Malformed("assignments: no such tasks", offset=offset)
        end = offset + WORD.size + ASSIGNED.size_of(word.mask.bit_count())
        if end > len(packed):
            raise Malformed("assignments: cut short", offset=offset)
        entries = _read_word(word, packed[offset + WORD.size : end], offset)
        if entries[0].task <= (found[-1].task if found else LAST_OF_NO_ORDER):
            raise Malformed("assignments: tasks not in ascending order", offset=offset)
        if found and (word.word, word.version) == _word_and_version(found[-1]):
            raise Malformed("assignments: tasks of one ten and version in two words", offset=offset)
        found += entries
        if len(found) > most:
            raise Malformed(f"assignments: more than {most} entries", offset=offset)
        offset = end
    if not found:
        raise Malformed("assignments: empty", offset=0)
    return tuple(found)


def bare_entry(assigned: Assigned) -> PlanEntry:
    """The entry as far as a decision reads it."""
    return PlanEntry(task=assigned.task, version=assigned.version, lead=assigned.lead, inspector=assigned.inspector)


def end_of(entries: Sequence[Assigned] | Sequence[PlanEntry], first: int, words: int) -> int:
    """Where so many words of the plan end, the first of which begins with entry `first`; or where the plan does."""
    return first + sum(_sizes(entries, first)[:words])


def words_at_once(entries: Sequence[Assigned] | Sequence[PlanEntry], first: int) -> int:
    """How many words from entry `first` on one transaction can surely enact."""
    return sum(size <= ENTRIES_AT_ONCE for size in accumulate(_sizes(entries, first)))


def most_entries(assignments: bytes) -> int:
    """How many entries so many bytes can have at most."""
    return len(assignments) * 8 // ASSIGNED.bits


def pack_bits(indices: Iterable[int]) -> bytes:
    """The bit map that has these bits: it ends with the last byte that has one."""
    bits = sum(1 << index for index in indices)
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def is_bit_set(bits: bytes, index: int) -> bool:
    """Bit `index` of a bit map as the events carry it: bit i is bit i % 8 of byte i // 8."""
    return index // 8 < len(bits) and bool(bits[index // 8] >> index % 8 & 1)


def _sizes(entries: Sequence[Assigned] | Sequence[PlanEntry], first: int) -> list[int]:
    """How many entries each word has, from the one on that begins with entry `first`."""
    return [len(list(group)) for _, group in groupby(entries[first:], _word_and_version)]


def _word_and_version(entry: Assigned | PlanEntry) -> tuple[int, int]:
    return word_of(entry.task), entry.version


class _Word(NamedTuple):
    word: int
    mask: int
    version: int


class _Times(NamedTuple):
    first: int
    width: int


class _Leaves(NamedTuple):
    assigned: int


def _in_order(entries: Iterable[PlanEntry]) -> list[PlanEntry]:
    """Ascending by task; a task twice, none and too many are refused."""
    ordered = sorted(entries, key=lambda entry: entry.task)
    if not 1 <= len(ordered) <= MOST_LEAVES:
        raise Malformed(f"plan: {len(ordered)} entries")
    for former, latter in pairwise(ordered):
        if former.task == latter.task:
            raise Malformed(f"plan: task {latter.task} twice")
    return ordered


def _pack(ordered: Sequence[PlanEntry]) -> PackedPlan:
    return PackedPlan(
        assignments=pack_assignments(ordered),
        teams=b"".join(TEAM.pack(entry) + pack_numbers("teams", entry.helpers) for entry in ordered if entry.helpers),
        timetable=_pack_times(ordered),
    )


def _as_tree(plan: PackedPlan, ordered: Sequence[PlanEntry]) -> PackedPlan:
    leaves = LEAVES.pack(_Leaves(len(plan.assignments))) + plan.assignments + plan.timetable
    return PackedPlan(assignments=_motion(ordered), teams=plan.teams, timetable=leaves)


def _motion(ordered: Sequence[PlanEntry]) -> bytes:
    root = root_of([leaf_of(claim_of(entry)) for entry in ordered])
    return TREE + root + len(ordered).to_bytes(4, "big")


def _unpack(packed: PackedPlan, most: int) -> tuple[PlanEntry, ...]:
    assigned = _read_assignments(packed.assignments, most)
    slots = _read_times(packed.timetable)
    if len(slots) != len(assigned):
        raise Malformed(f"timetable: {len(slots)} slots for {len(assigned)} entries", offset=len(packed.timetable))
    found = {
        one.task: replace(bare_entry(one), sequence=sequence, start=start)
        for one, (sequence, start) in zip(assigned, slots, strict=True)
    }
    for offset, values, helpers in _read_teams(packed.teams):
        found[TaskId(values["task"])] = _joined(found, offset, values, helpers)
    return tuple(found.values())


def _pack_word(entries: Sequence[PlanEntry]) -> bytes:
    mask = sum(1 << bit_of(entry.task) for entry in entries)
    head = _Word(word_of(entries[0].task), mask, entries[0].version)
    return WORD.pack(head) + ASSIGNED.pack_all(entries)


def _read_word(word: _Word, packed: bytes, offset: int) -> list[Assigned]:
    first = task_id(word.word >> 8, (word.word & 0xFF) * TASKS_PER_WORD)
    tasks = [TaskId(first + place) for place in range(TASKS_PER_WORD) if word.mask >> place & 1]
    people = ASSIGNED.unpack_all(packed, len(tasks), offset=offset)
    return [
        Assigned(task=task, version=word.version, lead=Number(given["lead"]), inspector=Number(given["inspector"]))
        for task, given in zip(tasks, people, strict=True)
    ]


def _is_mask(word: _Word) -> bool:
    """Whether the word has tasks at these places: ten, in an order's last word six."""
    places = min(TASKS_PER_WORD, TASKS_PER_ORDER - (word.word & 0xFF) * TASKS_PER_WORD)
    return places > 0 and 0 < word.mask < 1 << places


def _pack_times(ordered: Sequence[PlanEntry]) -> bytes:
    first = min(entry.start for entry in ordered)
    width = _width_of(max(entry.start for entry in ordered) - first)
    slots = (SLOT.pack(entry) + (entry.start - first).to_bytes(width, "big") for entry in ordered)
    return TIMES.pack(_Times(first, width)) + b"".join(slots)


def _read_times(packed: bytes) -> list[tuple[int, int]]:
    """Sequence and start of each slot; refuses all but the shortest way to say it."""
    times = _Times(**TIMES.unpack(packed))
    size = SLOT.size + times.width
    if (len(packed) - TIMES.size) % size:
        raise Malformed("timetable: cut short", offset=len(packed))
    places = range(TIMES.size, len(packed), size)
    later = [int.from_bytes(packed[at + SLOT.size : at + size], "big") for at in places]
    if not later or min(later) != 0 or times.width != _width_of(max(later)):
        raise Malformed("timetable: not the shortest", offset=0)
    if times.first + max(later) > LAST_TICK:
        raise Malformed(f"timetable: a start after {LAST_TICK}", offset=0)
    return [(SLOT.unpack(packed, at)["sequence"], times.first + after) for at, after in zip(places, later, strict=True)]


def _width_of(number: int) -> int:
    """How many bytes hold it; one for zero."""
    return max(1, (number.bit_length() + 7) // 8)


def _read_teams(packed: bytes) -> Iterator[tuple[int, dict[str, int], tuple[int, ...]]]:
    offset, previous = 0, -1
    while offset < len(packed):
        values = TEAM.unpack(packed, offset)
        helpers = unpack_numbers(TEAM.name, packed, offset + TEAM.size, values.pop("helper_count"))
        if values["task"] <= previous:
            raise Malformed("teams: not in ascending order of their task", offset=offset)
        if not helpers:
            raise Malformed("teams: nobody helps", offset=offset)
        yield offset, values, helpers
        offset, previous = offset + TEAM.size + 2 * len(helpers), values["task"]


def _joined(
    found: Mapping[TaskId, PlanEntry], offset: int, values: Mapping[str, int], helpers: Sequence[int]
) -> PlanEntry:
    entry = found.get(TaskId(values["task"]))
    if entry is None or (entry.version, entry.lead, entry.sequence) != (
        values["version"],
        values["lead"],
        values["sequence"],
    ):
        raise Malformed("teams: another than the entry's", offset=offset)
    return replace(entry, helpers=_as_numbers(helpers))


def _entry(values: dict[str, int], helpers: Sequence[int], robots: Sequence[int]) -> PlanEntry:
    return PlanEntry(
        task=TaskId(values["task"]),
        version=values["version"],
        lead=Number(values["lead"]),
        sequence=values["sequence"],
        inspector=Number(values["inspector"]),
        start=values["start"],
        duration=values["duration"],
        helpers=_as_numbers(helpers),
        robots=_as_numbers(robots),
    )


def _as_numbers(numbers: Sequence[int]) -> tuple[Number, ...]:
    return tuple(Number(number) for number in numbers)
