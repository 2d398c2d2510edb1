"""Signed ballots, and drafts that may be signed, on the wire."""

from typing import Annotated

from pydantic import Field

from api.models.common import Listing, Who, Wire
from workmoot.ballots.box import LARGEST_DRAFT, LONGEST_SIGNATURE, LONGEST_WORDS
from workmoot.domain.ids import LAST_NUMBER

Hash = Annotated[str, Field(pattern="^0x[0-9a-fA-F]{64}$")]
Signature = Annotated[
    str,
    Field(
        pattern="^0x([0-9a-fA-F]{2})+$", max_length=2 + 2 * LONGEST_SIGNATURE, description="65 bytes, or ERC-1271's."
    ),
]

Packed = Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2})*$", max_length=2 + 2 * LARGEST_DRAFT)]


class BallotIn(Wire):
    """A member's signed yes or no: EIP-712 over proposal, content, roster, deadline and support."""

    proposal: int = Field(ge=1, lt=1 << 256, strict=True)
    content_hash: Hash
    roster: int = Field(ge=0, lt=1 << 64, strict=True)
    deadline: int = Field(ge=0, lt=1 << 48, strict=True)
    support: bool = Field(strict=True)
    member: int = Field(ge=1, le=LAST_NUMBER, strict=True)
    signature: Signature


class BallotOut(BallotIn):
    """A ballot in the box."""

    place: int = Field(description="Counted from 1 for each proposal; `after` takes it.")
    equivocates: bool = Field(description="The member signed the contrary as well; both are kept, as evidence.")


class BallotsOut(Listing[BallotOut]):
    """A page of a proposal's ballots, in the order they came."""

    box: str = Field(description="This filling of the box; another name: it was emptied, read it from the start.")
    last: int = Field(description="The place of the last ballot here, for `after`.")
    more: bool
    equivocators: tuple[Who, ...] = Field(description="Members that signed both a yes and a no.")


class DraftIn(Wire):
    """What may be opened and decided at once as the next proposal: the parts of its content, and the proposer's yes."""

    proposal: int = Field(ge=1, lt=1 << 64, strict=True, description="The number it is to have: the next one.")
    proposer: int = Field(ge=1, le=LAST_NUMBER, strict=True)
    roster: int = Field(ge=0, lt=1 << 64, strict=True)
    members: int = Field(ge=1, lt=1 << 32, strict=True)
    deadline: int = Field(ge=0, lt=1 << 48, strict=True)
    assignments: Packed
    detail: Packed
    words: str = Field(max_length=LONGEST_WORDS)
    signature: Signature


class DraftOut(DraftIn):
    """A draft in the box."""

    content_hash: Hash = Field(description="What ballots on it bind.")
    place: int = Field(description="Counted from 1 for each number; `after` takes it.")


class DraftsOut(Listing[DraftOut]):
    """A page of the drafts for a number, in the order they came."""

    box: str = Field(description="This filling of the box; another name: it was emptied, read it from the start.")
    last: int = Field(description="The place of the last draft here, for `after`.")
    more: bool
