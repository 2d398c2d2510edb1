"""How many may listen at once: a stream lasts, so each counts until it ends."""

import threading
from collections import Counter

from api.problems import Problem
from api.rates import too_many

OF_ONE, IN_ALL = 20, 200
AFTER_S = 10


class Streams:
    """The open streams, of each actor and together."""

    def __init__(self, *, of_one: int = OF_ONE, in_all: int = IN_ALL) -> None:
        self._of_one = of_one
        self._in_all = in_all
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    def open(self, actor: str) -> None:
        """One more of this actor's; or the problem that there are too many."""
        with self._lock:
            if self._open[actor] >= self._of_one:
                told = f"{actor} has {self._of_one} streams open, which is the most; close one."
                raise too_many("too-many-streams", told, after_s=AFTER_S)
            if self._open.total() >= self._in_all:
                told = f"{self._in_all} streams are open, which is the most of this API; come again."
                raise Problem(503, "streams-full", told, headers={"Retry-After": str(AFTER_S)}, retryable=True)
            self._open[actor] += 1

    def count(self) -> int:
        """How many are open."""
        with self._lock:
            return self._open.total()

    def close(self, actor: str) -> None:
        """One less."""
        with self._lock:
            self._open[actor] -= 1
            self._open += Counter()
