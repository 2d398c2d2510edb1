"""A ballot box: append-only lists of signed ballots, and of drafts that members may sign."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from workmoot.domain.ballots import Ballot, SignedBallot
from workmoot.domain.drafts import Draft
from workmoot.domain.ids import Number, ProposalId

LONGEST_SIGNATURE = 1_024
"""Bytes: a key's has 65, a contract's (ERC-1271) what the contract asks for."""
LARGEST_DRAFT = 64 * 1024
"""Bytes: twice a plan of a thousand tasks; with the ballots of half of all members it fits a transaction."""
LONGEST_WORDS = 4 * 1024
"""Bytes of a draft's words."""
PAGE = 128
"""Ballots in one answer at most."""
DRAFTS_PAGE = 3
"""Drafts in one answer at most."""
LARGEST_ANSWER = 512 * 1024
"""Bytes: a page of the longest signatures fits, and one of the largest drafts."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedBallot:
    """A ballot, whose it is said to be, and what is said to be the signature."""

    ballot: Ballot
    member: Number
    signature: bytes

    @property
    def signed(self) -> SignedBallot:
        """As it travels in a transaction."""
        return SignedBallot(member=self.member, support=self.ballot.support, signature=self.signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedDraft:
    """A draft, and what is said to be its proposer's signature under a yes to it."""

    draft: Draft
    signature: bytes

    @property
    def yes(self) -> BoxedBallot:
        """The proposer's own ballot."""
        return BoxedBallot(ballot=self.draft.ballot(support=True), member=self.draft.proposer, signature=self.signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some of a proposal's ballots or drafts, in the order they came.

    `box` names this filling of the box: another name means that it was emptied and is to be read from the start.
    """

    box: str
    items: tuple[Item, ...]
    last: int
    """The place of the last one, counted from 1 for each proposal; where nothing is new, as asked."""
    more: bool


class BallotBox(Protocol):
    """Keeps ballots and drafts for everyone. It may be dead, slow, or lie; all it can do by that is to cost gas and
    seconds."""

    @property
    def name(self) -> str:
        """For the log."""

    def put(self, ballot: BoxedBallot) -> None:
        """Puts a ballot in; one that is in already is taken as well."""

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        """The ballots of a proposal from a place on."""

    def put_draft(self, draft: BoxedDraft) -> None:
        """Puts a draft in; one that is in already is taken as well."""

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        """The drafts that are to have this number, from a place on."""
