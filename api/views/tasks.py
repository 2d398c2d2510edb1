"""Orders and tasks as the ledger has them."""

from collections import Counter

from api.models.common import Span, Who, moment, seconds
from api.models.work import Count, Filled, OrderDetail, OrderOut, Run, TaskOut
from api.views.snapshot import Snapshot, clean, items
from workmoot.domain.ids import index_of, order_of
from workmoot.domain.ledger import Task, TaskRun, WorkOrder
from workmoot.domain.overrides import PLANT, Level, OverrideKind, Slot, SubjectType
from workmoot.domain.strangers import text
from workmoot.domain.work import Failure, Status

LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN, Level.SAFE_STOP)


def task_out(snap: Snapshot, task: Task) -> TaskOut:
    """One task; what was made of it stays good until the chain goes on."""
    made = snap.tasks_made.get(task.id)
    if made is None:
        made = snap.tasks_made[task.id] = _task_out(snap, task)
    return made


def _task_out(snap: Snapshot, task: Task) -> TaskOut:
    detail, spec = snap.detail_of(task.id), task.spec
    return TaskOut(
        id=task.id,
        order=order_of(task.id),
        index=index_of(task.id),
        name=snap.task_name(task.id),
        key=text(detail.get("key")) or str(index_of(task.id)),
        product=text(detail.get("product")) or None,
        capability=snap.capability(spec.capability),
        stage=spec.stage,
        stage_name=spec.stage.name.lower().replace("_", " "),
        status=task.status.name.lower(),
        ready=snap.ledger.is_ready(task),
        final=task.status.is_final,
        worker=snap.who(task.worker),
        helpers=snap.team(task.helpers),
        robots=snap.team(task.robots),
        inspector=snap.who(task.inspector),
        standing_worker=snap.who(task.standing_worker if task.overridden else task.worker),
        epoch=task.epoch,
        version=task.version,
        overridden=task.overridden,
        held=task.held,
        attempt=task.attempt,
        on_failure=spec.on_failure.name.lower(),
        retries=spec.retries,
        priority=snap.ledger.priority_of(task, snap.ledger.now),
        team=spec.team,
        work_s=seconds(spec.work),
        due_s=seconds(spec.due) or None,
        budget=spec.budget or None,
        predecessors=snap.ledger.predecessors(task),
        deadline=moment(task.deadline),
        grade=task.grade if any(task.evidence) else None,
        evidence="0x" + task.evidence.hex() if any(task.evidence) else None,
        planned=planned_span(task),
        runs=tuple(run_out(snap, run) for run in task.runs),
        excluded=snap.team(tuple(sorted(task.excluded))),
        stuck=stuck(snap, task),
        offers=len(snap.ledger.offers.get(task.id, ())),
        slots=filled_slots(snap, task),
        station=snap.station_of(task),
    )


def planned_span(task: Task) -> Span | None:
    """When the assignment in force wants the task done."""
    if task.entry is None or not task.worker:
        return None
    return Span(start_s=seconds(task.entry.start), end_s=seconds(task.entry.start + task.entry.duration))


def run_span(snap: Snapshot, run: TaskRun) -> Span:
    """When a run really happened."""
    end = None if run.ended_at is None else snap.simulated(run.ended_at)
    return Span(start_s=snap.simulated(run.started_at), end_s=end)


def run_out(snap: Snapshot, run: TaskRun) -> Run:
    """One attempt."""
    return Run(attempt=run.attempt, worker=snap.who(run.worker), began=run_span(snap, run), outcome=outcome_of(run))


def outcome_of(run: TaskRun) -> str:
    """What became of a run, in one word."""
    if run.failure is not Failure.NONE:
        return run.failure.name.lower().replace("_", " ")
    if run.accepted:
        return "accepted"
    return "running" if run.ended_at is None else "submitted"


def filled_slots(snap: Snapshot, task: Task) -> tuple[Filled, ...]:
    """The filled levels, most urgent first, the DAO's decision last."""
    keys = [(SubjectType.PLANT, PLANT, Level.PLANT_HOLD), *((SubjectType.TASK, task.id, level) for level in LEVELS)]
    filled = [_filled(snap, key[2], snap.ledger.slots[key]) for key in keys if key in snap.ledger.slots]
    standing = task.standing_worker if task.overridden else task.worker
    if standing:
        dao = Filled(
            level=Level.DAO,
            kind=f"proposal {task.decided_by}" if task.decided_by else "dao",
            override=None,
            held=False,
            worker=snap.who(standing),
            until=None,
            reason=None,
        )
        filled.append(dao)
    return tuple(filled)


