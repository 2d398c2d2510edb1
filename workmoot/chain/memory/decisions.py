"""The rules of WorkOrders about decisions: the DAO's plans, and what humans put in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workmoot.chain.memory import membership, runs
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.plans import read_assignments
from workmoot.chain.memory.state import Cell, Notice, State
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    DeadlineMoved,
    PlanEnacted,
    PlantHoldChanged,
    TaskCancelled,
    TaskFailed,
    TaskReworked,
)
from workmoot.domain.ids import NOBODY, Address, Number, ProposalId, TaskId
from workmoot.domain.plan import Assigned, pack_bits
from workmoot.domain.work import Failure, Status

_NOBODY = (NOBODY, NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the human slots of a task come to: `named` the worker and inspector of the slot that names;
    `anew` whether a slot that names was filled or emptied."""

    overridden: bool
    held: bool
    anew: bool
    named: tuple[Number, Number] | None


def enact(tx: Transaction, proposal: ProposalId, first: int, entries: Sequence[Assigned]) -> int:
    """Entries that moved on, or name who may not have the task, are skipped; the rest is taken. How many there were:
    none while the plant is held."""
    if tx.state.plant_held:
        return 0
    skipped, standing = [], []
    for index, assigned in enumerate(entries):
        cell = tx.state.cells.get(assigned.task)
        if cell is None or not _is_takeable(tx, assigned, cell):
            skipped.append(index)
        elif _take(tx, assigned, cell):
            standing.append(index)
    last = first + len(entries)
    maps = {"skipped": pack_bits(skipped), "standing": pack_bits(standing)}
    tx.say(PlanEnacted, proposal=proposal, first=first, last=last, **maps)
    return len(entries)


def require_open(state: State, assignments: bytes) -> None:
    for assigned in read_assignments(assignments):
        cell = runs.cell_of(state, assigned.task)
        if not is_open(cell, assigned.version):
            raise Refused("TaskMovedOn", assigned.task, cell.version, assigned.version)


def is_open(cell: Cell, version: int) -> bool:
    return cell.status in (Status.POSTED, Status.ALLOCATED) and cell.version == version


def set_in_force(tx: Transaction, task: TaskId, control: Control) -> None:
    """What the human slots of a task come to."""
    cell = runs.load(tx, task)
    before, resumes = (cell.worker, cell.inspector), cell.held and not control.held
    changes = control.anew or (cell.overridden, cell.held) != (control.overridden, control.held)
    stands = _standing(cell)
    # Where slots only hold, whoever has the task keeps it; what was decided meanwhile takes over with their end.
    stays = control.overridden and not control.anew
    target = before if stays else control.named or stands
    kept = stands if control.overridden else _NOBODY
    cell = replace(
        cell,
        overridden=control.overridden,
        held=control.held,
        standing_worker=kept[0],
        standing_inspector=kept[1],
    )
    if not cell.status.is_final:
        cell = _redirect(tx, task, cell, target, names=control.anew and control.named is not None)
        cell = _resume(tx, task, cell) if resumes else cell
    runs.tell(tx, task, replace(cell, epoch=cell.epoch + changes))


def _standing(cell: Cell) -> tuple[Number, Number]:
    """The standing decision; one that failed and waits for a human stands no more."""
    if cell.overridden:
        return cell.standing_worker, cell.standing_inspector
    return _NOBODY if cell.status.waits_for_a_human else (cell.worker, cell.inspector)


def judge(tx: Transaction, task: TaskId, human: Address, *, accepted: bool) -> None:
    cell = runs.load(tx, task)
    if accepted and cell.status is Status.SUBMITTED:
        runs.accept(tx, task, cell, by=human, human=True, grade=0, evidence=cell.evidence)
    elif accepted and cell.status.waits_for_a_human:
        runs.finish(tx, task, cell, Status.REWORKED)
        tx.say(TaskReworked, task=task, worker=cell.worker, by=human)
    elif not accepted and cell.status is Status.SUBMITTED:
        membership.grow(tx, cell.worker, cell.capability, done=False)
        _say_failed(tx, task, cell.worker, human, Failure.REJECTED, Status.REWORK)
        runs.tell(tx, task, replace(cell, status=Status.REWORK))
    else:
        raise Refused("WrongStatus", task, cell.status)


