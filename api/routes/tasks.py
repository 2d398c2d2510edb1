"""Tasks."""

from functools import partial

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.why import WhyOut
from api.models.work import TaskOut, TaskStatus
from api.openapi import refuses
from api.paging import LARGEST_PAGE, Pages
from api.problems import not_found
from api.projection import Projection
from api.views.snapshot import Snapshot
from api.views.tasks import task_out
from api.views.why import Grounds, proposal_about, why_out
from workmoot.domain.events import TaskFailed
from workmoot.domain.ids import Number, TaskId, order_of
from workmoot.domain.ledger import Task
from workmoot.domain.work import Failure
from workmoot.planning.alternatives import alternatives

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", operation_id="list_tasks")
def list_tasks(
    plant: Plant,
    pages: Pages,
    order: int | None = None,
    status: TaskStatus | None = None,
    worker: int | None = None,
) -> Listing[TaskOut]:
    """Every task, narrowed by order, status or worker; by id."""

    def is_wanted(task: Task) -> bool:
        of_order, has_status = order in (None, order_of(task.id)), status in (None, task.status.name.lower())
        return of_order and has_status and worker in (None, task.worker)

    with plant.read() as snap:
        tasks = filter(is_wanted, snap.ledger.tasks.values())
        return pages.listing("tasks", snap.head, tasks, place=lambda task: (task.id,), show=partial(task_out, snap))


@router.get("/{id}", operation_id="read_task", responses=refuses("not-found"))
def read_task(plant: Plant, id: int) -> TaskOut:  # noqa: A002 (the path's own name)
    """One task."""
    with plant.read() as snap:
        return task_out(snap, _task(snap, id))


@router.get("/{id}/explain", operation_id="explain_task", responses=refuses("not-found", "busy"))
def explain_task(plant: Plant, id: int) -> WhyOut:  # noqa: A002 (the path's own name)
    """Why this worker: offers, rankings, proposals, words and votes, and what would have won otherwise."""
    with plant.read() as snap:
        task = _task(snap, id)
        proposal = proposal_about(snap.ledger, task)
        present = snap.ledger.head.number
    then = plant.ledger_at(proposal.opening.read_at if proposal else present)
    grounds = Grounds(
        proposal=proposal,
        ledger=then,
        alternatives=alternatives(then, proposal, task.id) if proposal else (),
        failures=_failures(plant, task.id),
    )
    with plant.read() as snap:
        return why_out(snap, _task(snap, id), grounds)


def _failures(plant: Projection, task: TaskId) -> dict[Number, Failure]:
    """How each worker failed it, its last time."""
    failed = plant.latest([("name", TaskFailed.__name__), ("task", task)], before=None, since=0, most=LARGEST_PAGE)
    return {event.worker: event.failure for event in reversed(failed) if isinstance(event, TaskFailed)}


def _task(snap: Snapshot, number: int) -> Task:
    task = snap.ledger.tasks.get(TaskId(number))
    if task is None:
        raise not_found("task", number, "GET /api/v1/tasks lists them; an id is order·256 + index.")
    return task
