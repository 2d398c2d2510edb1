"""Tells every webhook its events in the order of the chain, each until it takes them; a slow one delays no other."""

import asyncio
import logging
import random
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from api.database import Database
from api.projection import Projection
from api.threads import Worker
from api.webhooks.hooks import Hook, Hooks, Letter, Position
from api.webhooks.lease import Lease
from api.webhooks.message import Message, told_of, told_undone
from api.webhooks.reach import Post
from api.webhooks.trail import Trail
from workmoot.domain.errors import DatabaseUnreachable
from workmoot.domain.events import Event
from workmoot.domain.ids import Address

log = logging.getLogger(__name__)
FINISHING_S, STOPPING_S = 2.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often is looked and tried. A message that fails is tried after 1, 2, 4 … seconds, each half as long to half
    as long again, and given up in the end."""

    look_s: float = 0.1
    recall_s: float = 1.0
    """How often the tables are asked, where nothing happens on the chain."""
    first_s: float = 1.0
    longest_s: float = 300.0
    attempts: int = 10

    def wait_s(self, attempts: int) -> float:
        """Until the next one, after so many."""
        whole: float = min(self.longest_s, self.first_s * 2**attempts)
        return whole * random.uniform(0.5, 1.5)  # noqa: S311 (spreads load, hides nothing)


class Sender:
    """One thread of a process; of those on one database one sends at a time."""

    def __init__(
        self,
        database: Database,
        plant: Projection,
        make_post: Callable[[], Post],
        *,
        source: str,
        may_read: Callable[[Address], bool],
        pace: Pace | None = None,
        lease: Lease | None = None,
    ) -> None:
        self._hooks = Hooks(database)
        self._trail = Trail(database)
        self._lease = lease or Lease(database)
        self._plant = plant
        self._make_post = make_post
        self._source = source
        self._may_read = may_read
        self._pace = pace or Pace()
        self._events: list[Event] = []
        self._rewinds = 0
        self._looked: dict[int, tuple[Position, int]] = {}
        """How far in `_events` was looked for what a webhook wants after its position."""
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._recall_at = 0.0
        self._holds = False
        self._worker = Worker("telling the webhooks", lambda: asyncio.run(self._run()))

    def start(self) -> None:
        """Begins to send."""
        self._worker.start()

    def stop(self) -> None:
        """Ends; what is cut off is sent again by who comes next."""
        self._worker.stop(within_s=STOPPING_S)

    @property
    def fault(self) -> str | None:
        """What ended the sending."""
        return self._worker.fault

    async def _run(self) -> None:
        post = self._make_post()
        try:
            while not self._worker.stopping.is_set():
                try:
                    self._look(post)
                except (DatabaseUnreachable, IntegrityError) as error:  # the latter: another took the turn meanwhile
                    log.warning("webhooks wait: %s", error)
                    self._recall_at, self._holds = time.monotonic() + self._pace.recall_s, False
                await asyncio.sleep(self._pace.look_s)
        finally:
            await self._finish()
            await post.close()
            with suppress(DatabaseUnreachable):
                self._lease.give_back()

    async def _finish(self) -> None:
        """What is under way may end, if that takes no longer than people wait."""
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=FINISHING_S)
        for task in self._at_work.values():
            task.cancel()
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    # Looking

    def _look(self, post: Post) -> None:
        """Has every webhook that waits for something worked for, unless that is so."""
        due = time.monotonic() >= self._recall_at
        if not due and not (self._holds and self._has_news()):
            return
        self._recall_at = time.monotonic() + self._pace.recall_s
        hooks = self._hooks.all()
        if not self._take_turn(wanted=bool(hooks)):
            return
        self._follow()
        self._clear_away()
        for hook in hooks:
            if (name := f"hook {hook.id}") not in self._at_work:
                self._at_work[name] = asyncio.create_task(self._serve(hook.id, post))
        for letter in self._hooks.due_letters():
            if (name := f"letter {letter.id}") not in self._at_work:
                self._at_work[name] = asyncio.create_task(self._send_again(letter, post))

    def _has_news(self) -> bool:
        fresh = self._plant.events(len(self._events), rewinds=self._rewinds)
        return bool(fresh.events) or fresh.rewinds != self._rewinds

    def _take_turn(self, *, wanted: bool) -> bool:
        """Whether we send; who begins to, learns what was seen before."""
        if not wanted:
            if self._holds:
                self._trail.forget()
                self._lease.give_back()
            self._holds = False
            return False
        held = self._lease.hold(now=time.time())
        if held and not self._holds:
            self._trail.recall()
        self._holds = held
        return held

    def _follow(self) -> None:
        """Takes what is new on the chain, and what it undid."""
        head = self._plant.head().block
        fresh = self._plant.events(len(self._events), rewinds=self._rewinds)
        if fresh.start < len(self._events):
            self._looked.clear()
        self._events[fresh.start :] = fresh.events
        self._rewinds = fresh.rewinds
        fork = self._trail.fork(self._events, head=head)
        if fork is not None:
            log.warning("the chain went another way after %s.%s: webhooks are told so", *fork)
            self._hooks.rewind(fork)
        self._trail.follow(self._events, fork=fork)

    def _clear_away(self) -> None:
        """Forgets the work that is done; what failed in it fails here."""
        over = [self._at_work.pop(name) for name, task in tuple(self._at_work.items()) if task.done()]
        for task in over:
            task.result()

    # Sending

    async def _serve(self, id_: int, post: Post) -> None:
        """One message after the other, until one is not taken or there is none."""
        while (hook := self._hooks.find(id_)) is not None and self._may_send(hook, post):
            found = self._next(hook)
            if found is None:
                return
            message, done = found
            trouble = await post.send(hook.url, message, hook.secret, at_s=int(time.time()))
            self._note(hook, done, message, trouble)
            if trouble is not None:
                return

    def _may_send(self, hook: Hook, post: Post) -> bool:
        now = time.time()
        in_turn = hook.next_at <= now and self._lease.lasts(now=now, seconds=post.timeout_s)
        return in_turn and not self._worker.stopping.is_set() and self._may_read(hook.account)

    def _next(self, hook: Hook) -> tuple[Message, Hook] | None:
        """What the webhook is to be told next, and how it will stand then."""
        if hook.told < hook.generation:
            place = self._place_after(hook.position)
            message = told_undone(
                self._events[place - 1] if place else None, source=self._source, generation=hook.generation
            )
            return message, replace(hook, told=hook.generation)
        event = self._wanted(hook)
        if event is None:
            return None
        message = told_of(event, source=self._source, generation=hook.generation)
        return message, replace(hook, position=event.at.position)

    def _wanted(self, hook: Hook) -> Event | None:
        """The first event after its position that it wants."""
        position, start = self._looked.get(hook.id, (None, 0))
        if position != hook.position:
            start = self._place_after(hook.position)
        for place in range(start, len(self._events)):
            if self._is_wanted(self._events[place], hook):
                self._looked[hook.id] = (hook.position, place)
                return self._events[place]
        self._looked[hook.id] = (hook.position, len(self._events))
        return None

    def _place_after(self, position: Position) -> int:
        return bisect_right(self._events, position, key=lambda event: event.at.position)

    def _is_wanted(self, event: Event, hook: Hook) -> bool:
        names, topics = hook.wants.names, hook.wants.topics
        return (not names or type(event).__name__ in names) and topics <= self._plant.topics_of(event)

    def _note(self, hook: Hook, done: Hook, message: Message, trouble: str | None) -> None:
        now = time.time()
        if trouble is None:
            self._hooks.succeed(done, now=int(now))
        elif hook.attempts + 1 < self._pace.attempts:
            self._hooks.fail(hook, trouble, next_at=now + self._pace.wait_s(hook.attempts))
        else:
            log.warning("webhook %s: %s is given up: %s", hook.id, message.id, trouble)
            self._hooks.bury(done, message, trouble, now=int(now))

    async def _send_again(self, letter: Letter, post: Post) -> None:
        hook = self._hooks.find(letter.hook)
        if hook is not None and self._may_send(replace(hook, next_at=0.0), post):
            trouble = await post.send(hook.url, letter.message, hook.secret, at_s=int(time.time()))
            self._hooks.settle(letter, trouble, now=int(time.time()))
