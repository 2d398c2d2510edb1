"""What happened, for those who watch: the log's records by their place in it, now and as they come."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from gateway.records import Record

KEPT = 20_000
"""Records that a watcher who comes back may still catch up on."""

QUIET_SECONDS = 10.0


class Events:
    """The records in their order; place 1 is the log's first line."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: deque[Record] = deque(maxlen=KEPT)
        self._news = asyncio.Event()

    def publish(self, records: Sequence[Record]) -> None:
        """Makes records known."""
        self._kept.extend(records)
        self.count += len(records)
        former, self._news = self._news, asyncio.Event()
        former.set()

    async def wait(self, after: int, seconds: float) -> Sequence[tuple[int, Record]]:
        """The records after a place; waits a while for the first one."""
        if after >= self.count:
            try:
                await asyncio.wait_for(self._news.wait(), seconds)
            except TimeoutError:
                return ()
        first = self.count - len(self._kept)
        return [(first + n, record) for n, record in enumerate(self._kept, 1) if first + n > after]

    async def follow(self, after: int) -> AsyncIterator[tuple[int, Record] | None]:
        """All records after a place, as they come; None now and then, while nothing happens."""
        place = after
        while True:
            news = await self.wait(place, QUIET_SECONDS)
            if not news:
                yield None
            for place, record in news:
                yield place, record
