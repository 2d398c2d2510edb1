"""The ledger's pages about the plant, orders, tasks and runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workmoot.domain.clock import Clock
from workmoot.domain.events import (
    AssignmentClaimed,
    ClockStarted,
    DeadlineMoved,
    Event,
    HeartbeatSeen,
    InForceChanged,
    InspectionOverdue,
    LimitsSet,
    OrderPosted,
    PlanEnacted,
    PlantDescribed,
    PlantHoldChanged,
    ResultSubmitted,
    TaskAccepted,
    TaskAcknowledged,
    TaskCancelled,
    TaskFailed,
    TaskReworked,
    TaskStarted,
    TaskSummoned,
    TreeRecorded,
)
from workmoot.domain.ids import NOBODY, Number, ProposalId, TaskId, task_id
from workmoot.domain.ledger import control, entries
from workmoot.domain.ledger.asking import close_questions
from workmoot.domain.ledger.changed import changed
from workmoot.domain.ledger.records import Leaf, Task, TaskRun, WorkOrder
from workmoot.domain.plan import PlanEntry, unpack_entry
from workmoot.domain.work import Failure, Limits, Status, unpack_tasks
from workmoot.domain.workers import parse_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from workmoot.domain.ledger.ledger import Ledger


def _limits_set(ledger: Ledger, event: LimitsSet) -> None:
    ledger.limits = Limits(
        acknowledge_seconds=event.acknowledge_seconds,
        heartbeat_seconds=event.heartbeat_seconds,
        inspect_seconds=event.inspect_seconds,
    )


def _described(ledger: Ledger, event: PlantDescribed) -> None:
    ledger.description = parse_object(event.description)


def _clock_started(ledger: Ledger, event: ClockStarted) -> None:
    ledger.clock = Clock(origin_ms=event.origin_milliseconds, speed_milli=event.speed_milli)


def _posted(ledger: Ledger, event: OrderPosted) -> None:
    specs = unpack_tasks(event.tasks)
    ids = tuple(task_id(event.order, index) for index in range(len(specs)))
    ledger.orders[event.order] = WorkOrder(
        id=event.order,
        by=event.by,
        posted_at=event.at.timestamp,
        detail=parse_object(event.detail),
        tasks=ids,
        at=event.at,
    )
    for task, spec in zip(ids, specs, strict=True):
        ledger.tasks[task] = Task(id=task, spec=spec, plant_held=ledger.plant_held, plant_epoch=ledger.plant_epoch)


def _enacted(ledger: Ledger, event: PlanEnacted) -> None:
    found = ledger.proposals[event.proposal]
    if found.is_tree:
        # The claim of the same transaction says which entry it was.
        return
    ledger.proposals[event.proposal] = replace(found, parts=(*found.parts, event))
    entries = found.decided_entries
    for entry in (entries[index] for index in event.indices if not event.is_skipped(index)):
        ledger.tasks[entry.task] = _taken(ledger.tasks[entry.task], entry, event.proposal)


def _recorded(ledger: Ledger, event: TreeRecorded) -> None:
    for index, entry in enumerate(ledger.proposals[event.proposal].entries):
        ledger.leaves[entry.task] = Leaf(proposal=event.proposal, index=index, entry=entry)


def _claimed(ledger: Ledger, event: AssignmentClaimed) -> None:
    """The leaf as the proposal tells it, with its offer's duration; as it was claimed where nobody could read those."""
    found = ledger.proposals[event.proposal]
    ledger.proposals[event.proposal] = replace(found, claimed=found.claimed | {event.task})
    told = (entry for entry in found.entries if entry.task == event.task)
    entry = next(told, None) or unpack_entry(event.entry)[0]
    ledger.tasks[event.task] = _taken(ledger.tasks[event.task], entry, event.proposal)


def _taken(task: Task, entry: PlanEntry, proposal: ProposalId) -> Task:
    decided = changed(task, version=task.version + 1, standing_entry=entry, decided_by=proposal)
    if task.slot_filled:
        return changed(decided, standing_worker=entry.lead, standing_inspector=entry.inspector)
    return changed(
        decided,
        status=Status.ALLOCATED,
        worker=entry.lead,
        inspector=entry.inspector,
        entry=entry,
        own_epoch=task.own_epoch + 1,
        summoned=False,
        acknowledged=False,
    )


def _in_force_changed(ledger: Ledger, event: InForceChanged) -> None:
    task = ledger.tasks[event.task]
    standing = _standing_after(task, event)
    resumes = task.slot_held and not event.held and event.status is Status.ALLOCATED
    anew = resumes or (event.version, event.worker) != (task.version, task.worker)
    ledger.tasks[event.task] = changed(
        task,
        status=event.status,
        worker=event.worker,
        inspector=event.inspector,
        version=event.version,
        offered_since=task.offered_since if event.version == task.version else event.version,
        own_epoch=event.epoch - task.plant_epoch,
        slot_filled=event.overridden,
        slot_held=event.held,
        standing_worker=standing[0],
        standing_inspector=standing[1],
        summoned=task.summoned and not anew,
        acknowledged=task.acknowledged and not anew,
    )
    control.touch(ledger, event, former=task.worker)
    entries.refresh(ledger, event.task)


