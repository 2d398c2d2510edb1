"""The rules of Overrides about slots: what fills a level of a subject, and what follows for it."""

from dataclasses import replace

from workmoot.chain.memory import decisions, membership, runs
from workmoot.chain.memory.memory_chain import Transaction
from workmoot.domain.errors import Refused
from workmoot.domain.events import OverrideExpired, OverrideSuperseded, RobotEpochRaised, SafeStopChanged
from workmoot.domain.ids import Number, OverrideId, TaskId
from workmoot.domain.overrides import EMPTY_SLOT, SAFE_STOP_SECONDS, Level, Slot, SubjectType
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind

Key = tuple[SubjectType, int, int]


def poke(tx: Transaction, key: Key) -> None:
    found = slot(tx, key)
    if found.expires_at == 0 or tx.now <= found.expires_at:
        raise Refused("NotExpired", found.expires_at)
    subject_type, subject, level = key
    tx.say(OverrideExpired, id=found.id, by=tx.sender, subject_type=subject_type, subject=subject, level=level)
    tx.state.slots.pop(key, None)
    refresh(tx, key, anew=level == Level.HUMAN)


def safe_stop(tx: Transaction, task: TaskId, *, stopped: bool) -> None:
    caller = membership.active_worker(tx)
    worker = require_unfinished(tx, task)
    if worker != caller:
        raise Refused("NotTheAssignee", task, worker, caller)
    status = runs.load(tx, task).status
    if stopped and status not in (Status.ALLOCATED, Status.STARTED):
        raise Refused("WrongStatus", task, status)
    if tx.state.plant_held:
        raise Refused("Held", task)
    expires_at = tx.now + SAFE_STOP_SECONDS if stopped else 0
    stop = replace(EMPTY_SLOT, held=stopped, expires_at=expires_at, worker=worker)
    tx.state.slots[(SubjectType.TASK, task, Level.SAFE_STOP)] = stop
    tx.say(SafeStopChanged, task=task, worker=worker, stopped=stopped)
    put_in_force(tx, task, anew=False)


def slot(tx: Transaction, key: Key) -> Slot:
    return tx.state.slots.get(key, EMPTY_SLOT)


def is_filled(tx: Transaction, key: Key) -> bool:
    return slot(tx, key).held or slot(tx, key).fixes


def name(
    tx: Transaction, override: OverrideId, task: TaskId, expires_at: int, worker: Number, inspector: Number
) -> None:
    """Whoever had the task before, its safe stop ends with it."""
    key = (SubjectType.TASK, task, Level.HUMAN)
    fill(tx, override, key, expires_at)
    tx.state.slots[key] = replace(slot(tx, key), fixes=True, worker=worker, inspector=inspector)
    end_safe_stop(tx, task)
    put_in_force(tx, task, anew=True)


def end_safe_stop(tx: Transaction, task: TaskId) -> None:
    key = (SubjectType.TASK, task, Level.SAFE_STOP)
    stop = slot(tx, key)
    if stop.held:
        del tx.state.slots[key]
        tx.say(SafeStopChanged, task=task, worker=stop.worker, stopped=False)


def fill(tx: Transaction, override: OverrideId, key: Key, expires_at: int) -> None:
    former = slot(tx, key)
    if is_filled(tx, key):
        subject_type, subject, level = key
        place = {"subject_type": subject_type, "subject": subject, "level": level}
        tx.say(OverrideSuperseded, id=former.id, by=override, **place)
    tx.state.slots[key] = replace(former, id=override, expires_at=expires_at)


def refresh(tx: Transaction, key: Key, *, anew: bool) -> None:
    """After a slot was emptied."""
    subject_type, subject, _ = key
    if subject_type is SubjectType.TASK:
        put_in_force(tx, TaskId(subject), anew=anew)
    elif subject_type is SubjectType.ROBOT:
        raise_robot(tx, Number(subject), was_held=True)
    elif subject_type is SubjectType.PLANT:
        decisions.set_plant_hold(tx, held=False)


def put_in_force(tx: Transaction, task: TaskId, *, anew: bool) -> None:
    """Levels 5 and 7 hold, level 8 names the worker; a worker's own stop counts only where no human's slot does."""
    human, stop = (slot(tx, (SubjectType.TASK, task, level)) for level in (Level.HUMAN, Level.SAFE_STOP))
    held_by_human = is_held_by_human(tx, task)
    overridden = held_by_human or human.fixes
    control = decisions.Control(
        overridden=overridden,
        held=held_by_human if overridden else stop.held,
        anew=anew,
        named=(human.worker, human.inspector) if human.fixes else None,
    )
    decisions.set_in_force(tx, task, control)


def is_held_by_human(tx: Transaction, task: TaskId) -> bool:
    levels = (Level.MAINTENANCE, Level.HUMAN_HOLD)
    return any(slot(tx, (SubjectType.TASK, task, level)).held for level in levels)


def raise_robot(tx: Transaction, robot: Number, *, was_held: bool) -> None:
    if is_robot_held(tx, robot) == was_held:
        return
    tx.state.robot_epochs[robot] = tx.state.robot_epochs.get(robot, 0) + 1
    tx.say(RobotEpochRaised, robot=robot, epoch=robot_epoch(tx, robot), held=not was_held)


def is_robot_held(tx: Transaction, robot: Number) -> bool:
    levels = (Level.MAINTENANCE, Level.HUMAN_HOLD)
    return any(slot(tx, (SubjectType.ROBOT, robot, level)).held for level in levels)


def robot_epoch(tx: Transaction, robot: Number) -> int:
    return 1 + tx.state.robot_epochs.get(robot, 0) + tx.state.plant_epoch


def require_robot(tx: Transaction, robot: Number) -> None:
    kind = membership.member(tx, robot).kind
    if kind is not Kind.ROBOTIC:
        raise Refused("WrongKind", robot, kind)


def require_unfinished(tx: Transaction, task: TaskId) -> Number:
    """The worker of a task that is not done with."""
    cell = runs.load(tx, task)
    if cell.status.is_final:
        raise Refused("WrongStatus", task, cell.status)
    return cell.worker
