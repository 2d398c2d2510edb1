from typing import Any

from agents.actions import Propose
from agents.policy import proposing
from agents.policy.proposing import STAGGER_S, decide
from agents.profile import Experience, Profile
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SEED, SPRAYER, START_S, VOTING, Workshop
from workmoot.domain.events import ProposalCreated
from workmoot.domain.ids import ProposalId, TaskId
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.plan import PlanEntry, unpack_plan
from workmoot.domain.proposals import State
from workmoot.planning.validity import faults

TALK_S = 2.0
LATE_S = START_S + TALK_S + 3 * STAGGER_S
"""When everyone's turn has come."""
NAMES = ("scanner", "sprayer", "finisher")


def proposed(workshop: Workshop, name: str = "scanner", **view: Any) -> Propose | None:
    """What that worker puts to the vote, by default when everyone's turn has come."""
    actions = decide(workshop.view(name, **{"now_s": LATE_S} | view))
    assert len(actions) <= 1
    (action,) = actions or (None,)
    assert action is None or isinstance(action, Propose)
    return action


def entries(workshop: Workshop, name: str = "scanner", **view: Any) -> tuple[PlanEntry, ...]:
    found = proposed(workshop, name, **view)
    return unpack_plan(found.opening.plan) if found else ()


def offered(count: int = 1) -> tuple[Workshop, tuple[TaskId, ...]]:
    """Tasks that the sprayer offers to do in a second, the finisher in 1.2."""
    workshop = Workshop(talk_s=TALK_S)
    tasks = workshop.post(*(a_task() for _ in range(count)))
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in tasks))
    workshop.offer("finisher", *(an_offer(task, p50=1_200, robots=(NOZZLE,)) for task in tasks))
    return workshop, tasks


def by_sprayer(task: TaskId) -> PlanEntry:
    return an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,))


def test_decide__nothing_offered__no_plan():
    workshop = Workshop()
    workshop.post(a_task())
    assert proposed(workshop) is None


def test_decide__offers_are_in__proposes_the_quicker():
    workshop, _ = offered()
    assert [entry.lead for entry in entries(workshop)] == [SPRAYER]


def test_decide__a_plan_passed_and_is_not_enacted_yet__waits_for_it():
    workshop, (task,) = offered()
    proposal = workshop.propose("sprayer", by_sprayer(task))
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because")
    assert workshop.proposal(proposal).state is State.PASSED
    assert proposed(workshop, now_s=START_S + 1_000.0) is None


def test_decide__has_seen_it_be_slow__proposes_the_other():
    workshop, _ = offered()
    seen = Experience(worker="sprayer", capability="spraying", samples=9, ratio=1.6)
    assert [entry.lead for entry in entries(workshop, profile=Profile(experience=(seen,)))] == [FINISHER]


def test_decide__allocated_to_who_is_drained__proposes_another_after_the_talk():
    workshop, (task,) = offered()
    workshop.decide(by_sprayer(task))
    workshop.offer("finisher", an_offer(task, version=2, sequence=2, p50=1_200, robots=(NOZZLE,)))
    assert proposed(workshop, now_s=START_S + 1_000.0) is None
    workshop.chain.advance(1_000)
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert proposed(workshop, now_s=workshop.now_s + TALK_S - 0.5) is None
    found = entries(workshop, now_s=workshop.now_s + TALK_S + 3 * STAGGER_S)
    assert [(entry.task, entry.version, entry.lead) for entry in found] == [(task, 2, FINISHER)]


def test_decide__offers_of_who_is_drained__are_not_taken():
    workshop, _ = offered()
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert [entry.lead for entry in entries(workshop, now_s=LATE_S + 10)] == [FINISHER]


def test_decide__the_inspector_is_drained__another_inspects():
    workshop, _ = offered()
    workshop.withdraw(OverrideKind.DRAIN, "scanner")
    (entry,) = entries(workshop, now_s=LATE_S + 10)
    assert (entry.lead, entry.inspector) == (SPRAYER, FINISHER)


def test_decide__two_tasks__both_work_at_once():
    workshop, _ = offered(2)
    assert {entry.lead for entry in entries(workshop)} == {SPRAYER, FINISHER}


def test_decide__its_plan__holds_for_everyone():
    workshop, _ = offered(3)
    found = proposed(workshop)
    assert found is not None
    opened = workshop.by("scanner").dao.propose(found.opening).the(ProposalCreated)
    assert faults(workshop.ledger, workshop.proposal(opened.id), SEED) == []


def test_decide__its_figures__are_the_offers_promises_not_its_beliefs():
    workshop, _ = offered()
    seen = Experience(worker="sprayer", capability="spraying", samples=50, ratio=1.1)
    found = proposed(workshop, now_s=LATE_S, profile=Profile(experience=(seen,)))
    assert found is not None
    planned_at = round((LATE_S - START_S) * 1_000)
    assert found.opening.figures.makespan == planned_at + 1_000


# Turns


def test_decide__the_talk_is_not_over__nobody_proposes():
    workshop, _ = offered()
    assert [name for name in NAMES if proposed(workshop, name, now_s=START_S + TALK_S - 0.1)] == []


