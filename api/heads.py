"""The head of an answer, changed as it leaves."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

Change = Callable[[Message, MutableHeaders], None]


def with_head(send: Send, change: Change) -> Send:
    """The same, but that an answer's head, with its headers, is changed before it is sent."""

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(message, MutableHeaders(scope=message))
        await send(message)

    return sender
