"""Members: digital workers, robotic workers, humans; and how digital workers rank the open work."""

from functools import partial

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.people import RankingOut, WorkerKind, WorkerOut
from api.openapi import refuses
from api.paging import Pages
from api.problems import not_found
from api.views.snapshot import Snapshot
from api.views.workers import members_of, ranking_out, worker_out
from workmoot.domain.workers import Kind, Member

router = APIRouter(prefix="/workers", tags=["workers"])
KINDS = (Kind.DIGITAL, Kind.ROBOTIC, Kind.HUMAN)


@router.get("", operation_id="list_workers")
def list_workers(
    plant: Plant,
    pages: Pages,
    kind: WorkerKind | None = None,
) -> Listing[WorkerOut]:
    """Every member, or those of one kind: digital, robotic, human; by badge number."""
    with plant.read() as snap:
        found = members_of(snap, *(known for known in KINDS if kind in (None, known.name.lower())))
        return pages.listing("workers", snap.head, found, place=lambda it: (it.number,), show=partial(worker_out, snap))


@router.get("/{id}", operation_id="read_worker", responses=refuses("not-found"))
def read_worker(plant: Plant, id: str) -> WorkerOut:  # noqa: A002 (the path's own name)
    """One member, by badge number or id."""
    with plant.read() as snap:
        return worker_out(snap, _member(snap, id))


@router.get("/{id}/ranking", operation_id="read_ranking", responses=refuses("not-found"))
def read_ranking(plant: Plant, id: str) -> RankingOut:  # noqa: A002 (the path's own name)
    """How the worker ranks the open work it could do, with its numbers."""
    with plant.read() as snap:
        return ranking_out(snap, _member(snap, id))


def _member(snap: Snapshot, named: str) -> Member:
    found = (m for m in snap.ledger.members.values() if named in (str(m.number), m.id))
    member = next(found, None)
    if member is None:
        raise not_found("worker", named, "GET /api/v1/workers lists them by badge number and id.")
    return member
