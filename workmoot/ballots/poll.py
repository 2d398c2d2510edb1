"""What a ballot of one proposal must say and whose it may be, what a draft must be made for, and how signatures are
judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workmoot.ballots.box import BoxedBallot
from workmoot.domain.ballots import Ballot, Content, ballot_digest
from workmoot.domain.drafts import Draft
from workmoot.domain.ids import Address, Number, ProposalId
from workmoot.domain.ledger import Ledger, Proposal

Verify = Callable[[Address, bytes, bytes], bool]
"""Whether a signature under a digest is that account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One proposal's vote, as on chain; `voters` are those of its electorate that may still vote, by account."""

    proposal: ProposalId
    content_hash: bytes
    roster: int
    deadline: int
    voters: Mapping[Number, Address]

    @property
    def content(self) -> Content:
        """What its ballots are about."""
        return self.proposal, self.content_hash

    def ballot(self, *, support: bool) -> Ballot:
        """What a member signs for yes or no."""
        return Ballot(
            proposal=self.proposal,
            content_hash=self.content_hash,
            roster=self.roster,
            deadline=self.deadline,
            support=support,
        )

    def binds(self, ballot: Ballot) -> bool:
        """Whether a ballot is about exactly this."""
        return ballot == self.ballot(support=ballot.support)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVote:
    """The vote that would come next, as on chain: its number, and who votes now."""

    proposal: ProposalId
    roster: int
    members: int
    voters: Mapping[Number, Address]

    @property
    def made_for(self) -> tuple[ProposalId, int, int]:
        """What a draft for it names."""
        return self.proposal, self.roster, self.members

    def is_for(self, draft: Draft) -> bool:
        """Whether a draft is made for it, by one who votes."""
        named = (draft.proposal, draft.roster, draft.members)
        return named == self.made_for and draft.proposer in self.voters

    def poll(self, draft: Draft) -> Poll:
        """The vote on a draft that is made for it."""
        return Poll(
            proposal=draft.proposal,
            content_hash=draft.content_hash,
            roster=draft.roster,
            deadline=draft.deadline,
            voters=self.voters,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """Judges signatures for one DAO on one chain."""

    chain_id: int
    dao: str
    verify: Verify

    def digest(self, ballot: Ballot) -> bytes:
        """What is signed."""
        return ballot_digest(ballot, chain_id=self.chain_id, dao=self.dao)

    def is_genuine(self, boxed: BoxedBallot, account: Address) -> bool:
        """Whether the account signed it."""
        return self.verify(account, self.digest(boxed.ballot), boxed.signature)


def poll_of(ledger: Ledger, proposal: Proposal) -> Poll:
    """A proposal's vote, as the ledger knows it."""
    return Poll(
        proposal=proposal.id,
        content_hash=proposal.content_hash,
        roster=proposal.roster,
        deadline=proposal.deadline,
        voters=_voters(ledger, proposal.roster),
    )


def next_vote(ledger: Ledger) -> NextVote:
    """The vote that would come next, as the ledger knows it."""
    return NextVote(
        proposal=ledger.next_proposal,
        roster=ledger.roster,
        members=ledger.voters,
        voters=_voters(ledger, ledger.roster),
    )


def _voters(ledger: Ledger, roster: int) -> dict[Number, Address]:
    return {member.number: member.account for member in ledger.members.values() if member.may_vote(roster)}
