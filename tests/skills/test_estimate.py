from typing import Any

import pytest

from tests.builders import FIRST_TASK, a_task
from workmoot.domain.ids import Number
from workmoot.domain.offers import Offer
from workmoot.domain.work import TaskSpec
from workmoot.skills.estimate import Ability, Ask, Partner, Refusal, estimate

ARM, NOZZLE, OVEN = Number(11), Number(12), Number(13)
HELPER, STRANGER = Number(2), Number(3)


TEN_SECONDS = a_task(work=10_000)
FOR_TWO = a_task(work=10_000, team=2)


def an_ask(spec: TaskSpec = TEN_SECONDS, **changes: Any) -> Ask:
    """A task that needs no robot, asked at version 4, the first offer numbered 7."""
    values: dict[str, Any] = {"task": FIRST_TASK, "version": 4, "spec": spec, "earliest": 50}
    values |= {"valid_until": 900, "first_sequence": 7, "needs_robot": False}
    return Ask(**values | changes)


def an_ability(**changes: Any) -> Ability:
    """Exactly the nominal work, for nothing."""
    return Ability(**{"pace": 1.0, "spread": 1.0, "energy_w": 0.0, "cost_per_h": 0.0, "success": 1.0} | changes)


def offers(ask: Ask, ability: Ability | None = None) -> list[Offer]:
    found = estimate(ask, ability or an_ability())
    assert not isinstance(found, Refusal), found
    return found


def refusal(ask: Ask, ability: Ability | None = None) -> str:
    found = estimate(ask, ability or an_ability())
    assert isinstance(found, Refusal), found
    assert found.task == ask.task
    return found.reason


# Alone


def test_estimate__needs_no_robot__one_offer_alone():
    (offer,) = offers(an_ask())
    assert (offer.task, offer.version, offer.sequence) == (FIRST_TASK, 4, 7)
    assert (offer.valid_until, offer.earliest, offer.helpers, offer.robots) == (900, 50, (), ())


def test_estimate__two_robots_fit__one_offer_each():
    found = offers(an_ask(needs_robot=True, robots=(ARM, NOZZLE)))
    assert [(offer.sequence, offer.robots) for offer in found] == [(7, (ARM,)), (8, (NOZZLE,))]


def test_estimate__slower_and_unsteady__p50_and_p90_in_proportion():
    (offer,) = offers(an_ask(), an_ability(pace=1.2, spread=1.5))
    assert (offer.p50, offer.p90) == (12_000, 18_000)


def test_estimate__its_runs_took_longer_than_it_said__says_longer():
    (offer,) = offers(an_ask(), an_ability(learnt=13_000, samples=5))
    assert (offer.p50, offer.confidence) == (13_000, 5_000)


def test_estimate__knows_what_the_task_takes__says_so_whatever_its_pace():
    alone, together = offers(shared(), an_ability(pace=3.0, team_factor=0.6, known=12_000))
    assert (alone.p50, together.p50) == (12_000, 7_200)


def test_estimate__nothing_learnt__no_confidence():
    assert offers(an_ask())[0].confidence == 0


def test_estimate__tiny_work__at_least_a_tick():
    assert offers(an_ask(a_task(work=1)), an_ability(pace=0.1))[0].p50 == 1


def test_estimate__power_and_wages__energy_and_cost_of_the_time():
    (offer,) = offers(an_ask(a_task(work=3_600_000)), an_ability(energy_w=250, cost_per_h=12.5, success=0.97))
    assert (offer.energy, offer.cost, offer.success) == (250, 12_500_000, 9_700)


# Together


def shared(spec: TaskSpec = FOR_TWO, **changes: Any) -> Ask:
    """A task for two, and one who would help."""
    return an_ask(spec, **{"partners": (Partner(number=HELPER, robots=(NOZZLE,)),)} | changes)


TOGETHER = an_ability(team_factor=0.6)


def test_estimate__works_with_others__one_more_offer_a_partner():
    partners = tuple(Partner(number=number, robots=()) for number in (HELPER, STRANGER))
    found = offers(shared(partners=partners), TOGETHER)
    assert [(offer.sequence, offer.helpers) for offer in found] == [(7, ()), (8, (HELPER,)), (9, (STRANGER,))]


def test_estimate__together__a_part_of_the_time_at_twice_the_hands():
    alone, together = offers(shared(), an_ability(team_factor=0.6, cost_per_h=360))
    assert (alone.p50, together.p50) == (10_000, 6_000)
    assert (alone.cost, together.cost) == (1_000_000, 1_200_000)


def test_estimate__together_with_robots__one_of_each_side():
    found = offers(shared(needs_robot=True, robots=(ARM, OVEN)), TOGETHER)
    assert [offer.robots for offer in found if offer.helpers] == [(ARM, NOZZLE), (OVEN, NOZZLE)]


def test_estimate__both_have_the_same_robot__no_team_on_one_robot():
    found = offers(shared(needs_robot=True, robots=(NOZZLE,)), TOGETHER)
    assert [offer.helpers for offer in found] == [()]


def test_estimate__partner_has_no_robot__no_team():
    partner = Partner(number=HELPER, robots=())
    found = offers(shared(needs_robot=True, robots=(ARM,), partners=(partner,)), TOGETHER)
    assert [offer.helpers for offer in found] == [()]


def test_estimate__task_is_for_one__alone_only():
    assert [offer.helpers for offer in offers(shared(TEN_SECONDS), TOGETHER)] == [()]


def test_estimate__it_works_alone_only__no_team():
    assert [offer.helpers for offer in offers(shared(), an_ability(team_factor=0.0))] == [()]


@pytest.mark.parametrize(("most", "helpers"), [(10_000, [(), (HELPER,)]), (9_999, [(HELPER,)])])
def test_estimate__more_than_it_does_alone__only_together(most: int, helpers: list[tuple[Number, ...]]):
    assert [offer.helpers for offer in offers(shared(), an_ability(team_factor=0.6, most_alone=most))] == helpers


# Refusals


@pytest.mark.parametrize("ask", [shared(TEN_SECONDS), shared(partners=())])
def test_estimate__more_than_it_does_alone_and_no_team__refused_with_the_reason(ask: Ask):
    reason = refusal(ask, an_ability(team_factor=0.6, most_alone=9_999))
    assert reason == "more work than the 9999 ticks it does alone, and nobody to do it with"


def test_estimate__no_robot_is_free__refused_with_the_reason():
    assert refusal(an_ask(needs_robot=True)) == "none of its robots is free for this capability"


def test_estimate__over_the_budget__refused_with_the_reason():
    ask = an_ask(a_task(work=10_000, budget=999_999))
    assert refusal(ask, an_ability(cost_per_h=360)) == "costs more than the budget of 999999 micro-units"


@pytest.mark.parametrize("budget", [0, 1_000_000])
def test_estimate__no_budget_or_just_enough__offered(budget: int):
    assert len(offers(an_ask(a_task(work=10_000, budget=budget)), an_ability(cost_per_h=360))) == 1


def test_estimate__only_the_team_is_too_dear__alone_is_offered():
    ask = shared(a_task(work=10_000, team=2, budget=1_000_000))
    found = offers(ask, an_ability(team_factor=0.6, cost_per_h=360))
    assert [offer.helpers for offer in found] == [()]
