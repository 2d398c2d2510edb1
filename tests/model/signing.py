"""What is signed in each world: the same words, over that world's own hashes and addresses."""

from collections.abc import Mapping
from typing import Any

from tests.chain.plants import account, signer
from tests.model.payloads import NOT_PUT, Put
from tests.model.proposals import Signed
from tests.model.worlds import CHAIN_ID, World
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, vote_digest
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.overrides import post_digest

SCRIBBLE = "nobody's"
"""Who signs with 65 bytes that are nobody's signature."""


def ballot_bytes(
    world: World, ballots: tuple[Signed, ...], *, cut: bool, put: Mapping[int, Put] | None = None
) -> bytes:
    """Packed as they are given, in whatever order; signed for what is put to the vote, or is to be."""
    packed = b"".join(_one(world, ballot, put or world.put) for ballot in ballots)
    return packed[:-1] if cut else packed


def signature_of(world: World, ballot: Signed, known: Mapping[int, Put]) -> bytes:
    if ballot.signer in ("", SCRIBBLE):
        return b"\1" * 65 if ballot.signer else b""
    put = known.get(ballot.proposal, NOT_PUT)
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


def post_signature(world: World, by: str, packed: bytes, detail: str, **terms: Any) -> bytes:
    """For work that is posted by somebody else."""
    spec_hash = hash_of_words(keccak(packed), keccak(detail.encode()))
    digest = post_digest(spec_hash=spec_hash, **terms, chain_id=CHAIN_ID, work_orders=world.addresses["WorkOrders"])
    return signer(by).sign(digest)


def _one(world: World, ballot: Signed, put: Mapping[int, Put]) -> bytes:
    signature = signature_of(world, ballot, put)
    packed = SignedBallot(member=Number(ballot.member), support=ballot.support, signature=signature)
    return packed.who.to_bytes(2, "big") + len(signature).to_bytes(2, "big") + signature
