from tests.builders import a_task
from tests.workshop import Workshop
from workmoot.domain.ids import TaskId
from workmoot.domain.offers import RankedTask
from workmoot.planning.ranking import community_rank


def ranked(*tasks: TaskId) -> list[RankedTask]:
    return [RankedTask(task=task, score=place) for place, task in enumerate(tasks)]


def test_community_rank__nobody_ranked__nothing():
    assert community_rank(Workshop().ledger) == {}


def test_community_rank__two_lists__mean_of_the_places():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task())
    workshop.offer("sprayer", ranking=ranked(first, second))
    workshop.offer("finisher", ranking=ranked(second, first))
    assert community_rank(workshop.ledger) == {first: 2_500, second: 2_500}


def test_community_rank__lists_of_different_length__a_place_counts_by_its_share():
    workshop = Workshop()
    tasks = workshop.post(*(a_task() for _ in range(4)))
    workshop.offer("sprayer", ranking=ranked(*tasks))
    workshop.offer("finisher", ranking=ranked(tasks[3]))
    assert [community_rank(workshop.ledger)[task] for task in tasks] == [0, 2_500, 5_000, 3_750]


def test_community_rank__ranked_again__the_latest_list_counts():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task())
    workshop.offer("sprayer", ranking=ranked(first, second))
    workshop.offer("sprayer", ranking=ranked(second, first))
    assert community_rank(workshop.ledger) == {second: 0, first: 5_000}
