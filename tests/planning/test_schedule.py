from collections.abc import Sequence

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
from workmoot.domain.ids import NOBODY
from workmoot.domain.proposals import Figures, Weights
from workmoot.planning.problem import Problem
from workmoot.planning.schedule import Slot, as_entries, figures, objective, timetable


def scheduled(problem: Problem, *order: int) -> list[Slot]:
    """The tasks in this order (by default ascending), each in its first mode."""
    tasks = [task for task in problem.tasks if task in order] if order else list(problem.tasks)
    tasks.sort(key=lambda task: order.index(task) if order else task)
    return timetable(problem, tasks, {task: problem.tasks[task].modes[0] for task in tasks})


def times(slots: Sequence[Slot]) -> list[tuple[int, int]]:
    return [(slot.start, slot.end) for slot in slots]


BY_SPRAYER, BY_FINISHER = a_mode(SPRAYER), a_mode(FINISHER)


def test_timetable__predecessor__successor_waits_for_its_end():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_FINISHER, after=(FIRST,)))
    assert times(scheduled(problem)) == [(0, 1_000), (1_000, 2_000)]


def test_timetable__different_workers_no_predecessor__at_once():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_FINISHER))
    assert times(scheduled(problem)) == [(0, 1_000), (0, 1_000)]


def test_timetable__same_worker__one_after_the_other():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_SPRAYER))
    assert times(scheduled(problem)) == [(0, 1_000), (1_000, 2_000)]


def test_timetable__placed_in_another_order__in_that_order():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_SPRAYER))
    assert [slot.task for slot in scheduled(problem, SECOND, FIRST)] == [SECOND, FIRST]


def test_timetable__same_robot_of_two_workers__one_after_the_other():
    modes = a_mode(SPRAYER, robots=(ARM,)), a_mode(FINISHER, robots=(ARM,))
    problem = a_problem(an_open_task(FIRST, modes[0]), an_open_task(SECOND, modes[1]))
    assert times(scheduled(problem)) == [(0, 1_000), (1_000, 2_000)]


def test_timetable__one_worker_two_robots__at_once():
    modes = a_mode(SPRAYER, robots=(ARM,)), a_mode(SPRAYER, robots=(NOZZLE,))
    problem = a_problem(an_open_task(FIRST, modes[0]), an_open_task(SECOND, modes[1]))
    assert times(scheduled(problem)) == [(0, 1_000), (0, 1_000)]


def test_timetable__helper_is_taken__the_team_waits():
    together = a_mode(SPRAYER, helpers=(FINISHER,))
    problem = a_problem(an_open_task(FIRST, BY_FINISHER), an_open_task(SECOND, together))
    assert times(scheduled(problem)) == [(0, 1_000), (1_000, 2_000)]


def test_timetable__handover__lies_between_a_task_and_its_successor():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_FINISHER, after=(FIRST,)), handover=7)
    assert times(scheduled(problem))[1] == (1_007, 2_007)


def test_timetable__handover__lies_between_two_tasks_of_one_robot():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, BY_SPRAYER), handover=7)
    assert times(scheduled(problem))[1] == (1_007, 2_007)


def test_timetable__busy_until_later__begins_then():
    assert times(scheduled(a_problem(an_open_task(FIRST, BY_SPRAYER), busy={SPRAYER: 300}))) == [(300, 1_300)]


def test_timetable__released_later__begins_then():
    assert times(scheduled(a_problem(an_open_task(FIRST, release=400)))) == [(400, 1_400)]


def test_timetable__planned_later__never_begins_in_the_past():
    assert times(scheduled(a_problem(an_open_task(FIRST), now=500))) == [(500, 1_500)]


def test_timetable__believed_durations__lasts_as_long_as_believed():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER))
    slots = timetable(problem, [FIRST], {FIRST: BY_SPRAYER}, lambda mode, task: 2 * mode.offer.p50)
    assert times(slots) == [(0, 2_000)]


def test_figures__two_tasks__makespan_from_the_base_and_sums():
    modes = a_mode(SPRAYER, energy=3, cost=5), a_mode(FINISHER, 2_000, energy=4, cost=6)
    problem = a_problem(an_open_task(FIRST, modes[0]), an_open_task(SECOND, modes[1]), base=500, now=500)
    assert figures(problem, scheduled(problem)) == Figures(makespan=2_000, tardiness=0, energy=7, cost=11)


def test_figures__some_due__only_what_is_late_counts():
    tasks = an_open_task(FIRST, due=400), an_open_task(SECOND, BY_FINISHER, due=5_000)
    problem = a_problem(*tasks, an_open_task(THIRD, a_mode(SCANNER)))
    assert figures(problem, scheduled(problem)).tardiness == 600


