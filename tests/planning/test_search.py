from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from tests.planning.problems import (
    ARM,
    FINISHER,
    FIRST,
    NOZZLE,
    SCANNER,
    SECOND,
    SPRAYER,
    THIRD,
    a_mode,
    a_problem,
    an_open_task,
)
from workmoot.domain.ids import Number, TaskId
from workmoot.planning.problem import Mode, OpenTask, Problem
from workmoot.planning.schedule import as_promised
from workmoot.planning.search import Candidate, best_in, best_plan, candidate_of, evaluate


def found(problem: Problem, *, seed: int = 1, rounds: int = 0, **more: Candidate) -> Candidate:
    best = best_plan(problem, duration=as_promised, rank={}, seed=seed, rounds=rounds, **more)
    assert best is not None
    return best


def leads(candidate: Candidate) -> dict[TaskId, int]:
    return {task: mode.lead for task, mode in candidate.modes.items()}


def a_busy_day(seed: int) -> Problem:
    """Twelve tasks, some after others, each with some ways to do it."""
    random = Random(seed)

    def a_way() -> Mode:
        return a_mode(random.choice((SPRAYER, FINISHER)), random.randint(1, 9), robots=(random.choice((ARM, NOZZLE)),))

    ids = [TaskId(FIRST + index) for index in range(12)]
    before = {task: tuple(sorted(random.sample(ids[:place], min(place, 2)))) for place, task in enumerate(ids)}
    tasks = [an_open_task(task, *(a_way() for _ in range(3)), after=before[task]) for task in ids]
    return a_problem(*tasks, handover=1)


def test_best_plan__nothing_can_be_done__none():
    problem = a_problem(an_open_task(FIRST, modes=()))
    assert best_plan(problem, duration=as_promised, rank={}, seed=1, rounds=5) is None


@pytest.mark.parametrize("seed", range(20))
def test_best_plan__work_that_takes_no_time__a_plan_all_the_same(seed: int):
    both = a_mode(SPRAYER, 0), a_mode(FINISHER, 0)
    last = an_open_task(THIRD, a_mode(SPRAYER, 5), a_mode(FINISHER, 5))
    problem = a_problem(an_open_task(FIRST, *both), an_open_task(SECOND, *both, after=(FIRST,)), last)
    assert found(problem, seed=seed, rounds=6_000).figures.makespan == 5


def test_best_plan__no_rounds__greedy_takes_the_quicker_mode():
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 900), a_mode(FINISHER, 500)))
    assert leads(found(problem)) == {FIRST: FINISHER}


def test_best_plan__the_quicker_is_busy__greedy_takes_who_ends_first():
    modes = a_mode(SPRAYER, 900), a_mode(FINISHER, 500)
    assert leads(found(a_problem(an_open_task(FIRST, *modes), busy={FINISHER: 450}))) == {FIRST: SPRAYER}


def quick_but_busy(until: int) -> tuple[OpenTask, dict[Number, int]]:
    """The third task: the nozzle does it in half the time, once it is free."""
    return an_open_task(THIRD, a_mode(SPRAYER, 1_000), a_mode(FINISHER, 500, robots=(NOZZLE,))), {NOZZLE: until}


@pytest.mark.parametrize("waits_for", [{"now": 1_000}, {"release": 1_000}])
def test_best_plan__it_cannot_begin_before_the_quicker_is_free__greedy_takes_the_quicker(waits_for: dict[str, int]):
    task, busy = quick_but_busy(900)
    problem = a_problem(replace(task, release=waits_for.get("release", 0)), busy=busy, now=waits_for.get("now", 0))
    assert leads(found(problem)) == {THIRD: FINISHER}


def test_best_plan__its_last_predecessor_ends_when_the_quicker_is_free__greedy_takes_the_quicker():
    task, busy = quick_but_busy(1_150)
    before = an_open_task(FIRST, a_mode(ARM, 100)), an_open_task(SECOND, a_mode(SCANNER, 900))
    problem = a_problem(*before, replace(task, predecessors=(FIRST, SECOND)), busy=busy, handover=300)
    assert leads(found(problem))[THIRD] == FINISHER


def test_best_plan__the_quicker_needs_a_handover_first__greedy_takes_the_other():
    second = an_open_task(SECOND, a_mode(SPRAYER, 500), a_mode(FINISHER, 2_500))
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 2_000)), second, handover=300)
    assert leads(found(problem))[SECOND] == FINISHER


def test_best_plan__as_quick_alone_as_together__greedy_takes_fewer_hands():
    together, alone = a_mode(SPRAYER, 900, helpers=(FINISHER,)), a_mode(SPRAYER, 900)
    assert found(a_problem(an_open_task(FIRST, together, alone))).modes[FIRST] == alone


def test_best_plan__quicker_together__a_team_is_taken():
    alone, together = a_mode(SPRAYER, 900), a_mode(SPRAYER, 540, helpers=(FINISHER,))
    assert found(a_problem(an_open_task(FIRST, alone, together))).modes[FIRST] == together


def test_best_plan__a_long_chain_waits__greedy_begins_it_first():
    long, short = a_mode(SPRAYER, 100), a_mode(SPRAYER, 300)
    chain = an_open_task(SECOND, long), an_open_task(THIRD, a_mode(FINISHER, 900), after=(SECOND,))
    assert found(a_problem(an_open_task(FIRST, short), *chain)).order[0] == SECOND


def test_best_plan__a_chain_of_short_tasks__greedy_begins_it_first():
    chain = an_open_task(SECOND, a_mode(SPRAYER, 200)), an_open_task(THIRD, a_mode(FINISHER, 200), after=(SECOND,))
    assert found(a_problem(an_open_task(FIRST, a_mode(SPRAYER, 300)), *chain)).order[0] == SECOND


