"""What the boxes hold of a vote that is over: ballots too late to count, and members that signed both ways."""

from dataclasses import dataclass

from workmoot.ballots.boxes import Boxes
from workmoot.ballots.poll import poll_of
from workmoot.domain.ballots import SignedBallot
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Genuine ballots that are not on record."""

    ballots: tuple[SignedBallot, ...]
    """One of each member that is in no count, the first heard."""
    both: dict[Number, tuple[SignedBallot, SignedBallot]]
    """The yes and the no of each that signed both."""


def late_of(boxes: Boxes, ledger: Ledger, proposal: Proposal) -> Late:
    """What boxes hold of those that may still vote: who was suspended since is not asked for."""
    poll = poll_of(ledger, proposal)
    heard = [one.boxed.signed for one in boxes.hear([poll]).ballots[poll.content]]
    first: dict[Number, SignedBallot] = {}
    for ballot in heard:
        first.setdefault(ballot.member, ballot)
    said = {(ballot.member, ballot.support): ballot for ballot in heard}
    counted = {vote.member for vote in proposal.votes}
    return Late(
        ballots=tuple(ballot for member, ballot in first.items() if member not in counted),
        both={
            member: (said[member, True], said[member, False])
            for member in first
            if {(member, True), (member, False)} <= said.keys()
        },
    )
