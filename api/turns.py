"""Turns for what takes long: so many at once, some waiting, and whoever comes then is told to come again."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from api.problems import Problem

TURN_WITHIN_S = 5.0
AGAIN_AFTER_S = 1


class Turns:
    """For one kind of work. Who waits holds one of the server's threads, so few may."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._turns = BoundedSemaphore(at_once)
        self._room = BoundedSemaphore(at_once + waiting)

    @contextmanager
    def take(self) -> Iterator[None]:
        """A turn, for as long as the block runs; or the problem that there is none soon."""
        if not self._room.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turns.acquire(timeout=TURN_WITHIN_S):
                raise _busy()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._room.release()


def _busy() -> Problem:
    told = "As many such answers as can be made at once are being made; ask again."
    return Problem(503, "busy", told, headers={"Retry-After": str(AGAIN_AFTER_S)}, retryable=True)
