"""Where names lead, asked of the machine's resolver: one that answers late keeps only its own messages waiting."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

AT_ONCE = 256
"""Names that are looked up at the same time. No look-up can be broken off: each has a thread of its own until the
resolver gives it up."""
Name = tuple[str, int]


class TooManyNames(OSError):
    """As many names are being looked up as may be, or as the machine has threads for."""


def addresses_of(name: Name) -> list[str]:
    """Every address of a host, for a port."""
    return [str(address[0]) for *_, address in socket.getaddrinfo(*name, type=socket.SOCK_STREAM)]


class Names:
    """Looks up each name once at a time, and none after the other."""

    def __init__(self, look: Callable[[Name], list[str]] = addresses_of) -> None:
        self._look = look
        self._asked: dict[Name, asyncio.Future[list[str]]] = {}

    async def look_up(self, host: str, port: int) -> list[str]:
        """Every address of a name. Who stops waiting does not stop the looking up: the next one waits for the same."""
        name = host, port
        if name not in self._asked:
            if len(self._asked) >= AT_ONCE:
                raise TooManyNames
            self._asked[name] = self._begin(name)
            self._asked[name].add_done_callback(lambda done: self._forget(name, done))
        return await asyncio.shield(self._asked[name])

    def _begin(self, name: Name) -> asyncio.Future[list[str]]:
        """On a thread that keeps nobody from ending."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()

        def look() -> None:
            try:
                tell = partial(found.set_result, self._look(name))
            except Exception as error:  # noqa: BLE001 (who waits for it gets it)
                tell = partial(found.set_exception, error)
            with suppress(RuntimeError):  # nobody waits any more: the loop is closed
                loop.call_soon_threadsafe(tell)

        try:
            threading.Thread(target=look, name="webhook name", daemon=True).start()
        except RuntimeError:
            raise TooManyNames from None
        return found

    def _forget(self, name: Name, done: asyncio.Future[list[str]]) -> None:
        del self._asked[name]
        if not done.cancelled():
            done.exception()  # nobody may be waiting for it any more
