"""The plant as it was: the chain's events up to a block, entered once more."""

import threading
from collections import OrderedDict

from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger

KEPT = 2
"""Ledgers; the tasks of one plan are asked for one after the other."""


class Past:
    """Ledgers of former blocks, nobody writes in them. One is made at a time: it may take a second."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._made: OrderedDict[tuple[int, int], Ledger] = OrderedDict()

    def at(self, block: int, events: tuple[Event, ...], *, rewinds: int) -> Ledger:
        """What the events tell up to the block's end; `rewinds` says which chain they are of."""
        with self._turn:
            key = (rewinds, block)
            ledger = self._made.pop(key, None)
            if ledger is None:
                ledger = Ledger()
                ledger.apply_all(event for event in events if event.at.block <= block)
            self._made[key] = ledger
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
            return ledger
