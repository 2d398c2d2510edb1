"""A ballot box: an append-only list of signed ballots, and how they are written between its keeper and its users."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workmoot.domain.ballots import Ballot, SignedBallot
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import LAST_NUMBER, Number, ProposalId

LONGEST_SIGNATURE = 1_024
"""Bytes: a key's has 65, a contract's (ERC-1271) what the contract asks for."""
PAGE = 128
"""Ballots in one answer at most."""
LARGEST_ANSWER = 512 * 1024
"""Bytes: a page of the longest signatures fits."""
PATH = "/api/v1/ballots"
"""Where a box answers, below its URL."""


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
class Page:
    """Some ballots of a proposal, in the order they came.

    `box` names this filling of the box: another name means that it was emptied and is to be read from the start.
    """

    box: str
    ballots: tuple[BoxedBallot, ...]
    last: int
    """The place of the last one, counted from 1 for each proposal; where nothing is new, as asked."""
    more: bool


class BallotBox(Protocol):
    """Keeps ballots for everyone. It may be dead, slow, or lie; all it can do by that is to cost gas and seconds."""

    @property
    def name(self) -> str:
        """For the log."""

    def put(self, ballot: BoxedBallot) -> None:
        """Puts a ballot in; one that is in already is taken as well."""

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page:
        """The ballots of a proposal from a place on."""


def as_json(boxed: BoxedBallot) -> dict[str, Any]:
    """A ballot on the wire."""
    ballot = boxed.ballot
    return {
        "proposal": ballot.proposal,
        "content_hash": "0x" + ballot.content_hash.hex(),
        "roster": ballot.roster,
        "deadline": ballot.deadline,
        "support": ballot.support,
        "member": boxed.member,
        "signature": "0x" + boxed.signature.hex(),
    }


def from_json(told: object) -> BoxedBallot:
    """A ballot from the wire; refuses what is none."""
    if not isinstance(told, Mapping) or not isinstance(told.get("support"), bool):
        raise Malformed("ballot: no object with `support` true or false")
    return BoxedBallot(
        ballot=Ballot(
            proposal=ProposalId(_whole(told, "proposal", bits=256)),
            content_hash=_bytes(told, "content_hash", shortest=32, longest=32),
            roster=_whole(told, "roster", bits=64),
            deadline=_whole(told, "deadline", bits=48),
            support=told["support"],
        ),
        member=Number(_whole(told, "member", bits=LAST_NUMBER.bit_length())),
        signature=_bytes(told, "signature", shortest=1, longest=LONGEST_SIGNATURE),
    )


def page_from_json(told: object) -> Page:
    """A page from the wire; refuses what is none."""
    if not isinstance(told, Mapping) or not isinstance(told.get("box"), str):
        raise Malformed("ballots: no object with the name of a `box`")
    items, more = told.get("items"), told.get("more")
    if not isinstance(items, list) or len(items) > PAGE or not isinstance(more, bool):
        raise Malformed(f"ballots: no list of at most {PAGE} `items`, or no `more`")
    ballots = tuple(from_json(item) for item in items)
    return Page(box=told["box"], ballots=ballots, last=_whole(told, "last", bits=63), more=more)


def _whole(told: Mapping[str, Any], name: str, *, bits: int) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise Malformed(f"ballot: `{name}` is no whole number of {bits} bits")
    return value


def _bytes(told: Mapping[str, Any], name: str, *, shortest: int, longest: int) -> bytes:
    value = told.get(name)
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > 2 + 2 * longest:
        raise Malformed(f"ballot: `{name}` is no 0x… of at most {longest} bytes")
    try:
        found = bytes.fromhex(value[2:])
    except ValueError:
        raise Malformed(f"ballot: `{name}` is not hexadecimal") from None
    if len(found) < shortest:
        raise Malformed(f"ballot: `{name}` has {len(found)} bytes, not {shortest}")
    return found
