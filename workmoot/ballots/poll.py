"""What a ballot of one proposal must say and whose it may be, and how its signature is judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workmoot.ballots.box import BoxedBallot
from workmoot.domain.ballots import Ballot, ballot_digest
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
        voters={
            member.number: member.account for member in ledger.members.values() if member.may_vote(proposal.roster)
        },
    )
