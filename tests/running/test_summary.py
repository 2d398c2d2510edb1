from typing import Any

import pytest

from scripts.running.summary import Gas, Summary, finished_products, is_over, products, summarize
from tests.builders import a_task, an_entry
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SPRAYER, VOTING, Workshop
from workmoot.domain.ids import Number, OrderId, ProposalId, TaskId
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.plan import PlanEntry
from workmoot.domain.work import OnFailure
from workmoot.planning.beliefs import Finding

NO_GAS = Gas()


def summary(workshop: Workshop, gas: Gas = NO_GAS) -> Summary:
    return summarize(workshop.ledger, workshop.events, gas, wall_s=12.34)


def posted(*products: str, **spec: Any) -> tuple[Workshop, tuple[TaskId, ...]]:
    """A task for each product named."""
    workshop = Workshop()
    items = [{"product": product} for product in products]
    return workshop, workshop.post(*(a_task(**spec) for _ in products), tasks=items)


def by_sprayer(task: TaskId) -> PlanEntry:
    return an_entry(task, SPRAYER)


def proposed() -> tuple[Workshop, ProposalId]:
    workshop, (task,) = posted("pair-1")
    return workshop, workshop.propose("scanner", by_sprayer(task))


def voted(**ballots: bool) -> Workshop:
    """A proposal on which these voted so, in this order."""
    workshop, proposal = proposed()
    for name, support in ballots.items():
        workshop.vote(name, proposal, support=support)
    return workshop


# Tasks


def test_summarize__nothing_happened__all_zero():
    found = summary(Workshop())
    assert (found.tasks, found.proposals, found.votes, found.makespan_s, found.predicted_makespan_s) == (0, 0, 0, 0, 0)


def test_summarize__each_ending_once__exclusive_counts():
    workshop, (accepted, reworked, cancelled, _) = posted("a", "b", "c", "d", on_failure=OnFailure.HUMAN)
    workshop.allocate(accepted, "sprayer")
    workshop.do(accepted)
    workshop.allocate(reworked, "sprayer")
    workshop.start(reworked)
    workshop.fail(reworked)
    workshop.order(OverrideKind.ACCEPT, reworked)
    workshop.order(OverrideKind.CANCEL, cancelled)
    found = summary(workshop)
    assert (found.accepted, found.reworked, found.cancelled, found.tasks) == (1, 1, 1, 3)


def test_summarize__a_human_accepts_the_result__accepted_without_rework():
    workshop, (task,) = posted("a")
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.submit(task)
    workshop.order(OverrideKind.ACCEPT, task)
    assert (summary(workshop).accepted, summary(workshop).reworked) == (1, 0)


def test_summarize__done_by_two__joint():
    workshop, (together, alone) = posted("a", "b", team=2)
    workshop.by("finisher").dao.confirm([together], [1], [SPRAYER], [0])
    workshop.allocate(together, "sprayer", helpers=(FINISHER,))
    workshop.allocate(alone, "sprayer")
    for task in (together, alone):
        workshop.do(task)
    assert summary(workshop).joint == 1


def test_summarize__begun_by_two_and_cancelled__not_joint():
    workshop, (task,) = posted("a", team=2)
    workshop.by("finisher").dao.confirm([task], [1], [SPRAYER], [0])
    workshop.allocate(task, "sprayer", helpers=(FINISHER,))
    workshop.start(task)
    workshop.order(OverrideKind.CANCEL, task)
    assert summary(workshop).joint == 0


def test_summarize__failed_and_open_again__reallocated():
    workshop, (task,) = posted("a", on_failure=OnFailure.REALLOCATE)
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    assert summary(workshop).reallocated == 1


def test_summarize__failed_and_waits_for_a_human__not_reallocated():
    workshop, (task,) = posted("a", on_failure=OnFailure.HUMAN)
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    assert summary(workshop).reallocated == 0


def test_summarize__a_human_put_it_back__not_reallocated():
    workshop, (task,) = posted("a")
    workshop.allocate(task, "sprayer")
    workshop.order(OverrideKind.REQUEUE, task)
    assert (summary(workshop).reallocated, summary(workshop).overrides) == (0, 1)


# Votes


def test_summarize__votes_on_both_sides__counted_and_split():
    found = summary(voted(scanner=True, finisher=False, sprayer=True))
    assert (found.votes, found.votes_for, found.votes_against, found.split_decisions) == (3, 2, 1, 1)


