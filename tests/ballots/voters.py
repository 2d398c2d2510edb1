"""A vote among four members with keys, their ballots, and boxes that do what a test says."""

from functools import cache
from typing import Any

from tests.builders import an_address, an_opening
from workmoot.ballots.box import BoxedBallot, BoxedDraft, Page
from workmoot.ballots.poll import NextVote, Notary, Poll
from workmoot.chain.signatures import is_signed_by
from workmoot.chain.signer import Signer
from workmoot.domain.ballots import Ballot
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxUnreachable
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.plan import PackedPlan

SCANNER, SPRAYER, FINISHER, LOADER = (Number(number) for number in range(1, 5))
VOTERS = (SCANNER, SPRAYER, FINISHER, LOADER)
STRANGER = Number(9)
CONTENT = keccak(b"content")
NOTARY = Notary(chain_id=31337, dao=an_address(7), verify=is_signed_by)


@cache
def key(member: Number) -> Signer:
    """A member's key, made from its number."""
    return Signer(keccak(bytes([member])))


def a_poll(proposal: int = 1, **changes: Any) -> Poll:
    """The vote on a proposal."""
    values: dict[str, Any] = {
        "content_hash": CONTENT,
        "roster": 4,
        "deadline": 2_000_000_000,
        "voters": {member: key(member).address for member in VOTERS},
    }
    return Poll(proposal=ProposalId(proposal), **values | changes)


POLL = a_poll()


def boxed(
    member: Number, *, support: bool = True, poll: Poll = POLL, by: Number | None = None, notary: Notary = NOTARY
) -> BoxedBallot:
    """The member's ballot; signed by another where the test says so."""
    ballot = poll.ballot(support=support)
    return BoxedBallot(ballot=ballot, member=member, signature=key(by or member).sign(notary.digest(ballot)))


def unsigned(ballot: Ballot | None = None, *, member: Number = SCANNER, size: int = 65) -> BoxedBallot:
    """A ballot whose signature is nobody's."""
    return BoxedBallot(ballot=ballot or POLL.ballot(support=True), member=member, signature=b"\7" * size)


def a_next_vote(proposal: int = 2, **changes: Any) -> NextVote:
    """The vote that would come next, among the same members."""
    values: dict[str, Any] = {"roster": 4, "members": len(VOTERS), "voters": POLL.voters}
    return NextVote(proposal=ProposalId(proposal), **values | changes)


NEXT = a_next_vote()


def a_draft(proposer: Number = SCANNER, *, proposal: int = 2, plan: bytes = b"\1" * 10, **changes: Any) -> Draft:
    """A draft for the next vote; nobody reads its plan here."""
    values: dict[str, Any] = {"roster": 4, "members": len(VOTERS), "deadline": 2_000_000_000}
    opening = an_opening(PackedPlan(assignments=plan, teams=b"\2", timetable=b"\3\4"))
    return Draft(proposal=ProposalId(proposal), proposer=proposer, opening=opening, **values | changes)


def boxed_draft(draft: Draft | None = None, *, by: Number | None = None) -> BoxedDraft:
    """The draft with its proposer's yes; signed by another where the test says so."""
    draft = draft or a_draft()
    signature = key(by or draft.proposer).sign(NOTARY.digest(draft.ballot(support=True)))
    return BoxedDraft(draft=draft, signature=signature)


def on_draft(member: Number, draft: Draft, *, support: bool = True) -> BoxedBallot:
    """The member's ballot on a draft."""
    ballot = draft.ballot(support=support)
    return BoxedBallot(ballot=ballot, member=member, signature=key(member).sign(NOTARY.digest(ballot)))


class ToldBox:
    """Says what it was told to; a box that lies."""

    def __init__(self, *ballots: BoxedBallot, name: str = "told") -> None:
        self.name = name
        self.ballots = list(ballots)
        self.put_in: list[BoxedBallot] = []
        self.asked: list[int] = []
        self.drafts: list[BoxedDraft] = []
        self.drafts_put_in: list[BoxedDraft] = []
        self.drafts_asked: list[tuple[ProposalId, int]] = []
        self.dead = False

    def put(self, ballot: BoxedBallot) -> None:
        if self.dead:
            raise BoxUnreachable(self.name)
        self.put_in.append(ballot)

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        if self.dead:
            raise BoxUnreachable(self.name)
        self.asked.append(after)
        new = tuple(self.ballots[after:])
        return Page(box="told", items=new, last=after + len(new), more=False)

    def put_draft(self, draft: BoxedDraft) -> None:
        if self.dead:
            raise BoxUnreachable(self.name)
        self.drafts_put_in.append(draft)

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        if self.dead:
            raise BoxUnreachable(self.name)
        self.drafts_asked.append((proposal, after))
        new = tuple(self.drafts[after:])
        return Page(box="told", items=new, last=after + len(new), more=False)
