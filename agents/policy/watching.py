"""What others left undone: passed plans not enacted, votes, tasks and slots that are overdue; each in its turn."""

from math import inf

from agents.actions import Action, BarVoter, CloseProposal, EnactPlan, LeaveOut, PokeSlot, PokeTask
from agents.policy.moving import obstacle_to
from agents.view import View
from workmoot.domain.hashing import keccak
from workmoot.domain.ledger import Proposal, Task
from workmoot.domain.ledger.absence import absent_since
from workmoot.domain.motions import MOTION_SECONDS
from workmoot.domain.plan import words_at_once
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.planning.horizon import clock_of, is_to_decide

GRACE_S = 2.0
"""Wall seconds that a deadline is left alone, and that lie between two members' turns."""
IDLE_S = 15.0
"""Wall seconds past its planned start after which a ready task that nobody began is summoned."""


NEVER = inf


def decide(view: View) -> list[Action]:
    """Everything overdue for which it is our turn."""
    return [*_proposals(view), *_tasks(view), *_slots(view), *_absentees(view)]


def _is_our_turn(view: View, deadline: float, about: str) -> bool:
    """Members take turns: who speaks first is drawn for each matter anew.

    What passed while the chain was out of sight counts from its return: those who owe an act could not act either.
    """
    deadline = max(deadline, view.seeing_since)
    if view.now_s <= deadline + GRACE_S:
        return False
    numbers = [member.number for member in view.ledger.voting_members()]
    drawn = sorted(numbers, key=lambda number: keccak(f"{about}/{number}".encode()))
    return view.now_s > deadline + GRACE_S * (1 + drawn.index(view.me))


def _proposals(view: View) -> list[Action]:
    actions: list[Action] = []
    for proposal in view.ledger.proposals.values():
        if proposal.state is State.PASSED and _may_be_enacted(view, proposal):
            waits_since = _waits_since(view, proposal)
            if _is_our_turn(view, waits_since - GRACE_S, f"enact {proposal.id} {proposal.progress}"):
                actions.append(_enact(proposal))
        elif proposal.state is State.OPEN:
            actions += _open(view, proposal)
    return actions


def _may_be_enacted(view: View, proposal: Proposal) -> bool:
    return proposal.is_readable and not (view.ledger.plant_held and proposal.motion is None)


def _waits_since(view: View, proposal: Proposal) -> float:
    """Since it passed, its last part was enacted, or the plant was released; a motion that something keeps from being
    carried out is left alone until it has expired."""
    if proposal.motion is not None and obstacle_to(view.ledger, proposal.motion):
        return float(proposal.deadline + MOTION_SECONDS)
    done = [part.at.timestamp for part in proposal.parts]
    passed = proposal.settled_at.timestamp if proposal.settled_at else 0
    released = view.ledger.plant_turned_at if proposal.motion is None else 0
    return float(max([passed, released, *done]))


def _enact(proposal: Proposal) -> Action:
    return EnactPlan(
        proposal=proposal.id,
        assignments=proposal.opening.plan.assignments,
        rest=proposal.rest,
        words=words_at_once(proposal.decided_entries, proposal.progress),
    )


def _open(view: View, proposal: Proposal) -> list[Action]:
    if view.now_s > proposal.deadline:
        due = _is_our_turn(view, proposal.deadline, f"close {proposal.id}")
        return [CloseProposal(proposal=proposal.id)] if due else []
    done = {vote.member for vote in proposal.votes} | set(proposal.barred)
    gone = [
        member.number
        for member in view.ledger.members.values()
        if member.joined and member.joined <= proposal.roster and not member.is_active_worker
    ]
    speaks = _is_our_turn(view, proposal.at.timestamp, f"bar {proposal.id}")
    return [BarVoter(proposal=proposal.id, member=number) for number in gone if number not in done and speaks]


def _tasks(view: View) -> list[Action]:
    return [
        PokeTask(task=task.id)
        for task in view.ledger.tasks.values()
        if not task.held and _is_our_turn(view, _overdue_at(view, task), f"task {task.id} {task.version}")
    ]


def _overdue_at(view: View, task: Task) -> float:
    """The wall second from which on a task wants a poke; far off for one that does not."""
    if task.status is Status.SUBMITTED:
        return float(task.deadline) if task.inspector else NEVER
    if task.status not in (Status.ALLOCATED, Status.STARTED):
        return NEVER
    if not view.ledger.may_work(task):
        return 0.0
    if task.status is Status.ALLOCATED and is_to_decide(view.ledger, task, view.now_s):
        return NEVER
    if task.status is Status.STARTED:
        return float(task.deadline)
    if not view.ledger.is_ready(task) or not view.can_begin(task):
        return NEVER
    return float(task.deadline) if task.summoned else _idle_at(view, task)


def _idle_at(view: View, task: Task) -> float:
    """When a ready task has waited too long: for its planned start, its last predecessor, or what it takes."""
    clock = clock_of(view.ledger)
    planned = clock.unix_ms(task.entry.start) / 1000 if task.entry else 0.0
    done = [float(view.ledger.tasks[before].ended_at or 0) for before in view.ledger.predecessors(task)]
    return max([planned, *done]) + IDLE_S


def _absentees(view: View) -> list[Action]:
    others = (member.number for member in view.ledger.voting_members() if member.number != view.me)
    since = ((number, absent_since(view.ledger, number, view.now_s)) for number in others)
    return [
        LeaveOut(member=number)
        for number, begin in since
        if begin is not None and _is_our_turn(view, begin, f"absent {number}")
    ]


def _slots(view: View) -> list[Action]:
    return [
        PokeSlot(subject_type=subject_type, subject=subject, level=level)
        for (subject_type, subject, level), slot in view.ledger.slots.items()
        if slot.expires_at and _is_our_turn(view, slot.expires_at, f"slot {subject_type} {subject} {level}")
    ]
