from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from agents.actions import Action, BarVoter, CloseProposal, EnactPlan, LeaveOut, PokeSlot, PokeTask
from agents.policy.thinking import content
from agents.policy.watching import GRACE_S, IDLE_S, decide
from tests.builders import a_task, an_entry
from tests.workshop import ARM, FINISHER, LIMITS, SPRAYER, START_S, VOTING, Workshop
from workmoot.domain.events import ProposalCreated
from workmoot.domain.ids import NOBODY, ProposalId, TaskId
from workmoot.domain.motions import MOTION_SECONDS, MotionKind, PolicyChange, StandingChange
from workmoot.domain.overrides import PLANT, Level, OverrideKind, SubjectType
from workmoot.domain.plan import pack_tree
from workmoot.domain.proposals import State

NAMES = ("scanner", "sprayer", "finisher")


def watched(workshop: Workshop, now_s: float, names: Iterable[str] = NAMES) -> list[list[Action]]:
    """What each of them finds overdue at a moment."""
    return [decide(workshop.view(name, now_s=now_s)) for name in names]


def in_turns(workshop: Workshop, overdue_s: float) -> list[Action]:
    """What is done when all turns have come; before, nobody does it, and then one after the other."""
    turns = [GRACE_S * (1 + place) for place in range(3)]
    spoke = [len([did for did in watched(workshop, overdue_s + wait + 0.5) if did]) for wait in (0, *turns)]
    assert spoke == [0, 1, 2, 3]
    scanner, *others = watched(workshop, overdue_s + turns[-1] + 0.5)
    assert all(did == scanner for did in others)
    return scanner


def never(workshop: Workshop, now_s: float = START_S + 100_000.0) -> bool:
    return watched(workshop, now_s) == [[], [], []]


def allocated(**plan: Any) -> tuple[Workshop, TaskId]:
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    workshop.allocate(task, "sprayer", **plan)
    return workshop, task


def started() -> tuple[Workshop, TaskId]:
    workshop, task = allocated()
    workshop.start(task)
    return workshop, task


# Who is withdrawn by a human


def test_decide__idle_task_of_who_is_drained__is_not_summoned():
    workshop, _ = allocated()
    workshop.withdraw(OverrideKind.DRAIN, "sprayer", for_s=200_000)
    assert never(workshop)


# Tasks


def test_decide__posted_only__leaves_it():
    workshop = Workshop()
    workshop.post(a_task())
    assert never(workshop)


def test_decide__ready_and_idle__summons_in_turns():
    workshop, task = allocated()
    assert in_turns(workshop, START_S + IDLE_S) == [PokeTask(task=task)]


@pytest.mark.parametrize("summoned", [False, True])
def test_decide__its_robot_is_held_by_a_human__leaves_it_in_peace(summoned: bool):
    workshop, task = allocated(robots=(ARM,))
    if summoned:
        workshop.by("scanner").work_orders.poke(task)
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    assert never(workshop)


def test_decide__planned_for_later__waits_for_its_planned_start():
    workshop, task = allocated(start=60_000)
    assert in_turns(workshop, START_S + 60 + IDLE_S) == [PokeTask(task=task)]


def test_decide__predecessor_just_done__waits_from_then_on():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    for task, name in ((first, "finisher"), (second, "sprayer")):
        workshop.allocate(task, name)
    workshop.start(first)
    workshop.chain.advance(25)
    workshop.submit(first)
    workshop.inspect(first)
    assert in_turns(workshop, START_S + 25 + IDLE_S) == [PokeTask(task=second)]


def test_decide__predecessor_is_not_done__leaves_it():
    workshop = Workshop()
    _, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.allocate(second, "sprayer")
    assert never(workshop)


@pytest.mark.parametrize("robots", [(ARM,), ()])
def test_decide__its_robot_or_its_mind_is_at_work__leaves_it(robots: tuple[int, ...]):
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task())
    for task in (first, second):
        workshop.allocate(task, "sprayer", robots=robots)
    workshop.start(first)
    late = START_S + IDLE_S + 8
    assert watched(workshop, late) == [[], [], []]


def test_decide__summoned_and_silent__pokes_in_turns():
    workshop, task = allocated()
    workshop.by("scanner").work_orders.poke(task)
    assert in_turns(workshop, START_S + LIMITS.acknowledge_seconds) == [PokeTask(task=task)]


def test_decide__acknowledged__waits_for_the_deadline_it_got():
    workshop, task = allocated()
    workshop.by("sprayer").work_orders.acknowledge(task, workshop.task(task).epoch)
    assert in_turns(workshop, START_S + LIMITS.heartbeat_seconds) == [PokeTask(task=task)]


def test_decide__the_chain_was_away_past_the_deadline__gives_the_worker_time_to_speak():
    workshop, _ = started()
    back = START_S + LIMITS.heartbeat_seconds + 60.0
    waited = [decide(workshop.view(name, seeing_since=back, now_s=back + GRACE_S)) for name in NAMES]
    assert waited == [[], [], []]
    later = [decide(workshop.view(name, seeing_since=back, now_s=back + 5 * GRACE_S)) for name in NAMES]
    assert all(later)


