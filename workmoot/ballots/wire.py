"""How ballots and drafts are written between a box and its users; what a box may say, and no more."""

from collections.abc import Callable, Mapping
from typing import Any

from workmoot.ballots.box import (
    DRAFTS_PAGE,
    LARGEST_DRAFT,
    LONGEST_SIGNATURE,
    LONGEST_WORDS,
    PAGE,
    BoxedBallot,
    BoxedDraft,
    Item,
    Page,
)
from workmoot.domain.ballots import Ballot
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import LAST_NUMBER, Number, ProposalId
from workmoot.domain.proposals import DETAIL_SIZE, pack_detail, unpack_detail

PATH = "/api/v1/ballots"
"""Where a box answers, below its URL."""
DRAFTS_PATH = PATH + "/drafts"
"""Where it takes and shows drafts."""
MEMBER_BITS = LAST_NUMBER.bit_length()


def as_json(boxed: BoxedBallot) -> dict[str, Any]:
    """A ballot on the wire."""
    ballot = boxed.ballot
    return {
        "proposal": ballot.proposal,
        "content_hash": _hex(ballot.content_hash),
        "roster": ballot.roster,
        "deadline": ballot.deadline,
        "support": ballot.support,
        "member": boxed.member,
        "signature": _hex(boxed.signature),
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
        member=Number(_whole(told, "member", bits=MEMBER_BITS)),
        signature=_bytes(told, "signature", shortest=1, longest=LONGEST_SIGNATURE),
    )


def draft_as_json(boxed: BoxedDraft) -> dict[str, Any]:
    """A draft on the wire."""
    draft = boxed.draft
    return {
        "proposal": draft.proposal,
        "proposer": draft.proposer,
        "roster": draft.roster,
        "members": draft.members,
        "deadline": draft.deadline,
        "assignments": _hex(draft.opening.plan.assignments),
        "detail": _hex(pack_detail(draft.opening)),
        "words": draft.opening.words,
        "signature": _hex(boxed.signature),
    }


def draft_from_json(told: object) -> BoxedDraft:
    """A draft from the wire; refuses what is none, and what is too large."""
    if not isinstance(told, Mapping):
        raise Malformed("draft: no object")
    assignments = _bytes(told, "assignments", longest=LARGEST_DRAFT)
    detail = _bytes(told, "detail", shortest=DETAIL_SIZE, longest=LARGEST_DRAFT)
    draft = Draft(
        proposal=ProposalId(_whole(told, "proposal", bits=256)),
        proposer=Number(_whole(told, "proposer", bits=MEMBER_BITS)),
        roster=_whole(told, "roster", bits=64),
        members=_whole(told, "members", bits=32),
        deadline=_whole(told, "deadline", bits=48),
        opening=unpack_detail(detail, assignments=assignments, words=_words(told)),
    )
    if draft.size > LARGEST_DRAFT:
        raise Malformed(f"draft: {draft.size} bytes, not at most {LARGEST_DRAFT}")
    return BoxedDraft(draft=draft, signature=_bytes(told, "signature", shortest=1, longest=LONGEST_SIGNATURE))


def ballots_from_json(told: object) -> Page[BoxedBallot]:
    """A page of ballots from the wire; refuses what is none."""
    return _page(told, from_json, most=PAGE)


def drafts_from_json(told: object) -> Page[BoxedDraft]:
    """A page of drafts from the wire; refuses what is none."""
    return _page(told, draft_from_json, most=DRAFTS_PAGE)


def _page(told: object, read: Callable[[object], Item], *, most: int) -> Page[Item]:
    if not isinstance(told, Mapping) or not isinstance(told.get("box"), str):
        raise Malformed("page: no object with the name of a `box`")
    items, more = told.get("items"), told.get("more")
    if not isinstance(items, list) or len(items) > most or not isinstance(more, bool):
        raise Malformed(f"page: no list of at most {most} `items`, or no `more`")
    found = tuple(read(item) for item in items)
    return Page(box=told["box"], items=found, last=_whole(told, "last", bits=63), more=more)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _whole(told: Mapping[str, Any], name: str, *, bits: int) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise Malformed(f"`{name}` is no whole number of {bits} bits")
    return value


def _bytes(told: Mapping[str, Any], name: str, *, shortest: int = 0, longest: int) -> bytes:
    value = told.get(name)
    if not isinstance(value, str) or not value.startswith("0x") or len(value) > 2 + 2 * longest:
        raise Malformed(f"`{name}` is no 0x… of at most {longest} bytes")
    try:
        found = bytes.fromhex(value[2:])
    except ValueError:
        raise Malformed(f"`{name}` is not hexadecimal") from None
    if len(found) < shortest:
        raise Malformed(f"`{name}` has {len(found)} bytes, not {shortest}")
    return found


def _words(told: Mapping[str, Any]) -> str:
    words = told.get("words")
    if not isinstance(words, str) or len(words) > LONGEST_WORDS:
        raise Malformed(f"`words` is no text of at most {LONGEST_WORDS} bytes")
    try:
        size = len(words.encode())
    except UnicodeEncodeError:
        raise Malformed("`words` has half characters") from None
    if size > LONGEST_WORDS:
        raise Malformed(f"`words` has {size} bytes, not at most {LONGEST_WORDS}")
    return words
