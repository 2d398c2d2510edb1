"""When each task runs, once it is known who does it and in which order: the figures of a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import Figures, Weights
from workmoot.planning.problem import Mode, OpenTask, Problem

LAST_TICK = 2**32 - 1
WHOLE = 10_000
TENTHS = 10
Duration = Callable[[Mode, OpenTask], int]
"""How many ticks a mode takes; as promised, or as somebody believes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One scheduled task."""

    task: TaskId
    mode: Mode
    start: int
    end: int


def as_promised(mode: Mode, _: OpenTask) -> int:
    """The offer's own median."""
    return mode.offer.p50


def timetable(
    problem: Problem, order: Sequence[TaskId], modes: Mapping[TaskId, Mode], duration: Duration = as_promised
) -> list[Slot]:
    """Each task as early as its predecessors and resources allow, taken in `order` (topological).

    The serial schedule generation scheme (Kolisch 1996), without filling gaps.
    """
    free: dict[Number, int] = dict(problem.busy)
    ends: dict[TaskId, int] = {}
    slots: list[Slot] = []
    for task in order:
        found, mode = problem.tasks[task], modes[task]
        ready = max((ends[before] + problem.handover for before in found.predecessors), default=0)
        start = max(found.release, ready, problem.now, *(free.get(resource, 0) for resource in mode.resources))
        end = start + duration(mode, found)
        ends[task] = end
        free.update((resource, end + problem.handover) for resource in mode.resources)
        slots.append(Slot(task=task, mode=mode, start=start, end=end))
    return slots


def figures(problem: Problem, slots: Sequence[Slot]) -> Figures:
    """What a timetable is predicted to bring."""
    tardiness = 0
    for slot in slots:
        due = problem.tasks[slot.task].due
        tardiness += max(0, slot.end - due) if due else 0
    return Figures(
        makespan=max((slot.end for slot in slots), default=problem.base) - problem.base,
        tardiness=tardiness,
        energy=sum(slot.mode.offer.energy for slot in slots),
        cost=sum(slot.mode.offer.cost for slot in slots),
    )


def objective(problem: Problem, found: Figures, slots: Sequence[Slot]) -> int:
    """One number to compare plans by, lower is better: weighed ticks, Wh and thousandths of a unit of cost; at risk are
    the ticks of work that the offers' chances say will be lost.

    The mean end of the tasks breaks ties among equal makespans; a point of priority is worth a tenth of a task.
    """
    weights = problem.weights
    total = weighed(weights, found)
    if weights.risk:
        lost = sum((slot.end - slot.start) * max(0, WHOLE - slot.mode.offer.success) for slot in slots)
        total += lost // WHOLE * weights.risk
    urged = sum((slot.end - problem.base) * (TENTHS + problem.tasks[slot.task].priority) for slot in slots)
    return total + urged // (TENTHS * max(1, len(slots)))


def weighed(weights: Weights, found: Figures) -> int:
    """What a plan's figures weigh together."""
    total = found.makespan * weights.makespan + found.tardiness * weights.tardiness
    return total + found.energy * weights.energy + found.cost // 1_000 * weights.cost


def as_entries(problem: Problem, slots: Sequence[Slot]) -> tuple[PlanEntry, ...]:
    """The timetable as a plan, ascending by task, with an inspector outside each team.

    What ends later than a plan can say is left out, and so is all that waits for it.
    """
    return tuple(
        PlanEntry(
            task=slot.task,
            version=problem.tasks[slot.task].version,
            lead=slot.mode.lead,
            sequence=slot.mode.offer.sequence,
            inspector=_inspector(problem, slot),
            start=slot.start,
            duration=slot.end - slot.start,
            helpers=slot.mode.offer.helpers,
            robots=slot.mode.offer.robots,
        )
        for slot in sorted(slots, key=lambda slot: slot.task)
        if slot.end <= LAST_TICK
    )


def _inspector(problem: Problem, slot: Slot) -> Number:
    candidates = problem.inspectors.get(problem.tasks[slot.task].capability, ())
    outside = [number for number in candidates if number not in slot.mode.team]
    return outside[slot.task % len(outside)] if outside else Number(0)
