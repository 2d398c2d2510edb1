"""What an order would displace, in one sentence, before anything is sent."""

from collections.abc import Callable

from api.models.orders import DisplacedOut
from api.views.alarms import alarm_of, alarm_words
from api.views.overrides import FILL_A_SLOT, ON_LIFT, ON_RELEASE
from api.views.questions import standing_words
from api.views.questions import state_of as state_of_question
from api.views.snapshot import Snapshot
from api.views.subjects import subject_name
from workmoot.domain.alarms import AlarmState, state_of
from workmoot.domain.instructions import INSTRUCTIONS, meant_kind
from workmoot.domain.instructions import ONCE as ONCE_KINDS
from workmoot.domain.ledger import Proposal, Task
from workmoot.domain.overrides import PLANT, HumanOrder, Level, OverrideKind, SubjectType, own_level
from workmoot.domain.payloads import read_assign_payload
from workmoot.domain.proposals import State
from workmoot.domain.questions import in_words, read_answer
from workmoot.domain.work import Status
from workmoot.planning.forecast import reached, unclaimed

ONCE = "This act is done once; nothing is to be released."


def displaced(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    """What is in force now and would step back."""
    return _BY_SUBJECT[order.subject_type](snap, order)


def _task(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    task = snap.ledger.tasks[order.subject]  # type: ignore[index]  # a draft's subject exists
    level = snap.ledger.in_control(task)
    slot = snap.ledger.slot(SubjectType.TASK, task.id, level)
    return DisplacedOut(
        what=_task_words(snap, order, task),
        worker=snap.who(task.worker),
        level=level,
        override=slot.id or None,
        proposal=task.decided_by or None,
        status=task.status.name.lower(),
        returns=_returns(snap, order, task),
    )


def _task_words(snap: Snapshot, order: HumanOrder, task: Task) -> str:
    holder = snap.who(task.worker)
    has = holder.name if holder else "nobody"
    if order.kind is OverrideKind.ASSIGN:
        return _assign_words(snap, order, task, has)
    if order.kind is OverrideKind.HOLD:
        return f"{has} has the task ({task.status.name.lower()}) and keeps it, but may not go on while it is held."
    if order.kind is OverrideKind.RELEASE:
        return _release_words(snap, task)
    if order.kind in INSTRUCTIONS:
        return _priority_words(snap, order, task)
    return _OTHER_TASK_WORDS[order.kind].format(has=has, status=task.status.name.lower())


def _priority_words(snap: Snapshot, order: HumanOrder, task: Task) -> str:
    now, posted = snap.ledger.priority_of(task, snap.now), task.spec.priority
    if order.kind is OverrideKind.LIFT:
        return f"The task has the priority it was posted with again: {posted} instead of {now}."
    comes = "Planners, and the worker that has it, take it in its new turn"
    return f"The task's priority is {order.payload[0]} instead of {now} (posted with {posted}). {comes}."


def _assign_words(snap: Snapshot, order: HumanOrder, task: Task, has: str) -> str:
    entry, _ = read_assign_payload(order.payload)
    new = snap.who(entry.lead)
    name = new.name if new else str(entry.lead)
    if entry.lead == task.worker:
        return f"{name} has the task already; it stays so, now by a human's word."
    ends = f" {has}'s run in progress ends." if task.status is Status.STARTED else ""
    return f"{has} has the task, {_authority(snap, task)}; {name} gets it.{ends}"


def _release_words(snap: Snapshot, task: Task) -> str:
    standing = snap.who(task.standing_worker)
    back = f"{standing.name}, whom the DAO's decision names" if standing else "the DAO: the task is open again"
    return f"The human's slot is emptied; control goes to {back}."


def _authority(snap: Snapshot, task: Task) -> str:
    level = snap.ledger.in_control(task)
    if level is Level.DAO:
        return f"by proposal {task.decided_by}" if task.decided_by else "by no decision"
    slot = snap.ledger.slot(SubjectType.TASK, task.id, level)
    return f"by override {slot.id} (level {int(level)})"


def _returns(snap: Snapshot, order: HumanOrder, task: Task) -> str:
    if order.kind in INSTRUCTIONS - ONCE_KINDS:
        return f"{ON_LIFT}: priority {task.spec.priority}."
    if order.kind not in FILL_A_SLOT:
        return ONCE
    standing = snap.who(task.standing_worker if task.overridden else task.worker)
    return f"{ON_RELEASE}: {standing.name if standing else 'nobody yet'}."


def _proposal(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    proposal = snap.ledger.proposals[order.subject]  # type: ignore[index]  # a draft's subject exists
    if proposal.is_tree and proposal.state is not State.OPEN:
        return _tree(snap, order, proposal)
    open_tasks = tuple(entry.task for entry in reached(snap.ledger, order))
    fills = proposal.state is not State.OPEN or order.kind is OverrideKind.APPROVE
    return DisplacedOut(
        what=_proposal_words(order, proposal, len(open_tasks)),
        proposal=proposal.id,
        status=proposal.state.name.lower(),
        tasks=open_tasks,
        returns=f"{ON_RELEASE}, task by task." if fills else ONCE,
    )


def _tree(snap: Snapshot, order: HumanOrder, proposal: Proposal) -> DisplacedOut:
    left = unclaimed(snap.ledger, proposal)
    if order.kind is OverrideKind.RELEASE:
        what, returns = f"The leads may claim the {len(left)} tasks that are left.", ONCE
    else:
        what = f"Nobody may claim the {len(left)} tasks that are left; {len(proposal.claimed)} were claimed and stay."
        returns = f"{ON_RELEASE}: the leads."
    return DisplacedOut(
        what=what, proposal=proposal.id, status=proposal.state.name.lower(), tasks=left, returns=returns
    )


def _proposal_words(order: HumanOrder, proposal: Proposal, count: int) -> str:
    tally = f"{proposal.yes} yes, {proposal.no} no of {proposal.members}"
    if order.kind is OverrideKind.APPROVE:
        if not count:
            return f"Nothing changes: every task of the plan has moved on since it was made ({tally})."
        return f"The vote ({tally}) no longer decides: {count} open tasks go to the plan's workers at once."
    if proposal.state is State.OPEN:
        return f"The open vote ends ({tally})."
    waits = proposal.state is State.PASSED
    taken = f"{count} tasks of the plan that have not started lose their worker until a human releases them."
    return f"The plan that passed ({tally}) is not carried out any further; {taken}" if waits else taken


def _worker(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    who = snap.who(order.subject)
    held = tuple(t.id for t in snap.ledger.tasks.values() if t.worker == order.subject and not t.status.is_final)
    name = who.name if who else str(order.subject)
    if order.kind in INSTRUCTIONS:
        return _instructed(snap, order, name)
    if order.kind is OverrideKind.REINSTATE:
        return DisplacedOut(what=f"{name} may act again and votes from the next roster on.", worker=who, returns=ONCE)
    what = f"{name} may not act or vote any more; {len(held)} tasks it holds go back to be allocated anew."
    return DisplacedOut(what=what, worker=who, tasks=held, returns="A human reinstates the worker.")


def _instructed(snap: Snapshot, order: HumanOrder, name: str) -> DisplacedOut:
    """What a worker that is drained, quarantined or given back has to do with."""
    mine = [task for task in snap.ledger.tasks.values() if task.worker == order.subject and not task.status.is_final]
    begun = tuple(task.id for task in mine if task.status is Status.STARTED)
    waiting = tuple(task.id for task in mine if task.status is Status.ALLOCATED and not task.slot_filled)
    stands = snap.ledger.instruction(meant_kind(order), order.subject).id
    if order.kind is OverrideKind.LIFT:
        what, tasks, returns = f"{name} may take new work again, and goes on with what it has.", begun, ONCE
    elif order.kind is OverrideKind.DRAIN:
        what = (
            f"{name} takes nothing new: {len(waiting)} tasks it has not begun go to others, {len(begun)} it finishes."
        )
        tasks, returns = waiting, f"{ON_LIFT}: {name} makes offers again."
    else:
        what = f"{name} stops: {len(begun)} tasks it has begun stand still, {len(waiting)} it has not go to others."
        tasks, returns = (*begun, *waiting), f"{ON_LIFT}: {name} goes on with what it has."
    return DisplacedOut(
        what=what, worker=snap.who(order.subject), override=stands or None, tasks=tasks, returns=returns
    )


def _robot(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    name = subject_name(snap, SubjectType.ROBOT, order.subject)
    tasks = tuple(t.id for t in snap.ledger.tasks.values() if order.subject in t.robots and t.status is Status.STARTED)
    if order.kind in (OverrideKind.RELEASE, OverrideKind.LIFT):
        return DisplacedOut(what=f"{name} obeys its workers again.", tasks=tasks, returns=ONCE)
    holders = ", ".join(who.name for who in snap.team(snap.commanders(order.subject))) or "nobody"
    what = f"{name} stops at once and obeys no worker ({holders}); {len(tasks)} running tasks stand still."
    if order.kind is OverrideKind.MAINTAIN:
        what = f"{name} obeys no worker ({holders}), and nobody plans with it; {len(tasks)} running tasks stand still."
        return DisplacedOut(what=what, tasks=tasks, returns=f"{ON_LIFT}: {name} obeys its workers.")
    return DisplacedOut(what=what, tasks=tasks, level=Level.DAO, returns="A human releases it; nothing else moves it.")


def _alarm_or_question(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    return (_question if order.kind is OverrideKind.ANSWER else _alarm)(snap, order)


def _question(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    """What happens otherwise; refuses an answer that does not fit."""
    question = snap.ledger.questions.get(order.subject)
    if question is None:
        return DisplacedOut(what="The chain has no such question any more.", returns=ONCE)
    answer = in_words(read_answer(question.asked, order.payload))
    about = question.asked.about
    return DisplacedOut(
        what=f"{standing_words(snap, question)} The answer: {answer}.",
        override=question.override or None,
        proposal=about if question.asked.about_type is SubjectType.PROPOSAL else None,
        status=state_of_question(snap, question).value,
        tasks=(about,) if question.asked.about_type is SubjectType.TASK else (),
        returns="A question is answered once, for good.",
    )


def _alarm(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    alarm, stands = alarm_of(snap, order.subject), snap.ledger.instruction(meant_kind(order), order.subject)
    about = alarm_words(snap, alarm) if alarm else "what nobody knows of"
    now = state_of(snap.ledger, alarm, snap.now) if alarm else AlarmState.UNACKNOWLEDGED
    if order.kind is OverrideKind.SHELVE:
        returns = "When its time is over, or it is lifted, the alarm is unacknowledged again."
    else:
        returns = ONCE
    return DisplacedOut(what=f"The alarm ({about}) is {now.value}.", override=stands.id or None, returns=returns)


def _plant(snap: Snapshot, order: HumanOrder) -> DisplacedOut:
    running = tuple(t.id for t in snap.ledger.tasks.values() if t.status is Status.STARTED)
    slot = snap.ledger.slot(SubjectType.PLANT, PLANT, own_level(SubjectType.PLANT))
    if order.kind is OverrideKind.RELEASE:
        what = (
            "Step 2 of 2: the plant resumes; every worker acts again."
            if snap.ledger.resume_asked
            else "Step 1 of 2: the plant stays held until a second order confirms."
        )
        return DisplacedOut(what=what, override=slot.id or None, tasks=running, returns=ONCE)
    what = f"Every robot stops and nothing progresses: {len(running)} running tasks stand still."
    return DisplacedOut(what=what, tasks=running, level=Level.DAO, returns="Two orders of a human resume the plant.")


_OTHER_TASK_WORDS = {
    OverrideKind.CANCEL: "The task ({status}, {has} has it) will not be done.",
    OverrideKind.ACCEPT: "The task is {status}; it is done by a human's word, no inspector is asked.",
    OverrideKind.REWORK: "The result of {has} is not accepted; the task waits for a human's rework.",
    OverrideKind.REQUEUE: "The task ({status}, {has} has it) goes back to the open ones; who failed it may try again.",
}
_BY_SUBJECT: dict[SubjectType, Callable[[Snapshot, HumanOrder], DisplacedOut]] = {
    SubjectType.TASK: _task,
    SubjectType.PROPOSAL: _proposal,
    SubjectType.WORKER: _worker,
    SubjectType.ROBOT: _robot,
    SubjectType.PLANT: _plant,
    SubjectType.NONE: _alarm_or_question,
}
