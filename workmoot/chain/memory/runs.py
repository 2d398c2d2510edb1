"""The rules of WorkOrders about a run: from allocation to a result, its inspection, failures and deadlines."""

from dataclasses import replace

from workmoot.chain.memory import membership
from workmoot.chain.memory.memory_chain import Transaction
from workmoot.chain.memory.state import Cell, Notice, State
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    HeartbeatSeen,
    InForceChanged,
    InspectionOverdue,
    ResultSubmitted,
    TaskAccepted,
    TaskAcknowledged,
    TaskFailed,
    TaskStarted,
    TaskSummoned,
)
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import NOBODY, Address, TaskId, index_of, order_of
from workmoot.domain.work import Failure, OnFailure, Status

BEST_GRADE = 100
NEVER = 2**48 - 1
LAST_ATTEMPT = 255
"""Where the count of attempts stays."""


def acknowledge(tx: Transaction, task: TaskId, epoch: int) -> None:
    cell = _as_assignee(tx, task, epoch, Status.ALLOCATED)
    _require_ready(tx, task)
    _require_capable(tx, cell)
    if cell.notice is Notice.ACKNOWLEDGED:
        raise Refused("AlreadyAcknowledged", task)
    deadline = tx.now + tx.chain.limits.heartbeat_seconds
    tx.state.cells[task] = replace(cell, notice=Notice.ACKNOWLEDGED, deadline=deadline)
    tx.say(TaskAcknowledged, task=task, worker=cell.worker, deadline=deadline)


def decline(tx: Transaction, task: TaskId, epoch: int) -> None:
    _fail(tx, task, _as_assignee(tx, task, epoch, Status.ALLOCATED), Failure.DECLINED)


def start(tx: Transaction, task: TaskId, epoch: int) -> None:
    cell = _as_assignee(tx, task, epoch, Status.ALLOCATED)
    _require_ready(tx, task)
    _require_capable(tx, cell)
    attempt, deadline = min(cell.attempt + 1, LAST_ATTEMPT), tx.now + tx.chain.limits.heartbeat_seconds
    tx.state.cells[task] = replace(cell, status=Status.STARTED, notice=Notice.NONE, attempt=attempt, deadline=deadline)
    tx.say(TaskStarted, task=task, worker=cell.worker, epoch=epoch, attempt=attempt, deadline=deadline)


def heartbeat(tx: Transaction, task: TaskId, epoch: int) -> None:
    cell = _as_assignee(tx, task, epoch, Status.STARTED)
    deadline = tx.now + tx.chain.limits.heartbeat_seconds
    tx.state.cells[task] = replace(cell, deadline=deadline)
    tx.say(HeartbeatSeen, task=task, worker=cell.worker, deadline=deadline)


def submit(tx: Transaction, task: TaskId, epoch: int, grade: int, busy_ticks: int, evidence: bytes) -> None:
    cell = _as_assignee(tx, task, epoch, Status.STARTED)
    _require_grade(grade)
    if evidence == ZERO_HASH:
        raise Refused("EvidenceMissing", task)
    deadline = tx.now + tx.chain.limits.inspect_seconds
    tx.state.cells[task] = replace(cell, status=Status.SUBMITTED, evidence=evidence, deadline=deadline)
    tx.say(
        ResultSubmitted,
        task=task,
        worker=cell.worker,
        epoch=epoch,
        grade=grade,
        busy_ticks=busy_ticks,
        evidence=evidence,
        deadline=deadline,
    )


def fail(tx: Transaction, task: TaskId, epoch: int) -> None:
    _fail(tx, task, _as_assignee(tx, task, epoch, Status.STARTED), Failure.REPORTED)


def inspect(
    tx: Transaction, task: TaskId, epoch: int, evidence: bytes, *, accepted: bool, grade: int, findings: bytes
) -> None:
    caller = membership.active_worker(tx)
    cell = _open(tx, task, epoch, Status.SUBMITTED)
    if cell.inspector != caller or caller == cell.worker:
        raise Refused("NotTheInspector", task, cell.inspector, caller)
    if cell.evidence != evidence:
        raise Refused("OtherEvidence", task, cell.evidence, evidence)
    _require_grade(grade)
    if accepted:
        accept(tx, task, cell, by=tx.sender, human=False, grade=grade, evidence=findings)
    else:
        _fail(tx, task, cell, Failure.REJECTED)


def poke(tx: Transaction, task: TaskId) -> None:
    cell = load(tx, task)
    if cell.held or tx.state.plant_held:
        raise Refused("Held", task)
    if cell.status is Status.SUBMITTED:
        _poke_inspection(tx, task, cell)
    elif cell.status not in (Status.ALLOCATED, Status.STARTED):
        raise Refused("WrongStatus", task, cell.status)
    elif not _may_work(tx, cell):
        _fail(tx, task, cell, Failure.WORKER_GONE)
    elif cell.status is Status.ALLOCATED and cell.notice is Notice.NONE:
        _summon(tx, task, cell)
    else:
        _require_overdue(tx, task, cell)
        _fail(tx, task, cell, Failure.OVERDUE)


def accept(tx: Transaction, task: TaskId, cell: Cell, *, by: Address, human: bool, grade: int, evidence: bytes) -> None:
    membership.grow(tx, cell.worker, cell.capability, done=True)
    finish(tx, task, cell, Status.ACCEPTED)
    tx.say(TaskAccepted, task=task, worker=cell.worker, by=by, grade=grade, evidence=evidence, human=human)


