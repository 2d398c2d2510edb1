from collections.abc import Mapping
from dataclasses import replace

from tests.builders import an_entry
from tests.planning.problems import FINISHER, FIRST, SECOND, SPRAYER, a_mode, a_problem, an_open_task
from workmoot.domain.ids import TaskId
from workmoot.domain.plan import PlanEntry
from workmoot.planning.beliefs import Beliefs
from workmoot.planning.judgement import Judgement, judge, restrict
from workmoot.planning.problem import Mode, OpenTask, Problem
from workmoot.planning.schedule import Duration, as_promised

SPRAYER_IS_SLOW = Beliefs(ratios={(SPRAYER, 1): 15_000}).duration()
BOTH = (a_mode(SPRAYER, 1_000), a_mode(FINISHER, 1_200))


def judged(
    problem: Problem, *entries: PlanEntry, duration: Duration = as_promised, margin: int = 200, rounds: int = 20
) -> Judgement | None:
    return judge(problem, entries, duration=duration, rank={}, seed=1, rounds=rounds, margin=margin)


def supports(problem: Problem, *entries: PlanEntry, **how: object) -> bool:
    found = judged(problem, *entries, **how)  # type: ignore[arg-type]
    assert found is not None
    return found.supports


def by(mode: Mode, task: TaskId = FIRST) -> PlanEntry:
    return an_entry(task, mode.lead, sequence=mode.offer.sequence)


def test_judge__the_best_there_is__supported():
    assert supports(a_problem(an_open_task(FIRST, *BOTH)), by(BOTH[0]))


def test_judge__a_better_plan_exists__not_supported():
    assert not supports(a_problem(an_open_task(FIRST, *BOTH)), by(BOTH[1]))


def test_judge__worse_within_the_margin__supported():
    problem = a_problem(an_open_task(FIRST, *BOTH))
    assert (supports(problem, by(BOTH[1]), margin=1_999), supports(problem, by(BOTH[1]), margin=2_000)) == (False, True)


def test_judge__its_worker_is_believed_slow__not_supported_though_it_promises_most():
    problem = a_problem(an_open_task(FIRST, *BOTH))
    assert not supports(problem, by(BOTH[0]), duration=SPRAYER_IS_SLOW)


def test_judge__nobody_else_could__supported_however_slow():
    assert supports(a_problem(an_open_task(FIRST, BOTH[0])), by(BOTH[0]), duration=SPRAYER_IS_SLOW)


def test_judge__believed_slow__expects_what_it_believes():
    found = judged(a_problem(an_open_task(FIRST, *BOTH)), by(BOTH[0]), duration=SPRAYER_IS_SLOW)
    assert found is not None
    assert (found.expected.figures.makespan, found.best.figures.makespan) == (1_500, 1_200)


def test_judge__its_own_search_finds_worse__the_plan_is_the_best_it_knows():
    only = an_open_task(SECOND, a_mode(SPRAYER, 1_000))
    problem = a_problem(an_open_task(FIRST, *BOTH), only)
    found = judged(problem, by(BOTH[1]), by(BOTH[0], SECOND), rounds=0)
    assert found is not None
    assert (found.expected.figures.makespan, found.best) == (1_200, found.expected)


def test_judge__its_own_search_finds_better_at_once__that_is_the_best():
    found = judged(a_problem(an_open_task(FIRST, *BOTH)), by(BOTH[1]), rounds=0)
    assert found is not None
    assert (found.expected.figures.makespan, found.best.figures.makespan) == (1_200, 1_000)


def test_judge__other_open_tasks__compared_for_the_plans_tasks_alone():
    problem = a_problem(an_open_task(FIRST, BOTH[0]), an_open_task(SECOND, BOTH[0]))
    found = judged(problem, by(BOTH[0]))
    assert found is not None
    assert tuple(found.best.modes) == (FIRST,)


def test_judge__its_offer_no_longer_stands__none():
    assert judged(a_problem(an_open_task(FIRST, BOTH[0])), by(BOTH[1])) is None


def test_judge__what_its_task_waits_for_is_not_in_it__none():
    waits = an_open_task(SECOND, *BOTH, after=(FIRST,))
    assert judged(a_problem(an_open_task(FIRST, *BOTH), waits), by(BOTH[0], SECOND)) is None


def test_judge__a_newer_offer_replaced_it__none():
    newer = a_mode(SPRAYER, sequence=2)
    assert judged(a_problem(an_open_task(FIRST, newer)), by(BOTH[0])) is None


def test_judge__its_task_is_decided__none():
    assert judged(a_problem(an_open_task(FIRST, *BOTH)), by(BOTH[0], SECOND)) is None


def test_judge__made_for_another_version__none():
    assert judged(a_problem(an_open_task(FIRST, *BOTH)), replace(by(BOTH[0]), version=2)) is None


def test_restrict__some_tasks__the_same_problem_with_these():
    tasks: Mapping[TaskId, OpenTask] = {FIRST: an_open_task(FIRST), SECOND: an_open_task(SECOND)}
    problem = a_problem(*tasks.values(), now=5)
    assert restrict(problem, {SECOND: None}) == replace(problem, tasks={SECOND: tasks[SECOND]})
