"""A human's word: what was ordered, and the door for the next order."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import OrderDesk, Plant
from api.models.common import Listing
from api.models.orders import OverrideGiven, OverrideIn, OverrideOut, PreviewOut
from api.paging import Pages
from api.problems import not_found
from api.views.overrides import all_overrides

router = APIRouter(prefix="/overrides", tags=["overrides"])
DRY_RUN = Query(description="Only show what it would displace and the exact bytes to sign.")


@router.get("", operation_id="list_overrides")
def list_overrides(plant: Plant, pages: Pages, active: Annotated[bool | None, Query()] = None) -> Listing[OverrideOut]:
    """Every override, with what it displaced: those not yet on chain, then the others, the latest first."""
    with plant.read() as snap:
        found = sorted((item for item in all_overrides(snap) if active in (None, item.active)), key=_place)
        return pages.listing("overrides", snap.head, found, place=_place)


def _place(item: OverrideOut) -> tuple[int, int]:
    return (1, -item.id) if item.id else (0, int(item.digest, 16))


@router.get("/{id}", operation_id="read_override")
def read_override(plant: Plant, id: str) -> OverrideOut:  # noqa: A002 (the path's own name)
    """One override, by number or digest."""
    with plant.read() as snap:
        found = next((item for item in all_overrides(snap) if id in (str(item.id), item.digest)), None)
    if found is None:
        raise not_found("override", id, "GET /api/v1/overrides lists them by number and digest.")
    return found


@router.post("", operation_id="give_override", status_code=201, responses={200: {"model": PreviewOut}})
def give_override(
    desk: OrderDesk, asked: OverrideIn, response: Response, *, dry_run: Annotated[bool, DRY_RUN] = False
) -> OverrideGiven | PreviewOut:
    """Gives an order. It beats every non-human decision until it is released or expires."""
    if dry_run:
        response.status_code = 200
        return desk.preview(asked)
    given = desk.give(asked)
    response.headers["Location"] = f"/api/v1/overrides/{given.id or given.digest}"
    return given
