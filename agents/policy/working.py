"""Carrying out: begin what is ready, command one's robots, hand in results, judge others' results."""

import json

from agents.actions import (
    AcknowledgeTask,
    Action,
    BeatHeart,
    ClaimTask,
    ReportFailure,
    RunRobot,
    StartTask,
    StopTask,
    SubmitResult,
)
from agents.policy import asking
from agents.robots import RobotPart
from agents.view import View
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, TaskId, index_of, order_of
from workmoot.domain.ledger import Leaf, Task
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.plan import claim_of, claim_proof
from workmoot.domain.work import Status
from workmoot.planning.horizon import can_lead, clock_of, is_let_go, is_ripening, withdrawn
from workmoot.skills.desk import evidence_of, produce

TEAM_SHARE = 6_000
"""Parts of 10,000 of the work that each of two has when they share a task: together is quicker, not half."""
DESK_GRADE = 95
HEARTBEAT_BEFORE_S = 12.0


def decide(view: View) -> list[Action]:
    """What our tasks, our help and our inspections ask for now; in quarantine, that our runs stop."""
    if view.is_quarantined:
        return _stops(view)
    actions: list[Action] = []
    for task in sorted(view.ledger.tasks.values(), key=lambda task: _turn(view, task)):
        if not task.held and not task.status.is_final:
            actions += _on(view, task, [action.task for action in actions if isinstance(action, StartTask)])
    return [*_resumed(view), *actions, *_claims(view)]


def _turn(view: View, task: Task) -> tuple[int, int, TaskId]:
    """As planned, but that what a human made more urgent than it was comes first, and what less, last."""
    urged = view.ledger.priority_of(task, view.now_s) - task.spec.priority
    return -urged, task.entry.start if task.entry else 0, task.id


def _stops(view: View) -> list[Action]:
    """What we have begun stands still until the quarantine ends; a stop that runs out is made anew."""
    mine = (task for task in view.ledger.tasks.values() if task.worker == view.me)
    going = (task for task in mine if task.status is Status.STARTED or _goes_to_another(view, task))
    return [StopTask(task=task.id, stopped=True) for task in going if not task.held and not _is_stopped(view, task)]


def _goes_to_another(view: View, task: Task) -> bool:
    """Whether a task of ours could begin but is to be decided anew: stopped, nobody summons it and has us fail it."""
    given = task.status is Status.ALLOCATED and view.ledger.is_ready(task)
    return given and is_let_go(view.ledger, task, view.now_s)


def _resumed(view: View) -> list[Action]:
    """A worker stops itself for a quarantine, and for what goes to another."""
    mine = (task for task in view.ledger.tasks.values() if task.worker == view.me and not task.status.is_final)
    stopped = (task for task in mine if _is_stopped(view, task) and not task.plant_held)
    return [StopTask(task=task.id, stopped=False) for task in stopped if not _goes_to_another(view, task)]


def _is_stopped(view: View, task: Task) -> bool:
    return (SubjectType.TASK, task.id, Level.SAFE_STOP) in view.ledger.slots


def _on(view: View, task: Task, starting: list[TaskId]) -> list[Action]:
    if task.status is Status.SUBMITTED and task.inspector == view.me:
        return asking.inspect(view, task, b"" if task.robots else product_of(view, task))
    if task.status is Status.ALLOCATED and task.worker == view.me:
        return _begin(view, task, starting)
    if task.status is Status.STARTED and task.entry is not None and view.me in task.entry.team:
        return _carry_on(view, task)
    return []


def _claims(view: View) -> list[Action]:
    """Our entries of trees whose turn has come: the first, by the plan's times, for each robot and mind they take."""
    leaves = [leaf for leaf in map(view.ledger.leaf_of, view.ledger.tasks.values()) if leaf and _is_due(view, leaf)]
    taken = set(view.taken) | _waiting(view)
    actions: list[Action] = []
    for leaf in sorted(leaves, key=lambda leaf: (leaf.entry.start, leaf.entry.task)):
        if taken.isdisjoint(leaf.entry.resources):
            entries = view.ledger.proposals[leaf.proposal].entries
            proof = claim_proof(entries, leaf.index)
            actions.append(ClaimTask(proposal=leaf.proposal, entry=claim_of(leaf.entry), proof=proof))
            taken.update(leaf.entry.resources)
    return actions


def _is_due(view: View, leaf: Leaf) -> bool:
    task = view.ledger.tasks[leaf.entry.task]
    free = not task.overridden and not any(view.is_out(robot) for robot in leaf.entry.robots)
    able = can_lead(view.ledger, leaf) and not withdrawn(view.ledger, leaf.entry.team, view.now_s)
    return leaf.entry.lead == view.me and free and view.ledger.is_ready(task) and able


def _waiting(view: View) -> set[Number]:
    """What our tasks that could begin by now wait for: one thing after the other."""
    idle = (task for task in view.ledger.tasks.values() if task.status is Status.ALLOCATED and task.worker == view.me)
    return {resource for task in idle if view.ledger.is_ready(task) for resource in task.resources}


