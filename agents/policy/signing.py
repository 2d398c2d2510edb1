"""Votes by signature: each member signs, one sends what decides; where that comes to nothing, members vote on chain.

```
opened      talk ends                 a third of the rest                                    deadline
  |-- talk --|-- sign, put, send what decides --|-- vote on chain, or send what decides still --|
```
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agents.actions import Action, Decide, SignBallot
from agents.policy.thinking import content, talk_ends
from agents.view import View
from workmoot.ballots.boxes import Heard
from workmoot.ballots.poll import poll_of
from workmoot.domain.ballots import SignedBallot
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Proposal
from workmoot.domain.majority import has_passed, is_defeated

STAGGER_S = 1.5
"""Wall seconds between two members' turns to send."""
PART = 3
"""Ballots have this part of the time that is left after the talk."""


def decide(view: View) -> list[Action]:
    """Sends the ballots known of each proposal that they decide, in its turn."""
    if not view.votes_by_signature:
        return []
    return [action for proposal in view.ledger.open_proposals() for action in _decide(view, proposal)]


def is_direct(view: View, proposal: Proposal) -> bool:
    """Whether to vote by transaction: the plant always does, there is nothing to sign, or the boxes had their time."""
    if not view.votes_by_signature or not proposal.is_readable:
        return True
    begin = talk_ends(view, proposal)
    return view.now_s >= begin + max(0.0, proposal.deadline - begin) / PART


def may_speak(view: View, proposal: Proposal) -> bool:
    """Whether there is a way to vote now."""
    return is_direct(view, proposal) or _is_fresh(view, proposal)


def is_heard(view: View, proposal: Proposal) -> bool:
    """Whether its ballot lies in a box."""
    return any(found.boxed.member == view.me for found in view.ballots.heard_on(proposal))


def may_sign(view: View, proposal: Proposal) -> bool:
    """Whether there is something to sign; what may have been signed and forgotten is left to a direct vote."""
    if is_heard(view, proposal):
        return False
    return view.ballots.said_on(proposal) is not None or _is_fresh(view, proposal)


def sign(view: View, proposal: Proposal, *, support: bool) -> list[Action]:
    """Signs, where it may."""
    if not may_sign(view, proposal):
        return []
    return [SignBallot(ballot=poll_of(view.ledger, proposal).ballot(support=support))]


def is_refused(view: View, proposal: Proposal) -> bool:
    """Whether the ballots known defeat it."""
    deciding, _ = enough(view, proposal)
    return any(not found.boxed.ballot.support for found in deciding)


def _is_fresh(view: View, proposal: Proposal) -> bool:
    """Whether it was opened since the worker remembers what it signs, by the chain's order and by the clock."""
    return proposal.at.block > view.ballots.woke_block and proposal.at.timestamp >= view.ballots.woke_s


def _decide(view: View, proposal: Proposal) -> list[Action]:
    deciding, others = enough(view, proposal)
    if not deciding or view.now_s > proposal.deadline:
        return []
    since = max(view.seeing_since, *(found.at_s for found in deciding))
    members = [member.number for member in view.ledger.voting_members()]
    place = view.place(members, keccak(b"decide" + proposal.content_hash))
    if view.now_s < since + place * STAGGER_S:
        return []
    ballots = as_sent(view, (*deciding, *others))
    assignments, rest = content(view, proposal, decides=True)
    return [Decide(proposal=proposal.id, assignments=assignments, rest=rest, ballots=ballots)]


def enough(view: View, proposal: Proposal) -> tuple[Sequence[Heard], Sequence[Heard]]:
    """As many ballots of one side as decide, the first heard, and all of the other side; nothing where none does.

    Every ballot sent costs gas, so assent beyond the majority stays in the boxes; dissent is put on record.
    """
    count = _countable(view, proposal)
    yes = [found for found in count if found.boxed.ballot.support]
    no = [found for found in count if not found.boxed.ballot.support]
    for more in range(1, len(yes) + 1):
        if has_passed(yes=proposal.yes + more, members=proposal.members):
            return yes[:more], no
    for more in range(1, len(no) + 1):
        if is_defeated(no=proposal.no + more, barred=len(proposal.barred), members=proposal.members):
            return no[:more], yes
    return (), ()


def as_sent(view: View, heard: Iterable[Heard]) -> tuple[SignedBallot, ...]:
    """The sender's own ballot needs no signature but the transaction's."""
    ballots = (found.boxed.signed for found in heard)
    return tuple(replace(ballot, signature=b"") if ballot.member == view.me else ballot for ballot in ballots)


def _countable(view: View, proposal: Proposal) -> list[Heard]:
    """Ballots of members that may still vote and have not, and that did not sign the contrary as well."""
    heard = view.ballots.heard_on(proposal)
    able = {member.number for member in view.ledger.may_still_vote(proposal)}
    both = _equivocators(heard)
    return [found for found in heard if found.boxed.member in able - both]


def _equivocators(heard: Sequence[Heard]) -> set[Number]:
    sides = [{found.boxed.member for found in heard if found.boxed.ballot.support is side} for side in (True, False)]
    return sides[0] & sides[1]
