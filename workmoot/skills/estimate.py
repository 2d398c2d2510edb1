"""How long a worker takes for a task, with which resources and what chance: its offers, alone and together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.offers import Offer
from workmoot.domain.work import TaskSpec

WHOLE = 10_000
MS_PER_HOUR = 3_600_000
MICRO_UNITS = 1_000_000
Way = tuple[tuple[Number, ...], tuple[Number, ...]]
"""Helpers and robots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a worker believes of itself for one capability.

    `pace` and `spread` are factors on the nominal work and from p50 to p90, `team_factor` what a task together takes
    of the time alone (0: it works alone only); all as fractions. `most_alone` is the most nominal work it takes
    without help, in ticks (None: any). `learnt` is what its runs took against its promises in parts of 10,000, over
    `samples` runs. `known` is what the task takes it alone, in ticks, where it need not guess.
    """

    pace: float
    spread: float
    energy_w: float
    cost_per_h: float
    success: float
    team_factor: float = 0.0
    most_alone: int | None = None
    learnt: int = WHOLE
    samples: int = 0
    known: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another worker that could help, and the robots it could bring."""

    number: Number
    robots: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One open task as a worker looks at it: with its own robots that fit and the partners it would ask."""

    task: TaskId
    version: int
    spec: TaskSpec
    earliest: int
    valid_until: int
    first_sequence: int
    needs_robot: bool
    robots: tuple[Number, ...] = ()
    partners: tuple[Partner, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a worker makes no offer for a task."""

    task: TaskId
    reason: str


Estimator = Callable[[Ask, Ability], list[Offer] | Refusal]
"""What a worker promises for an open task, or why it promises nothing."""


def estimate(ask: Ask, ability: Ability) -> list[Offer] | Refusal:
    """One offer alone for each robot that fits, and one for each sensible team, quickest kind first."""
    if ask.needs_robot and not ask.robots:
        return Refusal(task=ask.task, reason="none of its robots is free for this capability")
    ways = _alone(ask, ability) + _teams(ask, ability)
    if not ways:
        reason = f"more work than the {ability.most_alone} ticks it does alone, and nobody to do it with"
        return Refusal(task=ask.task, reason=reason)
    offers = [
        _offer(ask, ability, sequence=ask.first_sequence + place, helpers=helpers, robots=robots)
        for place, (helpers, robots) in enumerate(ways)
    ]
    affordable = [offer for offer in offers if not ask.spec.budget or offer.cost <= ask.spec.budget]
    return affordable or Refusal(task=ask.task, reason=f"costs more than the budget of {ask.spec.budget} micro-units")


def _alone(ask: Ask, ability: Ability) -> list[Way]:
    if ability.most_alone is not None and ask.spec.work > ability.most_alone:
        return []
    return [((), (robot,)) for robot in ask.robots] if ask.needs_robot else [((), ())]


def _teams(ask: Ask, ability: Ability) -> list[Way]:
    """Each partner alone as a helper; with robots, one of each side that is not the same."""
    if ask.spec.team < 2 or not ability.team_factor:
        return []
    if not ask.needs_robot:
        return [((partner.number,), ()) for partner in ask.partners]
    return [
        ((partner.number,), (own, theirs))
        for partner in ask.partners
        for own in ask.robots
        for theirs in partner.robots
        if own != theirs
    ]


def _offer(
    ask: Ask, ability: Ability, *, sequence: int, helpers: tuple[Number, ...], robots: tuple[Number, ...]
) -> Offer:
    work, pace = (ask.spec.work, ability.pace) if ability.known is None else (ability.known, 1.0)
    factor = pace * (ability.team_factor if helpers else 1.0)
    p50 = max(1, round(work * factor) * ability.learnt // WHOLE)
    busy_ms = p50 * (1 + len(helpers))
    return Offer(
        task=ask.task,
        version=ask.version,
        sequence=sequence,
        valid_until=ask.valid_until,
        earliest=ask.earliest,
        p50=p50,
        p90=round(p50 * ability.spread),
        energy=round(ability.energy_w * busy_ms / MS_PER_HOUR),
        cost=round(ability.cost_per_h * MICRO_UNITS * busy_ms / MS_PER_HOUR),
        success=round(ability.success * WHOLE),
        confidence=ability.samples * WHOLE // (ability.samples + 5),
        helpers=helpers,
        robots=robots,
    )
