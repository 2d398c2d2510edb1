"""Every answer is counted, timed and logged, and has an id under which the log has it."""

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.heads import with_head
from api.present import Known, answering

log = logging.getLogger(__name__)
FAULT = 500
ID = "X-Request-Id"


class Observed:
    """The outermost part of the app: nothing is answered around it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known: Known = {"request": secrets.token_hex(8), "method": scope["method"], "status": FAULT}
        began = time.perf_counter()
        with answering(known):
            try:
                await self._app(scope, receive, _noting(send, known))
            finally:
                _tell(scope, known, time.perf_counter() - began)


def _noting(send: Send, known: Known) -> Send:
    def note(head: Message, headers: MutableHeaders) -> None:
        known["status"] = head["status"]
        headers[ID] = known["request"]

    return with_head(send, note)


def _tell(scope: Scope, known: Known, seconds: float) -> None:
    """By the route's template: a path may name what is nobody's business."""
    state = scope["app"].state
    route = state.templates.get(getattr(scope.get("route"), "name", None))
    known |= {"route": route, "ms": round(seconds * 1000, 1)}
    state.metrics.count(scope["method"], route, known["status"], seconds, known.get("problem"))
    log.info("answered")
