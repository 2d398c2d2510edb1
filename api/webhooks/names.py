"""Where names lead, asked of the machine's resolver: one that answers late keeps only its own messages waiting."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 64
"""Names that are looked up at the same time; each needs a thread until the resolver gives it up."""


class Names:
    """Looks up each name once at a time, on threads that nothing else needs."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook name")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def look_up(self, host: str, port: int) -> list[str]:
        """Every address of a name. Who stops waiting does not stop the looking up: the next one waits for the same."""
        name = host, port
        if name not in self._asked:
            self._asked[name] = asyncio.get_running_loop().run_in_executor(self._threads, _addresses_of, name)
            self._asked[name].add_done_callback(lambda done: self._forget(name, done))
        return await asyncio.shield(self._asked[name])

    def close(self) -> None:
        """Looks nothing up any more; what is still looked up ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _forget(self, name: tuple[str, int], done: "asyncio.Future[list[str]]") -> None:
        del self._asked[name]
        if not done.cancelled():
            done.exception()  # nobody may be waiting for it any more


def _addresses_of(name: tuple[str, int]) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(*name, type=socket.SOCK_STREAM)]