def _filled(snap: Snapshot, level: Level, slot: Slot) -> Filled:
    record = snap.ledger.overrides.get(slot.id)
    return Filled(
        level=level,
        kind=record.order.kind.name.lower() if record else "safe stop",
        override=slot.id or None,
        held=slot.held,
        worker=snap.who(slot.worker),
        until=moment(slot.expires_at),
        reason=record.order.reason if record else None,
    )


def order_out(snap: Snapshot, order: WorkOrder) -> OrderOut:
    """One order and how far it is."""
    return OrderOut(**_order_fields(snap, order))


def order_detail(snap: Snapshot, order: WorkOrder) -> OrderDetail:
    """One order with its tasks."""
    members = tuple(task_out(snap, snap.ledger.tasks[task]) for task in order.tasks)
    return OrderDetail(**_order_fields(snap, order), detail=clean(order.detail), members=members)


def _order_fields(snap: Snapshot, order: WorkOrder) -> dict[str, object]:
    tasks = [snap.ledger.tasks[task] for task in order.tasks]
    counts = Counter(task.status for task in tasks)
    products = tasks_by_product(snap, order)
    return {
        "id": order.id,
        "name": text(order.detail.get("name")) or f"order {order.id}",
        "customer": text(order.detail.get("customer")) or None,
        "by": order.by,
        "posted_at": moment(order.posted_at),
        "tasks": len(tasks),
        "done": sum(task.status.is_final for task in tasks),
        "counts": tuple(Count(status=status.name.lower(), tasks=count) for status, count in sorted(counts.items())),
        "products": tuple(products),
        "products_finished": sum(is_finished(tasks) for tasks in products.values()),
    }


def tasks_by_product(snap: Snapshot, order: WorkOrder) -> dict[str, list[Task]]:
    """The order's tasks of each product, in their order; an order without products is its own."""
    known = [text(product.get("id")) for product in items(order.detail, "products", dict)]
    by_product: dict[str, list[Task]] = {product: [] for product in known if product}
    for task in order.tasks:
        product = text(snap.detail_of(task).get("product"))
        if product in by_product:
            by_product[product].append(snap.ledger.tasks[task])
    return {product: tasks for product, tasks in by_product.items() if tasks}


def is_finished(tasks: list[Task]) -> bool:
    """Whether a product is through: all final, and not all cancelled."""
    return all(task.status.is_final for task in tasks) and any(task.status is not Status.CANCELLED for task in tasks)


def waits_for_a_human(snap: Snapshot, task: Task) -> bool:
    """Whether the task stands in the human's queue: rework, failed, a result nobody inspects, or nobody to do it."""
    uninspected = task.status is Status.SUBMITTED and not task.inspector
    return task.status.waits_for_a_human or uninspected or stuck(snap, task) is not None


def stuck(snap: Snapshot, task: Task) -> str | None:
    """Why no vote can move an open task on, in words; nothing while one can."""
    if not task.is_open:
        return None
    before = snap.ledger.predecessors(task)
    if gone := next((it for it in before if snap.ledger.tasks[it].status is Status.CANCELLED), None):
        return f"task {gone}, which comes before it, was cancelled"
    if task.status is not Status.POSTED or snap.ledger.able(task):
        return None
    return "every worker that could do it has failed it" if task.excluded else "no active worker has the capability"


def kinds_for(task: TaskOut) -> tuple[str, ...]:
    """What a human may sensibly order about a task, the likeliest first."""
    kinds: list[str] = {
        "posted": ["assign", "hold", "cancel", *(["requeue"] if task.excluded else [])],
        "allocated": ["assign", "hold", "requeue", "cancel"],
        "started": ["hold", "assign", "cancel"],
        "submitted": ["accept", "rework", "hold", "assign", "cancel"],
        "rework": ["accept", "requeue", "assign", "cancel"],
        "failed": ["requeue", "assign", "cancel"],
    }.get(task.status, [])
    filled = any(Level.PLANT_HOLD < slot.level <= Level.HUMAN for slot in task.slots)
    return ("release", *kinds) if filled else tuple(kinds)


def order_of_override(kind: OverrideKind) -> str:
    """A kind's word on the wire."""
    return kind.name.lower()


def owner(who: Who | None) -> str:
    """A worker's name, or nobody."""
    return who.name if who else "nobody"
