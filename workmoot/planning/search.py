"""The search for a good plan: a greedy start, then local moves; the same seed finds the same plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.proposals import Figures
from workmoot.planning.problem import Mode, Problem
from workmoot.planning.schedule import Duration, Slot, figures, objective, timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plan in the making: the order tasks are placed in, the mode of each, and what comes of it."""

    order: tuple[TaskId, ...]
    modes: Mapping[TaskId, Mode]
    slots: tuple[Slot, ...]
    figures: Figures
    objective: int


def evaluate(
    problem: Problem, order: tuple[TaskId, ...], modes: Mapping[TaskId, Mode], duration: Duration
) -> Candidate:
    """The candidate that an order and a choice of modes make."""
    slots = timetable(problem, order, modes, duration)
    found = figures(problem, slots)
    return Candidate(
        order=order,
        modes=modes,
        slots=tuple(slots),
        figures=found,
        objective=objective(problem, found, slots),
    )


def best_plan(
    problem: Problem,
    *,
    duration: Duration,
    rank: Mapping[TaskId, int],
    seed: int,
    rounds: int,
    start: Candidate | None = None,
) -> Candidate | None:
    """The best plan found in `rounds` local moves from a greedy start or from `start`; None if nothing can be done.

    `rank` is the community's ranking of the open work: what ranks lower is placed earlier among equals.
    """
    tasks = problem.plannable
    if not tasks:
        return None
    random = Random(seed)  # noqa: S311 - a search, not a secret
    best = start or _greedy(problem, tasks, duration, rank)
    current = best
    for step in range(rounds):
        tried = _move(problem, current, duration, random)
        slack = current.objective // 100 * (rounds - step) // (4 * rounds)
        if tried.objective <= current.objective + random.randint(0, max(slack, 0)):
            current = tried
        if tried.objective < best.objective:
            best = tried
    return best


def candidate_of(problem: Problem, chosen: Mapping[TaskId, tuple[int, Mode]], duration: Duration) -> Candidate:
    """The candidate behind somebody's plan: each task's planned start and mode, timed by one's own durations."""
    order = _topological(problem, sorted(chosen, key=lambda task: (chosen[task][0], task)))
    return evaluate(problem, order, {task: chosen[task][1] for task in order}, duration)


def _greedy(problem: Problem, tasks: tuple[TaskId, ...], duration: Duration, rank: Mapping[TaskId, int]) -> Candidate:
    """Most work remaining first, then the urgent, then the community's rank; each in the mode that ends it earliest."""
    tail = _tails(problem, tasks, duration)
    urgent = {task: -problem.tasks[task].priority for task in tasks}
    order = _topological(problem, sorted(tasks, key=lambda task: (-tail[task], urgent[task], rank.get(task, 0), task)))
    free: dict[Number, int] = dict(problem.busy)
    ends: dict[TaskId, int] = {}
    modes: dict[TaskId, Mode] = {}
    for task in order:
        found = problem.tasks[task]
        ready = max((ends[before] + problem.handover for before in found.predecessors), default=0)
        ready = max(ready, found.release, problem.now)

        def end_of(mode: Mode, ready: int = ready, task: TaskId = task) -> int:
            begin = max(ready, *(free.get(resource, 0) for resource in mode.resources))
            return begin + duration(mode, problem.tasks[task])

        modes[task] = min(found.modes, key=lambda mode: (end_of(mode), len(mode.resources), mode.lead))
        ends[task] = end_of(modes[task])
        free.update((resource, ends[task] + problem.handover) for resource in modes[task].resources)
    return evaluate(problem, order, modes, duration)


def _tails(problem: Problem, tasks: tuple[TaskId, ...], duration: Duration) -> dict[TaskId, int]:
    """The longest chain of quickest modes from each task's start to the end of its order."""
    tail: dict[TaskId, int] = dict.fromkeys(tasks, 0)
    for task in reversed(tasks):
        found = problem.tasks[task]
        tail[task] += min(duration(mode, found) for mode in found.modes) + problem.handover
        for before in found.predecessors:
            tail[before] = max(tail[before], tail[task])
    return tail


def _topological(problem: Problem, wished: list[TaskId]) -> tuple[TaskId, ...]:
    """As wished, but no task before its predecessors."""
    placed: dict[TaskId, None] = {}

    def place(task: TaskId) -> None:
        if task in placed:
            return
        for before in problem.tasks[task].predecessors:
            place(before)
        placed[task] = None

    for task in wished:
        place(task)
    return tuple(placed)


def _move(problem: Problem, current: Candidate, duration: Duration, random: Random) -> Candidate:
    order, modes = list(current.order), dict(current.modes)
    if random.random() < 0.5:
        task = random.choice(order)
        modes[task] = random.choice(problem.tasks[task].modes)
    else:
        task = order.pop(random.randrange(len(order)))
        order.insert(random.randrange(len(order) + 1), task)
        order = list(_topological(problem, order))
    return evaluate(problem, tuple(order), modes, duration)
