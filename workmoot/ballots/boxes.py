"""Any number of boxes as one, none of them trusted: what is put goes to all, what is read is checked here."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

from workmoot.ballots.box import BallotBox, BoxedBallot, Page
from workmoot.ballots.errand import Errand, wait_for_all
from workmoot.ballots.poll import Notary, Poll
from workmoot.domain.errors import BoxUnreachable
from workmoot.domain.ids import Number, ProposalId

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""How long all boxes together are waited for."""
PAUSE_S = 0.4
"""Between two looks into the same box, however often somebody asks."""
REST_S = 5.0
"""How long a box that failed is left alone."""
MOST_LIES = 8
"""Forged signatures of one box until it is never read again: an honest box checks them at its door."""
MOST_PAGES = 20
"""Of one proposal from one box in one look: more than every member's two ballots."""

Content = tuple[ProposalId, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A ballot that is genuine, and when it was first seen here, wall seconds."""

    boxed: BoxedBallot
    at_s: float


@dataclass(slots=True, kw_only=True)
class _Corner:
    """What is known of one box."""

    box: BallotBox
    read: dict[Content, tuple[str, int]] = field(default_factory=dict)
    """Its filling and the last place read, of each proposal."""
    lies: int = 0
    rests_until: float = 0.0
    looked_at: float = -inf
    errand: Errand[list[tuple[Poll, Page]]] | None = None


class Boxes:
    """A member's way to the boxes. One thread uses it; it never waits for a box longer than its patience."""

    def __init__(
        self,
        boxes: Sequence[BallotBox],
        notary: Notary,
        *,
        now_s: Callable[[], float],
        patience_s: float = PATIENCE_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._corners = [_Corner(box=box) for box in boxes]
        self._notary = notary
        self._now_s = now_s
        self._patience_s = patience_s
        self._pause_s = pause_s
        self._heard: dict[Content, dict[tuple[Number, bool], Heard]] = {}

    def put(self, ballot: BoxedBallot) -> None:
        """Puts it into every box; raises BoxUnreachable where none takes it in time."""
        errands = [Errand(partial(corner.box.put, ballot)) for corner in self._corners if self._is_awake(corner)]
        wait_for_all(errands, patience_s=self._patience_s)
        if not any(errand.is_done and errand.trouble is None for errand in errands):
            troubles = {str(errand.trouble) for errand in errands if errand.trouble}
            raise BoxUnreachable("no ballot box took the ballot", *sorted(troubles))

    def hear(self, polls: Iterable[Poll]) -> dict[ProposalId, tuple[Heard, ...]]:
        """Every genuine ballot known of these votes, in the order they were first seen; of others nothing is kept."""
        wanted = {(poll.proposal, poll.content_hash): poll for poll in polls}
        self._heard = {content: self._heard.get(content, {}) for content in wanted}
        sent = [errand for corner in self._corners if (errand := self._send(corner, list(wanted.values())))]
        wait_for_all(sent, patience_s=self._patience_s)
        for corner in self._corners:
            self._take(corner, wanted)
        return {proposal: tuple(heard.values()) for (proposal, _), heard in self._heard.items()}

    def _is_awake(self, corner: _Corner) -> bool:
        return corner.errand is None and monotonic() >= corner.rests_until

    def _send(self, corner: _Corner, polls: list[Poll]) -> Errand[list[tuple[Poll, Page]]] | None:
        """Asks a box for what is new, unless it was asked just now, owes an answer, rests after a failure, or lied."""
        just_now = monotonic() < corner.looked_at + self._pause_s
        if not polls or just_now or not self._is_awake(corner) or corner.lies >= MOST_LIES:
            return None
        corner.looked_at = monotonic()
        contents = {(poll.proposal, poll.content_hash) for poll in polls}
        corner.read = {content: place for content, place in corner.read.items() if content in contents}
        corner.errand = Errand(partial(_read_all, corner.box, [(poll, _place(corner, poll)) for poll in polls]))
        return corner.errand

    def _take(self, corner: _Corner, wanted: dict[Content, Poll]) -> None:
        """What a box brought, if it is back by now; otherwise the next look takes it."""
        errand = corner.errand
        if errand is None or not errand.is_done:
            return
        corner.errand = None
        if errand.trouble is not None:
            log.warning("ballot box %s", errand.trouble)
            corner.rests_until = monotonic() + REST_S
        for poll, page in errand.answer or ():
            content = (poll.proposal, poll.content_hash)
            if content in wanted:
                self._enter(corner, wanted[content], page)
                corner.read[content] = (page.box, page.last)

    def _enter(self, corner: _Corner, poll: Poll, page: Page) -> None:
        heard = self._heard[poll.proposal, poll.content_hash]
        for boxed in page.ballots:
            key, account = (boxed.member, boxed.ballot.support), poll.voters.get(boxed.member)
            if account is None or key in heard or not poll.binds(boxed.ballot) or corner.lies >= MOST_LIES:
                continue
            if self._notary.is_genuine(boxed, account):
                heard[key] = Heard(boxed=boxed, at_s=self._now_s())
            else:
                self._note_lie(corner, boxed)

    def _note_lie(self, corner: _Corner, boxed: BoxedBallot) -> None:
        corner.lies += 1
        log.warning("ballot box %s: a forged ballot of %s", corner.box.name, boxed.member)
        if corner.lies == MOST_LIES:
            log.warning("ballot box %s is not read any more: it forges ballots", corner.box.name)


def _place(corner: _Corner, poll: Poll) -> tuple[str, int]:
    return corner.read.get((poll.proposal, poll.content_hash), ("", 0))


def _read_all(box: BallotBox, asked: list[tuple[Poll, tuple[str, int]]]) -> list[tuple[Poll, Page]]:
    """What is new of each vote."""
    return [(poll, page) for poll, place in asked for page in _read(box, poll.proposal, place)]


def _read(box: BallotBox, proposal: ProposalId, place: tuple[str, int]) -> list[Page]:
    """Page after page; from the start where the box was emptied meanwhile."""
    filling, after = place
    pages: list[Page] = []
    for _ in range(MOST_PAGES):
        page = box.read(proposal, after=after)
        if filling and page.box != filling:
            filling, after, pages = page.box, 0, []
            continue
        pages.append(page)
        if not page.more:
            break
        filling, after = page.box, page.last
    return pages
