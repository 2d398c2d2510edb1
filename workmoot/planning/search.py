"""The search for a good plan: a greedy start, then the compiled kernel; the same seed and rounds find the same plan."""

from array import array
from collections.abc import Mapping
from ctypes import byref
from dataclasses import dataclass
from time import thread_time
from typing import Self

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.proposals import Figures
from workmoot.planning.arrays import TICKS, arrays_of, pointer
from workmoot.planning.kernel import kernel
from workmoot.planning.problem import Mode, Problem
from workmoot.planning.schedule import Duration, Slot, figures, objective, timetable

WORD = 2**64
ROUNDS_AT_ONCE = 64


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


class Search:
    """A search that can be asked at any time for the best plan so far, and be carried on.

    With a `rival` two plans are recombined from the first, so that theirs are the only ideas in it for a while.
    """

    def __init__(
        self, problem: Problem, start: Candidate, duration: Duration, *, seed: int, rival: Candidate | None = None
    ) -> None:
        if not start.order:
            raise ValueError("a search needs a task")
        if rival and set(rival.order) != set(start.order):
            raise ValueError("two plans of different tasks cannot be recombined")
        self._problem, self._duration = problem, duration
        self._arrays = arrays_of(problem, tuple(sorted(start.order)), duration)
        self._order, self._modes = self._arrays.plan(start.order, start.modes)
        others = self._arrays.plan(rival.order, rival.modes) if rival else ()
        plans = [pointer(values) for values in (self._order, self._modes, *others)]
        plans += [None] * (4 - len(plans))
        self._kernel = kernel()
        self._search = self._kernel.search_new(byref(self._arrays.problem), *plans, seed % WORD)
        if not self._search:
            raise MemoryError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it; what it found is lost."""
        self._kernel.search_free(self._search)
        self._search = None

    def run(self, rounds: int) -> None:
        """Try on. A round is one step of the search: about a hundred thousandth of a second for sixty tasks."""
        self._kernel.search_run(self._search, rounds)

    @property
    def objective(self) -> int:
        """That of the best plan found so far."""
        words = array(TICKS, (0, 0))
        self._kernel.search_objective(self._search, pointer(words))
        return words[0] * WORD + words[1] % WORD

    @property
    def best(self) -> Candidate:
        """The best plan found so far."""
        self._kernel.search_best(self._search, pointer(self._order), pointer(self._modes))
        return evaluate(self._problem, *self._arrays.words(self._order, self._modes), self._duration)


def best_plan(
    problem: Problem,
    *,
    duration: Duration,
    rank: Mapping[TaskId, int],
    seed: int,
    rounds: int,
    start: Candidate | None = None,
) -> Candidate | None:
    """The best plan found in `rounds` from a greedy start or from `start`; None if nothing can be done.

    `rank` is the community's ranking of the open work: what ranks lower is placed earlier among equals.
    """
    tasks = problem.plannable
    if not tasks:
        return None
    begin = start or _greedy(problem, tasks, duration, rank)
    if not rounds:
        return begin
    with Search(problem, begin, duration, seed=seed) as search:
        search.run(rounds)
        return min(begin, search.best, key=lambda found: found.objective)


def best_in(
    seconds: float, problem: Problem, *, duration: Duration, rank: Mapping[TaskId, int], seed: int
) -> Candidate | None:
    """The best plan found in so many seconds of this thread's processor time: of a busy machine it takes no less."""
    until = thread_time() + seconds
    begin = best_plan(problem, duration=duration, rank=rank, seed=seed, rounds=0)
    if begin is None:
        return None
    with Search(problem, begin, duration, seed=seed) as search:
        while thread_time() < until:
            search.run(ROUNDS_AT_ONCE)
        return search.best


def recombined(
    problem: Problem, one: Candidate, other: Candidate, duration: Duration, *, seed: int, rounds: int
) -> Candidate:
    """The best plan found on the way between two, never worse than the better of them."""
    with Search(problem, one, duration, seed=seed, rival=other) as search:
        search.run(rounds)
        return min(one, other, search.best, key=lambda found: found.objective)


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
