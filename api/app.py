"""The application: the routes, the page, and how every error is told."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, cached_property
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from api import openapi, problems
from api.access.door import admit
from api.dependencies import Dependencies
from api.etags import Etags
from api.head_method import HeadMethod
from api.metrics import Metrics
from api.observing import Observed
from api.pages import manual, view
from api.parameters import parameters_of, require_known
from api.routes import (
    alarms,
    audit,
    auth,
    ballots,
    bulk,
    dao,
    events,
    health,
    keys,
    metrics,
    oidc,
    orders,
    overrides,
    plant,
    proposals,
    questions,
    reference,
    robots,
    tasks,
    webhooks,
    workers,
)
from api.security import Guard


class Api(FastAPI):
    """Observed and guarded on the outside, so that even a fault's answer is and has the headers; described in full."""

    def build_middleware_stack(self) -> ASGIApp:
        return Observed(HeadMethod(Guard(super().build_middleware_stack())))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = openapi.describe(self.routes, title=self.title, summary=self.summary or "")
        return self.openapi_schema

    @cached_property
    def described(self) -> bytes:
        """The same as JSON."""
        return json.dumps(self.openapi(), ensure_ascii=False).encode()


def create_app(dependencies: Dependencies) -> FastAPI:
    """The API and its page."""
    app = Api(
        title="Workmoot",
        summary="What a plant's workers decided, and the door for a human's word.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        routes=list(_routes()),
    )
    app.state.dependencies = dependencies
    app.state.metrics = Metrics(dependencies)
    app.state.stopping = threading.Event()
    app.add_middleware(Etags)
    problems.install(app)
    app.state.parameters = _parameters()
    app.state.templates = {route.name: route.path for route in iter_route_contexts(app.routes)}
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every application's; whoever asks for one is let in first. To build them takes longest of all."""
    router = APIRouter(dependencies=[Depends(admit)])
    for part in (
        auth,
        oidc,
        keys,
        orders,
        tasks,
        workers,
        proposals,
        ballots,
        robots,
        overrides,
        bulk,
        alarms,
        questions,
        events,
        audit,
        plant,
        dao,
        webhooks,
        reference,
    ):
        router.include_router(part.router, prefix="/api/v1", dependencies=[Depends(require_known)])
    for part in (health, metrics, manual, view):
        router.include_router(part.router)
    router.mount("/static", StaticFiles(directory=view.STATIC), name="static")
    return tuple(router.routes)


@cache
def _parameters() -> dict[str, frozenset[str]]:
    return parameters_of(route.original_route for route in iter_route_contexts(_routes()))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watched = app.state.dependencies.watched
    for item in watched:
        item.start()
    yield
    app.state.stopping.set()
    for item in reversed(watched):
        await asyncio.to_thread(item.stop)
