"""The live stream: every event of the chain once, in order, resumable; and a pulse each second."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.access.door import Admitted
from api.access.rules import READ
from api.dependencies import Dependencies, Given, Plant
from api.event_ids import EventId, id_at, read_id
from api.lifecycle import Lifecycle
from api.models.common import Listing, moment
from api.models.events import EventOut
from api.paging import Pages
from api.problems import unprocessable
from api.projection import Projection
from api.tail import From, Reorganised, Tail
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


@router.get("/recent", operation_id="list_events")
def list_events(
    plant: Plant,
    pages: Pages,
    name: str | None = None,
    task: int | None = None,
    order: int | None = None,
    worker: Annotated[int | None, WORKER] = None,
    since: Annotated[int, SINCE] = 0,
) -> Listing[EventOut]:
    """The latest events, the newest first, narrowed by their name and by what they are about."""
    asked = {"name": name, "task": task, "order": order, "worker": worker}
    topics = [(about, value) for about, value in asked.items() if value is not None]
    after = pages.after(LIST)
    before = (-after[0], -after[1]) if after and len(after) == PLACE else None
    found = plant.latest(topics, before=before, since=since, most=pages.limit + 1)
    return pages.listing(LIST, plant.head(), found, place=_backwards, show=event_out)


@router.get("", operation_id="stream_events", response_class=StreamingResponse)
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
    tail = Tail(given.projection, _start(last_event_id or start))
    may_stay = partial(given.access.door.still_admits, request, READ)
    given.streams.open(visitor.name)
    return Counted(
        _stream(request, tail, given, may_stay),
        media_type="text/event-stream",
        headers=HEADERS,
        ended=partial(given.streams.close, visitor.name),
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


def _backwards(event: Event) -> tuple[int, int]:
    return -event.at.block, -event.at.log_index


def event_out(event: Event) -> EventOut:
    """An event on the wire."""
    said = {f.name: _shown(getattr(event, f.name)) for f in fields(event) if f.name != "at"}
    return EventOut(
        id=id_at(event.at),
        name=type(event).__name__,
        at=moment(event.at.timestamp),
        block=event.at.block,
        tx=event.at.tx,
        said=said,
    )


def _start(asked: str) -> From | EventId:
    found = From(asked) if asked in set(From) else read_id(asked)
    if found is None:
        told = f'An event id is "block.logIndex-hash", such as 12.3-9f2c1a07; given: {asked!r}.'
        raise unprocessable("query:/from", told)
    return found


def _shown(value: object) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if is_dataclass(value):
        return {f.name: _shown(getattr(value, f.name)) for f in fields(value)}
    return [_shown(item) for item in value] if isinstance(value, tuple) else value
