"""A vote among four members with keys, their ballots, and boxes that do what a test says."""

from functools import cache
from typing import Any

from tests.builders import an_address
from workmoot.ballots.box import BoxedBallot, BoxedDraft, Page
from workmoot.ballots.poll import Notary, Poll
from workmoot.chain.signatures import is_signed_by
from workmoot.chain.signer import Signer
from workmoot.domain.ballots import Ballot
from workmoot.domain.errors import BoxUnreachable
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, ProposalId

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
