"""HEAD wherever GET is: the same head, and no body (RFC 9110, 9.3.2)."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.home import CALLBACK

ACTS = frozenset((CALLBACK,))
"""Where a GET does something, once: who only looks whether a link works is not to do it."""


class HeadMethod:
    """Has the app answer a GET and sends the head of it; a stream is told that nobody listens, and ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"] in ACTS:
            await self._app(scope, receive, send)
            return
        asked, answered = {**scope, "method": "GET"}, asyncio.Event()

        async def leaver() -> Message:
            await answered.wait()
            return {"type": "http.disconnect"}

        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                answered.set()

        try:
            await self._app(asked, leaver, sender)
        finally:
            scope.update(asked, method=scope["method"])  # with the route, which the log and the metrics tell
