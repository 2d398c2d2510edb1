"""A ballot box in memory: what the API keeps of the ballots it let in."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from workmoot.ballots.box import PAGE, BoxedBallot, Page
from workmoot.domain.ids import Number, ProposalId

MOST_BALLOTS = 50_000
"""Beyond this the ballots of the proposal that came first are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a ballot: its place in the box, whether it was there before, and whether its member has signed
    the contrary as well."""

    place: int
    is_new: bool
    equivocates: bool


@dataclass(frozen=True, slots=True)
class _Stack:
    """The ballots of one proposal, in the order they came."""

    name: str
    ballots: list[BoxedBallot] = field(default_factory=list)
    places: dict[tuple[bytes, Number, bool], int] = field(default_factory=dict)


def _new_name() -> str:
    return secrets.token_hex(8)


class KeptBallots:
    """A `BallotBox` that takes whatever it is given: one ballot for each member, content and answer. Any thread."""

    def __init__(self, *, most: int = MOST_BALLOTS, new_name: Callable[[], str] = _new_name) -> None:
        self.name = "this process"
        self._most = most
        self._new_name = new_name
        self._lock = threading.Lock()
        self._stacks: dict[ProposalId, _Stack] = {}
        self._count = 0

    def put(self, ballot: BoxedBallot) -> None:
        """Keeps a ballot, unless one of the member that says the same is there."""
        self.keep(ballot)

    def keep(self, boxed: BoxedBallot) -> Kept:
        """The same, and what became of it."""
        with self._lock:
            stack = self._stacks.get(boxed.ballot.proposal) or self._begin(boxed.ballot.proposal)
            key = _key(boxed, support=boxed.ballot.support)
            is_new = key not in stack.places
            if is_new:
                stack.ballots.append(boxed)
                stack.places[key] = len(stack.ballots)
                self._count += 1
            return Kept(place=stack.places[key], is_new=is_new, equivocates=_contrary(boxed) in stack.places)

    def find(self, boxed: BoxedBallot) -> Kept | None:
        """A ballot of the member that says exactly the same, if it is there; signatures may differ."""
        with self._lock:
            stack = self._stacks.get(boxed.ballot.proposal)
            place = stack.places.get(_key(boxed, support=boxed.ballot.support)) if stack else None
            if stack is None or place is None or stack.ballots[place - 1].ballot != boxed.ballot:
                return None
            return Kept(place=place, is_new=False, equivocates=_contrary(boxed) in stack.places)

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page:
        """A page of the ballots of a proposal."""
        with self._lock:
            stack = self._stacks.get(proposal)
            if stack is None:
                return Page(box="empty", ballots=(), last=0, more=False)
            ballots = tuple(stack.ballots[after : after + PAGE])
            last = min(after, len(stack.ballots)) + len(ballots)
            return Page(box=stack.name, ballots=ballots, last=last, more=last < len(stack.ballots))

    def equivocators(self, proposal: ProposalId) -> tuple[Number, ...]:
        """Who signed both a yes and a no for the same content."""
        with self._lock:
            stack = self._stacks.get(proposal)
            ballots = stack.ballots if stack else []
            both = {boxed.member for boxed in ballots if stack and _contrary(boxed) in stack.places}
        return tuple(sorted(both))

    def _begin(self, proposal: ProposalId) -> _Stack:
        while self._stacks and self._count >= self._most:
            forgotten = self._stacks.pop(next(iter(self._stacks)))
            self._count -= len(forgotten.ballots)
        self._stacks[proposal] = _Stack(self._new_name())
        return self._stacks[proposal]


def _key(boxed: BoxedBallot, *, support: bool) -> tuple[bytes, Number, bool]:
    return boxed.ballot.content_hash, boxed.member, support


def _contrary(boxed: BoxedBallot) -> tuple[bytes, Number, bool]:
    return _key(boxed, support=not boxed.ballot.support)
