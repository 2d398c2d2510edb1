from dataclasses import replace
from typing import Any

import pytest

from agents.pen import AGAIN_AFTER_S, Pen
from tests.ballots.voters import ToldBox
from tests.builders import a_task, an_opening
from tests.workshop import FINISHER, SCANNER, SPRAYER, START_S, Workshop, account, key
from workmoot.ballots.box import BoxedBallot, BoxedDraft
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.poll import Notary, Poll, poll_of
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxUnreachable, WouldContradict
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger
from workmoot.domain.motions import MotionKind, StandingChange
from workmoot.domain.plan import PackedPlan, PlanEntry

NAMES = {SCANNER: "scanner", SPRAYER: "sprayer", FINISHER: "finisher"}


class Desk:
    """The scanner's pen in a workshop with one open proposal, and the one box it is told of."""

    def __init__(self, **policy: Any) -> None:
        self.workshop = Workshop(**{"ballots": "signed", "ballot_boxes": ["http://box"]} | policy)
        (task,) = self.workshop.post(a_task())
        self.id = self.workshop.propose("sprayer", PlanEntry(task=task, version=1, lead=SPRAYER, duration=1_000))
        self.box = ToldBox()
        self.opened: list[tuple[str, ...]] = []
        chain_id = self.workshop.chain.chain_id
        self.notary = Notary(chain_id=chain_id, dao=ADDRESSES["AllocationDAO"], verify=is_signed_by)
        self.signatures = 0
        self.wake()

    def wake(self) -> None:
        """A pen that remembers nothing."""
        self.pen = Pen(account("scanner"), self._sign, self.notary, self._boxes_at, now_s=lambda: self.now_s)

    @property
    def now_s(self) -> float:
        return float(self.workshop.now_s)

    @property
    def ledger(self) -> Ledger:
        return self.workshop.ledger

    @property
    def poll(self) -> Poll:
        return poll_of(self.ledger, self.workshop.proposal(self.id))

    def boxed(self, member: Number, *, support: bool = True) -> BoxedBallot:
        ballot = self.poll.ballot(support=support)
        signature = key(NAMES[member]).sign(self.notary.digest(ballot))
        return BoxedBallot(ballot=ballot, member=member, signature=signature)

    def _sign(self, digest: bytes) -> bytes:
        self.signatures += 1
        return key("scanner").sign(digest)

    def _boxes_at(self, urls: Any) -> Boxes:
        self.opened.append(tuple(urls))
        return Boxes([self.box], self.notary, now_s=lambda: self.now_s, patience_s=60, pause_s=0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_look__plant_votes_directly__opens_no_box():
    desk = Desk(ballots="direct")
    known = desk.pen.look(desk.ledger)
    assert (known.heard, known.said, desk.opened) == ({}, {}, [])


def test_look__others_ballots__are_heard_and_are_not_its_own(desk: Desk):
    desk.box.ballots = [desk.boxed(SPRAYER)]
    known = desk.pen.look(desk.ledger)
    assert ([found.boxed.member for found in known.heard[desk.poll.content]], known.said) == ([SPRAYER], {})


def test_look__again__opens_the_boxes_once(desk: Desk):
    desk.pen.look(desk.ledger)
    desk.pen.look(desk.ledger)
    assert desk.opened == [("http://box",)]


def test_look__woke__remembers_since_then(desk: Desk):
    woke = desk.workshop.chain.head
    desk.pen.look(desk.ledger)
    desk.workshop.chain.advance(5)
    known = desk.pen.look(desk.ledger)
    assert (known.woke_block, known.woke_s) == (woke.number, float(woke.timestamp))


def test_look__a_vote_that_is_over__is_not_asked_for(desk: Desk):
    desk.workshop.chain.advance(61)
    assert (desk.pen.look(desk.ledger).heard, desk.box.asked) == ({}, [])


def test_sign__puts_a_genuine_ballot_in_and_says_so(desk: Desk):
    desk.pen.look(desk.ledger)
    desk.pen.sign(desk.poll.ballot(support=False))
    assert desk.box.put_in == [desk.boxed(SCANNER, support=False)]
    assert desk.pen.look(desk.ledger).said == {desk.poll.content: False}


def test_sign__again__the_same_signature_and_not_too_often(desk: Desk):
    desk.pen.look(desk.ledger)
    for seconds in (0, AGAIN_AFTER_S - 1, 1):
        desk.workshop.chain.advance(int(seconds))
        desk.pen.sign(desk.poll.ballot(support=True))
    assert (desk.box.put_in, desk.signatures) == ([desk.boxed(SCANNER)] * 2, 1)


def test_sign__the_contrary__refused_and_nothing_put_in(desk: Desk):
    desk.pen.look(desk.ledger)
    desk.pen.sign(desk.poll.ballot(support=True))
    desk.workshop.chain.advance(60)
    with pytest.raises(WouldContradict):
        desk.pen.sign(desk.poll.ballot(support=False))
    assert (len(desk.box.put_in), desk.signatures) == (1, 1)


def test_sign__no_box_takes_it__what_was_signed_is_remembered_all_the_same(desk: Desk):
    desk.box.dead = True
    desk.pen.look(desk.ledger)
    with pytest.raises(BoxUnreachable):
        desk.pen.sign(desk.poll.ballot(support=True))
    assert desk.pen.look(desk.ledger).said == {desk.poll.content: True}
    with pytest.raises(WouldContradict):
        desk.pen.sign(desk.poll.ballot(support=False))


def test_sign__never_looked__no_box_is_known(desk: Desk):
    with pytest.raises(BoxUnreachable):
        desk.pen.sign(desk.poll.ballot(support=True))


def test_look__killed_and_awake_again__finds_what_it_signed_and_stands_by_it(desk: Desk):
    desk.box.ballots = [desk.boxed(SCANNER, support=False)]
    desk.wake()
    assert desk.pen.look(desk.ledger).said == {desk.poll.content: False}
    with pytest.raises(WouldContradict):
        desk.pen.sign(desk.poll.ballot(support=True))
    assert desk.signatures == 0


def test_look__a_box_makes_up_a_ballot_of_its_own__does_not_believe_it(desk: Desk):
    desk.box.ballots = [replace(desk.boxed(SPRAYER), member=SCANNER)]
    assert desk.pen.look(desk.ledger).said == {}


def test_look__after_a_reorganisation__what_was_signed_stays_signed(desk: Desk):
    desk.pen.look(desk.ledger)
    desk.pen.sign(desk.poll.ballot(support=True))
    again = Ledger()
    again.apply_all(desk.workshop.events)
    assert desk.pen.look(again).said == {desk.poll.content: True}
    assert again.head.timestamp < START_S


# Drafts


@pytest.fixture
def drafting() -> Desk:
    return Desk(ballots="at-once")


def a_draft(desk: Desk, proposer: Number = SCANNER, **changes: Any) -> Draft:
    """A draft for the next number, of a plan that names no task."""
    ledger = desk.ledger
    values: dict[str, Any] = {"proposer": proposer, "roster": ledger.roster, "members": ledger.voters}
    values |= {"deadline": desk.workshop.now_s + 60, "opening": an_opening(PackedPlan(assignments=b""))}
    return Draft(proposal=ledger.next_proposal, **values | changes)


def boxed_draft(desk: Desk, draft: Draft) -> BoxedDraft:
    digest = desk.notary.digest(draft.ballot(support=True))
    return BoxedDraft(draft=draft, signature=key(NAMES[draft.proposer]).sign(digest))


def test_look__plant_does_not_decide_at_once__asks_for_no_drafts(desk: Desk):
    desk.box.drafts = [boxed_draft(desk, a_draft(desk, SPRAYER))]
    assert (desk.pen.look(desk.ledger).drafts, desk.box.drafts_asked) == ((), [])


def test_look__nothing_waits_to_be_decided__asks_for_no_drafts(drafting: Desk):
    for name in ("scanner", "sprayer"):
        drafting.workshop.vote(name, drafting.id)
    assert (drafting.pen.look(drafting.ledger).drafts, drafting.box.drafts_asked) == ((), [])


def test_look__anothers_draft__is_known_as_the_proposal_it_would_be(drafting: Desk):
    draft = a_draft(drafting, SPRAYER)
    drafting.box.drafts = [boxed_draft(drafting, draft)]
    (found,) = drafting.pen.look(drafting.ledger).drafts
    assert (found.id, found.proposer, found.content_hash) == (draft.proposal, SPRAYER, draft.content_hash)
    assert (found.at.block, found.at.timestamp) == (draft.opening.read_at, drafting.workshop.now_s)


def test_look__a_draft_again__is_read_once_of_each_ledger(drafting: Desk):
    drafting.box.drafts = [boxed_draft(drafting, a_draft(drafting, SPRAYER))]
    (found,), (again,) = (drafting.pen.look(drafting.ledger).drafts for _ in range(2))
    assert again is found
    reorganised = Ledger()
    reorganised.apply_all(drafting.workshop.events)
    reorganised.head = drafting.ledger.head
    (anew,) = drafting.pen.look(reorganised).drafts
    assert (anew is found, anew) == (False, found)


def test_look__a_draft_is_gone__is_known_no_more(drafting: Desk):
    drafting.box.drafts = [boxed_draft(drafting, a_draft(drafting, SPRAYER))]
    assert len(drafting.pen.look(drafting.ledger).drafts) == 1
    drafting.workshop.chain.advance(61)
    assert drafting.pen.look(drafting.ledger).drafts == ()


def test_look__a_draft_of_a_block_that_is_not_read_yet__waits(drafting: Desk):
    head = drafting.workshop.chain.head
    opening = an_opening(PackedPlan(assignments=b""), read_at=head.number + 1)
    drafting.box.drafts = [boxed_draft(drafting, a_draft(drafting, SPRAYER, opening=opening))]
    ledger = drafting.ledger
    assert drafting.pen.look(ledger).drafts == ()
    ledger.head = replace(head, number=head.number + 1)
    assert len(drafting.pen.look(ledger).drafts) == 1


def test_share__puts_the_draft_in_with_a_yes_and_knows_both(drafting: Desk):
    drafting.pen.look(drafting.ledger)
    draft = a_draft(drafting)
    drafting.pen.share(draft)
    assert drafting.box.drafts_put_in == [boxed_draft(drafting, draft)]
    known = drafting.pen.look(drafting.ledger)
    assert [found.content_hash for found in known.drafts] == [draft.content_hash]
    assert known.said == {draft.content: True}


def test_share__again__the_same_signature_and_not_too_often(drafting: Desk):
    drafting.pen.look(drafting.ledger)
    draft = a_draft(drafting)
    for seconds in (0, AGAIN_AFTER_S - 1, 1):
        drafting.workshop.chain.advance(int(seconds))
        drafting.pen.share(draft)
    assert (drafting.box.drafts_put_in, drafting.signatures) == ([boxed_draft(drafting, draft)] * 2, 1)


def test_share__no_box_takes_it__is_remembered_until_its_time_is_over(drafting: Desk):
    drafting.box.dead = True
    drafting.pen.look(drafting.ledger)
    with pytest.raises(BoxUnreachable, match="no ballot box took the draft"):
        drafting.pen.share(a_draft(drafting))
    drafting.workshop.chain.advance(60)
    assert len(drafting.pen.look(drafting.ledger).drafts) == 1
    drafting.workshop.chain.advance(1)
    assert drafting.pen.look(drafting.ledger).drafts == ()


def test_look__its_number_was_taken__its_own_draft_is_still_known(drafting: Desk):
    drafting.pen.look(drafting.ledger)
    draft = a_draft(drafting)
    drafting.pen.share(draft)
    drafting.workshop.move("sprayer", StandingChange(kind=MotionKind.RETIRE, member=FINISHER))
    assert [found.id for found in drafting.pen.look(drafting.ledger).drafts] == [draft.proposal]


def test_look__killed_and_awake_again__finds_its_draft_and_that_it_said_yes(drafting: Desk):
    draft = a_draft(drafting)
    drafting.box.drafts = [boxed_draft(drafting, draft)]
    drafting.wake()
    known = drafting.pen.look(drafting.ledger)
    assert ([found.id for found in known.drafts], known.said) == ([draft.proposal], {draft.content: True})
    with pytest.raises(WouldContradict):
        drafting.pen.sign(draft.ballot(support=False))
    assert drafting.signatures == 0
