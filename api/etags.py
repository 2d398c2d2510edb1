"""Strong ETags: an answer that is the same to the byte is not sent twice to who has it."""

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/api/v1/"
JSON = "application/json"
DIGITS = 32
NOT_MODIFIED = 304
KEPT = ("content-length", "content-type")
"""Headers that say something of a body, which a 304 does not have."""


class Etags:
    """Names every JSON answer to a GET by its bytes, and answers 304 to who names the same."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(PREFIX):
            await self._app(scope, receive, _Named(send, Headers(scope=scope).get("if-none-match", "")).send)
        else:
            await self._app(scope, receive, send)


class _Named:
    """Holds an answer back until it is whole; streams and refusals pass."""

    def __init__(self, send: Send, known: str) -> None:
        self._send = send
        self._known = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Takes a part of the answer."""
        if message["type"] == "http.response.start" and _is_whole_json(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        tag = f'"{hashlib.sha256(self._body).hexdigest()[:DIGITS]}"'
        headers = MutableHeaders(raw=start["headers"])
        headers["ETag"] = tag
        headers.setdefault("Cache-Control", "no-cache")
        if self._known & {tag, "*"}:
            start["status"], self._body = NOT_MODIFIED, b""
            for name in KEPT:
                del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body})


def _is_whole_json(start: Message) -> bool:
    media_type = Headers(raw=start["headers"]).get("content-type", "").partition(";")[0].strip()
    return start["status"] == 200 and media_type == JSON