def _standing_after(task: Task, event: InForceChanged) -> tuple[Number, Number]:
    """The standing decision is kept apart only while a human's slot is filled; one that failed stands no more."""
    if not event.overridden:
        return NOBODY, NOBODY
    if not task.slot_filled:
        if task.status.waits_for_a_human:
            return NOBODY, NOBODY
        return task.worker, task.inspector
    return task.standing_worker, task.standing_inspector


def _set_deadline(ledger: Ledger, event: TaskSummoned | TaskAcknowledged | HeartbeatSeen | DeadlineMoved) -> None:
    task = changed(ledger.tasks[event.task], deadline=event.deadline)
    if isinstance(event, TaskSummoned):
        task = changed(task, summoned=True)
    elif isinstance(event, TaskAcknowledged):
        task = changed(task, summoned=True, acknowledged=True)
    ledger.tasks[event.task] = task


def _inspection_overdue(ledger: Ledger, event: InspectionOverdue) -> None:
    ledger.tasks[event.task] = changed(ledger.tasks[event.task], deadline=0)


def _started(ledger: Ledger, event: TaskStarted) -> None:
    task = ledger.tasks[event.task]
    run = TaskRun(
        attempt=event.attempt,
        worker=event.worker,
        epoch=event.epoch,
        entry=task.entry,
        started_at=event.at.timestamp,
    )
    ledger.tasks[event.task] = changed(
        task,
        status=Status.STARTED,
        attempt=event.attempt,
        deadline=event.deadline,
        summoned=False,
        acknowledged=False,
        runs=(*task.runs, run),
    )


def _submitted(ledger: Ledger, event: ResultSubmitted) -> None:
    result = {"evidence": event.evidence, "grade": event.grade}
    _end_run(ledger, event.task, ended_at=event.at.timestamp, busy_ticks=event.busy_ticks, **result)
    ledger.tasks[event.task] = changed(
        ledger.tasks[event.task],
        status=Status.SUBMITTED,
        deadline=event.deadline,
        evidence=event.evidence,
        grade=event.grade,
    )


def _accepted(ledger: Ledger, event: TaskAccepted) -> None:
    # A human's acceptance carries no grade of its own.
    grade = ledger.tasks[event.task].grade if event.human else event.grade
    _end_run(ledger, event.task, judged_at=event.at.timestamp, accepted=True, by=event.by, grade=grade)
    _finish(ledger, event, event.task, Status.ACCEPTED)
    ledger.tasks[event.task] = changed(ledger.tasks[event.task], grade=grade)


def _reworked(ledger: Ledger, event: TaskReworked) -> None:
    _finish(ledger, event, event.task, Status.REWORKED)


def _cancelled(ledger: Ledger, event: TaskCancelled) -> None:
    _finish(ledger, event, event.task, Status.CANCELLED)


def _failed(ledger: Ledger, event: TaskFailed) -> None:
    task = ledger.tasks[event.task]
    run = task.run
    if run is not None and run.failure is Failure.NONE and task.status in (Status.STARTED, Status.SUBMITTED):
        ended_at = run.ended_at or event.at.timestamp
        _end_run(ledger, event.task, ended_at=ended_at, failure=event.failure, by=event.by)
        if task.status is Status.SUBMITTED:
            _end_run(ledger, event.task, judged_at=event.at.timestamp)
    excludes = event.next is Status.POSTED and event.failure not in (Failure.WORKER_GONE, Failure.OVERRIDDEN)
    task = ledger.tasks[event.task]
    excluded = task.excluded | {event.worker} if excludes else task.excluded
    # What else changes, InForceChanged says.
    ledger.tasks[event.task] = changed(task, excluded=excluded, summoned=False, acknowledged=False)
    close_questions(ledger, event.task, event.at)


def _plant_hold_changed(ledger: Ledger, event: PlantHoldChanged) -> None:
    ledger.plant_held, ledger.plant_epoch = event.held, event.plant_epoch
    ledger.plant_turned_at = event.at.timestamp
    for number, task in ledger.tasks.items():
        ledger.tasks[number] = changed(task, plant_held=event.held, plant_epoch=event.plant_epoch)


def _end_run(ledger: Ledger, task: TaskId, **changes: Any) -> None:
    found = ledger.tasks[task]
    if found.run is not None:
        run: TaskRun = changed(found.run, **changes)
        ledger.tasks[task] = changed(found, runs=(*found.runs[:-1], run))


def _finish(ledger: Ledger, event: Event, task: TaskId, status: Status) -> None:
    ledger.tasks[task] = changed(ledger.tasks[task], status=status, ended_at=event.at.timestamp)
    close_questions(ledger, task, event.at)


ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {
    LimitsSet: _limits_set,
    PlantDescribed: _described,
    ClockStarted: _clock_started,
    OrderPosted: _posted,
    PlanEnacted: _enacted,
    TreeRecorded: _recorded,
    AssignmentClaimed: _claimed,
    InForceChanged: _in_force_changed,
    TaskSummoned: _set_deadline,
    TaskAcknowledged: _set_deadline,
    HeartbeatSeen: _set_deadline,
    DeadlineMoved: _set_deadline,
    TaskStarted: _started,
    InspectionOverdue: _inspection_overdue,
    ResultSubmitted: _submitted,
    TaskAccepted: _accepted,
    TaskReworked: _reworked,
    TaskCancelled: _cancelled,
    TaskFailed: _failed,
    PlantHoldChanged: _plant_hold_changed,
}
