"""The live stream: every event of the chain once, in order, resumable; and a pulse each second."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.access.rules import READ
from api.dependencies import Gate, Plant
from api.event_index import Topic
from api.models.common import Listing
from api.models.events import EventOut
from api.openapi import refuses
from api.paging import Pages, Paging
from api.problems import unprocessable
from api.projection import Projection
from api.views.events import event_id, event_out
from workmoot.domain.events import Event

router = APIRouter(prefix="/events", tags=["events"])
BEFORE_ALL = (-1, -1)
LOOK_S, PULSE_S = 0.05, 1.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
START = Query(alias="from", description='"start", "now", or an event id to go on after.', examples=["12.3"])
"""Ids are `block.logIndex`: the same after a restart, on every replica."""
ID = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})")
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
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **refuses("invalid")},
)
async def stream_events(
    request: Request,
    plant: Plant,
    gate: Gate,
    start: Annotated[str, START] = "start",
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: `chain` with an id for each event of the chain, `pulse` without one each second."""
    after = _after(plant, last_event_id or start)
    may_stay = partial(gate.door.still_admits, request, READ)
    told = _counted(request, _stream(request, plant, after, may_stay))
    return StreamingResponse(told, media_type="text/event-stream", headers=HEADERS)


async def _counted(request: Request, told: AsyncIterator[str]) -> AsyncIterator[str]:
    with request.app.state.metrics.streams.track_inprogress():
        async for text in told:
            yield text


async def _stream(
    request: Request, plant: Projection, after: tuple[int, int], may_stay: Callable[[], bool]
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    told, sent, pulse_at = plant.events(), 0, 0.0
    yield "retry: 1000\n\n"
    while not request.app.state.stopping.is_set() and not await request.is_disconnected():
        if told.start < sent:
            # A reorganisation: what was sent after this event is undone, and what is true now follows.
            after = min(after, told.before.at.position if told.before else BEFORE_ALL)
            yield sse("reorganised", json.dumps({"after": event_id(told.before) if told.before else None}))
        for event in told.events:
            if event.at.position > after:
                yield sse("chain", event_out(event).model_dump_json(), event_id(event))
        sent = told.start + len(told.events)
        if loop.time() >= pulse_at:
            if not await run_in_threadpool(may_stay):
                return
            pulse_at = loop.time() + PULSE_S
            yield sse("pulse", json.dumps(pulse(plant, told.rewinds, sent)))
        await asyncio.sleep(LOOK_S)
        told = plant.events(sent, rewinds=told.rewinds)


def pulse(plant: Projection, rebuilds: int, count: int) -> dict[str, Any]:
    """How fresh the picture is; `board` changes with the chain, `floor` with every second."""
    head, freshness = plant.head(), plant.freshness()
    return {
        "block": head.block,
        "behind_blocks": head.behind_blocks,
        "read_s_ago": freshness.read_s_ago,
        "trouble": head.trouble,
        "board": f"{rebuilds}.{count}.{plant.anchoring_count()}",
    }


def sse(name: str, text: str, id_: str | None = None) -> str:
    """One event on the wire; `text` is JSON on one line."""
    return (f"id: {id_}\n" if id_ else "") + f"event: {name}\ndata: {text}\n\n"


def backwards(event: Event) -> tuple[int, int]:
    """Its place in a list that has the newest first."""
    return -event.at.block, -event.at.log_index


def _after(plant: Projection, start: str) -> tuple[int, int]:
    if start == "start":
        return BEFORE_ALL
    if start == "now":
        events = plant.events().events
        return events[-1].at.position if events else BEFORE_ALL
    found = ID.fullmatch(start)
    if found is None:
        raise unprocessable("query:/from", f'An event id is "block.logIndex", such as 12.3; given: {start[:80]!r}.')
    return int(found[1]), int(found[2])
