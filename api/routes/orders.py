"""Customers' orders: graphs of tasks."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from api.dependencies import Given, Once, Plant
from api.errands import Answer
from api.intake import post_order
from api.models.common import Listing
from api.models.work import OrderDetail, OrderOut, OrderPosted
from api.openapi import CHAIN, refuses, sends
from api.paging import Pages
from api.problems import not_found
from api.routes.writing import KEYED, IdempotencyKey
from api.views.tasks import order_detail, order_out
from workmoot.domain.ids import OrderId

router = APIRouter(prefix="/orders", tags=["orders"])
ORDERS = "/api/v1/orders"
DOCUMENT = Body(description="A whole order document, as scenarios/schema/order.schema.json says.")


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
    response_model=OrderPosted,
    responses={201: sends("Location"), **refuses(*KEYED, "invalid-order", "no-plant", "no-account", *CHAIN)},
)
def submit_order(
    given: Given,
    once: Once,
    document: Annotated[dict[str, Any], DOCUMENT],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> OrderPosted | Response:
    """Checks an order and posts it on chain, signed by a human with the planner's role."""
    with once.begin(idempotency_key, ORDERS, document) as errand:
        if errand.answer:
            return errand.answer.again()
        posted = post_order(given, document, errand)
        errand.answer = Answer(status=201, body=posted.model_dump(mode="json"))
    response.headers["Location"] = f"{ORDERS}/{posted.id}"
    return posted
