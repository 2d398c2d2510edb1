"""Webhooks: each posts one human's choice of the chain's events to an address outside."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.access.api_keys import LARGEST_ID
from api.access.door import Admitted
from api.access.visitor import Visitor
from api.dependencies import Given, Webhooks
from api.models.common import moment
from api.models.webhooks import DeadLetterOut, DeadLettersOut, WebhookIn, WebhookMade, WebhookOut, WebhooksOut
from api.openapi import refuses
from api.problems import Problem, not_found, unprocessable
from api.projection import Projection
from api.webhooks.hooks import BEFORE_ALL, MOST, Hook, Hooks, Letter, Position, Wants
from api.webhooks.reach import OutOfReach

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.post("", operation_id="create_webhook", status_code=201, responses=refuses("too-many-webhooks"))
def create_webhook(given: Given, visitor: Admitted, asked: WebhookIn, response: Response) -> WebhookMade:
    """Has events posted from now on; the secret that they are signed with is shown this once."""
    try:
        given.reach.check(asked.url)
    except OutOfReach as refused:
        raise unprocessable("/url", f"{refused}".capitalize() + ".") from None
    wants = Wants(names=asked.events, task=asked.task, order=asked.order, worker=asked.worker)
    after, now = _last_place(given.projection), int(time.time())
    made = given.hooks.create(visitor.account, asked.url, wants, now=now, after=after)
    if made is None:
        words = f"An account has {MOST} webhooks at most: remove one with DELETE /api/v1/webhooks."
        raise Problem(409, "too-many-webhooks", words)
    response.headers["Cache-Control"] = "no-store"
    return WebhookMade(**dict(_hook_out(made)), secret=made.secret)


@router.get("", operation_id="list_webhooks")
def list_webhooks(hooks: Webhooks, visitor: Admitted) -> WebhooksOut:
    """One's own webhooks, and how far each was told."""
    return WebhooksOut(items=tuple(map(_hook_out, hooks.of(visitor.account))))


@router.delete("/{id}", operation_id="remove_webhook", status_code=204, responses=refuses("not-found"))
def remove_webhook(hooks: Webhooks, visitor: Admitted, id: Id) -> None:  # noqa: A002 (the path's own name)
    """Ends one of one's own webhooks, with its dead letters."""
    hooks.remove(_own(hooks, visitor, id))


@router.get("/{id}/dead-letters", operation_id="list_dead_letters", responses=refuses("not-found"))
def list_dead_letters(hooks: Webhooks, visitor: Admitted, id: Id) -> DeadLettersOut:  # noqa: A002 (the path's own name)
    """What was not taken however often it was tried."""
    return DeadLettersOut(items=tuple(map(_letter_out, hooks.letters(_own(hooks, visitor, id)))))


@router.post(
    "/{id}/dead-letters/{letter}/redeliver",
    operation_id="redeliver_dead_letter",
    status_code=202,
    response_class=Response,
    responses=refuses("not-found"),
)
def redeliver_dead_letter(hooks: Webhooks, visitor: Admitted, id: Id, letter: Id) -> Response:  # noqa: A002 (the path's own name)
    """Has a dead letter sent once more, out of turn; taken, it is forgotten."""
    if not hooks.ask_again(_own(hooks, visitor, id), letter):
        raise not_found("dead letter", letter, f"GET /api/v1/webhooks/{id}/dead-letters lists them.")
    return Response(status_code=202)


def _own(hooks: Hooks, visitor: Visitor, number: int) -> Hook:
    hook = hooks.find(number)
    if hook is None or hook.account != visitor.account:
        raise not_found("webhook", number, "GET /api/v1/webhooks lists yours.")
    return hook


def _last_place(plant: Projection) -> Position:
    newest = plant.latest((), before=None, since=0, most=1)
    return newest[0].at.position if newest else BEFORE_ALL


def _hook_out(hook: Hook) -> WebhookOut:
    return WebhookOut(
        id=hook.id,
        url=hook.url,
        events=hook.wants.names,
        task=hook.wants.task,
        order=hook.wants.order,
        worker=hook.wants.worker,
        created_at=moment(hook.created_at),
        told_to=None if hook.position == BEFORE_ALL else "{}.{}".format(*hook.position),
        delivered_at=moment(hook.delivered_at),
        attempts=hook.attempts,
        next_at=moment(hook.next_at),
        trouble=hook.trouble,
        reorganisations=hook.generation,
    )


def _letter_out(letter: Letter) -> DeadLetterOut:
    return DeadLetterOut(
        id=letter.id,
        message=letter.message.id,
        type=letter.message.type,
        event=letter.message.body,
        failed_at=moment(letter.failed_at),
        reason=letter.reason,
        redelivering=letter.due,
    )
