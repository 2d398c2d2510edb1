"""What a tree that passed leaves to its leads: each claims what has its turn, others plan it no more."""

from typing import Any

from agents.actions import Action, ClaimTask, Propose, StartTask
from agents.execution import perform
from agents.policy import proposing, working
from agents.policy.thinking import problem_of
from tests.agents.bodies import ToldRobots, hands
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.ids import ProposalId, TaskId
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, plan_payload
from workmoot.domain.plan import PlanEntry
from workmoot.domain.work import Status
from workmoot.planning.horizon import CLAIM_S

LATE_S = START_S + 10.0


def an_assignment(task: TaskId, **changes: Any) -> PlanEntry:
    values: dict[str, Any] = {"lead": SPRAYER, "sequence": 1, "inspector": SCANNER, "robots": (ARM,)} | changes
    return an_entry(task, **values)


def left(*entries: dict[str, Any], **specs: Any) -> tuple[Workshop, tuple[TaskId, ...], ProposalId]:
    """A tree passed that leaves one task for each of these to a lead, by default the sprayer with its arm."""
    workshop = Workshop(talk_s=2.0)
    tasks = workshop.post(*(a_task(**specs) for _ in entries))
    told = [an_assignment(task, **changes) for task, changes in zip(tasks, entries, strict=True)]
    for entry in told:
        name = "sprayer" if entry.lead == SPRAYER else "finisher"
        workshop.offer(name, an_offer(entry.task, robots=entry.robots))
    return workshop, tasks, workshop.pass_tree(*told)


def claims(workshop: Workshop, name: str = "sprayer", **view: Any) -> list[Action]:
    return [action for action in working.decide(workshop.view(name, **view)) if isinstance(action, ClaimTask)]


def perform_all(workshop: Workshop, name: str, actions: list[Action]) -> None:
    for action in actions:
        perform(hands(workshop, name, ToldRobots()), action)


def test_decide__its_entry_has_its_turn__claims_then_begins():
    workshop, (task,), _ = left({})
    perform_all(workshop, "sprayer", claims(workshop))
    assert workshop.task(task).status is Status.ALLOCATED
    assert working.decide(workshop.view("sprayer")) == [StartTask(task=task, epoch=workshop.task(task).epoch)]


def test_decide__anothers_entry__leaves_it():
    workshop, _, _ = left({})
    assert claims(workshop, "finisher") == []


def test_decide__two_entries_for_one_robot__claims_the_first_by_the_plan():
    workshop, tasks, _ = left({"start": 5_000}, {"start": 10})
    perform_all(workshop, "sprayer", claims(workshop))
    assert [workshop.task(task).status for task in tasks] == [Status.POSTED, Status.ALLOCATED]
    assert claims(workshop) == []


def test_decide__two_entries_for_two_robots__claims_both():
    workshop, _, _ = left({}, {"robots": (NOZZLE,)})
    assert len(claims(workshop)) == 2


def test_decide__predecessor_not_done__waits():
    workshop = Workshop(talk_s=2.0)
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.offer("sprayer", *(an_offer(task, robots=(ARM,)) for task in (first, second)))
    workshop.pass_tree(an_assignment(first), an_assignment(second, start=2_000))
    perform_all(workshop, "sprayer", claims(workshop))
    assert [workshop.task(task).status for task in (first, second)] == [Status.ALLOCATED, Status.POSTED]
    workshop.do(first)
    perform_all(workshop, "sprayer", claims(workshop))
    assert workshop.task(second).status is Status.ALLOCATED


def test_decide__a_human_has_the_task_or_the_robot__waits():
    workshop, (task,), _ = left({})
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    assert claims(workshop) == []
    workshop, (task,), _ = left({})
    workshop.order(OverrideKind.HOLD, task)
    assert claims(workshop) == []


def test_decide__tree_vetoed__waits_for_its_release():
    workshop, _, proposal = left({})
    found = workshop.proposal(proposal)
    part = PlanPart(rest=found.rest, first=0, last=0, assignments=found.opening.plan.assignments)
    workshop.order(OverrideKind.VETO, proposal, subject_type=SubjectType.PROPOSAL, payload=plan_payload(part))
    assert claims(workshop) == []
    workshop.order(OverrideKind.RELEASE, proposal, subject_type=SubjectType.PROPOSAL)
    assert len(claims(workshop)) == 1


def test_decide__helper_has_not_confirmed__does_not_try():
    workshop = Workshop(talk_s=2.0)
    (task,) = workshop.post(a_task())
    offer = an_offer(task, helpers=(FINISHER,), robots=(ARM, NOZZLE))
    workshop.offer("sprayer", offer)
    workshop.confirm("finisher", SPRAYER, offer)
    workshop.pass_tree(an_assignment(task, helpers=(FINISHER,), robots=(ARM, NOZZLE)))
    assert len(claims(workshop)) == 1
    workshop.suspend("scanner")
    assert claims(workshop) == []


# Planning what is left


def proposed(workshop: Workshop, **view: Any) -> list[Action]:
    found = proposing.decide(workshop.view("scanner", **{"now_s": LATE_S} | view))
    return [action for action in found if isinstance(action, Propose)]


def test_decide__left_to_a_lead__no_plan_until_it_is_late():
    workshop, _, _ = left({})
    assert proposed(workshop) == []
    assert len(proposed(workshop, now_s=START_S + CLAIM_S + 30.0)) == 1


def test_decide__left_to_a_lead_that_is_gone__planned_anew():
    workshop, (task,), _ = left({})
    workshop.offer("finisher", an_offer(task, robots=(NOZZLE,)))
    assert proposed(workshop) == []
    workshop.suspend("sprayer")
    assert len(proposed(workshop)) == 1


def test_decide__left_and_busy__the_robot_is_free_only_after_it():
    workshop, _, _ = left({"start": 0})
    (other,) = workshop.post(a_task())
    workshop.offer("sprayer", an_offer(other, robots=(ARM,)))
    (action,) = proposed(workshop)
    assert isinstance(action, Propose)
    view = workshop.view("scanner", now_s=LATE_S)
    problem = problem_of(view)
    assert list(problem.tasks) == [other]
    assert problem.busy[ARM] > view.now
