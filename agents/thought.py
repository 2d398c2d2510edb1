"""What a digital worker has thought out so far of the work that is to be decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from workmoot.domain.ids import TaskId
from workmoot.domain.plan import PlanEntry
from workmoot.planning.judgement import Judgement, chosen_in, is_worth_it, restrict
from workmoot.planning.problem import Problem
from workmoot.planning.schedule import Duration
from workmoot.planning.search import Candidate, candidate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """The problem as it was when the search began, its best plan so far, and the plan in force, both by own beliefs."""

    about: Mapping[TaskId, int]
    """What was to be decided, at which decision version; the problem has those of it that somebody can do."""
    problem: Problem
    best: Candidate
    standing: Candidate | None
    since_s: float
    """The wall second in which the search began."""
    has_time: bool
    """Whether what is decided now can be decided better before it begins."""

    def gains(self, margin: int) -> bool:
        """Whether it is better than what is in force, by so many parts of 10,000."""
        if self.standing is None:
            return True
        return is_worth_it(self.best, self.standing, margin)


def weigh(thought: Thought, entries: tuple[PlanEntry, ...], duration: Duration, *, margin: int) -> Judgement | None:
    """How a plan compares with what is in force of its tasks, and with the best that was thought out for them; None
    where it is no plan for the problem."""
    problem = restrict(thought.problem, {entry.task: None for entry in entries})
    chosen = chosen_in(problem, entries)
    if not chosen or any(before not in chosen for found in problem.tasks.values() for before in found.predecessors):
        return None
    expected = candidate_of(problem, chosen, duration)
    standing = _part(thought.standing, problem, duration)
    if standing is not None and not is_worth_it(expected, standing, margin):
        return Judgement(expected=expected, best=standing, margin=-margin)
    return Judgement(expected=expected, best=_part(thought.best, problem, duration) or expected, margin=margin)


def _part(whole: Candidate | None, problem: Problem, duration: Duration) -> Candidate | None:
    """What a plan has for the problem's tasks, if it has all of them."""
    chosen = {
        slot.task: (slot.start, slot.mode) for slot in (whole.slots if whole else ()) if slot.task in problem.tasks
    }
    return candidate_of(problem, chosen, duration) if chosen.keys() == problem.tasks.keys() else None
