"""An instance as a plant has it: a job is a work order, an operation a task, a machine a digital worker."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.allocation.instances import Instance
from benchmarks.allocation.solo import Assignment
from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import TASKS_PER_ORDER, Number, index_of, order_of
from workmoot.domain.ledger import Ledger
from workmoot.domain.work import TaskSpec, mask_of, pack_tasks
from workmoot.plant.plant import Policy, Weights

SKILL = "work"
THINKING = 0.93
"""Of the time there is; the rest is for the last vote."""
Packed = tuple[bytes, str]
"""The tasks of a work order, and its detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the community decided; no assignments: nothing in time."""

    assignments: tuple[Assignment, ...]
    first: tuple[Assignment, ...]
    """What it decided first."""
    first_s: float | None
    members: int
    proposals: int
    passed: int
    gas: int | None
    """What all transactions to the plant's contracts cost, the offers among them; none without a node."""
    cpu_s: float

    @property
    def makespan(self) -> int | None:
        """When the last operation ends."""
        return makespan_of(self.assignments)

    @property
    def first_makespan(self) -> int | None:
        """When the last operation would have ended by the first decision."""
        return makespan_of(self.first)


def makespan_of(assignments: tuple[Assignment, ...]) -> int | None:
    """When the last operation ends; none where nothing was decided."""
    return max((end for *_, end in assignments), default=None)


def policy_of(seconds: float) -> Policy:
    """By which it is decided within so many seconds: nobody talks, whoever agrees votes."""
    return Policy(
        voting_s=3_600,
        talk_s=0.0,
        think_s=seconds * THINKING,
        handover_ms=0,
        margin_bps=10,
        own_rounds=5_000,
        judge_rounds=1,
        weights=Weights(makespan=10_000, tardiness=0, energy=0, cost=0),
    )


def machines_of(instance: Instance) -> list[int]:
    """Those that can do something: no other has a worker."""
    return sorted({machine for ways in instance.ways for machine, _ in ways})


def key_of(operation: int) -> str:
    """By which a worker knows what it takes."""
    return str(operation)


def times_of(instance: Instance, machine: int) -> dict[str, float]:
    """What a machine's worker knows: what each operation takes it, simulated seconds for the file's unit of time."""
    return {
        key_of(operation): float(time)
        for operation, ways in enumerate(instance.ways)
        for other, time in ways
        if other == machine
    }


def orders_of(instance: Instance) -> list[Packed]:
    """The work orders."""
    return [_order(instance, job) for job in instance.jobs]


def _order(instance: Instance, job: tuple[int, ...]) -> Packed:
    if len(job) > TASKS_PER_ORDER:
        raise Malformed(f"a job of {len(job)} operations: a work order has at most {TASKS_PER_ORDER} tasks")
    detail = {"tasks": [{"key": key_of(operation)} for operation in job]}
    return pack_tasks([_spec(instance, operation, job) for operation in job]), json.dumps(detail)


def _spec(instance: Instance, operation: int, job: tuple[int, ...]) -> TaskSpec:
    """Its nominal work is what it takes the quickest."""
    quickest = min(time for _, time in instance.ways[operation])
    before = mask_of([job.index(other) for other in instance.before[operation]])
    return TaskSpec(capability=1, work=max(1, quickest * TICKS_A_SECOND), predecessors=before)


def assignments_of(instance: Instance, ledger: Ledger, machine_of: Callable[[Number], int]) -> tuple[Assignment, ...]:
    """What is decided: each machine's operations in the plan's turn, as early as they can be, in the file's unit.

    Nothing unless every operation has a machine.
    """
    jobs = instance.jobs
    decided = ((task.id, task.entry) for task in ledger.tasks.values())
    entries = {jobs[order_of(id_) - 1][index_of(id_)]: entry for id_, entry in decided if entry is not None}
    if len(entries) < len(instance.ways):
        return ()
    ends: dict[int, int] = {}
    free: dict[int, int] = {}
    found = []
    for operation in _in_turn(instance, {operation: entry.start for operation, entry in entries.items()}):
        who = machine_of(entries[operation].lead)
        ready = max((ends[before] for before in instance.before[operation]), default=0)
        start = max(ready, free.get(who, 0))
        free[who] = ends[operation] = start + dict(instance.ways[operation])[who]
        found.append((operation, who, start, ends[operation]))
    return tuple(sorted(found))


def _in_turn(instance: Instance, start: Mapping[int, int]) -> Iterator[int]:
    """By their planned starts, but none before what it waits for."""
    left = dict.fromkeys(sorted(start, key=lambda operation: (start[operation], operation)))
    while left:
        first = next(it for it in left if not any(before in left for before in instance.before[it]))
        del left[first]
        yield first
