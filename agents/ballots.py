"""What a digital worker knows of signed ballots and drafts, and its hold on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from workmoot.ballots.boxes import Heard
from workmoot.domain.ballots import Ballot, Content
from workmoot.domain.drafts import Draft
from workmoot.domain.ledger import Ledger, Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the ballots of the open proposals, and of drafts with theirs.

    `heard` are the genuine ballots found in the boxes, `said` what the worker itself signed, as it remembers or finds
    there. `drafts` are those found in the boxes that the next vote may be on, as the proposals they would be, and all
    of its own whose time is not over. It remembers since it woke: at that block, at that wall second. What it signed
    before and finds in no box it cannot know.
    """

    heard: Mapping[Content, tuple[Heard, ...]]
    said: Mapping[Content, bool]
    drafts: tuple[Proposal, ...]
    woke_block: int
    woke_s: float

    def heard_on(self, proposal: Proposal) -> tuple[Heard, ...]:
        """The genuine ballots on a proposal."""
        return self.heard.get((proposal.id, proposal.content_hash), ())

    def said_on(self, proposal: Proposal) -> bool | None:
        """What the worker signed on a proposal."""
        return self.said.get((proposal.id, proposal.content_hash))


class Ballots(Protocol):
    """A worker's hold on the boxes."""

    def look(self, ledger: Ledger) -> Known:
        """What is known now; nothing where the plant votes directly."""

    def sign(self, ballot: Ballot) -> None:
        """Signs a ballot and puts it into the boxes, again and again if need be; refuses to contradict itself."""

    def share(self, draft: Draft) -> None:
        """Signs a yes to a draft of its own and puts both into the boxes, again and again if need be."""
