from typing import Any

from tests.agents.policy.test_proposing import offered, proposed
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import FINISHER, SCANNER, SPRAYER, Workshop
from workmoot.domain.events import ProposalCreated
from workmoot.domain.ids import Number, ProposalId, TaskId
from workmoot.domain.ledger import Ledger
from workmoot.domain.proposals import Weights
from workmoot.planning.alternatives import alternatives


def contested(
    *rivals: tuple[str, dict[str, Any]], lead: Number = SPRAYER, sequence: int = 1
) -> tuple[Workshop, ProposalId, TaskId]:
    """One task, these offers for it, and a plan that takes the lead's."""
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    for name, offer in rivals:
        workshop.offer(name, an_offer(task, **offer))
    return workshop, workshop.propose("scanner", an_entry(task, lead, inspector=SCANNER, sequence=sequence)), task


def leads(workshop: Workshop, proposal: ProposalId, task: TaskId) -> list[int]:
    return [it.mode.lead for it in alternatives(workshop.ledger, workshop.proposal(proposal), task)]


def test_alternatives__two_offers__the_plan_with_each_the_best_first():
    workshop, proposal, task = contested(("sprayer", {"p50": 1_000}), ("finisher", {"p50": 1_200}))
    quick, slow = alternatives(workshop.ledger, workshop.proposal(proposal), task)
    assert (quick.mode.lead, slow.mode.lead) == (SPRAYER, FINISHER)
    assert slow.plan.figures.makespan - quick.plan.figures.makespan == 200
    assert slow.plan.objective > quick.plan.objective


def test_alternatives__the_plan_took_the_slower__the_quicker_comes_first():
    offers = (("sprayer", {"p50": 1_500}), ("finisher", {"p50": 1_200}))
    assert leads(*contested(*offers)) == [FINISHER, SPRAYER]


def test_alternatives__policy_weighs_cost__the_cheap_comes_first(monkeypatch):
    offers = (("sprayer", {"p50": 1_000, "cost": 9_000_000}), ("finisher", {"p50": 1_200, "cost": 1}))
    workshop, proposal, task = contested(*offers)
    monkeypatch.setattr("workmoot.planning.horizon.weights", lambda _: Weights(makespan=0, tardiness=0, cost=100))
    assert leads(workshop, proposal, task) == [FINISHER, SPRAYER]


def test_alternatives__plan_takes_what_nobody_offered__none():
    assert leads(*contested(("sprayer", {}), sequence=2)) == []


def test_alternatives__a_daemons_plan__with_its_own_offer_has_the_figures_it_was_proposed_with():
    workshop, tasks = offered(3)
    workshop.chain.advance(1)
    action = proposed(workshop)
    assert action is not None
    proposal = workshop.by("scanner").dao.propose(action.opening).the(ProposalCreated).id
    for task in tasks:
        found = alternatives(workshop.ledger, workshop.proposal(proposal), task)
        entry = next(entry for entry in workshop.proposal(proposal).entries if entry.task == task)
        (taken,) = (it for it in found if it.mode.lead == entry.lead)
        assert (len(found), taken.plan.figures) == (2, action.opening.figures)


def test_alternatives__another_task__none():
    workshop, proposal, task = contested(("sprayer", {}))
    assert leads(workshop, proposal, TaskId(task + 1)) == []


def test_alternatives__plant_was_not_described_then__none():
    workshop, proposal, task = contested(("sprayer", {}))
    assert alternatives(Ledger(), workshop.proposal(proposal), task) == ()
