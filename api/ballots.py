"""The box this API offers: at its door a ballot is checked as the contract would, and what is genuine is kept."""

import threading
import time
from collections.abc import Callable

from api.models.ballots import BallotIn, BallotOut, BallotsOut
from api.problems import Problem, not_found, unprocessable
from api.projection import Projection
from api.views.snapshot import Snapshot
from workmoot.ballots.box import BoxedBallot, as_json, from_json
from workmoot.ballots.kept import Kept, KeptBallots
from workmoot.ballots.poll import Notary, Poll, poll_of
from workmoot.domain.errors import ChainError
from workmoot.domain.ids import Address, ProposalId
from workmoot.domain.ledger import Proposal
from workmoot.domain.proposals import State

CHECKS_A_SECOND = 200
CHECKS_AT_ONCE = 2_000
"""Signatures: every member's ballot at the largest membership, twice over."""


class Rate:
    """So many a second in the long run, so many at once."""

    def __init__(self, a_second: float, *, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._at_once = float(at_once)
        self._clock = clock
        self._left, self._at = self._at_once, clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more is within the rate."""
        with self._lock:
            now = self._clock()
            self._left = min(self._at_once, self._left + (now - self._at) * self._a_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


class BallotDesk:
    """The door and what is behind it. Nothing is decided here: who reads the box checks everything again."""

    def __init__(self, projection: Projection, notary: Notary, *, kept: KeptBallots, rate: Rate) -> None:
        self._projection = projection
        self._notary = notary
        self._kept = kept
        self._rate = rate

    def take(self, told: BallotIn) -> tuple[BallotOut, bool]:
        """The ballot as it lies in the box, and whether it is new there."""
        boxed = from_json(told.model_dump())
        found = self._kept.find(boxed) or self._let_in(boxed)
        out = BallotOut(**told.model_dump(), place=found.place, equivocates=found.equivocates)
        return out, found.is_new

    def show(self, proposal: int, *, after: int) -> BallotsOut:
        """A page of a proposal's ballots."""
        with self._projection.read() as snap:
            found = _proposal(snap, proposal)
            page, both = self._kept.read(found.id, after=after), self._kept.equivocators(found.id)
            first = page.last - len(page.ballots) + 1
            return BallotsOut(
                head=snap.head,
                items=tuple(
                    BallotOut(**as_json(boxed), place=place, equivocates=boxed.member in both)
                    for place, boxed in enumerate(page.ballots, first)
                ),
                box=page.box,
                last=page.last,
                more=page.more,
                equivocators=snap.team(both),
            )

    def _let_in(self, boxed: BoxedBallot) -> Kept:
        account = self._require_of_poll(boxed)
        if not self._rate.take():
            raise Problem(
                429, "too-many-ballots", f"This box checks {CHECKS_A_SECOND} signatures a second.", retryable=True
            )
        try:
            genuine = self._notary.is_genuine(boxed, account)
        except ChainError as silent:
            raise Problem(
                503, "chain-unavailable", f"The signature cannot be checked: {silent}.", retryable=True
            ) from silent
        if not genuine:
            raise unprocessable("/signature", f"The signature is not that of member {boxed.member} under this ballot.")
        return self._kept.keep(boxed)

    def _require_of_poll(self, boxed: BoxedBallot) -> Address:
        """The account whose signature it takes."""
        with self._projection.read() as snap:
            proposal = _proposal(snap, boxed.ballot.proposal)
            if proposal.state is not State.OPEN or snap.now > proposal.deadline:
                raise Problem(409, "proposal-not-open", f"Proposal {proposal.id} is not open any more.")
            poll = poll_of(snap.ledger, proposal)
        _require_bound(poll, boxed)
        account = poll.voters.get(boxed.member)
        if account is None:
            raise Problem(409, "not-in-electorate", f"Member {boxed.member} has no vote on proposal {poll.proposal}.")
        return account


def _require_bound(poll: Poll, boxed: BoxedBallot) -> None:
    if not poll.binds(boxed.ballot):
        detail = (
            f"Proposal {poll.proposal} has another content, roster or deadline: sign what GET /api/v1/proposals says."
        )
        raise Problem(409, "another-content", detail)


def _proposal(snap: Snapshot, proposal: int) -> Proposal:
    found = snap.ledger.proposals.get(ProposalId(proposal))
    if found is None:
        raise not_found("proposal", proposal, "GET /api/v1/proposals lists them.")
    return found
