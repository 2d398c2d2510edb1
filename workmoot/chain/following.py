"""What following a chain means, on a node or in memory: what is new is read first, then entered in a ledger."""

from dataclasses import dataclass
from typing import Protocol

from workmoot.domain.events import Event
from workmoot.domain.ledger import Block, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new since the last."""

    events: tuple[Event, ...]
    head: Block | None
    """How far they go; None: nothing of the chain is known any more."""
    anew: bool = False
    """The chain changed: these are all events from the first on, and what was known before is void."""
    recalled: bool = False
    """Of what was kept: the node was not asked, and may have gone on."""


class Following(Protocol):
    """A ledger of one deployment's events that follows them."""

    ledger: Ledger
    rebuilds: int = 0
    """How often the chain changed under it; the ledger is another one each time. It rises in failed looks too."""
    tip: Block | None = None
    """The node's own head, when it was last asked."""
    _untold: tuple[Event, ...] = ()

    def read(self) -> News | None:
        """What comes next, entered nowhere yet; None: nothing for now."""

    def enter(self, news: News) -> None:
        """Enters what was read last."""
        if news.anew:
            self.ledger = Ledger()
            self.rebuilds += 1
        self.ledger.apply_all(news.events)
        self.ledger.head = news.head or Ledger().head

    def catch_up(self) -> tuple[Event, ...]:
        """Reads and enters all that is new; returns the events entered, all of them after a rebuild."""
        while (news := self.read()) is not None:
            self.enter(news)
            self._untold = news.events if news.anew else self._untold + news.events
            if news.head == self.tip and not news.recalled:
                break
        told, self._untold = self._untold, ()
        return told
