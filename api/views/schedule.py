"""The plan in force beside what really happened, worker by worker."""

from collections import defaultdict
from collections.abc import Iterator

from api.models.common import Who
from api.models.plant import Bar, Lane, ScheduleOut
from api.views.snapshot import Snapshot, id_of, name_of
from api.views.tasks import planned_span, run_span
from api.views.workers import members_of
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Task, TaskRun
from workmoot.domain.work import Failure, Status
from workmoot.domain.workers import Kind

Bars = dict[int, list[Bar]]
SHORTEST_S = 60.0


def schedule_out(snap: Snapshot) -> ScheduleOut:
    """Two rows for each digital worker, in simulated seconds."""
    planned: Bars = defaultdict(list)
    actual: Bars = defaultdict(list)
    for task in snap.ledger.tasks.values():
        for worker, bar in _planned(snap, task):
            planned[worker].append(bar)
        for worker, bar in _actual(snap, task):
            actual[worker].append(bar)
    lanes = tuple(
        Lane(
            worker=Who(number=member.number, id=id_of(member), name=name_of(member)),
            planned=tuple(planned[member.number]),
            actual=tuple(actual[member.number]),
        )
        for member in members_of(snap, Kind.DIGITAL)
    )
    now_s = _now(snap)
    spans = [bar.span for lane in lanes for bar in (*lane.planned, *lane.actual)]
    begins = min((span.start_s for span in spans), default=0.0)
    ends = [span.end_s or span.start_s for span in spans]
    return ScheduleOut(
        head=snap.head,
        from_s=begins,
        now_s=now_s,
        until_s=max([*ends, now_s or 0.0, begins + SHORTEST_S]),
        lanes=lanes,
    )


def _now(snap: Snapshot) -> float | None:
    """The present moment; when all is done, the moment the last task ended."""
    ended = [task.ended_at for task in snap.ledger.tasks.values()]
    if ended and all(ended):
        return max(snap.simulated(at) for at in ended if at)
    return snap.simulated_s


def _planned(snap: Snapshot, task: Task) -> Iterator[tuple[Number, Bar]]:
    span = planned_span(task)
    if span is None or task.entry is None or task.status is Status.CANCELLED:
        return
    for worker in task.entry.team:
        yield (
            worker,
            Bar(
                task=task.id,
                name=snap.task_name(task.id),
                span=span,
                status=task.status.name.lower(),
                overridden=task.overridden,
                helper=worker != task.worker,
                robots=snap.team(task.robots),
            ),
        )


def _actual(snap: Snapshot, task: Task) -> Iterator[tuple[Number, Bar]]:
    for run in task.runs:
        helpers = run.entry.helpers if run.entry else ()
        for worker in (run.worker, *helpers):
            yield (
                worker,
                Bar(
                    task=task.id,
                    name=snap.task_name(task.id),
                    span=run_span(snap, run),
                    status=_status(task, run),
                    overridden=task.overridden and run is task.run,
                    helper=worker != run.worker,
                    robots=snap.team(run.entry.robots if run.entry else ()),
                ),
            )


def _status(task: Task, run: TaskRun) -> str:
    if run.ended_at is None:
        return "started"
    if run is task.run and task.status in (Status.REWORK, Status.REWORKED, Status.ACCEPTED, Status.SUBMITTED):
        return task.status.name.lower()
    return "accepted" if run.failure is Failure.NONE else "failed"
