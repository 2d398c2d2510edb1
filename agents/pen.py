"""A worker's signature under ballots: the same answer to the same question, ever; and the boxes they are put into."""

import logging
from collections.abc import Callable, Mapping, Sequence

from agents.ballots import Known
from workmoot.ballots.box import BoxedBallot
from workmoot.ballots.boxes import Boxes, Content, Heard
from workmoot.ballots.poll import Notary, poll_of
from workmoot.domain.ballots import Ballot
from workmoot.domain.errors import BoxUnreachable, WouldContradict
from workmoot.domain.ids import NOBODY, Address, Number, ProposalId
from workmoot.domain.ledger import Ledger
from workmoot.planning.horizon import ballot_boxes, votes_by_signature

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 2.0
"""Wall seconds until a ballot that is in no box is put in again."""


class Pen:
    """One worker's; a `Ballots` port. It outlives reorganisations: what was signed stays signed."""

    def __init__(
        self,
        account: Address,
        sign: Callable[[bytes], bytes],
        notary: Notary,
        boxes_at: Callable[[Sequence[str]], Boxes],
        *,
        now_s: Callable[[], float],
    ) -> None:
        self._account = account
        self._sign = sign
        self._notary = notary
        self._boxes_at = boxes_at
        self._now_s = now_s
        self._me: Number = NOBODY
        self._urls: tuple[str, ...] = ()
        self._boxes: Boxes | None = None
        self._signed: dict[Content, BoxedBallot] = {}
        self._put_at: dict[Content, float] = {}
        self._woke: tuple[int, float] | None = None

    def look(self, ledger: Ledger) -> Known:
        """What is known now; nothing where the plant votes directly."""
        self._woke = self._woke or (ledger.head.number, self._now_s())
        block, at_s = self._woke
        heard = self._listen(ledger) if votes_by_signature(ledger) else {}
        return Known(heard=heard, said=self._said(ledger), woke_block=block, woke_s=at_s)

    def sign(self, ballot: Ballot) -> None:
        """Signs it once and for all, and puts it into the boxes, not more often than is of use."""
        content, now = _content(ballot), self._now_s()
        signed = self._signed.get(content) or self._signature(ballot)
        if signed.ballot != ballot:
            raise WouldContradict(f"proposal {ballot.proposal}: the contrary is signed already")
        if self._boxes is None:
            raise BoxUnreachable("no ballot box is known")
        if now >= self._put_at.get(content, 0.0) + AGAIN_AFTER_S:
            self._put_at[content] = now
            self._boxes.put(signed)

    def _listen(self, ledger: Ledger) -> Mapping[ProposalId, tuple[Heard, ...]]:
        """The ballots of all open proposals; its own among them are remembered as if it had just signed them."""
        me, now = ledger.member_of(self._account), self._now_s()
        self._me = me.number if me else NOBODY
        polls = [poll_of(ledger, proposal) for proposal in ledger.open_proposals() if now <= proposal.deadline]
        heard = self._open_boxes(ledger).hear(polls)
        for found in (found.boxed for ballots in heard.values() for found in ballots):
            if found.member == self._me:
                self._signed.setdefault(_content(found.ballot), found)
        return heard

    def _said(self, ledger: Ledger) -> dict[ProposalId, bool]:
        found = (
            (proposal.id, self._signed.get((proposal.id, proposal.content_hash)))
            for proposal in ledger.open_proposals()
        )
        return {proposal: signed.ballot.support for proposal, signed in found if signed is not None}

    def _signature(self, ballot: Ballot) -> BoxedBallot:
        """Remembered before anyone sees it."""
        signature = self._sign(self._notary.digest(ballot))
        signed = BoxedBallot(ballot=ballot, member=self._me, signature=signature)
        self._signed[_content(ballot)] = signed
        log.info("signed %s on %s", "yes" if ballot.support else "no", ballot.proposal)
        return signed

    def _open_boxes(self, ledger: Ledger) -> Boxes:
        urls = ballot_boxes(ledger)
        if self._boxes is None or urls != self._urls:
            self._boxes, self._urls = self._boxes_at(urls), urls
        return self._boxes


def _content(ballot: Ballot) -> Content:
    return ballot.proposal, ballot.content_hash
