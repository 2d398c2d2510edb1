"""Follows the contracts in memory, as `chain.follower` follows a node."""

from workmoot.chain.following import Following, News
from workmoot.chain.memory.memory_chain import MemoryChain
from workmoot.domain.ledger import Ledger


class MemoryFollower(Following):
    """A projection of a chain in memory, which is never reorganised."""

    def __init__(self, chain: MemoryChain) -> None:
        self.ledger = Ledger()
        self._chain = chain
        self._read = 0

    def read(self) -> News | None:
        """What is new."""
        self.tip, events = self._chain.head, tuple(self._chain.events[self._read :])
        return News(events=events, head=self.tip) if events or self.tip != self.ledger.head else None

    def enter(self, news: News) -> None:
        """Enters what was read last."""
        super().enter(news)
        self._read += len(news.events)