def test_figures__nothing_planned__all_zero():
    assert figures(a_problem(base=500), []) == Figures(makespan=0, tardiness=0, energy=0, cost=0)


def test_objective__weights__weigh_each_figure():
    problem = a_problem(weights=Weights(makespan=2, tardiness=10, energy=100, cost=1_000))
    assert objective(problem, Figures(makespan=7, tardiness=2, energy=3, cost=4_999), []) == 14 + 20 + 300 + 4_000


def test_objective__risk__weighs_the_work_that_may_be_lost():
    tasks = an_open_task(FIRST, a_mode(SPRAYER, 1_000, success=7_500)), an_open_task(SECOND, a_mode(FINISHER, 3_000))
    sure = a_problem(*tasks, weights=Weights(makespan=1, risk=0))
    risky = a_problem(*tasks, weights=Weights(makespan=1, risk=4))
    slots = scheduled(sure)
    lost = 1_000 * 2_500 // 10_000 + 3_000 * (10_000 - slots[1].mode.offer.success) // 10_000
    told = figures(sure, slots)
    assert objective(risky, told, slots) - objective(sure, told, slots) == 4 * lost


def test_objective__nothing_weighs__the_mean_end_since_the_base():
    tasks = an_open_task(FIRST, BY_SPRAYER), an_open_task(SECOND, a_mode(FINISHER, 3_000))
    problem = a_problem(*tasks, base=500, now=500, weights=Weights(makespan=0, tardiness=0, energy=0, cost=0))
    slots = scheduled(problem)
    assert objective(problem, figures(problem, slots), slots) == 2_000


def test_objective__same_makespan__the_earlier_mean_end_is_better():
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 10)), an_open_task(SECOND, a_mode(SPRAYER, 90)))
    quick, slow = scheduled(problem, FIRST, SECOND), scheduled(problem, SECOND, FIRST)
    found = figures(problem, quick)
    assert found == figures(problem, slow)
    assert objective(problem, found, quick) < objective(problem, found, slow)


def test_objective__same_makespan__the_urgent_rather_ends_early():
    urgent = an_open_task(SECOND, a_mode(SPRAYER, 90), priority=100)
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 10)), urgent)
    first, last = scheduled(problem, SECOND, FIRST), scheduled(problem, FIRST, SECOND)
    found = figures(problem, first)
    assert found == figures(problem, last)
    assert objective(problem, found, first) < objective(problem, found, last)


def test_as_entries__placed_out_of_order__ascending_with_the_offers_values():
    mode = a_mode(SPRAYER, 700, sequence=4, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    problem = a_problem(an_open_task(FIRST, version=3), an_open_task(SECOND, mode, version=5))
    first, second = as_entries(problem, scheduled(problem, SECOND, FIRST))
    assert (first.task, first.version, second.task, second.version) == (FIRST, 3, SECOND, 5)
    assert (second.lead, second.sequence, second.duration) == (SPRAYER, 4, 700)
    assert (second.helpers, second.robots) == ((FINISHER,), (ARM, NOZZLE))


def test_as_entries__begins_later__start_and_duration():
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 700), release=400))
    (entry,) = as_entries(problem, scheduled(problem))
    assert (entry.start, entry.duration) == (400, 700)


@pytest.mark.parametrize(("late", "planned"), [(0, 1), (1, 0)])
def test_as_entries__ends_beyond_what_a_plan_can_say__left_out(late: int, planned: int):
    problem = a_problem(an_open_task(FIRST, a_mode(SPRAYER, 2**31), release=2**31 - 1 + late))
    assert len(as_entries(problem, scheduled(problem))) == planned


def test_as_entries__inspectors__one_outside_the_team():
    mode = a_mode(SPRAYER, helpers=(FINISHER,))
    problem = a_problem(an_open_task(FIRST, mode), inspectors={1: (SPRAYER, FINISHER, SCANNER)})
    assert as_entries(problem, scheduled(problem))[0].inspector == SCANNER


def test_as_entries__all_are_on_the_team__a_human_inspects():
    problem = a_problem(an_open_task(FIRST, BY_SPRAYER), inspectors={1: (SPRAYER,)})
    assert as_entries(problem, scheduled(problem))[0].inspector == NOBODY


def test_as_entries__many_tasks__inspections_are_spread():
    tasks = [an_open_task(task, BY_SPRAYER) for task in (FIRST, SECOND)]
    problem = a_problem(*tasks, inspectors={1: (SPRAYER, FINISHER, SCANNER)})
    assert {entry.inspector for entry in as_entries(problem, scheduled(problem))} == {FINISHER, SCANNER}
