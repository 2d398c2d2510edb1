"""What a digital worker knows of signed ballots, and its hold on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from workmoot.ballots.boxes import Heard
from workmoot.domain.ballots import Ballot
from workmoot.domain.ids import ProposalId
from workmoot.domain.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the ballots of the open proposals.

    `heard` are the genuine ballots found in the boxes, `said` what the worker itself signed, as it remembers or finds
    there. It remembers since it woke: at that block, at that wall second. What it signed before and finds in no box it
    cannot know.
    """

    heard: Mapping[ProposalId, tuple[Heard, ...]]
    said: Mapping[ProposalId, bool]
    woke_block: int
    woke_s: float


class Ballots(Protocol):
    """A worker's hold on the boxes."""

    def look(self, ledger: Ledger) -> Known:
        """What is known now; nothing where the plant votes directly."""

    def sign(self, ballot: Ballot) -> None:
        """Signs a ballot and puts it into the boxes, again and again if need be; refuses to contradict itself."""