def test_best_plan__a_chain_with_a_handover_between__greedy_counts_that_too():
    chain = an_open_task(SECOND, a_mode(SPRAYER, 500)), an_open_task(THIRD, a_mode(FINISHER, 500), after=(SECOND,))
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 1_100)), *chain, handover=200)
    assert found(problem).order[0] == SECOND


def test_best_plan__a_slow_way_to_do_it_too__greedy_goes_by_the_quickest():
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 100), a_mode(FINISHER, 900)), an_open_task(SECOND))
    assert found(problem).order[0] == SECOND


def test_best_plan__equals__the_urgent_comes_first():
    problem = a_problem(an_open_task(FIRST), an_open_task(SECOND, priority=5))
    best = best_plan(problem, duration=as_promised, rank={FIRST: 0, SECOND: 5_000}, seed=1, rounds=0)
    assert best is not None
    assert best.order == (SECOND, FIRST)


def test_best_plan__equals__the_communitys_rank_decides():
    problem = a_problem(an_open_task(FIRST), an_open_task(SECOND))
    best = best_plan(problem, duration=as_promised, rank={FIRST: 5_000, SECOND: 0}, seed=1, rounds=0)
    assert best is not None
    assert best.order == (SECOND, FIRST)


def test_best_plan__believed_slower_than_promised__the_other_is_taken():
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 500), a_mode(FINISHER, 900)))

    def believed(mode: Mode, _: object) -> int:
        return mode.offer.p50 * (2 if mode.lead == SPRAYER else 1)

    best = best_plan(problem, duration=believed, rank={}, seed=1, rounds=20)
    assert best is not None
    assert leads(best) == {FIRST: FINISHER}


def test_best_plan__same_seed__same_plan():
    assert found(a_busy_day(3), seed=7, rounds=200) == found(a_busy_day(3), seed=7, rounds=200)


@pytest.mark.parametrize("day", range(8))
def test_best_plan__more_rounds__never_worse_than_greedy(day: int):
    problem = a_busy_day(day)
    assert found(problem, rounds=150).objective <= found(problem).objective


@pytest.mark.parametrize("day", range(8))
def test_best_plan__from_a_start__never_worse_than_it(day: int):
    problem = a_busy_day(day)
    modes = {task: open_task.modes[-1] for task, open_task in problem.tasks.items()}
    start = evaluate(problem, problem.plannable, modes, as_promised)
    assert found(problem, rounds=20, start=start).objective <= start.objective


def test_best_in__nothing_can_be_done__none():
    problem = a_problem(an_open_task(FIRST, modes=()))
    assert best_in(1.0, problem, duration=as_promised, rank={}, seed=1) is None


def test_best_in__no_time__greedy():
    problem = a_busy_day(1)
    assert best_in(0.0, problem, duration=as_promised, rank={}, seed=1) == found(problem)


def test_best_in__some_time__better_than_greedy():
    problem = a_busy_day(1)
    best = best_in(0.05, problem, duration=as_promised, rank={}, seed=1)
    assert best is not None
    assert best.objective < found(problem).objective


def test_best_plan__who_is_cheaper_is_as_quick__the_cheaper_is_taken():
    dear, cheap = a_mode(SPRAYER, 500, cost=9_000_000), a_mode(FINISHER, 500, cost=1_000_000)
    before = an_open_task(FIRST, a_mode(SCANNER, 5_000))
    assert leads(found(a_problem(before, an_open_task(SECOND, dear, cheap)), rounds=2_000))[SECOND] == FINISHER


def test_best_plan__only_the_last_is_due__it_comes_first():
    tasks = an_open_task(FIRST, a_mode(SPRAYER, 500)), an_open_task(SECOND, a_mode(SPRAYER, 500), due=500)
    assert found(a_problem(*tasks), rounds=2_000).order == (SECOND, FIRST)


def test_best_plan__greedy_is_not_best__moves_find_better():
    wide = an_open_task(FIRST, a_mode(SPRAYER, 1_000), a_mode(FINISHER, 1_100))
    only = an_open_task(SECOND, a_mode(SPRAYER, 1_000))
    problem = a_problem(wide, only)
    assert (found(problem).figures.makespan, found(problem, rounds=30).figures.makespan) == (2_000, 1_100)


@pytest.mark.parametrize("day", range(8))
def test_best_plan__any_day__keeps_predecessors_and_resources(day: int):
    problem = a_busy_day(day)
    slots = found(problem, rounds=100).slots
    ends = {slot.task: slot.end for slot in slots}
    assert all(
        slot.start >= ends[before] + problem.handover
        for slot in slots
        for before in problem.tasks[slot.task].predecessors
    )
    for robot in (ARM, NOZZLE):
        used = sorted((slot.start, slot.end) for slot in slots if robot in slot.mode.resources)
        assert all(later >= end + problem.handover for (_, end), (later, _) in pairwise(used))


def test_candidate_of__somebodys_plan__in_the_order_of_its_starts():
    problem = a_problem(an_open_task(FIRST), an_open_task(SECOND))
    mode = a_mode(SPRAYER, 400)
    assert candidate_of(problem, {FIRST: (400, mode), SECOND: (0, mode)}, as_promised).order == (SECOND, FIRST)


def test_candidate_of__starts_before_its_predecessor__placed_behind_it():
    problem = a_problem(an_open_task(FIRST), an_open_task(SECOND, after=(FIRST,)))
    mode = a_mode(SPRAYER, 400)
    assert candidate_of(problem, {FIRST: (400, mode), SECOND: (0, mode)}, as_promised).order == (FIRST, SECOND)
