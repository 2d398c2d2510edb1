"""The live stream: every event of the chain once, in order, resumable; and a pulse each second."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.access.door import Admitted
from api.access.rules import READ
from api.dependencies import Dependencies, Given, Plant
from api.event_ids import EventId, id_at, read_id
from api.event_index import Topic
from api.lifecycle import Lifecycle
from api.models.common import Listing
from api.models.events import EventOut
from api.models.webhooks import NAMES
from api.openapi import refuses
from api.paging import Pages, Paging
from api.problems import bad_parameter
from api.projection import Projection
from api.tail import From, Reorganised, Tail
from api.views.events import event_out
from workmoot.domain.events import Event

router = APIRouter(prefix="/events", tags=["events"])
LOOK_S, PULSE_S = 0.05, 1.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
START = Query(
    alias="from",
    description='"start", "now", or an event id to go on after.',
    examples=["12.3-9f2c1a07"],
    max_length=60,
)
LIST, PLACE = "events", 2
WORKER = Query(description="A member's badge number, by which the event names it, or by its account.")
SINCE = Query(ge=0, description="The first block.")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which events are asked for."""

    topics: tuple[Topic, ...]
    since: int

    def with_name(self, name: str | None) -> "Narrowing":
        """Those of one name alone."""
        if name is not None and name not in NAMES:
            known = ", ".join(sorted(NAMES))
            raise bad_parameter("name", f"No contract has an event {name!r:.80}; there are: {known}.")
        return self if name is None else replace(self, topics=(*self.topics, ("name", name)))


def _narrowing(
    task: int | None = None,
    order: int | None = None,
    worker: Annotated[int | None, WORKER] = None,
    since: Annotated[int, SINCE] = 0,
) -> Narrowing:
    asked = {"task": task, "order": order, "worker": worker}
    return Narrowing(tuple((about, value) for about, value in asked.items() if value is not None), since)


Narrowed = Annotated[Narrowing, Depends(_narrowing)]


@router.get("/recent", operation_id="list_events")
def list_events(plant: Plant, pages: Pages, narrowed: Narrowed, name: str | None = None) -> Listing[EventOut]:
    """The latest events, the newest first, narrowed by their name and by what they are about."""
    found = latest(plant, pages, LIST, narrowed.with_name(name))
    return pages.listing(LIST, plant.head(), found, place=backwards, show=event_out)


def latest(plant: Projection, pages: Paging, name: str, narrowed: Narrowing) -> list[Event]:
    """The events of one page of that list, and the one that follows."""
    after = pages.after(name)
    before = (-after[0], -after[1]) if after and len(after) == PLACE else None
    return plant.latest(narrowed.topics, before=before, since=narrowed.since, most=pages.limit + 1)


@router.get(
    "",
    operation_id="stream_events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **refuses("too-many-streams", "streams-full"),
    },
)
def stream_events(
    request: Request,
    given: Given,
    visitor: Admitted,
    start: Annotated[str, START] = From.START,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: `chain` with an id for each event of the chain, `override` for each step of an order, `pulse`
    each second, and `reorganised` where what was told is undone.
    """
    tail = Tail(given.projection, _start("Last-Event-ID", last_event_id) if last_event_id else _start("from", start))
    may_stay = partial(given.access.door.still_admits, request, READ)
    actor = visitor.holder
    given.streams.open(actor)
    return Counted(
        _stream(request, tail, given, may_stay),
        media_type="text/event-stream",
        headers=HEADERS,
        ended=partial(given.streams.close, actor),
    )


class Counted(StreamingResponse):
    """A stream that says when it has ended, also where it never began."""

    def __init__(self, content: AsyncIterator[str], *, ended: Callable[[], None], **more: Any) -> None:
        super().__init__(content, **more)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()


async def _stream(
    request: Request, tail: Tail, given: Dependencies, may_stay: Callable[[], bool]
) -> AsyncIterator[str]:
    """Nothing here waits for the projection: what takes its lock is done by a thread."""
    loop = asyncio.get_running_loop()
    steps_told, pulse_at = 0, 0.0
    yield "retry: 1000\n\n"
    while not request.app.state.stopping.is_set() and not await request.is_disconnected():
        if tail.may_have_more and (news := await run_in_threadpool(_news, tail)):
            yield news
        if given.lifecycle.version != steps_told:
            steps_told, steps = given.lifecycle.changes(steps_told)
            yield "".join(sse("override", step.model_dump_json()) for step in steps)
        if loop.time() >= pulse_at:
            told = await run_in_threadpool(_beat, given, may_stay)
            if told is None:
                return
            pulse_at = loop.time() + PULSE_S
            yield told
        await asyncio.sleep(LOOK_S)


def _news(tail: Tail) -> str:
    return "".join(map(_told, tail.read()))


def _told(item: Event | Reorganised) -> str:
    if isinstance(item, Reorganised):
        return sse("reorganised", json.dumps({"after": id_at(item.last.at) if item.last else None}))
    return sse("chain", event_out(item).model_dump_json(), id_at(item.at))


def _beat(given: Dependencies, may_stay: Callable[[], bool]) -> str | None:
    """The pulse; None for who may not stay."""
    return sse("pulse", json.dumps(pulse(given.projection, given.lifecycle))) if may_stay() else None


def pulse(plant: Projection, lifecycle: Lifecycle) -> dict[str, Any]:
    """How fresh the picture is; `board` changes with the chain and the orders, `floor` with every second."""
    head, freshness = plant.head(), plant.freshness()
    return {
        "block": head.block,
        "behind_blocks": head.behind_blocks,
        "read_s_ago": freshness.read_s_ago,
        "trouble": head.trouble,
        "board": f"{freshness.events}.{plant.version}.{lifecycle.version}.{plant.anchoring_count()}",
    }


def sse(name: str, text: str, id_: str | None = None) -> str:
    """One event on the wire; `text` is JSON on one line."""
    return (f"id: {id_}\n" if id_ else "") + f"event: {name}\ndata: {text}\n\n"


def backwards(event: Event) -> tuple[int, int]:
    """Its place in a list that has the newest first."""
    return -event.at.block, -event.at.log_index


def _start(name: str, asked: str) -> From | EventId:
    found = From(asked) if asked in set(From) else read_id(asked)
    if found is None:
        told = f'An event id is "block.logIndex-hash", such as 12.3-9f2c1a07; given: {asked!r}.'
        raise bad_parameter(name, told)
    return found
