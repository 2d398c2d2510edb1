import pytest

from agents.policy.thinking import MOST_WEIGHED, OWN_ROUNDS, rounds_for
from tests.planning.problems import FIRST, SECOND, THIRD, a_mode, a_problem, an_open_task

MANY = tuple(a_mode(sequence=number) for number in range(1, 1_001))
PROBLEM = a_problem(an_open_task(FIRST), an_open_task(SECOND, *MANY))


@pytest.mark.parametrize(("tasks", "ways"), [([SECOND], 1_000), ([FIRST, SECOND], 1_001), ([SECOND, THIRD], 1_000)])
def test_rounds_for__many_ways__fewer_rounds(tasks, ways):
    assert rounds_for(PROBLEM, tasks, OWN_ROUNDS) == MOST_WEIGHED // ways


@pytest.mark.parametrize("tasks", [[FIRST], []])
def test_rounds_for__few_ways__all_rounds(tasks):
    assert rounds_for(PROBLEM, tasks, OWN_ROUNDS) == OWN_ROUNDS
