"""Who did what, when and why: row by row, and as a file."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.dependencies import Files, Plant
from api.models.audit import AuditRowOut, ProductOut
from api.models.common import Listing
from api.openapi import refuses
from api.paging import Pages
from api.routes.events import Narrowed, backwards, latest
from api.views.audit import audit_row, history, known_product, product_out, sheet_of

router = APIRouter(tags=["audit"])
LIST, HISTORY = "audit", "history"
MEDIA_TYPES = {"jsonl": "application/jsonl", "csv": "text/csv"}
ACT = Query(description="The event's name, such as OverrideGiven.")
PRODUCT = Query(max_length=200, description="The rows of one product alone: ORDER.PRODUCT.", examples=["1.P1"])
BEGINNINGS = {
    "jsonl": '{"kind":"about","format":"workmoot/audit/2","chain_id":1337,"block":1,"contracts":{},"product":null}\n',
    "csv": "id,at,block,tx,by_number,by_id,by_account,by_kind,act\r\n1.2,2026-11-22T14:54:13Z,1,0x08,,,,,LimitsSet\r\n",
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            MEDIA_TYPES[name]: {"schema": {"type": "string"}, "example": begins} for name, begins in BEGINNINGS.items()
        },
        "description": "The file.",
    },
    **refuses("not-found", "exports-under-way", "chain-fault", "chain-unavailable"),
}


@router.get("/audit", operation_id="list_audit")
def list_audit(
    plant: Plant, pages: Pages, narrowed: Narrowed, act: Annotated[str | None, ACT] = None
) -> Listing[AuditRowOut]:
    """Every act, the newest first, narrowed by what it was and what it is about."""
    with plant.read() as snap:
        found, show = latest(plant, pages, LIST, narrowed.with_name(act)), partial(audit_row, snap.ledger, plant)
        return pages.listing(LIST, snap.head, found, place=backwards, show=show)


@router.get("/audit/export", operation_id="export_audit", response_class=StreamingResponse, responses=FILE)
def export_audit(
    plant: Plant,
    files: Files,
    format: Literal["jsonl", "csv"] = "jsonl",  # noqa: A002 (the parameter's own name)
    product: Annotated[str | None, PRODUCT] = None,
) -> StreamingResponse:
    """All of it as a file: jsonl proves itself with the blocks that the node tells, csv is for spreadsheets."""
    name = f'attachment; filename="audit.{format}"'
    return StreamingResponse(
        _file(plant, files, format, product),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


def _file(plant: Plant, files: Files, format_: str, product: str | None) -> Iterator[str]:
    if format_ == "csv":
        return files.begun(sheet_of(plant, product))
    if product is not None:
        with plant.read() as snap:
            known_product(snap, product)
    return files.file(product)


@router.get("/products/{id}", operation_id="read_product", responses=refuses("not-found"))
def read_product(plant: Plant, id: str) -> ProductOut:  # noqa: A002 (the path's own name)
    """One product of an order, with its tasks."""
    with plant.read() as snap:
        return product_out(snap, id)


@router.get("/products/{id}/history", operation_id="list_product_history", responses=refuses("not-found"))
def list_product_history(plant: Plant, pages: Pages, id: str) -> Listing[AuditRowOut]:  # noqa: A002 (the path's own name)
    """What happened to one product, the newest first: offers, votes, work, results, orders of humans."""
    ledger, found = history(plant, id)
    show = partial(audit_row, ledger, plant)
    return pages.listing(HISTORY, plant.head(), found, place=backwards, show=show)
