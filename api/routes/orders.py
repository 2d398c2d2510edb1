"""Customers' orders: graphs of tasks."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.door import Admitted
from api.access.rules import HUMAN, POST, READ
from api.dependencies import Given, Once, Plant
from api.errands import Answer
from api.intake import post_order, preview_order
from api.models.common import Listing
from api.models.work import OrderDetail, OrderIn, OrderOut, OrderPosted, OrderPreview
from api.openapi import CHAIN, refuses, sends
from api.paging import Pages
from api.problems import not_found
from api.routes.writing import IF_MATCH, KEYED, SEEN, IdempotencyKey
from api.views.tasks import order_detail, order_out
from workmoot.domain.ids import OrderId

router = APIRouter(prefix="/orders", tags=["orders"])
ORDERS = "/api/v1/orders"
DRY_RUN = Query(description="Only show what would be posted and the exact bytes to sign.")


@router.get("", operation_id="list_orders")
def list_orders(plant: Plant, pages: Pages) -> Listing[OrderOut]:
    """Every order and how far it is; by id."""
    with plant.read() as snap:
        orders = snap.ledger.orders.values()
        return pages.listing("orders", snap.head, orders, place=lambda it: (it.id,), show=partial(order_out, snap))


@router.get("/{id}", operation_id="read_order", responses=refuses("not-found"))
def read_order(plant: Plant, id: int) -> OrderDetail:  # noqa: A002 (the path's own name)
    """One order with its tasks."""
    with plant.read() as snap:
        order = snap.ledger.orders.get(OrderId(id))
        if order is None:
            raise not_found("order", id, "GET /api/v1/orders lists them.")
        return order_detail(snap, order)


@router.post(
    "",
    operation_id="submit_order",
    status_code=201,
    response_model=OrderPosted | OrderPreview,
    responses={
        200: sends("ETag", model=OrderPreview, description="What would be posted."),
        201: sends("Location", model=OrderPosted),
        **refuses(*KEYED, *SEEN, "invalid-order", "no-plant", "no-account", *CHAIN),
    },
)
def submit_order(
    given: Given,
    once: Once,
    asked: OrderIn,
    response: Response,
    visitor: Admitted,
    *,
    dry_run: Annotated[bool, DRY_RUN] = False,
    if_match: Annotated[str | None, IF_MATCH] = None,
    idempotency_key: IdempotencyKey = None,
) -> OrderPosted | OrderPreview | Response:
    """Checks an order and posts it on chain, signed by a human with the planner's or the supervisor's role.

    One that carries its human's signature is posted whichever member brings it.
    """
    if not dry_run and asked.signed is None:
        visitor.require(POST)
    body = asked.model_dump()
    if asked.human is None and HUMAN in visitor.roles:
        asked = asked.model_copy(update={"human": visitor.account})
    if dry_run:
        response.status_code = 200
        seen = preview_order(given, asked)
        response.headers["ETag"] = seen.etag
        return seen
    with once.begin(idempotency_key, ORDERS, body) as errand:
        if errand.answer:
            return errand.answer.again()
        posted = post_order(given, asked, errand, if_match, may_read=visitor.may(READ))
        errand.answer = Answer(status=201, body=posted.model_dump(mode="json"))
    response.headers["Location"] = f"{ORDERS}/{posted.id}"
    return posted
