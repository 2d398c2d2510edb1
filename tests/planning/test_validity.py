from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, HANDOVER, NOZZLE, SCANNER, SEED, SPRAYER, Workshop
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number, ProposalId, TaskId, task_id
from workmoot.domain.ledger import Proposal
from workmoot.domain.offers import as_offered
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.plan import PackedPlan, PlanEntry, pack_plan, unpack_plan
from workmoot.domain.proposals import Figures, Opening
from workmoot.domain.work import TaskSpec
from workmoot.planning.validity import faults, figures_of

ELSEWHERE = task_id(9, 0)


def offered(*specs: TaskSpec) -> tuple[Workshop, tuple[TaskId, ...]]:
    """Tasks for which the sprayer made offer 1."""
    workshop = Workshop()
    tasks = workshop.post(*(specs or (a_task(),)))
    workshop.offer("sprayer", *(an_offer(task) for task in tasks))
    return workshop, tasks


def offered_as(**changes: Any) -> tuple[Workshop, TaskId]:
    """One task, and the sprayer's offer for it."""
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task, **changes))
    return workshop, task


def an_assignment(task: TaskId, **changes: Any) -> PlanEntry:
    """As the sprayer offered; the scanner inspects."""
    return an_entry(task, **{"lead": SPRAYER, "sequence": 1, "inspector": SCANNER, **changes})


def put(workshop: Workshop, *entries: PlanEntry, **opening: Any) -> Proposal:
    """A proposal whose figures, digest and evidence are right, but for the changes."""
    honest = replace(workshop.opening(*entries), **opening)
    told = as_told(workshop, honest)
    return Proposal(
        id=ProposalId(1),
        proposer=SCANNER,
        counters=ProposalId(0),
        roster=1,
        members=3,
        deadline=0,
        content_hash=bytes(32),
        rest=bytes(32),
        opening=honest,
        entries=told or (),
        malformed=told is None,
        at=workshop.events[-1].at,
    )


def as_told(workshop: Workshop, opening: Opening) -> tuple[PlanEntry, ...] | None:
    """What the ledger makes of a plan's bytes; None where they follow no layout."""
    try:
        entries = unpack_plan(opening.plan)
    except Malformed:
        return None
    taken = (workshop.ledger.offer_of(entry, opening.read_at) for entry in entries)
    return as_offered(entries, [record.offer if record else None for record in taken])


def found(workshop: Workshop, *entries: PlanEntry, **opening: Any) -> list[str]:
    proposal = put(workshop, *entries, **opening)
    return faults(workshop.ledger, proposal, SEED)


def test_faults__honest__none():
    workshop, (task,) = offered()
    assert found(workshop, an_assignment(task)) == []


@pytest.mark.parametrize("kind", [OverrideKind.DRAIN, OverrideKind.QUARANTINE])
@pytest.mark.parametrize(("name", "number"), [("sprayer", SPRAYER), ("scanner", SCANNER)])
def test_faults__lead_or_inspector_withdrawn_by_a_human__named_until_it_is_lifted(kind, name, number):
    workshop, (task,) = offered()
    workshop.withdraw(kind, name)
    assert found(workshop, an_assignment(task)) == [
        f"task {task}: member {number} is drained or quarantined by a human"
    ]
    workshop.lift(kind, name)
    assert found(workshop, an_assignment(task)) == []


def test_faults__helper_drained__named_until_its_time_is_over():
    workshop, task = offered_as(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, an_offer(task, helpers=(FINISHER,)))
    workshop.withdraw(OverrideKind.DRAIN, "finisher", for_s=60)
    named = an_assignment(task, helpers=(FINISHER,))
    assert found(workshop, named) == [f"task {task}: member {FINISHER} is drained or quarantined by a human"]
    workshop.chain.advance(61)
    assert found(workshop, named) == []


def test_faults__as_the_chain_tells_it__none():
    workshop, (task,) = offered()
    proposal = workshop.proposal(workshop.propose("scanner", an_assignment(task)))
    assert faults(workshop.ledger, proposal, SEED) == []


# Claims


def test_faults__wrong_figures__named():
    workshop, (task,) = offered()
    claimed = Figures(makespan=1, tardiness=0, energy=0, cost=0)
    true = Figures(makespan=1_000, tardiness=0, energy=0, cost=0)
    assert found(workshop, an_assignment(task), figures=claimed) == [f"the figures are {true}, not {claimed}"]


def test_faults__wrong_evidence__named():
    workshop, (task,) = offered()
    assert found(workshop, an_assignment(task), evidence=b"\1" * 32) == ["the evidence is another"]


def test_faults__seed_of_another_round__its_evidence_is_another():
    workshop, (task,) = offered()
    assert faults(workshop.ledger, put(workshop, an_assignment(task)), b"\2" * 32) == ["the evidence is another"]


def test_faults__wrong_digest__named():
    workshop, (task,) = offered()
    assert found(workshop, an_assignment(task), offers=b"\1" * 32) == ["the offers' digest is another"]