def requeue(tx: Transaction, task: TaskId, human: Address, *, held: bool) -> None:
    """Nobody is named for it any more; `held`: a human holds it still."""
    cell = runs.load(tx, task)
    if cell.status.is_final or cell.status in (Status.STARTED, Status.SUBMITTED):
        raise Refused("WrongStatus", task, cell.status)
    _say_failed(tx, task, cell.worker, human, Failure.OVERRIDDEN, Status.POSTED)
    # With a worker, giving the task back is what raises the epoch.
    frees = cell.worker == NOBODY and (cell.overridden, cell.held) != (held, held)
    cell = replace(runs.reposted(cell), excluded=frozenset(), attempt=0, overridden=held, held=held)
    cell = replace(cell, standing_worker=NOBODY, standing_inspector=NOBODY)
    runs.tell(tx, task, replace(cell, epoch=cell.epoch + frees))


def cancel(tx: Transaction, task: TaskId, human: Address) -> None:
    cell = runs.load(tx, task)
    if cell.status.is_final:
        raise Refused("WrongStatus", task, cell.status)
    tx.say(TaskCancelled, task=task, by=human)
    runs.tell(tx, task, replace(cell, status=Status.CANCELLED, epoch=cell.epoch + 1, version=cell.version + 1))


def set_plant_hold(tx: Transaction, *, held: bool) -> None:
    tx.state.plant_held = held
    if not held:
        tx.state.resumed_at = tx.now
    tx.state.plant_epoch += 1
    tx.say(PlantHoldChanged, held=held, plant_epoch=tx.state.plant_epoch)


def _is_takeable(tx: Transaction, assigned: Assigned, cell: Cell) -> bool:
    """Whether lead and inspector are active and not the same; nobody (a human) may inspect."""
    if not is_open(cell, assigned.version) or assigned.lead in cell.excluded:
        return False
    if not membership.votes(tx, assigned.lead) or assigned.inspector == assigned.lead:
        return False
    return assigned.inspector == NOBODY or membership.votes(tx, assigned.inspector)


def _take(tx: Transaction, assigned: Assigned, cell: Cell) -> bool:
    """Writes slot 16; under a human's slot of the task it waits there as the standing decision."""
    cell = replace(cell, version=cell.version + 1)
    if cell.overridden:
        cell = replace(cell, standing_worker=assigned.lead, standing_inspector=assigned.inspector)
    else:
        cell = replace(
            cell,
            status=Status.ALLOCATED,
            worker=assigned.lead,
            inspector=assigned.inspector,
            epoch=cell.epoch + 1,
            notice=Notice.NONE,
        )
    tx.state.cells[assigned.task] = cell
    return cell.overridden


def _redirect(tx: Transaction, task: TaskId, cell: Cell, target: tuple[Number, Number], *, names: bool) -> Cell:
    """The version rises only when a life cycle starts again. What failed waits until a human names somebody."""
    waits = cell.status.waits_for_a_human
    moves = names and target[0] != NOBODY if waits else cell.worker != target[0]
    if waits and not moves:
        return cell
    inspects = target[1] not in (NOBODY, cell.inspector)
    cell = replace(cell, inspector=target[1])
    if not moves:
        submitted = cell.status is Status.SUBMITTED
        return _move_deadline(tx, task, cell, tx.chain.limits.inspect_seconds) if inspects and submitted else cell
    following = Status.POSTED if target[0] == NOBODY else Status.ALLOCATED
    if cell.status in (Status.STARTED, Status.SUBMITTED):
        _say_failed(tx, task, cell.worker, ADDRESSES["Overrides"], Failure.OVERRIDDEN, following)
    version = cell.version + (cell.status not in (Status.POSTED, Status.ALLOCATED))
    return replace(cell, status=following, worker=target[0], version=version, notice=Notice.NONE)


def _resume(tx: Transaction, task: TaskId, cell: Cell) -> Cell:
    limits = tx.chain.limits
    spans = {Status.STARTED: limits.heartbeat_seconds, Status.SUBMITTED: limits.inspect_seconds}
    if cell.status is Status.ALLOCATED:
        return replace(cell, notice=Notice.NONE)
    if cell.status not in spans:
        return cell
    return _move_deadline(tx, task, cell, spans[cell.status])


def _move_deadline(tx: Transaction, task: TaskId, cell: Cell, seconds: int) -> Cell:
    deadline = tx.now + seconds
    tx.say(DeadlineMoved, task=task, deadline=deadline)
    return replace(cell, deadline=deadline)


def _say_failed(
    tx: Transaction, task: TaskId, worker: Number, by: Address, failure: Failure, following: Status
) -> None:
    tx.say(TaskFailed, task=task, worker=worker, by=by, failure=failure, next=following)