def product_of(view: View, task: Task) -> bytes:
    """What the desk work of a task yields; everyone who computes it gets the same."""
    order = view.ledger.orders[order_of(task.id)]
    return produce(view.capability(task), order.detail, order.item(index_of(task.id)))


def _begin(view: View, task: Task, starting: list[TaskId]) -> list[Action]:
    """Who is drained begins only what a human gave it."""
    if not view.ledger.is_ready(task) or not view.ledger.may_work(task) or is_ripening(view.ledger, task, view.now_s):
        return []
    if _goes_to_another(view, task):
        return [StopTask(task=task.id, stopped=True)]
    if view.can_begin(task, starting):
        return [StartTask(task=task.id, epoch=task.epoch)]
    if task.summoned and not task.acknowledged:
        return [AcknowledgeTask(task=task.id, epoch=task.epoch)]
    return []


def _carry_on(view: View, task: Task) -> list[Action]:
    actions = _robots(view, task) if task.robots else _desk(view, task)
    ends = any(isinstance(action, SubmitResult | ReportFailure) for action in actions)
    if ends or task.worker != view.me or not _goes_on(view, task):
        return actions
    due = view.now_s > task.deadline - HEARTBEAT_BEFORE_S
    return [*actions, BeatHeart(task=task.id, epoch=task.epoch)] if due else actions


def _goes_on(view: View, task: Task) -> bool:
    """Whether all helpers' robots move or are done, but what a human keeps: with a helper gone the time runs out."""
    parts = view.parts.get(task.id)
    if parts is None:
        return True
    team = task.entry.team if task.entry else ()
    excused = (member for member in team if member == view.me or view.ledger.is_quarantined(member, view.now_s))
    awaited = set(task.robots).difference(_begun(parts), *(_robots_of(task, member) for member in excused))
    return all(view.is_out(robot) for robot in awaited)


def _desk(view: View, task: Task) -> list[Action]:
    """Work of the mind takes its simulated time; how long it really takes varies by task and attempt."""
    if task.worker != view.me or task.entry is None:
        return []
    drawn = keccak(f"{view.me}/{task.id}/{task.attempt}".encode())
    busy = task.entry.duration * (9_000 + int.from_bytes(drawn[:4], "big") % 3_000) // 10_000
    began = view.running_since.get((task.id, task.attempt), view.now_s)
    if view.now_s < began + clock_of(view.ledger).wall_seconds(busy):
        return []
    evidence = evidence_of(product_of(view, task))
    return [SubmitResult(task=task.id, epoch=task.epoch, grade=DESK_GRADE, busy_ticks=busy, evidence=evidence)]


def _robots(view: View, task: Task) -> list[Action]:
    parts = view.parts.get(task.id)
    if parts is None:
        return []
    mine = [robot for robot in _robots_of(task, view.me) if robot not in _begun(parts)]
    if mine:
        return [_command(view, task, robot) for robot in mine if not view.is_out(robot)]
    if task.worker != view.me or {part.robot for part in parts if part.is_over} != set(task.robots):
        return []
    return [_result(task, parts)]


def _begun(parts: tuple[RobotPart, ...]) -> set[Number]:
    return {part.robot for part in parts if part.state in ("running", "done", "failed")}


def _robots_of(task: Task, member: Number) -> tuple[Number, ...]:
    """The robots of the assignment that a member commands: in a team, each has the one at its own place."""
    entry = task.entry
    if entry is None or len(entry.team) == 1:
        return task.robots
    place = entry.team.index(member)
    return entry.robots[place : place + 1]


def _command(view: View, task: Task, robot: Number) -> RunRobot:
    team = task.entry.team if task.entry else (view.me,)
    together = len(team) > 1
    return RunRobot(
        task=task,
        robot=robot,
        work_ticks=task.spec.work * TEAM_SHARE * 2 // (10_000 * len(team)) if together else task.spec.work,
        part=_product(view, task),
    )


def _product(view: View, task: Task) -> str:
    order = view.ledger.orders[order_of(task.id)]
    index = index_of(task.id)
    return f"{order.id}/{order.item(index).get('product') or index}"


def _result(task: Task, parts: tuple[RobotPart, ...]) -> Action:
    if any(part.state != "done" for part in parts):
        return ReportFailure(task=task.id, epoch=task.epoch)
    return SubmitResult(
        task=task.id,
        epoch=task.epoch,
        grade=min(part.grade for part in parts),
        busy_ticks=max(part.ticks for part in parts),
        evidence=report_hash(parts),
    )


def report_hash(parts: tuple[RobotPart, ...]) -> bytes:
    """What a robot task's result names: the reports of its parts, by robot, as canonical JSON."""
    reports = [part.report for part in sorted(parts, key=lambda part: part.robot)]
    return keccak(json.dumps(reports, sort_keys=True, separators=(",", ":")).encode())