def finish(tx: Transaction, task: TaskId, cell: Cell, status: Status) -> None:
    tx.state.cells[task] = replace(cell, status=status)
    order = tx.state.orders[order_of(task)]
    tx.state.orders[order_of(task)] = replace(order, done=order.done | 1 << index_of(task))


def load(tx: Transaction, task: TaskId) -> Cell:
    return cell_of(tx.state, task)


def cell_of(state: State, task: TaskId) -> Cell:
    cell = state.cells.get(task)
    if cell is None:
        raise Refused("UnknownTask", task)
    return cell


def tell(tx: Transaction, task: TaskId, cell: Cell) -> None:
    """Keeps the task and says what is in force."""
    tx.state.cells[task] = cell
    tx.say(
        InForceChanged,
        task=task,
        epoch=cell.epoch + tx.state.plant_epoch,
        version=cell.version,
        status=cell.status,
        worker=cell.worker,
        inspector=cell.inspector,
        overridden=cell.overridden,
        held=cell.held,
    )


def reposted(cell: Cell) -> Cell:
    """The task without a worker, a life cycle later."""
    return replace(
        cell,
        status=Status.POSTED,
        worker=NOBODY,
        inspector=NOBODY,
        version=cell.version + 1,
        epoch=cell.epoch + (cell.worker != NOBODY),
        notice=Notice.NONE,
    )


def _as_assignee(tx: Transaction, task: TaskId, epoch: int, expected: Status) -> Cell:
    caller = membership.active_worker(tx)
    cell = _open(tx, task, epoch, expected)
    if cell.worker != caller:
        raise Refused("NotTheAssignee", task, cell.worker, caller)
    return cell


def _open(tx: Transaction, task: TaskId, epoch: int, expected: Status) -> Cell:
    cell = load(tx, task)
    present = cell.epoch + tx.state.plant_epoch
    if present != epoch:
        raise Refused("Fenced", task, present, epoch)
    if cell.held or tx.state.plant_held:
        raise Refused("Held", task)
    if cell.status is not expected:
        raise Refused("WrongStatus", task, cell.status)
    return cell


def _require_ready(tx: Transaction, task: TaskId) -> None:
    missing = tx.state.cells[task].predecessors & ~tx.state.orders[order_of(task)].done
    if missing:
        raise Refused("NotReady", task, missing)


def _may_work(tx: Transaction, cell: Cell) -> bool:
    """Who holds the task by a human's word may do it without the capability."""
    if cell.overridden:
        return membership.is_active(tx, cell.worker)
    return membership.is_capable(tx, cell.worker, cell.capability)


def _require_capable(tx: Transaction, cell: Cell) -> None:
    if not _may_work(tx, cell):
        raise Refused("NotCapable", cell.worker, cell.capability)


def _require_grade(grade: int) -> None:
    if grade > BEST_GRADE:
        raise Refused("GradeTooHigh", grade)


def _require_overdue(tx: Transaction, task: TaskId, cell: Cell) -> None:
    """A plant hold stops every clock; its end grants each a heartbeat's time."""
    deadline = cell.deadline
    if tx.state.resumed_at:
        deadline = max(deadline, tx.state.resumed_at + tx.chain.limits.heartbeat_seconds)
    if tx.now <= deadline:
        raise Refused("NotOverdue", task, deadline)


def _summon(tx: Transaction, task: TaskId, cell: Cell) -> None:
    _require_ready(tx, task)
    deadline = tx.now + tx.chain.limits.acknowledge_seconds
    tx.state.cells[task] = replace(cell, notice=Notice.SUMMONED, deadline=deadline)
    tx.say(TaskSummoned, task=task, worker=cell.worker, deadline=deadline)


def _poke_inspection(tx: Transaction, task: TaskId, cell: Cell) -> None:
    if cell.inspector == NOBODY:
        raise Refused("NotOverdue", task, NEVER)
    if membership.is_active(tx, cell.inspector):
        _require_overdue(tx, task, cell)
    tx.say(InspectionOverdue, task=task, inspector=cell.inspector)
    tell(tx, task, replace(cell, inspector=NOBODY, epoch=cell.epoch + 1, deadline=0))


def _fail(tx: Transaction, task: TaskId, cell: Cell, failure: Failure) -> None:
    following = _after_failure(cell, failure)
    worker = cell.worker
    if failure is not Failure.WORKER_GONE:
        membership.grow(tx, worker, cell.capability, done=False)
    tx.say(TaskFailed, task=task, worker=worker, by=tx.sender, failure=failure, next=following)
    if following is Status.POSTED:
        excluded = cell.excluded if failure is Failure.WORKER_GONE else cell.excluded | {worker}
        cell = reposted(replace(cell, excluded=excluded))
    else:
        version = cell.version + (following is Status.ALLOCATED)
        cell = replace(cell, status=following, version=version, notice=Notice.NONE)
    tell(tx, task, cell)


def _after_failure(cell: Cell, failure: Failure) -> Status:
    rejected = failure is Failure.REJECTED
    for_a_human = Status.REWORK if rejected else Status.FAILED
    if cell.overridden:
        return for_a_human
    if not rejected and failure is not Failure.REPORTED:
        return Status.POSTED
    if cell.on_failure is OnFailure.HUMAN:
        return for_a_human
    if cell.on_failure is OnFailure.ABORT:
        return Status.FAILED
    again = cell.on_failure is OnFailure.RETRY and cell.attempt <= cell.retries
    return Status.ALLOCATED if again else Status.POSTED
