"""Whether all that the API answers in the tests is what its OpenAPI document says it can answer."""

import json
from functools import cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openapi import operations
from api.problems import MEDIA_TYPE
from scripts.openapi import FILE

FIRST_PROBLEM, NOT_ALLOWED = 400, 405
UNDOCUMENTED: list[str] = []
"""What was answered and is not documented, since somebody looked."""


class Documented:
    """Looks at each answer of a route that the document has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = 0, b""

        async def sender(message: Message) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"") if status >= FIRST_PROBLEM else b""
            await send(message)

        await self._app(scope, receive, sender)
        route = getattr(scope.get("route"), "name", "")
        if route in responses() and status != NOT_ALLOWED:
            slug = json.loads(body)["type"].rpartition("/")[2] if status >= FIRST_PROBLEM else None
            if slug not in responses()[route].get(status, set()):
                UNDOCUMENTED.append(f"{route}: {status} {slug or ''}")


@cache
def responses() -> dict[str, dict[int, set[str | None]]]:
    """By operation and status: the types of problem; none of an answer that is no problem."""
    document = json.loads(FILE.read_text())
    return {
        operation["operationId"]: {int(status): _types(it) for status, it in operation["responses"].items()}
        for _, _, operation in operations(document)
    }


def _types(response: dict[str, Any]) -> set[str | None]:
    return set(response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {None: None}))
