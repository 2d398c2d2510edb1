"""The loop of a digital worker: look, decide, act, wait; a failed cycle ends nothing, restart is looking again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from agents.actions import Action
from agents.execution import Hands, perform
from agents.policy import decide, drafting
from agents.profile import Profile
from agents.robots import RobotPart
from agents.thinker import Thinker
from agents.view import View
from workmoot.domain.ballots import Content
from workmoot.domain.errors import GatewayError, WorkmootError
from workmoot.domain.evidence import round_seed
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Block, Ledger, Task
from workmoot.domain.work import Status
from workmoot.skills.estimate import Estimator, estimate

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 10.0
"""The same trouble is told once in so many seconds, however often a cycle meets it."""
LIVELY = 0.2
"""Of its pause, so long a worker thinks before it looks again where the chain had news at the last look."""
LOOK_AGAIN_S = 0.25
"""A worker that thinks decides anew after so long, even if nothing is new on the chain."""
SLOW_LOOK_S = 3.0
"""A look that takes longer counts as one at a chain that was away."""


class Eyes(Protocol):
    """What a worker sees the chain with."""

    @property
    def ledger(self) -> Ledger:
        """The ledger as of the last look; another object after a reorganisation."""

    def look(self) -> Block:
        """Bring the ledger up to the chain's head; the block that was read."""

    def block_hash(self, number: int) -> bytes:
        """The hash of a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Self:
    """Who the worker is."""

    account: str
    profile: Profile
    seed: int
    chain_id: int
    dao: str
    offers_for: Estimator = estimate
    """How it estimates; a worker of one's own may do so otherwise."""


@dataclass(slots=True)
class Memory:
    """What a worker has noticed since it woke; all of it can be noticed again."""

    seen: dict[tuple[TaskId, int], float] = field(default_factory=dict)
    drafts: set[Content] = field(default_factory=set)
    """Those in play that it has looked at: once each."""
    drafted: dict[tuple[TaskId, int], float] = field(default_factory=dict)
    running: dict[tuple[TaskId, int], float] = field(default_factory=dict)
    round_seeds: dict[int, bytes] = field(default_factory=dict)
    seeing_since: float = 0.0


class Daemon:
    """One digital worker, awake."""

    def __init__(self, who: Self, eyes: Eyes, hands: Callable[[Ledger], Hands], now_s: Callable[[], float]) -> None:
        self._who = who
        self._eyes = eyes
        self._make_hands = hands
        self._hands: Hands | None = None
        self._now_s = now_s
        self._memory = Memory()
        self._thinker = Thinker()
        self._head: Block | None = None
        self._decided_s = 0.0
        self._is_quiet = False
        self._seen_by: Ledger | None = None
        self._said: dict[str, float] = {}

    def run(self, stop: threading.Event, *, pause_s: float) -> None:
        """Cycles until told to stop."""
        while not stop.is_set():
            try:
                self.cycle()
            except WorkmootError as refused:
                self._say("cycle ended early", refused)
            if not self.think(pause_s if self._is_quiet else pause_s * LIVELY):
                stop.wait(pause_s)

    def think(self, seconds: float) -> bool:
        """Thinks for so long, wall seconds; whether there was anything to think about."""
        self._thinker.think(seconds)
        return self._thinker.is_busy

    def cycle(self) -> None:
        """Look, decide, act; while it thinks and nothing is new, not at every look."""
        former = self._head
        if self._thinker.is_busy and not self._is_due():
            return
        view = self.look()
        if view is None:
            return
        self._decided_s = self._now_s()
        self._is_quiet = self._head == former
        for action in decide(view):
            self._act(action)

    def _is_due(self) -> bool:
        """Whether the chain has news, or it is a while since the last decision."""
        return self._look_up() != self._head or self._now_s() >= self._decided_s + LOOK_AGAIN_S

    def look(self) -> View | None:
        """The view at the chain's head; None before the worker has a badge and the plant a description."""
        self._head = head = self._look_up()
        ledger = self._eyes.ledger
        me = ledger.member_of(self._who.account)
        if me is None or ledger.clock is None:
            self._say("not a member yet", self._who.account)
            return None
        if self._hands is None or ledger is not self._seen_by:
            self._hands, self._seen_by, self._memory = (
                self._make_hands(ledger),
                ledger,
                Memory(seeing_since=self._now_s()),
            )
        self._notice(ledger)
        view = View(
            ledger=ledger,
            me=me.number,
            profile=self._who.profile,
            now_s=self._now_s(),
            read=(head.number, head.hash),
            seeing_since=self._memory.seeing_since,
            seed=self._who.seed,
            offers_for=self._who.offers_for,
            round_seeds=self._memory.round_seeds,
            seen=self._memory.seen,
            drafted=self._memory.drafted,
            running_since=self._memory.running,
            parts=self._parts(ledger, me.number),
            ballots=self._hands.ballots.look(ledger),
        )
        self._notice_drafts(view)
        return replace(view, thought=self._thinker.look(view))

    def _look_up(self) -> Block:
        """The head; notices when the chain was out of sight until now."""
        began, since = self._now_s(), self._memory.seeing_since
        self._memory.seeing_since = 0.0
        head = self._eyes.look()
        now = self._now_s()
        self._memory.seeing_since = since if since and now - began <= SLOW_LOOK_S else now
        return head

    def _act(self, action: Action) -> None:
        """One refused action does not keep the others back: the next look decides anew."""
        if self._hands is None:
            return
        try:
            perform(self._hands, action)
        except WorkmootError as refused:
            self._say(type(action).__name__, refused)

    def _say(self, about: str, trouble: object) -> None:
        now, words = self._now_s(), f"{about}: {trouble}"
        self._said = {said: at for said, at in self._said.items() if now - at < AGAIN_AFTER_S}
        if words not in self._said:
            self._said[words] = now
            log.warning("%s", words)

    def _notice(self, ledger: Ledger) -> None:
        now = self._now_s()
        for task in ledger.tasks.values():
            self._memory.seen.setdefault((task.id, task.version), now)
            if task.status is Status.STARTED:
                self._memory.running.setdefault((task.id, task.attempt), now)
        for order in ledger.orders.values():
            block = order.at.block
            if block not in self._memory.round_seeds:
                posting = self._eyes.block_hash(block)
                seed = round_seed(posting, chain_id=self._who.chain_id, dao=self._who.dao)
                self._memory.round_seeds[block] = seed

    def _notice_drafts(self, view: View) -> None:
        for draft in drafting.in_play(view):
            content = (draft.id, draft.content_hash)
            if content not in self._memory.drafts:
                self._memory.drafts.add(content)
                for task in drafting.takes(view, draft):
                    self._memory.drafted.setdefault(task, view.now_s)

    def _parts(self, ledger: Ledger, me: Number) -> dict[TaskId, tuple[RobotPart, ...]]:
        """What the gateway says of the runs that one is part of; silence says nothing."""
        found: dict[TaskId, tuple[RobotPart, ...]] = {}
        for task in ledger.tasks.values():
            if _is_on_floor(task, me) and self._hands is not None:
                try:
                    found[task.id] = self._hands.robots.parts(task)
                except GatewayError as silent:
                    self._say("gateway", silent)
        return found


def _is_on_floor(task: Task, me: Number) -> bool:
    entry = task.entry
    return task.status is Status.STARTED and entry is not None and bool(entry.robots) and me in entry.team
