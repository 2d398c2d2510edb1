"""How a worker ranks the open work it could do: by time, resources and success, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workmoot.domain.ids import TaskId
from workmoot.domain.offers import Offer, RankedTask

WHOLE = 10_000
HIGHEST = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RankWeights:
    """What a tick, a thousandth of a unit of cost and a missing part of 10,000 of success weigh."""

    time: int = 5_000
    resources: int = 2_000
    success: int = 3_000


def rank(
    offers: Mapping[TaskId, Sequence[Offer]], priorities: Mapping[TaskId, int], weights: RankWeights
) -> list[RankedTask]:
    """The tasks a worker made offers for, the best first; a priority point is worth a tenth of the score."""
    ranked = [_ranked(task, found, priorities.get(task, 0), weights) for task, found in offers.items() if found]
    return sorted(ranked, key=lambda item: (item.score, item.task))


def _ranked(task: TaskId, offers: Sequence[Offer], priority: int, weights: RankWeights) -> RankedTask:
    best = min(offers, key=lambda offer: (offer.p50, offer.sequence))
    return RankedTask(
        task=task,
        score=min(_score(best, weights) * 10 // (10 + priority), HIGHEST),
        alone=min((offer.p50 for offer in offers if not offer.helpers), default=0),
        together=min((offer.p50 for offer in offers if offer.helpers), default=0),
        energy=best.energy,
        cost=best.cost,
        success=best.success,
    )


def _score(offer: Offer, weights: RankWeights) -> int:
    missing = WHOLE - offer.success
    resources = offer.cost // 1_000 + offer.energy
    return (offer.p50 * weights.time + resources * weights.resources + missing * weights.success) // WHOLE
