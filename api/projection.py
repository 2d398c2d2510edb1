"""The API's own picture of the plant: one thread follows the chain, every answer is read from what it keeps."""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from api.anchoring import REFUSED, SETTLED, Acting, Anchoring, Refusal
from api.event_ids import EventId, mark_of
from api.event_index import EventIndex, Topic
from api.models.common import Freshness, Head, moment
from api.models.work import TaskOut
from api.past import Past
from api.steps import Steps
from api.threads import Worker
from api.views.snapshot import GatewayWords, Snapshot
from workmoot.chain.following import Following, News
from workmoot.domain.errors import ChainError, DatabaseUnreachable, Unreachable
from workmoot.domain.events import Event
from workmoot.domain.ids import TaskId
from workmoot.domain.instructions import HumansContracts
from workmoot.domain.ledger import Ledger

log = logging.getLogger(__name__)
PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
STALE_S = 5.0
NEVER_S = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Events that somebody has not been told yet."""

    start: int
    """So many before them are as they were."""
    before: Event | None
    """The last of those."""
    events: tuple[Event, ...]
    rewinds: int
    """How often the chain changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFound:
    """So many events a reader has; whether it had others after them, which are undone; how often the chain changed."""

    count: int
    is_undone: bool
    rewinds: int


class Projection:
    """Many read under one lock; the follower asks the node outside of it, so that a dead node blocks no answer."""

    def __init__(
        self,
        follower: Following,
        *,
        chain_id: int,
        gateway: Callable[[], GatewayWords] = GatewayWords,
        contracts: HumansContracts | None = None,
        database: str = "memory",
    ) -> None:
        self.chain_id = chain_id
        self.steps = Steps()
        """When each step of the humans' orders was first seen."""
        self._follower = follower
        self._gateway = gateway
        self._database = database
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._look = threading.Event()
        self._index = EventIndex(lambda account: self._follower.ledger.numbers.get(account))
        self.version = 0
        """Rises with the events; read without the lock."""
        self.is_whole = False
        """Whether the chain was read to its head: before, what is not known here may be there all the same."""
        self._wholes = 0
        """How often it was read to its head."""
        self._rewinds: list[int] = []
        self._past = Past()
        self._undone: dict[tuple[int, str], int] = {}
        """The blocks that were undone, by number and mark, and by which rewind first."""
        self._tasks_made: dict[TaskId, TaskOut] = {}
        self._frozen: Ledger | None = None
        """The ledger as it is, until something is entered."""
        self._read_at: float | None = None
        self._trouble: str | None = "the chain was not read yet"
        self._orders = Acting(contracts)
        self._acting: tuple[GatewayWords, int, tuple[Anchoring, ...]] = GatewayWords(), -1, ()
        """Of which words of the gateway, and at which version, these orders were found to act."""
        self._worker = Worker("following the chain", self._follow)

    def begin(self) -> None:
        """Reads to the chain's head; while the node is away, what was kept is enough."""
        try:
            while self.cycle():
                continue
        except Unreachable as error:
            if not self._index.events:
                raise
            self._trouble = str(error)

    def start(self) -> None:
        """Begins to follow."""
        self._worker.start()

    def stop(self) -> None:
        """Ends following."""
        self._worker.stopping.set()
        self._look.set()
        self._worker.stop(within_s=LONGEST_PAUSE_S)

    @property
    def fault(self) -> str | None:
        """What ended the following."""
        return self._worker.fault

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """The plant as known now; it stands still while the block runs."""
        gateway = self._gateway()
        with self._lock:
            yield self._snapshot(self._follower.ledger, gateway, self._tasks_made)

    def frozen(self) -> Snapshot:
        """The plant as known now, for as long as it is looked at: what takes long keeps nobody waiting."""
        gateway = self._gateway()
        with self._lock:
            self._frozen = self._frozen or self._follower.ledger.copy()
            return self._snapshot(self._frozen, gateway, {})

    def head(self) -> Head:
        """How far it has read."""
        with self._lock:
            return self._head()

    def gateway_url(self) -> str | None:
        """Where the plant's description says the gateway is."""
        with self._lock:
            described = (self._follower.ledger.description or {}).get("gateway")
        url = described.get("url") if isinstance(described, dict) else None
        return url if isinstance(url, str) else None

    def events(self, start: int = 0, *, rewinds: int = 0, most: int | None = None) -> Fresh:
        """The events from the `start`-th on, or from where the chain changed since `rewinds`; so many at most."""
        with self._lock:
            start = min([start, *self._rewinds[rewinds:]])
            return Fresh(
                start=start,
                before=self._index.events[start - 1] if start else None,
                events=tuple(self._index.events[start : None if most is None else start + most]),
                rewinds=len(self._rewinds),
            )

    def ledger_at(self, block: int) -> Ledger:
        """The plant as it was at the block's end; nobody writes in it."""
        known = self.events()
        return self._past.at(block, known.events, rewinds=known.rewinds)

    def place_after(self, last: EventId | None) -> PlaceFound | None:
        """Where a reader goes on whose last event was this, or who wants only what comes; None: it is not read yet."""
        with self._lock:
            events, rewinds = self._index.events, len(self._rewinds)
            if last is None:
                return PlaceFound(count=len(events), is_undone=False, rewinds=rewinds)
            count = bisect_right(events, last.position, key=lambda event: event.at.position)
            found = events[count - 1].at if count else None
            if not last.mark or (found and (found.position, mark_of(found)) == (last.position, last.mark)):
                return PlaceFound(count=count, is_undone=False, rewinds=rewinds)
            rewind = self._undone.get((last.block, last.mark))
            if rewind is None and self._follower.ledger.head.number < last.block:
                return None
            return PlaceFound(
                count=0 if rewind is None else min(self._rewinds[rewind:]), is_undone=True, rewinds=rewinds
            )

    def latest(self, topics: Sequence[Topic], *, before: tuple[int, int] | None, since: int, most: int) -> list[Event]:
        """The newest events about all of the topics: before a place on the chain, from a block on."""
        with self._lock:
            return list(islice(self._index.latest(topics, before=before, since=since), most))

    def led_to(self, event: Event) -> list[Event]:
        """Of a human order, what its transaction told before it since the last order; of others nothing."""
        with self._lock:
            return self._index.led_to(event)

    def topics_of(self, event: Event) -> set[Topic]:
        """What an event is about."""
        with self._lock:
            return self._index.topics_of(event)

    def freshness(self) -> Freshness:
        """How far what is said here can be relied on."""
        with self._lock:
            read_s_ago = NEVER_S if self._read_at is None else round(time.monotonic() - self._read_at, 2)
            return Freshness(
                read_s_ago=read_s_ago,
                stale=self._present_trouble() is not None or read_s_ago >= STALE_S,
                events=len(self._index.events),
                database=self._database,
            )

    def refusal_of(self, digest: bytes) -> Refusal | None:
        """Why the chain refused an order that the gateway sent; None: it did not."""
        name = "0x" + digest.hex()
        order = next((order for order in self._gateway().orders if order.get("digest") == name), {})
        if order.get("state") not in (REFUSED, SETTLED):
            return None
        return Refusal(reason=str(order.get("reason")), is_over=order.get("state") == SETTLED)

    def anchoring_count(self) -> int:
        """How many orders act and are not on chain yet."""
        with self.read() as snap:
            return len(snap.anchoring)

    def wait_for(self, condition: Callable[[Ledger], bool], *, timeout_s: float) -> bool:
        """Looks at once, and waits until the ledger fulfils a condition."""
        self._look.set()
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._follower.ledger), timeout=timeout_s)

    def read_on(self, *, timeout_s: float) -> None:
        """Returns when all is read that the node has now, or after that time."""
        with self._changed:
            wanted = self._wholes + 2  # one reading may be under way
            self._look.set()
            self._changed.wait_for(lambda: self._wholes >= wanted, timeout=timeout_s)

    def cycle(self) -> bool:
        """Looks once at the chain; whether there may be more at once."""
        news = self._follower.read()
        with self._changed:
            if news is not None:
                self._enter(news)
            if news is None or not news.recalled:
                self._read_at, self._trouble = time.monotonic(), None
            more = self._follower.ledger.head != self._follower.tip
            self._wholes += not more
            self.is_whole |= not more and (news is None or not news.recalled)
            self._changed.notify_all()
            return more

    def _enter(self, news: News) -> None:
        if news.anew:
            self._rewind(_common(self._index.events, news.events))
        self._follower.enter(news)
        self._frozen = None
        if news.events or news.anew:
            self._tasks_made.clear()
        self._index.extend(news.events)
        self.version += 1 if news.events or news.anew else 0

    def _rewind(self, common: int) -> None:
        for event in self._index.events[common:]:
            self._undone.setdefault((event.at.block, mark_of(event.at)), len(self._rewinds))
        self._rewinds.append(common)
        self._index.clear()
        self.is_whole = False

    def _follow(self) -> None:
        pause_s = PAUSE_S
        while not self._worker.stopping.is_set():
            try:
                pause_s = 0.0 if self.cycle() else PAUSE_S
            except (ChainError, DatabaseUnreachable, Unreachable) as error:
                log.warning("the chain cannot be read: %s", error)
                self._trouble, pause_s = str(error), min(max(2 * pause_s, PAUSE_S), LONGEST_PAUSE_S)
            self._look.wait(pause_s)
            self._look.clear()

    def _snapshot(self, ledger: Ledger, gateway: GatewayWords, tasks_made: dict[TaskId, TaskOut]) -> Snapshot:
        return Snapshot(
            ledger=ledger,
            head=self._head(),
            now=time.time(),
            gateway=gateway,
            anchoring=self._anchoring(gateway),
            steps=self.steps,
            tasks_made=tasks_made,
        )

    def _anchoring(self, words: GatewayWords) -> tuple[Anchoring, ...]:
        """Looked for anew when the gateway or the chain says something new."""
        former, version, found = self._acting
        is_known = words.orders is former.orders and words.taken == former.taken and version == self.version
        if not is_known:
            found = self._orders.of((*words.taken, *words.orders), self._follower.ledger)
            self._acting = words, self.version, found
        return found

    def _head(self) -> Head:
        head = self._follower.ledger.head
        tip = self._follower.tip or head
        return Head(
            chain_id=self.chain_id,
            block=head.number,
            hash="0x" + head.hash.hex(),
            at=moment(head.timestamp),
            behind_blocks=max(0, tip.number - head.number),
            behind_s=max(0, tip.timestamp - head.timestamp),
            trouble=self._present_trouble(),
        )

    def _present_trouble(self) -> str | None:
        """Why what is said may have changed; a fault of ours is in every answer from then on."""
        return self.fault or self._trouble


def _common(former: Sequence[Event], present: Sequence[Event]) -> int:
    """How many events are the same from the first on."""
    pairs = zip(former, present, strict=False)
    return next((place for place, (was, is_now) in enumerate(pairs) if was != is_now), min(len(former), len(present)))