def test_decide__after_the_talk__they_speak_one_by_one():
    workshop, _ = offered()
    moments = [START_S + TALK_S + place * STAGGER_S for place in range(3)]
    spoke = [len([name for name in NAMES if proposed(workshop, name, now_s=moment)]) for moment in moments]
    assert spoke == [1, 2, 3]


def test_decide__a_task_was_seen_later__talks_from_then_on():
    workshop, (early, late) = offered(2)
    assert proposed(workshop, seen={(early, 1): START_S, (late, 1): LATE_S}) is None


def test_decide__a_proposal_was_just_settled__talks_anew():
    workshop, (task,) = offered()
    proposal = workshop.propose("sprayer", by_sprayer(task))
    workshop.chain.advance(30)
    for name in ("scanner", "finisher"):
        workshop.vote(name, proposal, support=False)
    assert proposed(workshop, now_s=START_S + 30 + TALK_S - 0.1) is None
    assert proposed(workshop, now_s=START_S + 30 + TALK_S + 3 * STAGGER_S) is not None


# What is on the table


def test_decide__an_open_proposal_covers_it__waits():
    workshop, (task,) = offered()
    workshop.propose("sprayer", by_sprayer(task))
    assert proposed(workshop) is None


def test_decide__an_open_proposal_covers_some__proposes_the_rest():
    workshop, (first, second) = offered(2)
    workshop.propose("sprayer", by_sprayer(first))
    assert [entry.task for entry in entries(workshop)] == [second]


def test_decide__the_rest_waits_for_what_is_on_the_table__waits_too():
    workshop = Workshop(talk_s=TALK_S)
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in (first, second)))
    workshop.propose("sprayer", by_sprayer(first))
    assert proposed(workshop) is None


def test_decide__as_many_of_its_own_are_open_as_may_be__waits():
    workshop, (first, second, _) = offered(3)
    for task in (first, second):
        workshop.propose("scanner", by_sprayer(task))
    assert [name for name in NAMES if proposed(workshop, name)] == ["sprayer", "finisher"]


def test_decide__an_earlier_plan_was_defeated__answers_it():
    workshop, (task,) = offered()
    former = defeated(workshop, task)
    found = proposed(workshop)
    assert found is not None
    assert found.opening.counters == former


def test_decide__two_were_defeated__answers_the_latter():
    workshop, (task,) = offered()
    for _ in range(2):
        former = defeated(workshop, task)
    found = proposed(workshop)
    assert found is not None
    assert found.opening.counters == former


def test_decide__part_of_what_was_defeated_is_decided_since__answers_it():
    workshop, (first, second) = offered(2)
    former = defeated(workshop, first, second)
    workshop.allocate(first, "finisher", start=0)
    found = proposed(workshop)
    assert found is not None
    assert found.opening.counters == former


def test_decide__an_earlier_plan_expired__answers_nothing():
    workshop, (task,) = offered()
    former = workshop.propose("sprayer", by_sprayer(task))
    workshop.chain.advance(VOTING.voting_seconds + 1)
    workshop.by("scanner").dao.poke(former)
    found = proposed(workshop, now_s=LATE_S + VOTING.voting_seconds + 1)
    assert found is not None
    assert found.opening.counters == ProposalId(0)


def test_decide__defeated_for_an_older_version__answers_nothing():
    workshop, (task,) = offered()
    defeated(workshop, task)
    workshop.allocate(task, "finisher")
    workshop.order(OverrideKind.REQUEUE, task)
    workshop.offer("sprayer", an_offer(task, version=3, sequence=2, robots=(ARM,)))
    found = proposed(workshop)
    assert found is not None
    assert found.opening.counters == ProposalId(0)


def defeated(workshop: Workshop, *tasks: TaskId) -> ProposalId:
    """The sprayer's plan for these tasks, voted down by the others."""
    former = workshop.propose("sprayer", *(by_sprayer(task) for task in tasks))
    for name in ("scanner", "finisher"):
        workshop.vote(name, former, support=False)
    return former


def test_decide__nothing_was_defeated__answers_nothing():
    workshop, _ = offered()
    found = proposed(workshop)
    assert found is not None
    assert found.opening.counters == ProposalId(0)


def test_decide__a_promise_longer_than_a_plan_can_say__plans_the_rest():
    workshop = Workshop(talk_s=TALK_S)
    endless, behind, other = workshop.post(a_task(), a_task(predecessors=0b1), a_task())
    for task in (endless, behind):
        workshop.offer("sprayer", an_offer(task, p50=2**32 - 1, robots=(ARM,)))
    workshop.offer("finisher", an_offer(other, robots=(NOZZLE,)))
    assert [entry.task for entry in entries(workshop)] == [other]


def test_decide__more_than_nodes_pass_on__proposes_the_first_half(monkeypatch):
    workshop, tasks = offered(8)
    whole = proposed(workshop)
    assert whole
    monkeypatch.setattr(proposing, "MOST_BYTES", len(whole.opening.plan.content) - 1)
    assert {entry.task for entry in entries(workshop)} == set(tasks[:4])
    monkeypatch.setattr(proposing, "MOST_BYTES", 0)
    assert proposed(workshop) is None


def test_decide__nothing_a_plan_can_say__no_plan():
    workshop, (task,) = offered()
    workshop.offer("sprayer", an_offer(task, p50=2**32 - 1))
    workshop.offer("finisher", an_offer(task, p50=2**32 - 1))
    assert proposed(workshop) is None