def test_decide__at_work_without_a_heartbeat__pokes_in_turns():
    workshop, task = started()
    assert in_turns(workshop, START_S + LIMITS.heartbeat_seconds) == [PokeTask(task=task)]


def test_decide__its_heart_beat__waits_anew():
    workshop, task = started()
    workshop.chain.advance(20)
    workshop.by("sprayer").work_orders.heartbeat(task, workshop.task(task).epoch)
    assert in_turns(workshop, START_S + 20 + LIMITS.heartbeat_seconds) == [PokeTask(task=task)]


def test_decide__its_worker_is_gone__pokes_at_once():
    workshop, task = started()
    workshop.suspend("sprayer")
    assert watched(workshop, START_S + 1.0, ("scanner", "finisher")) == [[PokeTask(task=task)]] * 2


def test_decide__held_by_a_human__leaves_it():
    workshop, task = started()
    workshop.order(OverrideKind.HOLD, task)
    assert never(workshop)


def test_decide__the_inspector_is_late__pokes_in_turns():
    workshop, task = started()
    workshop.submit(task)
    assert in_turns(workshop, START_S + LIMITS.inspect_seconds) == [PokeTask(task=task)]


def test_decide__a_human_inspects__leaves_it():
    workshop, task = allocated(inspector=NOBODY)
    workshop.start(task)
    workshop.submit(task)
    assert never(workshop)


def test_decide__waits_for_a_human__leaves_it():
    workshop, task = started()
    workshop.submit(task)
    workshop.order(OverrideKind.REWORK, task)
    assert never(workshop)


# Proposals


def proposed() -> tuple[Workshop, ProposalId]:
    workshop = Workshop()
    (task,) = workshop.post(a_task())
    return workshop, workshop.propose("scanner", an_entry(task, SPRAYER))


def test_decide__vote_is_on__leaves_it():
    workshop, _ = proposed()
    assert never(workshop, START_S + float(VOTING.voting_seconds))


def test_decide__vote_is_over__closes_it_in_turns():
    workshop, proposal = proposed()
    assert in_turns(workshop, START_S + VOTING.voting_seconds) == [CloseProposal(proposal=proposal)]


def test_decide__passed_without_its_plan__enacts_it_in_turns():
    workshop, proposal = proposed()
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because")
    found = workshop.proposal(proposal)
    enact = EnactPlan(proposal=proposal, assignments=found.opening.plan.assignments, rest=found.rest, words=1)
    assert in_turns(workshop, START_S - GRACE_S) == [enact]


def test_decide__passed_and_the_plant_is_held__waits_for_its_end():
    workshop, proposal = proposed()
    workshop.order(OverrideKind.HOLD, PLANT, subject_type=SubjectType.PLANT)
    for name in ("scanner", "sprayer"):
        workshop.vote(name, proposal)
    assert never(workshop, START_S + 30.0)
    workshop.chain.set_time(int(START_S) + 40)
    for _ in range(2):
        workshop.order(OverrideKind.RELEASE, PLANT, subject_type=SubjectType.PLANT)
    (found,) = in_turns(workshop, START_S + 40 - GRACE_S)
    assert isinstance(found, EnactPlan)


def test_decide__more_than_one_transaction_takes__votes_by_its_hash_and_enacts_in_parts():
    workshop = Workshop()
    tasks = [task for _ in range(2) for task in workshop.post(*[a_task()] * 160)]
    proposal = workshop.propose("scanner", *(an_entry(task, SPRAYER) for task in tasks))
    found = workshop.proposal(proposal)
    assert content(workshop.view("scanner"), found, decides=True) == (b"", found.content_hash)
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because", rest=found.content_hash)
    for words in (30, 2):
        (enact,) = in_turns(workshop, START_S - GRACE_S)
        assert isinstance(enact, EnactPlan)
        assert enact.words == words
        workshop.by("scanner").dao.enact(enact.proposal, enact.assignments, enact.rest, words=words)
    assert workshop.proposal(proposal).state is State.ENACTED


@pytest.mark.parametrize(("held", "state"), [(False, State.ENACTED), (True, State.PASSED)])
def test_decide__tree_of_any_size__goes_with_the_ballot(held, state):
    workshop = Workshop()
    tasks = [task for _ in range(2) for task in workshop.post(*[a_task()] * 160)]
    entries = [an_entry(task, SPRAYER) for task in tasks]
    opening = replace(workshop.opening(*entries), plan=pack_tree(entries))
    found = workshop.proposal(workshop.by("scanner").dao.propose(opening).the(ProposalCreated).id)
    if held:
        workshop.order(OverrideKind.HOLD, PLANT, subject_type=SubjectType.PLANT)
    told = content(workshop.view("scanner"), found, decides=True)
    assert told == (found.opening.plan.assignments, found.rest)
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(found.id, support=True, reason="because", assignments=told[0], rest=told[1])
    assert workshop.proposal(found.id).state is state


