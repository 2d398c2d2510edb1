"""What is given and signed in each world: the same words, over that world's own hashes and addresses."""

from tests.chain.plants import account, signer
from tests.model.proposals import Given, Signed
from tests.model.worlds import CHAIN_ID, NOT_PUT, UNKNOWN, World
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, vote_digest
from workmoot.domain.ids import Number, ProposalId

SCRIBBLE = "nobody's"
"""Who signs with 65 bytes that are nobody's signature."""


def given_bytes(world: World, given: Given) -> tuple[bytes, bytes]:
    """Assignments and rest."""
    opening = world.put.get(given.plan, NOT_PUT).opening
    return opening.plan.assignments if opening else UNKNOWN, world.put.get(given.rest, NOT_PUT).rest


def ballot_bytes(world: World, ballots: tuple[Signed, ...], *, cut: bool) -> bytes:
    """Packed as they are given, in whatever order."""
    packed = b"".join(_one(world, ballot) for ballot in ballots)
    return packed[:-1] if cut else packed


def signature_of(world: World, ballot: Signed) -> bytes:
    if ballot.signer in ("", SCRIBBLE):
        return b"\1" * 65 if ballot.signer else b""
    put = world.put.get(ballot.proposal, NOT_PUT)
    said = Ballot(
        proposal=ProposalId(ballot.proposal),
        content_hash=put.content_hash,
        roster=put.roster,
        deadline=put.deadline,
        support=ballot.says,
    )
    return signer(ballot.signer).sign(ballot_digest(said, chain_id=CHAIN_ID, dao=world.addresses["AllocationDAO"]))


def vote_signature(world: World, by: str, proposal: int, voter: str, nonce: int, *, support: bool) -> bytes:
    """For a vote that is relayed."""
    dao = world.addresses["AllocationDAO"]
    said = {"support": support, "voter": account(voter), "nonce": nonce}
    return signer(by).sign(vote_digest(ProposalId(proposal), **said, chain_id=CHAIN_ID, dao=dao))  # type: ignore[arg-type]


def _one(world: World, ballot: Signed) -> bytes:
    signature = signature_of(world, ballot)
    packed = SignedBallot(member=Number(ballot.member), support=ballot.support, signature=signature)
    return packed.who.to_bytes(2, "big") + len(signature).to_bytes(2, "big") + signature
