"""Any number of boxes as one, none of them trusted: what is put goes to all, what is read is checked here."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from time import monotonic

from workmoot.ballots.box import BallotBox, BoxedBallot, BoxedDraft, Item, Page
from workmoot.ballots.errand import Errand, wait_for_all
from workmoot.ballots.poll import NextVote, Notary, Poll
from workmoot.domain.ballots import Content
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxUnreachable
from workmoot.domain.ids import Number, ProposalId

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""How long all boxes together are waited for."""
PAUSE_S = 0.4
"""Between two looks into the same box, however often somebody asks."""
REST_S = 5.0
"""How long a box that failed is left alone."""
MOST_PAGES = 20
"""Of one vote's ballots, or of the drafts, from one box in one look: the next look goes on from there."""

Place = tuple[str, int]
"""A filling of a box, and the last place read of it."""
UNREAD: Place = ("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A ballot that is genuine, and when it was first seen here, wall seconds."""

    boxed: BoxedBallot
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Every genuine ballot known, in the order they were first seen, and every genuine draft for the next vote."""

    ballots: Mapping[Content, tuple[Heard, ...]]
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    """What a box brought from one look, and for which vote it was asked for drafts."""

    next: NextVote | None
    drafts: list[Page[BoxedDraft]]
    ballots: list[tuple[Poll, Page[BoxedBallot]]]


@dataclass(slots=True, kw_only=True)
class _Corner:
    """What is known of one box."""

    box: BallotBox
    read: dict[Content, Place] = field(default_factory=dict)
    """How far it was read of each vote."""
    read_drafts: Place = UNREAD
    forged: set[Number] = field(default_factory=set)
    """Members under whose name it showed what they did not sign: of them nothing more is heard from it. Its lies cost
    one check for each member, and a wallet that changes its mind is lost to it alone."""
    rests_until: float = 0.0
    looked_at: float = -inf
    errand: Errand[_Brought] | None = None


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
        self._next: NextVote | None = None
        self._drafts: dict[Number, BoxedDraft] = {}
        """One of each proposer at a time, the first heard."""

    def put(self, ballot: BoxedBallot) -> None:
        """Puts it into every box; raises BoxUnreachable where none takes it in time."""
        self._put("the ballot", lambda box: box.put(ballot))

    def put_draft(self, draft: BoxedDraft) -> None:
        """The same for a draft."""
        self._put("the draft", lambda box: box.put_draft(draft))

    def hear(self, polls: Iterable[Poll], next_vote: NextVote | None = None) -> Hearing:
        """What is known of these votes, and of drafts for the next one where they are wanted; of others nothing is
        kept."""
        self._turn_to(next_vote)
        about_drafts = (self._next.poll(boxed.draft) for boxed in self._drafts.values() if self._next)
        wanted = {poll.content: poll for poll in (*polls, *about_drafts)}
        self._heard = {content: self._heard.get(content, {}) for content in wanted}
        sent = [errand for corner in self._corners if (errand := self._send(corner, list(wanted.values())))]
        wait_for_all(sent, patience_s=self._patience_s)
        for corner in self._corners:
            self._take(corner, wanted)
        return Hearing(
            ballots={content: tuple(heard.values()) for content, heard in self._heard.items()},
            drafts=tuple(boxed.draft for boxed in self._drafts.values()),
        )

    def _turn_to(self, next_vote: NextVote | None) -> None:
        """Forgets the drafts that are not for it, or too late, and reads all of them again where it is another one."""
        if _made_for(next_vote) != _made_for(self._next):
            for corner in self._corners:
                corner.read_drafts = UNREAD
        self._next = next_vote
        self._drafts = {member: boxed for member, boxed in self._drafts.items() if self._may_come(boxed.draft)}

    def _may_come(self, draft: Draft) -> bool:
        is_for = self._next is not None and self._next.is_for(draft)
        return is_for and draft.is_plan and self._now_s() <= draft.deadline

    def _put(self, what: str, into: Callable[[BallotBox], None]) -> None:
        errands = [Errand(partial(into, corner.box)) for corner in self._corners if self._is_awake(corner)]
        wait_for_all(errands, patience_s=self._patience_s)
        if not any(errand.is_done and errand.trouble is None for errand in errands):
            troubles = {str(errand.trouble) for errand in errands if errand.trouble}
            raise BoxUnreachable(f"no ballot box took {what}", *sorted(troubles))

    def _is_awake(self, corner: _Corner) -> bool:
        return corner.errand is None and monotonic() >= corner.rests_until

    def _send(self, corner: _Corner, polls: list[Poll]) -> Errand[_Brought] | None:
        """Asks a box for what is new, unless it was asked just now, owes an answer, or rests after a failure."""
        just_now = monotonic() < corner.looked_at + self._pause_s
        if not (polls or self._next) or just_now or not self._is_awake(corner):
            return None
        corner.looked_at = monotonic()
        contents = {poll.content for poll in polls}
        corner.read = {content: place for content, place in corner.read.items() if content in contents}
        asked = [(poll, corner.read.get(poll.content, UNREAD)) for poll in polls]
        corner.errand = Errand(partial(_look, corner.box, self._next, corner.read_drafts, asked))
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
        if errand.answer is None:
            return
        if _made_for(errand.answer.next) == _made_for(self._next):
            for drafts in errand.answer.drafts:
                self._enter_drafts(corner, drafts)
        for poll, page in errand.answer.ballots:
            if poll.content in wanted:
                self._enter(corner, wanted[poll.content], page)
                corner.read[poll.content] = (page.box, page.last)

    def _enter_drafts(self, corner: _Corner, page: Page[BoxedDraft]) -> None:
        for boxed in page.items:
            draft = boxed.draft
            is_known = draft.proposer in self._drafts or draft.proposer in corner.forged
            if is_known or not self._may_come(draft) or self._next is None:
                continue
            if self._notary.is_genuine(boxed.yes, self._next.voters[draft.proposer]):
                self._drafts[draft.proposer] = boxed
                self._heard[draft.content] = {(draft.proposer, True): Heard(boxed=boxed.yes, at_s=self._now_s())}
            else:
                self._note_lie(corner, boxed.yes)
        corner.read_drafts = (page.box, page.last)

    def _enter(self, corner: _Corner, poll: Poll, page: Page[BoxedBallot]) -> None:
        heard = self._heard[poll.content]
        for boxed in page.items:
            key, account = (boxed.member, boxed.ballot.support), poll.voters.get(boxed.member)
            is_known = key in heard or boxed.member in corner.forged
            if is_known or account is None or not poll.binds(boxed.ballot):
                continue
            if self._notary.is_genuine(boxed, account):
                heard[key] = Heard(boxed=boxed, at_s=self._now_s())
            else:
                self._note_lie(corner, boxed)

    def _note_lie(self, corner: _Corner, boxed: BoxedBallot) -> None:
        corner.forged.add(boxed.member)
        log.warning("ballot box %s: a forged ballot of %s", corner.box.name, boxed.member)


def _made_for(vote: NextVote | None) -> tuple[ProposalId, int, int] | None:
    return vote.made_for if vote else None


def _look(box: BallotBox, vote: NextVote | None, place: Place, asked: list[tuple[Poll, Place]]) -> _Brought:
    """What is new of the drafts for the next vote, and of each vote."""
    drafts = read_pages(partial(box.read_drafts, vote.proposal), place, most=MOST_PAGES) if vote else []
    votes = ((poll, read_pages(partial(box.read, poll.proposal), known, most=MOST_PAGES)) for poll, known in asked)
    return _Brought(next=vote, drafts=drafts, ballots=[(poll, page) for poll, pages in votes for page in pages])


def read_pages(ask: Callable[..., Page[Item]], place: Place, *, most: int) -> list[Page[Item]]:
    """Page after page; from the start where the box was emptied meanwhile."""
    filling, after = place
    pages: list[Page[Item]] = []
    for _ in range(most):
        page = ask(after=after)
        if filling and page.box != filling:
            filling, after, pages = page.box, 0, []
            continue
        pages.append(page)
        if not page.more:
            break
        filling, after = page.box, page.last
    return pages
