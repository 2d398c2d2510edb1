"""A worker's signature under ballots: the same answer to the same question, ever; and the boxes they are put into."""

import logging
from collections.abc import Callable, Sequence

from agents.ballots import Known
from workmoot.ballots.box import BoxedBallot, BoxedDraft
from workmoot.ballots.boxes import Boxes, Hearing
from workmoot.ballots.poll import Notary, next_vote, poll_of
from workmoot.domain.ballots import Ballot, Content
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxUnreachable, WouldContradict
from workmoot.domain.ids import NOBODY, Address, Number
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.planning.horizon import ballot_boxes, decides_at_once, is_to_decide, votes_by_signature

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 2.0
"""Wall seconds until a ballot that is in no box is put in again."""
SILENCE = Hearing(ballots={}, drafts=())


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
        self._drafts: dict[Content, Draft] = {}
        self._read: dict[Content, Proposal] = {}
        self._read_by: Ledger | None = None
        self._put_at: dict[Content, float] = {}
        self._woke: tuple[int, float] | None = None

    def look(self, ledger: Ledger) -> Known:
        """What is known now; nothing where the plant votes directly."""
        self._woke = self._woke or (ledger.head.number, self._now_s())
        block, at_s = self._woke
        hearing = self._listen(ledger) if votes_by_signature(ledger) else SILENCE
        return Known(
            heard=hearing.ballots,
            said={content: signed.ballot.support for content, signed in self._signed.items()},
            drafts=self._proposals(ledger, hearing.drafts),
            woke_block=block,
            woke_s=at_s,
        )

    def sign(self, ballot: Ballot) -> None:
        """Signs it once and for all, and puts it into the boxes, not more often than is of use."""
        signed = self._once_signed(ballot)
        self._put(ballot.content, lambda boxes: boxes.put(signed))

    def share(self, draft: Draft) -> None:
        """The same with a draft of its own and its yes to it."""
        signed = self._once_signed(draft.ballot(support=True))
        self._drafts[draft.content] = draft
        boxed = BoxedDraft(draft=draft, signature=signed.signature)
        self._put(draft.content, lambda boxes: boxes.put_draft(boxed))

    def _listen(self, ledger: Ledger) -> Hearing:
        """The ballots of all open proposals and drafts; its own among them are remembered as if it had just signed
        them, and its own drafts as if it had just made them."""
        me, now = ledger.member_of(self._account), self._now_s()
        self._me = me.number if me else NOBODY
        polls = [poll_of(ledger, proposal) for proposal in ledger.open_proposals() if now <= proposal.deadline]
        hearing = self._open_boxes(ledger).hear(polls, next_vote(ledger) if _may_be_drafted(ledger) else None)
        for found in (found.boxed for ballots in hearing.ballots.values() for found in ballots):
            if found.member == self._me:
                self._signed.setdefault(found.ballot.content, found)
        own = {draft.content: draft for draft in hearing.drafts if draft.proposer == self._me}
        self._drafts = {key: draft for key, draft in (self._drafts | own).items() if now <= draft.deadline}
        return hearing

    def _proposals(self, ledger: Ledger, drafts: Sequence[Draft]) -> tuple[Proposal, ...]:
        """Its own drafts and the others', each read once; of a block that is not read yet, what they take is not known
        yet."""
        others = (draft for draft in drafts if draft.content not in self._drafts)
        known = [draft for draft in (*self._drafts.values(), *others) if draft.opening.read_at <= ledger.head.number]
        before = self._read if ledger is self._read_by else {}
        self._read_by = ledger
        self._read = {draft.content: before.get(draft.content) or ledger.as_proposal(draft) for draft in known}
        return tuple(self._read.values())

    def _once_signed(self, ballot: Ballot) -> BoxedBallot:
        signed = self._signed.get(ballot.content) or self._signature(ballot)
        if signed.ballot != ballot:
            raise WouldContradict(f"proposal {ballot.proposal}: the contrary is signed already")
        return signed

    def _put(self, content: Content, into: Callable[[Boxes], None]) -> None:
        now = self._now_s()
        if self._boxes is None:
            raise BoxUnreachable("no ballot box is known")
        if now >= self._put_at.get(content, 0.0) + AGAIN_AFTER_S:
            self._put_at[content] = now
            into(self._boxes)

    def _signature(self, ballot: Ballot) -> BoxedBallot:
        """Remembered before anyone sees it."""
        signature = self._sign(self._notary.digest(ballot))
        signed = BoxedBallot(ballot=ballot, member=self._me, signature=signature)
        self._signed[ballot.content] = signed
        log.info("signed %s on %s", "yes" if ballot.support else "no", ballot.proposal)
        return signed

    def _open_boxes(self, ledger: Ledger) -> Boxes:
        urls = ballot_boxes(ledger)
        if self._boxes is None or urls != self._urls:
            self._boxes, self._urls = self._boxes_at(urls), urls
        return self._boxes


def _may_be_drafted(ledger: Ledger) -> bool:
    """Whether members share drafts, and there is work to decide."""
    return decides_at_once(ledger) and any(is_to_decide(ledger, task, ledger.now) for task in ledger.tasks.values())
