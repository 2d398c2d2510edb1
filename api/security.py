"""What a stranger may not do with this API: no foreign origin or host, no inline code, no endless body."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.heads import with_head
from api.home import Home
from api.problems import respond
from workmoot.ballots.wire import DRAFTS_PATH
from workmoot.ballots.wire import PATH as BALLOTS_PATH

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes; an order of 256 tasks that fits a block is a tenth of it."""
LARGEST_BODIES = {BALLOTS_PATH: 4 * 1024, DRAFTS_PATH: 160 * 1024}
"""Bytes; the longest signature takes half of a ballot, and the largest draft, in hexadecimal, is four fifths."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000"}
"""Where people come by https, they come by nothing else."""


class Guard:
    """Refuses foreign hosts (DNS rebinding) and foreign origins (forged requests); adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        home = scope["app"].state.dependencies.access.home
        send = _with_headers(send, HEADERS | ENCRYPTED if home.is_https else HEADERS)
        refusal = _refusal(Headers(scope=scope), home)
        if refusal is None:
            await self._app(scope, _limited(receive, LARGEST_BODIES.get(scope["path"], LARGEST_BODY)), send)
        else:
            await respond(403, "foreign", refusal, instance=scope["path"])(scope, receive, send)


def _refusal(headers: Headers, home: Home) -> str | None:
    host, origin = headers.get("host", ""), headers.get("origin")
    if not home.is_host(host):
        return f"This API is {home.url}; the request names the host {host!r}."
    if origin is not None and origin.partition("://")[2] != host:
        return f"Requests from pages of another origin are refused; this one comes from {origin!r}."
    return None


def _limited(receive: Receive, largest: int) -> Receive:
    """Ends a request whose body grows too large, whatever length it claims."""
    taken = 0

    async def receiver() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise HTTPException(413)
        return message

    return receiver


def _with_headers(send: Send, added: Mapping[str, str]) -> Send:
    def add(_: Message, headers: MutableHeaders) -> None:
        for name, value in added.items():
            headers.setdefault(name, value)

    return with_head(send, add)
