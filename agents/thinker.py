"""Thinking: a digital worker seeks better plans while it has nothing else to do, as long as there is time to decide."""

import time
from collections.abc import Mapping
from dataclasses import replace
from math import inf

from agents.policy.thinking import REPLAN_S, have_spoken, problem_of, to_think_about, turn_of
from agents.thought import Thought
from agents.view import View
from workmoot.domain.ids import TaskId
from workmoot.planning.beliefs import believe
from workmoot.planning.judgement import alike, in_force, restrict
from workmoot.planning.problem import Mode, Problem
from workmoot.planning.ranking import community_rank
from workmoot.planning.schedule import Duration
from workmoot.planning.search import ROUNDS_AT_ONCE, Candidate, Search, best_plan, candidate_of

FIRST_STAGGER_S = 0.5


class Thinker:
    """One search at a time, carried on from look to look; what it knew is where the next one begins."""

    def __init__(self) -> None:
        self._search: Search | None = None
        self._thought: Thought | None = None
        self._left_s = 0.0
        self._spoken_s = inf

    @property
    def is_busy(self) -> bool:
        """Whether there is something to think about."""
        return self._search is not None and self._left_s > 0

    def look(self, view: View) -> Thought | None:
        """What it has found; begins anew where other tasks are to be decided, or the same by other offers."""
        tasks = to_think_about(view)
        if not tasks:
            self._stop()
            return None
        if not self._is_about(tasks) and self._may_begin(view, tasks):
            self._begin(view, tasks)
        return self._thought

    def _may_begin(self, view: View, tasks: Mapping[TaskId, int]) -> bool:
        """Once all have spoken; of work that nobody decided yet one thinks first, so that the others do not slow it."""
        if not have_spoken(view, tasks):
            self._spoken_s = inf
            return False
        self._spoken_s = min(self._spoken_s, view.now_s)
        if view.reopened or any(view.ledger.tasks[task].entry for task in tasks):
            return True
        return view.now_s >= self._spoken_s + turn_of(view, list(tasks)) * FIRST_STAGGER_S

    def _is_about(self, tasks: Mapping[TaskId, int]) -> bool:
        return self._thought is not None and self._thought.about == tasks

    def think(self, seconds: float) -> None:
        """For so long, wall seconds."""
        if self._search is None or self._thought is None or self._left_s <= 0:
            return
        self._left_s -= seconds
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._search.run(ROUNDS_AT_ONCE)
        if self._search.objective < self._thought.best.objective:
            self._thought = replace(self._thought, best=self._search.best)

    def _begin(self, view: View, tasks: Mapping[TaskId, int]) -> None:
        whole = restrict(problem_of(view), tasks)
        problem = restrict(whole, dict.fromkeys(whole.plannable))
        duration = believe(view.ledger, view.me, view.experience()).duration()
        greedy = best_plan(problem, duration=duration, rank=community_rank(view.ledger), seed=0, rounds=0)
        known = self._known(problem, duration)
        standing = in_force(view.ledger, problem, duration)
        self._stop()
        found = [it for it in (known, standing) if it] or [it for it in (greedy,) if it]
        if not found:
            return
        best, *others = sorted(found, key=lambda it: it.objective)
        rival = others[0] if others else None
        self._search = Search(problem, best, duration, seed=view.seed * 1_000_003 + view.me, rival=rival)
        has_time = not view.reopened
        self._left_s = inf if has_time else REPLAN_S
        self._thought = Thought(
            about=tasks, problem=problem, best=best, standing=standing, since_s=view.now_s, has_time=has_time
        )

    def _known(self, problem: Problem, duration: Duration) -> Candidate | None:
        """The best plan so far, in the terms of the new problem."""
        if self._thought is None:
            return None
        chosen: dict[TaskId, tuple[int, Mode]] = {}
        for slot in self._thought.best.slots:
            found = problem.tasks.get(slot.task)
            mode = alike(found, slot.mode.team, slot.mode.offer.robots) if found else None
            if mode:
                chosen[slot.task] = (slot.start, mode)
        return candidate_of(problem, chosen, duration) if chosen.keys() == problem.tasks.keys() else None

    def _stop(self) -> None:
        if self._search is not None:
            self._search.close()
        self._search = None
        self._thought = None
