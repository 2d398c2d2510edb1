"""Follows the contracts in memory, as `chain.follower` follows a node."""

from workmoot.chain.memory.memory_chain import MemoryChain
from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger


class MemoryFollower:
    """A projection of a chain in memory, which is never reorganised."""

    def __init__(self, chain: MemoryChain) -> None:
        self.ledger = Ledger()
        self.rebuilds = 0
        self._chain = chain
        self._read = 0

    def catch_up(self) -> tuple[Event, ...]:
        """Enters what is new and returns it."""
        head, events = self._chain.head, tuple(self._chain.events[self._read :])
        self._read += len(events)
        self.ledger.apply_all(events)
        self.ledger.head = head
        return events
