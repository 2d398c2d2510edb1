"""A human's word: what was ordered, and the door for the next order."""

from datetime import UTC, datetime
from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.door import Admitted
from api.access.rules import DRAFT, GIVE, HUMAN, READ
from api.dependencies import Once, OrderDesk, Plant
from api.errands import Answer
from api.models.common import Listing
from api.models.orders import Kind, OverrideGiven, OverrideIn, OverrideOut, PreviewOut, ShownOut
from api.openapi import CHAIN, refuses, sends
from api.paging import Pages
from api.routes.writing import IF_MATCH, KEYED, SEEN, IdempotencyKey
from api.views.overrides import all_overrides, no_override
from api.views.snapshot import Snapshot
from workmoot.domain.ids import OverrideId

router = APIRouter(prefix="/overrides", tags=["overrides"])
OVERRIDES = "/api/v1/overrides"
DRY_RUN = Query(description="Only show what it would displace and the exact bytes to sign.")


@router.get("", operation_id="list_overrides")
def list_overrides(plant: Plant, pages: Pages, active: Annotated[bool | None, Query()] = None) -> Listing[OverrideOut]:
    """Every override, with what it displaced: those not yet on chain, then the others, the latest first."""
    with plant.read() as snap:
        placed = ((_place(snap, item), item) for item in all_overrides(snap) if active in (None, item.active))
        found = sorted(placed, key=itemgetter(0))
        return pages.listing("overrides", snap.head, found, place=itemgetter(0), show=itemgetter(1))


def _place(snap: Snapshot, item: OverrideOut) -> tuple[int, int]:
    known = snap.ledger.overrides.get(OverrideId(item.id or 0))
    return (1, -known.place) if known else (0, int(item.digest, 16))


@router.get("/{id}", operation_id="read_override", responses=refuses("not-found"))
def read_override(plant: Plant, id: str) -> OverrideOut:  # noqa: A002 (the path's own name)
    """One override, by number or digest."""
    with plant.read() as snap:
        found = next((item for item in all_overrides(snap) if id in (str(item.id), item.digest)), None)
    if found is None:
        raise no_override(id)
    return found


@router.get("/{id}/preview", operation_id="read_preview", responses=refuses("not-found", "database-unavailable"))
def read_preview(desk: OrderDesk, id: str) -> ShownOut:  # noqa: A002 (the path's own name)
    """What its human was shown before it was signed, where that was previewed at this API."""
    order, preview = desk.shown(id)
    made_at = datetime.fromtimestamp(preview.made_at, UTC)
    return ShownOut(preview="0x" + order.preview.hex(), made_at=made_at, **preview.shown)


@router.post(
    "",
    operation_id="give_override",
    status_code=201,
    response_model=OverrideGiven | PreviewOut,
    responses={
        200: sends("ETag", model=PreviewOut, description="What it would do."),
        201: sends("Location", model=OverrideGiven),
        **refuses(*KEYED, *SEEN, "too-late", "gateway-refused", "no-account", "busy", *CHAIN),
    },
)
def give_override(
    desk: OrderDesk,
    once: Once,
    asked: OverrideIn,
    response: Response,
    visitor: Admitted,
    *,
    dry_run: Annotated[bool, DRY_RUN] = False,
    if_match: Annotated[str | None, IF_MATCH] = None,
    idempotency_key: IdempotencyKey = None,
) -> OverrideGiven | PreviewOut | Response:
    """Gives an order. It beats every non-human decision until it is released or expires.

    One that carries its human's signature is sent whoever brings it.
    """
    if dry_run or asked.signature is None:
        visitor.require(DRAFT if dry_run else GIVE)
    body = asked.model_dump()
    if asked.order is None and asked.human is None and HUMAN in visitor.roles:
        asked = asked.model_copy(update={"human": visitor.account})
    if dry_run:
        response.status_code = 200
        seen = desk.preview(asked)
        response.headers["ETag"] = seen.etag
        return seen
    even_unkept = asked.signature is not None or asked.kind is Kind.HOLD
    with once.begin(idempotency_key, OVERRIDES, body, even_unkept=even_unkept) as errand:
        if errand.answer:
            return errand.answer.again()
        given = desk.give(asked, errand, if_match, may_read=visitor.may(READ))
        errand.answer = Answer(status=201, body=given.model_dump(mode="json"))
    response.headers["Location"] = f"{OVERRIDES}/{given.id or given.digest}"
    return given