def test_faults__plan_is_no_plan__named():
    workshop, (task,) = offered()
    assert found(workshop, an_assignment(task), plan=PackedPlan(assignments=b"\1")) == [
        "the plan's bytes follow no layout"
    ]


def test_faults__the_lead_renewed_its_offer__none():
    workshop, (task,) = offered()
    proposal = workshop.propose("scanner", an_assignment(task))
    workshop.offer("sprayer", an_offer(task, sequence=2, p50=7_000))
    assert faults(workshop.ledger, workshop.proposal(proposal), SEED) == []


def test_faults__an_offer_changed_after_the_block_that_was_read__none():
    workshop, (task,) = offered()
    proposal = workshop.propose("scanner", an_assignment(task))
    workshop.offer("sprayer", an_offer(task, p50=7_000))
    assert faults(workshop.ledger, workshop.proposal(proposal), SEED) == []


# Tasks


def test_faults__unknown_task__named():
    workshop, (task,) = offered()
    plan = pack_plan([an_assignment(ELSEWHERE)])
    assert found(workshop, an_assignment(task), plan=plan) == [f"task {ELSEWHERE} does not exist"]


def test_faults__decided_since__has_moved_on():
    workshop, (task,) = offered()
    proposal = put(workshop, an_assignment(task))
    workshop.allocate(task, "finisher")
    assert faults(workshop.ledger, proposal, SEED) == [f"task {task} has moved on"]


def test_faults__cancelled_since__has_moved_on():
    workshop, (task,) = offered()
    proposal = put(workshop, an_assignment(task))
    workshop.order(OverrideKind.CANCEL, task)
    assert faults(workshop.ledger, proposal, SEED) == [f"task {task} has moved on"]


# Offers


def test_faults__anothers_offer__foreign():
    workshop, (task,) = offered()
    entry = an_assignment(task, lead=FINISHER)
    assert found(workshop, entry) == [f"task {task}: worker {FINISHER} made no offer 1"]


def test_faults__offer_nobody_made__named():
    workshop, (task,) = offered()
    assert found(workshop, an_assignment(task, sequence=2)) == [f"task {task}: worker {SPRAYER} made no offer 2"]


def test_faults__decided_since_it_was_offered__the_offer_stands():
    workshop, (task,) = offered()
    workshop.allocate(task, "sprayer")
    assert found(workshop, an_assignment(task, version=2)) == []


def test_faults__offer_for_the_task_before_it_failed__stands_no_more():
    workshop, (task,) = offered()
    workshop.allocate(task, "finisher")
    workshop.start(task)
    workshop.fail(task)
    version = workshop.task(task).version
    assert found(workshop, an_assignment(task, version=version)) == [
        f"task {task}: offer 1 of worker {SPRAYER} was for the task as it was before"
    ]


