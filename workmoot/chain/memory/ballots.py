"""How the contracts read signed ballots, and what binds one to a proposal and to its member."""

from collections.abc import Iterator

from workmoot.chain.memory import membership
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.signer import recover
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, read_ballot
from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.ids import NOBODY, ProposalId
from workmoot.domain.proposals import content_id_of


def read_ballots(proposal: ProposalId, packed: bytes) -> Iterator[SignedBallot]:
    """The ballots one by one, refusing at the first that is malformed or not after the one before."""
    offset, previous = 0, NOBODY
    while offset < len(packed):
        try:
            ballot, end = read_ballot(packed, offset)
        except Malformed:
            raise Refused("MalformedBallots", offset) from None
        if ballot.member <= previous:
            raise Refused("BallotOutOfOrder", proposal, previous, ballot.member)
        yield ballot
        offset, previous = end, ballot.member


def require_content(tx: Transaction, proposal: ProposalId, content_hash: bytes) -> None:
    content_id = tx.state.proposals[proposal].content_id
    if content_id_of(content_hash) != content_id:
        raise Refused("OtherPlan", proposal, content_id)


def require_its_own(tx: Transaction, proposal: ProposalId, content_hash: bytes, ballot: SignedBallot) -> None:
    """By a signature, or because the member sends it itself."""
    if ballot.signature:
        require_signed(tx, proposal, content_hash, ballot)
    elif membership.member(tx, ballot.member).account != tx.sender:
        raise Refused("NotTheSender", proposal, ballot.member, tx.sender)


def require_signed(tx: Transaction, proposal: ProposalId, content_hash: bytes, signed: SignedBallot) -> None:
    """By the member's key: accounts that are contracts and answer for themselves (ERC-1271) need a chain."""
    found, account = tx.state.proposals[proposal], membership.member(tx, signed.member).account
    ballot = Ballot(
        proposal=proposal,
        content_hash=content_hash,
        roster=found.roster,
        deadline=found.deadline,
        support=signed.support,
    )
    digest = ballot_digest(ballot, chain_id=tx.chain.chain_id, dao=ADDRESSES["AllocationDAO"])
    if recover(digest, signed.signature) != account:
        raise Refused("BadBallot", proposal, signed.member, digest)
