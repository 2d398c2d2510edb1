"""How often: a bucket for each, and when to come again."""

import pytest

from api.problems import Problem
from api.rates import ACTORS, Rate, Rates


def test_take__more_than_at_once__waits_for_the_next() -> None:
    now = [0.0]
    rate = Rate(0.5, at_once=2, clock=lambda: now[0])
    assert [rate.take() for _ in range(3)] == [True, True, False]
    assert rate.wait_s == 2
    now[0] = 2.0
    assert [rate.take() for _ in range(2)] == [True, False]


def test_spend__too_often__says_when_to_come_again() -> None:
    rates = Rates(0.1, at_once=1, clock=lambda: 0.0)
    rates.spend("a")
    with pytest.raises(Problem) as refused:
        rates.spend("a")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "10"})
    rates.spend("b")


def test_spend__more_actors_than_are_kept__forgets_who_came_least_lately() -> None:
    rates = Rates(1, at_once=1, clock=lambda: 0.0)
    for number in range(ACTORS):
        rates.spend(str(number))
    with pytest.raises(Problem):
        rates.spend("0")
    rates.spend("one more")
    rates.spend("1")
    with pytest.raises(Problem):
        rates.spend("0")
