"""The application: the routes, the page, and how every error is told."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from starlette.staticfiles import StaticFiles

from api import problems
from api.access.door import admit
from api.dependencies import Dependencies
from api.etags import Etags
from api.models.problem import ProblemOut
from api.pages import view
from api.routes import (
    auth,
    ballots,
    dao,
    events,
    health,
    keys,
    orders,
    overrides,
    plant,
    proposals,
    reference,
    robots,
    tasks,
    workers,
)
from api.security import Guard

ERRORS = {
    status: {"model": ProblemOut, "content": {problems.MEDIA_TYPE: {}}, "description": words}
    for status, words in {
        401: "Nobody signed in, or the API key is over.",
        403: "Who asks lacks the role or the scope, which `missing` names; or comes from elsewhere.",
        404: "There is no such thing.",
        409: "The contracts or the gateway refused it.",
        422: "A field is missing or wrong; the pointer names it.",
        429: "Too many, or too often: Retry-After says when to come again.",
        503: "The chain, an account to send with, or room for one more is not there.",
    }.items()
}


def create_app(dependencies: Dependencies) -> FastAPI:
    """The API and its page."""
    app = FastAPI(
        title="Workmoot",
        version=version("workmoot"),
        summary="What a plant's workers decided, and the door for a human's word.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(admit)],
    )
    app.state.dependencies = dependencies
    app.state.stopping = threading.Event()
    app.add_middleware(Etags)
    app.add_middleware(Guard)
    problems.install(app)
    v1 = APIRouter(prefix="/api/v1", responses=ERRORS)  # type: ignore[arg-type]  # keys of int are keys
    for part in (auth, keys, orders, tasks, workers, proposals, ballots, robots, overrides, events, plant, dao):
        v1.include_router(part.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(reference.router)
    app.include_router(view.router)
    app.mount("/static", StaticFiles(directory=view.STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watched = app.state.dependencies.watched
    for item in watched:
        item.start()
    yield
    app.state.stopping.set()
    for item in reversed(watched):
        await asyncio.to_thread(item.stop)
