"""A problem as the search's kernel reads it: tasks, modes and resources numbered from 0, in flat lists."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from ctypes import POINTER, Structure, c_int32, c_int64, c_void_p, cast
from dataclasses import dataclass
from typing import Any

from workmoot.domain.ids import Number, TaskId
from workmoot.planning.problem import Mode, Problem
from workmoot.planning.schedule import TENTHS, WHOLE, Duration

PLACES, TICKS = "i", "q"
INT32, INT64 = POINTER(c_int32), POINTER(c_int64)


class KernelProblem(Structure):
    """The kernel's `Problem`, field by field."""

    _fields_ = (
        *((name, c_int32) for name in ("tasks", "modes", "resources")),
        *((name, c_int64) for name in ("base", "handover")),
        *((f"{figure}_weight", c_int64) for figure in ("makespan", "tardiness", "energy", "cost", "risk")),
        *((name, INT64) for name in ("release", "due", "urgency")),
        *((name, INT32) for name in ("before_first", "before", "after_first", "after", "mode_first")),
        *((name, INT64) for name in ("duration", "energy", "cost", "risk")),
        *((name, INT32) for name in ("uses_first", "uses")),
        ("busy", INT64),
    )


def pointer(values: array[int]) -> Any:
    """Where an array begins; it must outlive its use."""
    kind = INT32 if values.typecode == PLACES else INT64
    return cast(c_void_p(values.buffer_info()[0]), kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """A problem in the kernel's terms, and the way back."""

    tasks: tuple[TaskId, ...]
    ways: tuple[Mode, ...]
    problem: KernelProblem
    kept: Mapping[str, array[int]]
    """What `problem` points to."""

    def plan(self, order: Sequence[TaskId], modes: Mapping[TaskId, Mode]) -> tuple[array[int], array[int]]:
        """A plan's order and modes, by number."""
        place = {task: index for index, task in enumerate(self.tasks)}
        chosen = (self._number(index, modes[task]) for index, task in enumerate(self.tasks))
        return array(PLACES, (place[task] for task in order)), array(PLACES, chosen)

    def words(self, order: array[int], modes: array[int]) -> tuple[tuple[TaskId, ...], dict[TaskId, Mode]]:
        """The plan that numbers stand for."""
        tasks = tuple(self.tasks[index] for index in order)
        return tasks, {task: self.ways[modes[index]] for index, task in enumerate(self.tasks)}

    def _number(self, index: int, mode: Mode) -> int:
        first, last = self.kept["mode_first"][index : index + 2]
        return self.ways.index(mode, first, last)


def arrays_of(problem: Problem, tasks: tuple[TaskId, ...], duration: Duration) -> Arrays:
    """The arrays of these tasks, all of whose predecessors are among them."""
    opened = [problem.tasks[task] for task in tasks]
    place = {task: index for index, task in enumerate(tasks)}
    before = [[place[other] for other in found.predecessors] for found in opened]
    after: list[list[int]] = [[] for _ in tasks]
    for index, others in enumerate(before):
        for other in others:
            after[other].append(index)
    ways = [(mode, found) for found in opened for mode in found.modes]
    resources = sorted({resource for mode, _ in ways for resource in mode.resources})
    number: dict[Number, int] = {resource: index for index, resource in enumerate(resources)}
    before_first, before_flat = _flat(before)
    after_first, after_flat = _flat(after)
    mode_first, _ = _flat([found.modes for found in opened], keep=False)
    uses_first, uses = _flat([[number[it] for it in dict.fromkeys(mode.resources)] for mode, _ in ways])
    kept = {
        "release": array(TICKS, (max(found.release, problem.now) for found in opened)),
        "due": array(TICKS, (found.due for found in opened)),
        "urgency": array(TICKS, (TENTHS + found.priority for found in opened)),
        "before_first": before_first,
        "before": before_flat,
        "after_first": after_first,
        "after": after_flat,
        "mode_first": mode_first,
        "duration": array(TICKS, (duration(mode, found) for mode, found in ways)),
        "energy": array(TICKS, (mode.offer.energy for mode, _ in ways)),
        "cost": array(TICKS, (mode.offer.cost for mode, _ in ways)),
        "risk": array(TICKS, (max(0, WHOLE - mode.offer.success) for mode, _ in ways)),
        "uses_first": uses_first,
        "uses": uses,
        "busy": array(TICKS, (problem.busy.get(resource, 0) for resource in resources)),
    }
    weights = problem.weights
    return Arrays(
        tasks=tasks,
        ways=tuple(mode for mode, _ in ways),
        kept=kept,
        problem=KernelProblem(
            tasks=len(tasks),
            modes=len(ways),
            resources=len(resources),
            base=problem.base,
            handover=problem.handover,
            makespan_weight=weights.makespan,
            tardiness_weight=weights.tardiness,
            energy_weight=weights.energy,
            cost_weight=weights.cost,
            risk_weight=weights.risk,
            **{name: pointer(values) for name, values in kept.items()},
        ),
    )


def _flat(lists: Iterable[Sequence[Any]], *, keep: bool = True) -> tuple[array[int], array[int]]:
    """Where each list begins in the one of all, and that."""
    first, flat = array(PLACES, (0,)), array(PLACES)
    for found in lists:
        first.append(first[-1] + len(found))
        flat.extend(found if keep else ())
    return first, flat
