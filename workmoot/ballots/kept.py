"""A ballot box in memory: what the API keeps of the ballots and drafts it let in."""

import secrets
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic

from workmoot.ballots.box import DRAFTS_PAGE, PAGE, BoxedBallot, BoxedDraft, Item, Page
from workmoot.domain.ballots import Content
from workmoot.domain.drafts import Draft
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.proposals import NO_PROPOSAL

MOST_BALLOTS = 50_000
"""In all: beyond this those on the number that came first are forgotten; on one that fills the box alone no more is
taken."""
MOST_DRAFTS = 256
"""Of one number; beyond this none is taken."""
MOST_DRAFTS_EACH = 4
"""Of one number and member: whoever was killed may make another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a ballot: its place in the box, whether it was there before, and whether its member has signed
    the contrary as well."""

    place: int
    is_new: bool
    equivocates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft as it lies in the box, its place, and whether it was there before."""

    boxed: BoxedDraft
    place: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Stack(Generic[Item]):
    """What was put in for one proposal, in the order it came, each thing once."""

    name: str
    items: list[Item] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)

    def add(self, key: Hashable, item: Item) -> bool:
        """Whether it is new."""
        if key in self.places:
            return False
        self.items.append(item)
        self.places[key] = len(self.items)
        return True

    def page(self, after: int, most: int) -> Page[Item]:
        items = tuple(self.items[after : after + most])
        last = min(after, len(self.items)) + len(items)
        return Page(box=self.name, items=items, last=last, more=last < len(self.items))


def _new_name() -> str:
    return secrets.token_hex(8)


class KeptBallots:
    """A `BallotBox` that takes whatever it is given: one ballot for each member, content and answer; of drafts, those
    for the number that was named last. Any thread."""

    def __init__(self, *, most: int = MOST_BALLOTS, new_name: Callable[[], str] = _new_name) -> None:
        self.name = "this process"
        self._most = most
        self._new_name = new_name
        self._lock = threading.Lock()
        self._stacks: dict[ProposalId, _Stack[BoxedBallot]] = {}
        self._count = 0
        self._number = NO_PROPOSAL
        self._drafts: _Stack[BoxedDraft] = _Stack("empty")

    def put(self, ballot: BoxedBallot) -> None:
        """Keeps a ballot, unless one of the member that says the same is there."""
        self.keep(ballot)

    def keep(self, boxed: BoxedBallot) -> Kept | None:
        """The same, and what became of it; None where the ballots on its number fill the box."""
        with self._lock:
            stack = self._stacks.get(boxed.ballot.proposal) or self._begin(boxed.ballot.proposal)
            key = _key(boxed, support=boxed.ballot.support)
            if key not in stack.places and not self._make_room(boxed.ballot.proposal):
                return None
            is_new = stack.add(key, boxed)
            self._count += is_new
            return Kept(place=stack.places[key], is_new=is_new, equivocates=_contrary(boxed) in stack.places)

    def find(self, boxed: BoxedBallot) -> Kept | None:
        """A ballot of the member that says exactly the same, if it is there; signatures may differ."""
        with self._lock:
            stack = self._stacks.get(boxed.ballot.proposal)
            place = stack.places.get(_key(boxed, support=boxed.ballot.support)) if stack else None
            if stack is None or place is None or stack.items[place - 1].ballot != boxed.ballot:
                return None
            return Kept(place=place, is_new=False, equivocates=_contrary(boxed) in stack.places)

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        """A page of the ballots of a proposal."""
        with self._lock:
            stack = self._stacks.get(proposal)
            return stack.page(after, PAGE) if stack else _nothing()

    def put_draft(self, draft: BoxedDraft) -> None:
        """Keeps a draft, if there is room."""
        self.keep_draft(draft)

    def keep_draft(self, boxed: BoxedDraft) -> KeptDraft | None:
        """The same, and what became of it; None where there is no room."""
        draft = boxed.draft
        with self._lock:
            if draft.proposal != self._number:
                self._number, self._drafts = draft.proposal, _Stack(self._new_name())
            found = self._find_draft(draft.content)
            if found is not None or not self._has_room(draft.proposer):
                return found
            self._drafts.add(draft.content_hash, boxed)
            return KeptDraft(boxed=boxed, place=len(self._drafts.items), is_new=True)

    def find_draft(self, content: Content) -> KeptDraft | None:
        """The draft with that number and content hash, if it is there."""
        with self._lock:
            return self._find_draft(content)

    def has_room(self, draft: Draft) -> bool:
        """Whether its proposer, and all together, have fewer drafts for its number than are kept."""
        with self._lock:
            return draft.proposal != self._number or self._has_room(draft.proposer)

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        """A page of the drafts that are to have this number."""
        with self._lock:
            return self._drafts.page(after, DRAFTS_PAGE) if proposal == self._number else _nothing()

    def equivocators(self, proposal: ProposalId) -> tuple[Number, ...]:
        """Who signed both a yes and a no for the same content."""
        with self._lock:
            stack = self._stacks.get(proposal)
            ballots = stack.items if stack else []
            both = {boxed.member for boxed in ballots if stack and _contrary(boxed) in stack.places}
        return tuple(sorted(both))

    def _find_draft(self, content: Content) -> KeptDraft | None:
        number, content_hash = content
        place = self._drafts.places.get(content_hash) if number == self._number else None
        return KeptDraft(boxed=self._drafts.items[place - 1], place=place, is_new=False) if place else None

    def _has_room(self, proposer: Number) -> bool:
        each = sum(boxed.draft.proposer == proposer for boxed in self._drafts.items)
        return len(self._drafts.items) < MOST_DRAFTS and each < MOST_DRAFTS_EACH

    def _begin(self, proposal: ProposalId) -> _Stack[BoxedBallot]:
        self._stacks[proposal] = _Stack(self._new_name())
        return self._stacks[proposal]

    def _make_room(self, proposal: ProposalId) -> bool:
        """For one more ballot on it, by forgetting those on others."""
        while self._count >= self._most:
            other = next((known for known in self._stacks if known != proposal), None)
            if other is None:
                return False
            self._count -= len(self._stacks.pop(other).items)
        return True


def _nothing() -> Page[Item]:
    return Page(box="empty", items=(), last=0, more=False)


def _key(boxed: BoxedBallot, *, support: bool) -> tuple[bytes, Number, bool]:
    return boxed.ballot.content_hash, boxed.member, support


def _contrary(boxed: BoxedBallot) -> tuple[bytes, Number, bool]:
    return _key(boxed, support=not boxed.ballot.support)
