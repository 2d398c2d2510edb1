"""A member's own judgement of a valid plan: what it expects of it, against the best it can think of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Ledger
from workmoot.domain.plan import PlanEntry
from workmoot.planning.problem import Mode, OpenTask, Problem
from workmoot.planning.schedule import Duration
from workmoot.planning.search import Candidate, best_plan, candidate_of, recombined

WHOLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a member expects of a plan (`expected`) and of its own best (`best`), by its own beliefs."""

    expected: Candidate
    best: Candidate
    margin: int
    """In parts of 10,000: how much better another plan must be to be worth the trouble."""

    @property
    def supports(self) -> bool:
        """Whether the plan is as good as the member's own, within the margin."""
        return self.expected.objective * WHOLE <= self.best.objective * (WHOLE + self.margin)


def restrict(problem: Problem, tasks: Mapping[TaskId, object]) -> Problem:
    """The problem of these tasks alone."""
    return replace(problem, tasks={task: found for task, found in problem.tasks.items() if task in tasks})


def judge(
    problem: Problem,
    entries: tuple[PlanEntry, ...],
    *,
    duration: Duration,
    rank: Mapping[TaskId, int],
    seed: int,
    rounds: int,
    margin: int,
) -> Judgement | None:
    """How a plan compares with the best one can think of for the same tasks: one's own, recombined with it.

    None when a task of it is not open to plan, or one it waits for is not in it.
    """
    chosen = chosen_in(problem, entries)
    if not chosen:
        return None
    own = restrict(problem, chosen)
    if any(before not in chosen for found in own.tasks.values() for before in found.predecessors):
        return None
    expected = candidate_of(own, chosen, duration)
    best = best_plan(own, duration=duration, rank=rank, seed=seed, rounds=rounds) or expected
    better = recombined(own, expected, best, duration, seed=seed + 1, rounds=rounds // 2)
    return Judgement(expected=expected, best=better, margin=margin)


def is_worth_it(plan: Candidate, standing: Candidate, margin: int) -> bool:
    """Whether a plan is better than what is in force by so many parts of 10,000."""
    return plan.objective * WHOLE <= standing.objective * (WHOLE - margin) and plan.objective < standing.objective


def in_force(ledger: Ledger, problem: Problem, duration: Duration) -> Candidate | None:
    """What is decided of all the problem's tasks, by the offers that stand; None where one has no decision or way."""
    entries = ((task, ledger.tasks[task].entry) for task in problem.tasks)
    modes = (
        (task, entry.start, alike(problem.tasks[task], entry.team, entry.robots)) for task, entry in entries if entry
    )
    chosen = {task: (start, mode) for task, start, mode in modes if mode}
    return candidate_of(problem, chosen, duration) if chosen.keys() == problem.tasks.keys() else None


def alike(found: OpenTask, team: tuple[Number, ...], robots: tuple[Number, ...]) -> Mode | None:
    """The way to do a task with the same team and robots."""
    return next((mode for mode in found.modes if mode.team == team and mode.offer.robots == robots), None)


def chosen_in(problem: Problem, entries: tuple[PlanEntry, ...]) -> dict[TaskId, tuple[int, Mode]] | None:
    """When and how a plan has each task done; None when a task of it is not open, or an offer does not stand."""
    chosen: dict[TaskId, tuple[int, Mode]] = {}
    for entry in entries:
        found = problem.tasks.get(entry.task)
        if found is None or found.version != entry.version:
            return None
        named = [mode for mode in found.modes if (mode.lead, mode.offer.sequence) == (entry.lead, entry.sequence)]
        if not named:
            return None
        chosen[entry.task] = (entry.start, named[0])
    return chosen
