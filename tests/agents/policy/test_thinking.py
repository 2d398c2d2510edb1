import pytest

from agents.policy.thinking import JUDGE_ROUNDS, MOST_ROUNDS, MOST_WAYS, OWN_ROUNDS, judge_rounds, own_rounds
from tests.planning.problems import FIRST, SECOND, THIRD, a_mode, a_problem, an_open_task
from tests.workshop import Workshop

MANY = tuple(a_mode(sequence=number) for number in range(1, 2 * MOST_WAYS + 1))
PROBLEM = a_problem(an_open_task(FIRST), an_open_task(SECOND, *MANY))


@pytest.mark.parametrize(
    ("tasks", "rounds"),
    [([FIRST], JUDGE_ROUNDS), ([], JUDGE_ROUNDS), ([SECOND], JUDGE_ROUNDS // 2), ([SECOND, THIRD], JUDGE_ROUNDS // 2)],
)
def test_judge_rounds__many_ways__fewer(tasks, rounds):
    assert judge_rounds(Workshop().view("scanner"), PROBLEM, tasks) == rounds


def test_own_rounds__many_ways__fewer():
    assert own_rounds(Workshop().view("scanner"), PROBLEM) == OWN_ROUNDS * MOST_WAYS // (2 * MOST_WAYS + 1)


def test_rounds__the_policy_says__as_it_says():
    view = Workshop(own_rounds=7, judge_rounds=5).view("scanner")
    few = a_problem(an_open_task(FIRST))
    assert (own_rounds(view, few), judge_rounds(view, few, [FIRST])) == (7, 5)


@pytest.mark.parametrize("told", ["x", None, [], 1.5, float("inf"), True])
def test_own_rounds__the_policy_tells_no_number__as_usual(told):
    assert own_rounds(Workshop(own_rounds=told).view("scanner"), a_problem(an_open_task(FIRST))) == OWN_ROUNDS


@pytest.mark.parametrize(("told", "rounds"), [(2**63, MOST_ROUNDS), (-1, 1)])
def test_own_rounds__beyond_all_bounds__at_the_bound(told, rounds):
    assert own_rounds(Workshop(own_rounds=told).view("scanner"), a_problem(an_open_task(FIRST))) == rounds