def test_summarize__votes_on_one_side__not_split():
    assert summary(voted(scanner=True, sprayer=True)).split_decisions == 0


def test_summarize__enacted_and_defeated__each_counted_once():
    workshop = voted(scanner=False, sprayer=False)
    (task,) = workshop.ledger.tasks
    workshop.decide(by_sprayer(task))
    found = summary(workshop)
    assert (found.proposals, found.passed, found.defeated, found.open) == (2, 1, 1, 0)


def test_summarize__passed_but_not_enacted__passed():
    workshop, proposal = proposed()
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because")
    assert summary(workshop).passed == 1


def test_summarize__vetoed__counted():
    workshop, proposal = proposed()
    workshop.order(OverrideKind.VETO, proposal, subject_type=SubjectType.PROPOSAL)
    assert (summary(workshop).vetoed, summary(workshop).open) == (1, 0)


def test_summarize__its_time_is_over__open_until_somebody_says_so():
    workshop, proposal = proposed()
    workshop.chain.advance(VOTING.voting_seconds + 1)
    assert summary(workshop).open == 1
    workshop.by("scanner").dao.poke(proposal)
    assert (summary(workshop).open, summary(workshop).expired) == (0, 1)


def test_summarize__a_counter_proposal_passes__counted():
    workshop, former = proposed()
    (task,) = workshop.ledger.tasks
    counter = workshop.propose("finisher", by_sprayer(task), counters=former)
    for name in ("finisher", "scanner"):
        workshop.vote(name, counter)
    assert (summary(workshop).counter_passed, summary(workshop).passed) == (1, 1)


def test_summarize__a_counter_proposal_is_defeated__not_counted():
    workshop, former = proposed()
    (task,) = workshop.ledger.tasks
    counter = workshop.propose("finisher", by_sprayer(task), counters=former)
    for name in ("finisher", "scanner"):
        workshop.vote(name, counter, support=False)
    assert summary(workshop).counter_passed == 0


@pytest.mark.parametrize(("leaned", "voted_for", "changed"), [(True, False, 1), (False, True, 1), (True, True, 0)])
def test_summarize__a_review_and_a_ballot__changed_when_they_differ(leaned: bool, voted_for: bool, changed: int):
    workshop, proposal = proposed()
    workshop.review("finisher", proposal, support=leaned)
    workshop.vote("finisher", proposal, support=voted_for)
    assert summary(workshop).votes_changed == changed


def test_summarize__reviewed_again_before_the_ballot__changed_from_the_first():
    workshop, proposal = proposed()
    for support in (True, False):
        workshop.review("finisher", proposal, support=support)
    workshop.vote("finisher", proposal, support=False)
    assert summary(workshop).votes_changed == 1


def test_summarize__voted_without_a_review__nothing_changed():
    assert summary(voted(finisher=False)).votes_changed == 0


def test_summarize__leaned_and_never_voted__nothing_changed():
    workshop, proposal = proposed()
    workshop.review("finisher", proposal, Finding(worker=SPRAYER, capability=2, samples=1, ratio=1), support=False)
    assert summary(workshop).votes_changed == 0


# Time and gas


def test_summarize__done__from_the_posting_to_the_last_end():
    workshop, (first, second) = posted("a", "b")
    for task, wait_s in ((first, 7), (second, 13)):
        workshop.allocate(task, "sprayer")
        workshop.start(task)
        workshop.chain.advance(wait_s)
        workshop.submit(task)
        workshop.inspect(task)
    assert (summary(workshop).makespan_s, summary(workshop).speed) == (20.0, 1.0)


def test_summarize__two_orders__from_the_first_posting():
    workshop, (first,) = posted("a")
    workshop.chain.advance(5)
    (second,) = workshop.post(a_task())
    for task in (first, second):
        workshop.allocate(task, "sprayer", start=5_000)
        workshop.do(task)
    assert summary(workshop).makespan_s == 5.0


def test_summarize__two_plans_enacted__predicted_by_the_first():
    workshop, (first, second) = posted("a", "b")
    workshop.allocate(first, "sprayer", duration=9_000)
    workshop.allocate(second, "sprayer", duration=20_000)
    assert summary(workshop).predicted_makespan_s == 9.0


def test_summarize__defeated_before__predicted_by_what_was_enacted():
    workshop = voted(scanner=False, sprayer=False)
    (task,) = workshop.ledger.tasks
    workshop.allocate(task, "sprayer", duration=3_000)
    assert summary(workshop).predicted_makespan_s == 3.0


