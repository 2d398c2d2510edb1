"""Signed ballots: what a member signs about a proposal, and how many of them travel in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from workmoot.domain.errors import Malformed
from workmoot.domain.ids import LAST_NUMBER, NOBODY, Address, Number, ProposalId
from workmoot.domain.layout import Layout, pack_numbers, unpack_numbers
from workmoot.domain.typed import TypedDomain, TypedStruct, Value, digest_of

DAO_NAME = "Workmoot AllocationDAO"
BALLOT = TypedStruct(
    "Ballot",
    (
        ("proposalId", "uint256"),
        ("contentHash", "bytes32"),
        ("roster", "uint64"),
        ("deadline", "uint48"),
        ("support", "uint8"),
    ),
)
"""What `decide` counts: it binds the whole content, not the id alone."""
VOTE = TypedStruct(
    "Ballot", (("proposalId", "uint256"), ("support", "uint8"), ("voter", "address"), ("nonce", "uint256"))
)
"""OpenZeppelin's ballot, for `castVoteBySig`: what wallets of other DAOs sign."""

HEAD = Layout("ballots", (("who", 2), ("length", 2)))
"""who u16 (support << 15 | number) | length u16 | signature: length 0 is the sender's own ballot."""
_FOR = 1 << 15
Content = tuple[ProposalId, bytes]
"""A number and a content hash: what ballots are about. Several drafts may be made for one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A member's yes or no to one content."""

    proposal: ProposalId
    content_hash: bytes
    roster: int
    deadline: int
    support: bool

    @property
    def content(self) -> Content:
        """What it is about."""
        return self.proposal, self.content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBallot:
    """A ballot as it travels; without a signature it is the sender's own."""

    member: Number
    support: bool
    signature: bytes = b""

    @property
    def who(self) -> int:
        """Its first two bytes."""
        return self.support << 15 | self.member

    @property
    def length(self) -> int:
        """Of its signature: 65 for a key's, anything for a contract's (ERC-1271)."""
        return len(self.signature)


def dao_domain(*, chain_id: int, dao: str) -> TypedDomain:
    """Where ballots count."""
    return TypedDomain(name=DAO_NAME, chain_id=chain_id, verifying_contract=dao)


def ballot_digest(ballot: Ballot, *, chain_id: int, dao: str) -> bytes:
    """What a member signs for `decide`."""
    values: dict[str, Value] = {
        "proposalId": ballot.proposal,
        "contentHash": ballot.content_hash,
        "roster": ballot.roster,
        "deadline": ballot.deadline,
        "support": int(ballot.support),
    }
    return digest_of(dao_domain(chain_id=chain_id, dao=dao), BALLOT, values)


def vote_digest(proposal: ProposalId, *, support: bool, voter: Address, nonce: int, chain_id: int, dao: str) -> bytes:
    """What a member signs for `castVoteBySig`."""
    values: dict[str, Value] = {"proposalId": proposal, "support": int(support), "voter": voter, "nonce": nonce}
    return digest_of(dao_domain(chain_id=chain_id, dao=dao), VOTE, values)


def pack_ballots(ballots: Iterable[SignedBallot]) -> bytes:
    """The ballots' bytes, in ascending order of their members; a member twice is refused."""
    ordered = sorted(ballots, key=lambda ballot: ballot.member)
    _require_ascending(ballot.member for ballot in ordered)
    return b"".join(HEAD.pack(ballot) + ballot.signature for ballot in ordered)


def unpack_ballots(packed: bytes) -> tuple[SignedBallot, ...]:
    """The ballots; refuses what is cut short or not in strictly ascending order of their members."""
    ballots: list[SignedBallot] = []
    offset = 0
    while offset < len(packed):
        ballot, offset = read_ballot(packed, offset)
        ballots.append(ballot)
    _require_ascending(ballot.member for ballot in ballots)
    return tuple(ballots)


def read_ballot(packed: bytes, offset: int) -> tuple[SignedBallot, int]:
    """The ballot that begins at `offset`, and where it ends."""
    values = HEAD.unpack(packed, offset)
    begin = offset + HEAD.size
    end = begin + values["length"]
    if len(packed) < end:
        raise Malformed("ballots: cut short", offset=offset)
    member, support = _who(values["who"])
    return SignedBallot(member=member, support=support, signature=packed[begin:end]), end


def pack_counted(ballots: Iterable[SignedBallot]) -> bytes:
    """Who said what, without the signatures, as BallotsCounted and BallotsRecorded tell it."""
    return pack_numbers("counted ballots", (ballot.who for ballot in ballots))


def unpack_counted(packed: bytes) -> tuple[tuple[Number, bool], ...]:
    """Who said yes (True) or no."""
    count, loose = divmod(len(packed), 2)
    if loose:
        raise Malformed("counted ballots: cut short", offset=2 * count)
    return tuple(_who(who) for who in unpack_numbers("counted ballots", packed, 0, count))


def _who(who: int) -> tuple[Number, bool]:
    return Number(who & _FOR - 1), bool(who & _FOR)


def _require_ascending(members: Iterable[Number]) -> None:
    ordered = list(members)
    if any(not NOBODY < member <= LAST_NUMBER for member in ordered):
        raise Malformed("ballots: no such number")
    if any(former >= latter for former, latter in pairwise(ordered)):
        raise Malformed("ballots: not in strictly ascending order of their members")