def test_faults__decided_since_a_helper_gave_its_word__for_that_version_alone():
    workshop, (task,) = offered()
    together = an_offer(task, sequence=2, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    workshop.offer("sprayer", together)
    workshop.confirm("finisher", SPRAYER, together)
    workshop.allocate(task, "scanner")
    entry = an_assignment(task, version=2, sequence=2, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    assert found(workshop, entry) == [f"task {task}: worker {SPRAYER} made no offer 2"]


def test_faults__offered_after_it_read_the_chain__no_offer():
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    proposal = put(workshop, an_assignment(task))
    workshop.offer("sprayer", an_offer(task))
    assert faults(workshop.ledger, proposal, SEED) == [f"task {task}: worker {SPRAYER} made no offer 1"]


def test_faults__helper_has_not_confirmed__named():
    workshop, task = offered_as(helpers=(FINISHER,))
    assert found(workshop, an_assignment(task, helpers=(FINISHER,))) == [not_backed(task)]


def test_faults__helper_has_confirmed__none():
    workshop, task = offered_as(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, an_offer(task))
    assert found(workshop, an_assignment(task, helpers=(FINISHER,))) == []


def test_faults__lead_suspended_since__named():
    workshop, (task,) = offered()
    workshop.suspend("sprayer")
    assert found(workshop, an_assignment(task)) == [not_backed(task)]


def test_faults__lead_failed_the_task_before__named():
    workshop, (task,) = offered()
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    version = workshop.task(task).version
    workshop.offer("sprayer", an_offer(task, version=version))
    assert found(workshop, an_assignment(task, version=version)) == [not_backed(task)]


def test_faults__helper_left_out__named():
    workshop, task = offered_as(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, an_offer(task))
    assert found(workshop, an_assignment(task)) == [not_as_offered(task)]


def test_faults__lead_inspects__named():
    workshop, (task,) = offered()
    expected = [f"task {task}: the inspector is on the team"]
    assert found(workshop, an_assignment(task, inspector=SPRAYER)) == expected


def test_faults__helper_inspects__named():
    workshop, task = offered_as(helpers=(FINISHER,))
    workshop.confirm("finisher", SPRAYER, an_offer(task))
    entry = an_assignment(task, helpers=(FINISHER,), inspector=FINISHER)
    assert found(workshop, entry) == [f"task {task}: the inspector is on the team"]


# Times


def chained(start: int) -> tuple[Workshop, list[PlanEntry]]:
    """The sprayer does the first, then the finisher the second from `start` on."""
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.offer("sprayer", an_offer(first))
    workshop.offer("finisher", an_offer(second))
    return workshop, [an_assignment(first), an_assignment(second, lead=FINISHER, start=start)]


def test_faults__begins_before_its_predecessor_ends__named():
    workshop, entries = chained(start=1_000 + HANDOVER - 1)
    first, second = (entry.task for entry in entries)
    assert found(workshop, *entries) == [f"task {second} begins before task {first} ends"]


def test_faults__begins_when_its_predecessor_has_ended__none():
    workshop, entries = chained(start=1_000 + HANDOVER)
    assert found(workshop, *entries) == []


def test_faults__predecessor_is_in_no_plan__waits_for_nobody():
    workshop, (first, second) = offered(a_task(), a_task(predecessors=0b1))
    expected = [f"task {second} waits for task {first}, which nobody is to do"]
    assert found(workshop, an_assignment(second)) == expected


def test_faults__predecessor_is_decided_already__none():
    workshop, (first, second) = offered(a_task(), a_task(predecessors=0b1))
    workshop.allocate(first, "finisher")
    assert found(workshop, an_assignment(second)) == []


def test_faults__predecessor_is_done__none():
    workshop, (first, second) = offered(a_task(), a_task(predecessors=0b1))
    workshop.allocate(first, "finisher")
    workshop.do(first)
    assert found(workshop, an_assignment(second)) == []


def at_once(*robots: tuple[Number, ...]) -> tuple[Workshop, list[PlanEntry]]:
    """The sprayer's two tasks at once, with these robots."""
    workshop = Workshop()
    tasks = workshop.post(a_task(), a_task())
    workshop.offer("sprayer", *(an_offer(task, robots=used) for task, used in zip(tasks, robots, strict=True)))
    return workshop, [an_assignment(task, robots=used) for task, used in zip(tasks, robots, strict=True)]


def test_faults__one_robot_for_two_tasks_at_once__named():
    workshop, entries = at_once((ARM,), (ARM,))
    first, second = (entry.task for entry in entries)
    assert found(workshop, *entries) == [f"member {ARM} is planned for tasks {first} and {second} at once"]


def test_faults__one_mind_for_two_tasks_at_once__named():
    workshop, entries = at_once((), ())
    first, second = (entry.task for entry in entries)
    assert found(workshop, *entries) == [f"member {SPRAYER} is planned for tasks {first} and {second} at once"]


def test_faults__one_worker_with_two_robots_at_once__none():
    workshop, entries = at_once((ARM,), (NOZZLE,))
    assert found(workshop, *entries) == []


def test_faults__one_after_the_other_without_handover__named():
    workshop, (first, second) = at_once((ARM,), (ARM,))
    second = replace(second, start=1_000 + HANDOVER - 1)
    expected = [f"member {ARM} is planned for tasks {first.task} and {second.task} at once"]
    assert found(workshop, first, second) == expected


def test_faults__one_after_the_other_with_handover__none():
    workshop, (first, second) = at_once((ARM,), (ARM,))
    assert found(workshop, first, replace(second, start=1_000 + HANDOVER)) == []


def test_faults__ends_before_the_order_was_posted__its_figures_cannot_be():
    workshop = Workshop()
    workshop.chain.advance(3)
    (task,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(task))
    honest, early = (an_assignment(task, start=start) for start in (3_000, 0))
    (fault,) = found(workshop, honest, plan=pack_plan([early]))
    assert fault.startswith("the figures are Figures(makespan=-2000")


# Figures and openings


def test_figures_of__two_tasks__the_later_end_and_the_sums():
    workshop, tasks = offered(a_task(), a_task())
    entries = [an_assignment(task, start=start) for task, start in zip(tasks, (5_000, 0), strict=True)]
    offers = [an_offer(task, energy=4, cost=9) for task in tasks]
    expected = Figures(makespan=6_000, tardiness=0, energy=8, cost=18)
    assert figures_of(workshop.ledger, entries, offers) == expected


def test_figures_of__late_and_costly__all_counted_from_the_posting():
    workshop = Workshop()
    workshop.chain.advance(3)
    (task,) = workshop.post(a_task(due=400))
    entry = an_assignment(task, start=5_000)
    offer = an_offer(task, energy=4, cost=9)
    expected = Figures(makespan=3_000, tardiness=2_600, energy=4, cost=9)
    assert figures_of(workshop.ledger, [entry], [offer]) == expected


def test_opening_for__honest__names_what_it_read():
    workshop, (task,) = offered()
    opening = workshop.opening(an_assignment(task), counters=4)
    head = workshop.chain.head
    assert (opening.read_at, opening.read_hash, opening.counters) == (head.number, head.hash, 4)


def not_backed(task: TaskId) -> str:
    return f"task {task}: worker {SPRAYER} may not take it, or a helper has not confirmed"


def not_as_offered(task: TaskId) -> str:
    return f"task {task}: the helpers are not those of the offer"