def test_summarize__started_some_time_after_it_could__the_chains_overhead():
    workshop, (task,) = posted("a")
    workshop.allocate(task, "sprayer")
    workshop.chain.advance(4)
    workshop.start(task)
    assert summary(workshop).chain_overhead_s == 4.0


def test_summarize__waited_for_its_robot__no_overhead_while_that_worked():
    assert one_after_the_other(ARM, ARM).chain_overhead_s == 0.0


def test_summarize__another_robot_worked__overhead_all_the_same():
    assert one_after_the_other(ARM, NOZZLE).chain_overhead_s == 5.0


def one_after_the_other(*robots: Number) -> Summary:
    """The sprayer's run of ten seconds, then the finisher's, that was decided at the same time."""
    workshop, tasks = posted("a", "b")
    for task, name, robot in zip(tasks, ("sprayer", "finisher"), robots, strict=True):
        workshop.allocate(task, name, robots=(robot,))
    for task in tasks:
        workshop.start(task)
        workshop.chain.advance(10)
        workshop.submit(task)
    return summary(workshop)


def test_summarize__waited_for_its_predecessor__no_overhead_while_that_was_done():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.allocate(first, "finisher", inspector=SCANNER)
    workshop.allocate(second, "sprayer")
    workshop.start(first)
    workshop.chain.advance(10)
    workshop.submit(first)
    workshop.inspect(first)
    workshop.chain.advance(2)
    workshop.start(second)
    assert summary(workshop).chain_overhead_s == 1.0


def test_summarize__gas__of_each_task_that_was_decided():
    workshop, (first, second) = posted("a", "b")
    workshop.decide(by_sprayer(first), by_sprayer(second))
    found = summary(workshop, Gas(total=900_000, deciding=300_001))
    assert (found.gas_total, found.gas_per_decided_task) == (900_000, 150_000)


def test_summarize__an_entry_was_skipped__not_decided():
    workshop, (first, second) = posted("a", "b")
    stale = workshop.propose("scanner", by_sprayer(first), by_sprayer(second))
    workshop.order(OverrideKind.CANCEL, second)
    for name in ("scanner", "sprayer"):
        workshop.vote(name, stale)
    assert summary(workshop, Gas(deciding=300_000)).gas_per_decided_task == 300_000


def test_hint__more_ran_out_of_time_than_were_decided__says_what_to_do():
    workshop, (task,) = posted("pair-1")
    workshop.let_run_out(by_sprayer(task))
    hint = summary(workshop).hint
    assert hint is not None
    assert "1 of 1 votes ran out of time" in hint
    assert "voting_seconds=" in hint


def test_hint__as_many_were_decided__none():
    assert summary(voted(scanner=True, sprayer=True)).hint is None


def test_as_json__any__one_flat_object():
    found = summary(Workshop()).as_json()
    assert found["wall_s"] == 12.3
    assert found.pop("hint") is None
    assert all(isinstance(value, int | float) for value in found.values())


# Products and the end


def test_products__tasks_of_each__by_their_place():
    workshop, _ = posted("a", "b", "a")
    assert products(workshop.ledger.orders[OrderId(1)]) == {"a": [0, 2], "b": [1]}


def test_products__named_by_no_task__none():
    workshop = Workshop()
    workshop.post(a_task(), tasks=[{"key": "clean"}])
    assert products(workshop.ledger.orders[OrderId(1)]) == {}


def test_finished_products__all_tasks_done__finished():
    workshop, (first, _, second) = posted("a", "b", "a")
    workshop.allocate(first, "sprayer")
    workshop.do(first)
    assert finished_products(workshop.ledger) == (0, 2)
    workshop.allocate(second, "sprayer")
    workshop.do(second)
    assert finished_products(workshop.ledger) == (1, 2)


def test_finished_products__a_task_was_cancelled__not_finished():
    workshop, (task,) = posted("a")
    workshop.order(OverrideKind.CANCEL, task)
    assert finished_products(workshop.ledger) == (0, 1)


def test_is_over__no_order_yet__no():
    assert not is_over(Ledger())


def test_is_over__every_task_ended__yes():
    workshop, (first, second) = posted("a", "b")
    workshop.allocate(first, "sprayer")
    workshop.do(first)
    assert not is_over(workshop.ledger)
    workshop.order(OverrideKind.CANCEL, second)
    assert is_over(workshop.ledger)
