from typing import Any

from tests.builders import FIRST_TASK, an_offer
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.offers import Offer
from workmoot.skills.rank import RankWeights, rank

SECOND_TASK = TaskId(FIRST_TASK + 1)
TIME_ONLY = RankWeights(time=10_000, resources=0, success=0)
HELPER = Number(2)


def scores(weights: RankWeights, *offers: Offer, **priorities: Any) -> list[int]:
    return [item.score for item in rank({FIRST_TASK: offers}, priorities, weights)]  # type: ignore[arg-type]


def test_rank__two_tasks__the_quicker_first():
    offers = {FIRST_TASK: [an_offer(p50=900)], SECOND_TASK: [an_offer(SECOND_TASK, p50=500)]}
    assert [item.task for item in rank(offers, {}, TIME_ONLY)] == [SECOND_TASK, FIRST_TASK]


def test_rank__equal_scores__the_older_task_first():
    offers = {task: [an_offer(task)] for task in (SECOND_TASK, FIRST_TASK)}
    assert [item.task for item in rank(offers, {}, TIME_ONLY)] == [FIRST_TASK, SECOND_TASK]


def test_rank__time_resources_and_success__each_weighs():
    offer = an_offer(p50=100, cost=20_000, energy=30, success=9_600)
    assert scores(RankWeights(time=10_000, resources=0, success=0), offer) == [100]
    assert scores(RankWeights(time=0, resources=10_000, success=0), offer) == [50]
    assert scores(RankWeights(time=0, resources=0, success=10_000), offer) == [400]


def test_rank__priority__halves_the_score_at_ten():
    offers = {FIRST_TASK: [an_offer(p50=900)]}
    assert rank(offers, {FIRST_TASK: 10}, TIME_ONLY)[0].score == 450


def test_rank__alone_and_together__the_quickest_of_each():
    together = [an_offer(p50=p50, sequence=p50, helpers=(HELPER,)) for p50 in (600, 550)]
    alone = [an_offer(p50=p50, sequence=p50) for p50 in (900, 950)]
    (item,) = rank({FIRST_TASK: [*alone, *together]}, {}, TIME_ONLY)
    assert (item.alone, item.together, item.score) == (900, 550, 550)


def test_rank__alone_only__together_is_zero():
    (item,) = rank({FIRST_TASK: [an_offer(p50=900)]}, {}, TIME_ONLY)
    assert (item.alone, item.together) == (900, 0)


def test_rank__several_ways__the_figures_of_the_quickest():
    slow, quick = an_offer(p50=900, energy=1), an_offer(p50=500, energy=4, cost=5, success=9_000)
    (item,) = rank({FIRST_TASK: [slow, quick]}, {}, TIME_ONLY)
    assert (item.energy, item.cost, item.success) == (4, 5, 9_000)


def test_rank__no_offer_for_a_task__not_listed():
    assert rank({FIRST_TASK: []}, {}, TIME_ONLY) == []


def test_rank__a_score_beyond_its_bytes__the_highest_that_fits():
    assert scores(RankWeights(time=100_000), an_offer(p50=2**32 - 1)) == [2**32 - 1]