def test_decide__passed_with_words_that_nobody_can_read__leaves_it():
    workshop = Workshop()
    proposal = workshop.move("scanner", StandingChange(kind=MotionKind.RETIRE, member=ARM), "\ufffd")
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because")
    assert workshop.proposal(proposal).state is State.PASSED
    assert never(workshop, START_S + 30.0)


def test_decide__enacted__leaves_it():
    workshop, proposal = proposed()
    for name in ("scanner", "sprayer"):
        workshop.vote(name, proposal)
    assert [act for did in watched(workshop, START_S + 5.0) for act in did] == []


def test_decide__a_voter_was_suspended__bars_it():
    workshop, proposal = proposed()
    workshop.suspend("finisher")
    did = watched(workshop, START_S + 10.0, ("scanner", "sprayer"))
    assert did == [[BarVoter(proposal=proposal, member=FINISHER)]] * 2


def test_decide__it_had_voted_before__its_ballot_stands():
    workshop, proposal = proposed()
    workshop.vote("finisher", proposal)
    workshop.suspend("finisher")
    assert watched(workshop, START_S + 10.0, ("scanner", "sprayer")) == [[], []]


def test_decide__barred_already__not_again():
    workshop, proposal = proposed()
    workshop.suspend("finisher")
    workshop.by("scanner").dao.bar(proposal, FINISHER)
    assert watched(workshop, START_S + 10.0, ("scanner", "sprayer")) == [[], []]


def test_decide__one_that_came_later_is_suspended__not_barred():
    workshop, _ = proposed()
    workshop.admit("latecomer")
    workshop.suspend("latecomer")
    assert watched(workshop, START_S + 10.0, ("scanner", "sprayer")) == [[], []]


# Slots


def test_decide__a_hold_has_expired__ends_it_in_turns():
    workshop, task = allocated()
    workshop.order(OverrideKind.HOLD, task, expires_at=START_S + 50)
    poke = PokeSlot(subject_type=SubjectType.TASK, subject=task, level=Level.HUMAN_HOLD)
    assert in_turns(workshop, START_S + 50) == [poke]


def test_decide__a_hold_until_released__leaves_it():
    workshop, task = allocated()
    workshop.order(OverrideKind.HOLD, task)
    assert never(workshop)


# Motions and absence


def passed_motion() -> tuple[Workshop, EnactPlan]:
    """Two said yes without the motion at hand."""
    workshop = Workshop()
    proposal = workshop.move("scanner", StandingChange(kind=MotionKind.SUSPEND, member=FINISHER))
    for name in ("scanner", "sprayer"):
        workshop.by(name).dao.vote(proposal, support=True, reason="because")
    found = workshop.proposal(proposal)
    enact = EnactPlan(proposal=proposal, assignments=found.opening.plan.assignments, rest=found.rest, words=0)
    return workshop, enact


def test_decide__motion_passed__carried_out_in_turns():
    workshop, enact = passed_motion()
    assert in_turns(workshop, START_S - GRACE_S) == [enact]


def test_decide__motion_cannot_be_carried_out__left_alone_until_it_expires():
    workshop, enact = passed_motion()
    workshop.suspend("finisher")
    over = START_S + VOTING.voting_seconds + MOTION_SECONDS
    assert watched(workshop, over - 1.0, ["scanner", "sprayer"]) == [[], []]
    assert watched(workshop, over + 100.0, ["scanner", "sprayer"]) == [[enact], [enact]]


def silent_while(times: int) -> Workshop:
    """The scanner put so many policies to the vote; nobody said a word."""
    workshop = Workshop()
    for _ in range(times):
        proposal = workshop.move("scanner", PolicyChange(policy=VOTING))
        workshop.chain.advance(VOTING.voting_seconds + 1)
        workshop.by("stranger").dao.poke(proposal)
    return workshop


def test_decide__members_absent__left_out_in_turns():
    workshop = silent_while(VOTING.absent_after)
    last = workshop.chain.head.timestamp
    leave_out = [LeaveOut(member=number) for number in (SPRAYER, FINISHER)]
    assert watched(workshop, last - 1.0, ["scanner"]) == [[]]
    assert watched(workshop, last + 100.0, ["scanner"]) == [leave_out]
    assert watched(workshop, last + 100.0, ["sprayer"]) == [[LeaveOut(member=FINISHER)]]


def test_decide__silent_for_less__nobody_is_left_out():
    assert never(silent_while(VOTING.absent_after - 1))


def test_decide__silent_but_voted_since__is_there():
    workshop = silent_while(VOTING.absent_after)
    proposal = workshop.move("scanner", PolicyChange(policy=VOTING))
    workshop.vote("finisher", proposal, support=False)
    late = workshop.chain.head.timestamp + 10.0
    assert watched(workshop, late, ["scanner"]) == [[LeaveOut(member=SPRAYER)]]
