"""Tasks."""

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.work import TaskOut
from api.problems import not_found
from api.views.tasks import task_out
from workmoot.domain.ids import TaskId

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", operation_id="list_tasks")
def list_tasks(
    plant: Plant, order: int | None = None, status: str | None = None, worker: int | None = None
) -> Listing[TaskOut]:
    """Every task, narrowed by order, status or worker."""
    with plant.read() as snap:
        tasks = (task_out(snap, task) for task in snap.ledger.tasks.values())
        chosen = (task for task in tasks if order in (None, task.order) and status in (None, task.status))
        wanted = tuple(task for task in chosen if worker is None or (task.worker and task.worker.number == worker))
        return Listing(head=snap.head, items=wanted)


@router.get("/{id}", operation_id="read_task")
def read_task(plant: Plant, id: int) -> TaskOut:  # noqa: A002 (the path's own name)
    """One task."""
    with plant.read() as snap:
        task = snap.ledger.tasks.get(TaskId(id))
        if task is None:
            raise not_found("task", id, "GET /api/v1/tasks lists them; an id is order·256 + index.")
        return task_out(snap, task)
