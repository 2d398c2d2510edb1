"""What ballot boxes hold of a vote that is over: who signed too late to count, and who signed both ways; and its entry
on chain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from workmoot.ballots.box import BallotBox, BoxedBallot
from workmoot.ballots.boxes import UNREAD, read_pages
from workmoot.ballots.poll import Notary, Poll, poll_of
from workmoot.domain.ballots import SignedBallot, pack_ballots, unpack_counted
from workmoot.domain.errors import BoxError, BoxUnreachable, Refused
from workmoot.domain.events import BallotsRecorded, EquivocationProven, Event
from workmoot.domain.ids import Address, Number
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.domain.ports import BallotAudit
from workmoot.domain.workers import Kind

MOST_PAGES = 400
"""Of one box, which may lie: as many as the fullest box has."""
NOT_ITS = ("BadBallot", "NotInElectorate")
"""What the contract says of one member's ballot: the second argument names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Genuine ballots that are not on record."""

    ballots: tuple[SignedBallot, ...]
    """One of each member that is in no count and not recorded yet, the first read."""
    both: dict[Number, tuple[SignedBallot, SignedBallot]]
    """The yes and the no of each that signed both, where it is not proved yet."""
    silent: tuple[str, ...]
    """The boxes that did not answer."""


def late_of(
    boxes: Sequence[BallotBox], notary: Notary, ledger: Ledger, proposal: Proposal, events: Iterable[Event]
) -> Late:
    """What the boxes hold, without what the events have on record; BoxUnreachable where no box answers."""
    poll = replace(poll_of(ledger, proposal), voters=_workers(ledger))
    heard, silent = list[SignedBallot](), list[str]()
    for box in boxes:
        try:
            heard += [boxed.signed for boxed in _genuine(notary, poll, _read(box, poll))]
        except BoxError as trouble:
            silent.append(str(trouble))
    if len(silent) == len(boxes):
        raise BoxUnreachable("no ballot box answered", *silent)
    done, proved = _on_record(proposal, events)
    first = {ballot.member: ballot for ballot in reversed(heard) if ballot.member not in done}
    said = {(ballot.member, ballot.support): ballot for ballot in heard}
    both = {
        member: (ballot, said[member, False])
        for (member, yes), ballot in said.items()
        if yes and (member, False) in said
    }
    return Late(
        ballots=tuple(first.values()),
        both={member: pair for member, pair in both.items() if member not in proved},
        silent=tuple(silent),
    )


def enter(audit: BallotAudit, proposal: Proposal, late: Late) -> Late:
    """Puts it on chain, and says what of it was taken: a wallet that answers otherwise there keeps no other out."""
    proved = {member: pair for member, pair in late.both.items() if _proved(audit, proposal, member, *pair)}
    ballots = {ballot.member: ballot for ballot in late.ballots}
    while ballots:
        try:
            audit.record(proposal.id, proposal.content_hash, pack_ballots(ballots.values()))
            break
        except Refused as no:
            if no.name not in NOT_ITS:
                raise
            ballots.pop(no.arguments[1])  # type: ignore[call-overload]  # a badge number
    return replace(late, ballots=tuple(ballots.values()), both=proved)


def _proved(audit: BallotAudit, proposal: Proposal, member: Number, yes: SignedBallot, no: SignedBallot) -> bool:
    try:
        audit.prove_equivocation(proposal.id, proposal.content_hash, member, yes.signature, no.signature)
    except Refused as refusal:
        if refusal.name not in NOT_ITS:
            raise
        return False
    return True


def _workers(ledger: Ledger) -> dict[Number, Address]:
    """Whoever may have been in the electorate, suspended since or not: the contract knows."""
    return {member.number: member.account for member in ledger.members.values() if member.kind is Kind.DIGITAL}


def _read(box: BallotBox, poll: Poll) -> list[BoxedBallot]:
    pages = read_pages(partial(box.read, poll.proposal), UNREAD, most=MOST_PAGES)
    return [boxed for page in pages for boxed in page.items]


def _genuine(notary: Notary, poll: Poll, boxed: Iterable[BoxedBallot]) -> Iterator[BoxedBallot]:
    for one in boxed:
        account = poll.voters.get(one.member)
        if account is not None and poll.binds(one.ballot) and notary.is_genuine(one, account):
            yield one


def _on_record(proposal: Proposal, events: Iterable[Event]) -> tuple[set[Number], set[Number]]:
    """Who is in a count or recorded, and who is proved to have signed both ways."""
    done, proved = {vote.member for vote in proposal.votes}, set[Number]()
    for event in events:
        if isinstance(event, BallotsRecorded) and event.id == proposal.id:
            done |= {member for member, _ in unpack_counted(event.ballots)}
        if isinstance(event, EquivocationProven) and event.id == proposal.id:
            proved.add(event.member)
    return done, proved
