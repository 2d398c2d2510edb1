"""How often something may be done: so many a second in the long run, so many at once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

from api.problems import Problem

Clock = Callable[[], float]
ACTORS = 10_000
"""Who has not come for longest is forgotten first, and comes back with a full bucket."""


class Rate:
    """A bucket of tokens."""

    def __init__(self, a_second: float, *, at_once: float, clock: Clock = time.monotonic) -> None:
        self._a_second = a_second
        self._at_once = float(at_once)
        self._clock = clock
        self._left, self._at = self._at_once, clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more is within the rate."""
        with self._lock:
            now = self._clock()
            self._left = min(self._at_once, self._left + (now - self._at) * self._a_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

    @property
    def wait_s(self) -> int:
        """Whole seconds until one more is within the rate."""
        with self._lock:
            return max(1, ceil((1 - self._left) / self._a_second))


class Rates:
    """A bucket of its own for each actor: nobody empties another's."""

    def __init__(self, a_second: float, *, at_once: float, clock: Clock = time.monotonic) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._clock = clock
        self._rates: OrderedDict[str, Rate] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, actor: str) -> None:
        """One more by this actor; or the problem that it came too often."""
        rate = self._of(actor)
        if not rate.take():
            told = f"{actor} asked more often than {self._a_second:g} times a second; wait {rate.wait_s} s."
            raise too_many("rate-limited", told, after_s=rate.wait_s)

    def _of(self, actor: str) -> Rate:
        with self._lock:
            rate = self._rates.pop(actor, None) or Rate(self._a_second, at_once=self._at_once, clock=self._clock)
            self._rates[actor] = rate
            if len(self._rates) > ACTORS:
                self._rates.popitem(last=False)
            return rate


def too_many(slug: str, detail: str, *, after_s: int | None = None) -> Problem:
    """Too many, or too often: then it says when to come again."""
    headers = {} if after_s is None else {"Retry-After": str(after_s)}
    return Problem(429, slug, detail, headers=headers, retryable=True)
