"""The community's ranking of the open work: what members rank first, taken together, is planned first."""

from collections import defaultdict

from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger

WHOLE = 10_000


def community_rank(ledger: Ledger) -> dict[TaskId, int]:
    """The mean place of each ranked task, in parts of 10,000 of each member's list; lower comes first."""
    places: dict[TaskId, list[int]] = defaultdict(list)
    for ranking in ledger.rankings.values():
        for place, item in enumerate(ranking.items):
            places[item.task].append(place * WHOLE // len(ranking.items))
    return {task: sum(found) // len(found) for task, found in places.items()}
