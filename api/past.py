"""The plant as it was: the chain's events up to a block, entered once more."""

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence

from api.turns import Turns
from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger

KEPT = 2
"""Ledgers; the tasks of one plan are asked for one after the other."""
WAITING = 4


class Past:
    """Ledgers of former blocks, nobody writes in them. One is made at a time: it may take seconds."""

    def __init__(self) -> None:
        self._turns = Turns(at_once=1, waiting=WAITING)
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[int, int], Ledger] = OrderedDict()

    def at(self, block: int, events: Sequence[Event], *, rewinds: int) -> Ledger:
        """What the events tell up to the block's end; `rewinds` says which chain they are of."""
        key = rewinds, bisect_left(events, block + 1, key=lambda event: event.at.block)
        if (known := self._known(key)) is not None:
            return known
        with self._turns.take():
            if (known := self._known(key)) is not None:
                return known
            made = Ledger()
            made.apply_all(events[: key[1]])
            with self._lock:
                self._made[key] = made
                if len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return made

    def _known(self, key: tuple[int, int]) -> Ledger | None:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)
