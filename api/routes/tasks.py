"""Tasks."""

from functools import partial

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.work import TaskOut
from api.openapi import refuses
from api.paging import Pages
from api.problems import not_found
from api.views.tasks import task_out
from workmoot.domain.ids import TaskId, order_of
from workmoot.domain.ledger import Task

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", operation_id="list_tasks")
def list_tasks(
    plant: Plant, pages: Pages, order: int | None = None, status: str | None = None, worker: int | None = None
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
        task = snap.ledger.tasks.get(TaskId(id))
        if task is None:
            raise not_found("task", id, "GET /api/v1/tasks lists them; an id is order·256 + index.")
        return task_out(snap, task)
