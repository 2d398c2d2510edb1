"""A human's word on many tasks at once."""

from typing import Annotated

from fastapi import APIRouter, Response

from api.access.door import Admitted
from api.access.rules import GIVE, HUMAN, READ
from api.dependencies import Bulk, Once
from api.errands import Answer
from api.models.bulk import BulkGiven, BulkIn, BulkPreview
from api.models.orders import Kind
from api.openapi import CHAIN, refuses, sends
from api.routes.overrides import DRY_RUN
from api.routes.writing import IF_MATCH, KEYED, SEEN, IdempotencyKey

router = APIRouter(prefix="/bulk", tags=["overrides"])
BULK = "/api/v1/bulk/overrides"


@router.post(
    "/overrides",
    operation_id="give_overrides",
    status_code=201,
    response_model=BulkGiven | BulkPreview,
    responses={
        200: sends("ETag", model=BulkPreview, description="On which tasks, and what it would do."),
        201: {"model": BulkGiven, "description": "What became of each order."},
        **refuses(*KEYED, *SEEN, "too-late", "busy", *CHAIN),
    },
)
def give_overrides(
    bulk: Bulk,
    once: Once,
    asked: BulkIn,
    response: Response,
    visitor: Admitted,
    *,
    dry_run: Annotated[bool, DRY_RUN] = False,
    if_match: Annotated[str | None, IF_MATCH] = None,
    idempotency_key: IdempotencyKey = None,
) -> BulkGiven | BulkPreview | Response:
    """Gives an order for each of the tasks that a query finds, as it was previewed: the same tasks, as they were.

    A dry run says first how many they are and which; 200 at most.
    """
    if not dry_run and asked.signed is None:
        visitor.require(GIVE)
    body = asked.model_dump()
    if asked.signed is None and asked.human is None and HUMAN in visitor.roles:
        asked = asked.model_copy(update={"human": visitor.account})
    if dry_run:
        response.status_code = 200
        seen = bulk.preview(asked)
        response.headers["ETag"] = seen.etag
        return seen
    even_unkept = asked.signed is not None or asked.kind is Kind.HOLD
    with once.begin(idempotency_key, BULK, body, even_unkept=even_unkept) as errand:
        if errand.answer:
            return errand.answer.again()
        given = bulk.give(asked, errand, if_match, may_read=visitor.may(READ))
        errand.answer = Answer(status=201, body=given.model_dump(mode="json"))
    return given
