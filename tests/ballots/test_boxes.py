import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.ballots.voters import (
    FINISHER,
    LOADER,
    NEXT,
    NOTARY,
    POLL,
    SCANNER,
    SPRAYER,
    STRANGER,
    VOTERS,
    ToldBox,
    a_draft,
    a_next_vote,
    a_poll,
    boxed,
    boxed_draft,
    on_draft,
    unsigned,
)
from tests.builders import an_address
from workmoot.ballots import boxes as boxes_module
from workmoot.ballots.box import BallotBox, BoxedBallot, BoxedDraft, Page
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.errand import Errand, wait_for_all
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.poll import NextVote
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import BoxUnreachable, Unreachable
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Address, ProposalId
from workmoot.domain.motions import MotionKind, StandingChange, pack_motion
from workmoot.domain.plan import TREE

GENEROUS_S = 60.0
SHORT_S = 0.3


class Now:
    """The time a test says it is."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Now:
    return Now()


def using(*boxes: BallotBox, now: Now | None = None, patience_s: float = GENEROUS_S) -> Boxes:
    return Boxes(boxes, NOTARY, now_s=now or Now(), patience_s=patience_s, pause_s=0)


def heard_by(boxes: Boxes) -> list[BoxedBallot]:
    """What is known of the one vote."""
    return [heard.boxed for heard in boxes.hear([POLL]).ballots[POLL.content]]


class StuckBox(ToldBox):
    """Answers when it is let go, not before."""

    def __init__(self, *ballots: BoxedBallot) -> None:
        super().__init__(*ballots, name="stuck")
        self.let_go = threading.Event()

    def put(self, ballot: BoxedBallot) -> None:
        self.let_go.wait()
        super().put(ballot)

    def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
        self.let_go.wait()
        return super().read(proposal, after=after)

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        self.let_go.wait()
        return super().read_drafts(proposal, after=after)


@pytest.fixture
def waited_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many boxes were waited for each time; all but the first answer, however busy the machine is."""
    counts: list[int] = []

    def wait(errands: Sequence[Errand[Any]], *, patience_s: float) -> None:
        counts.append(len(errands))
        wait_for_all(errands, patience_s=patience_s)
        wait_for_all(errands[1:], patience_s=GENEROUS_S)

    monkeypatch.setattr(boxes_module, "wait_for_all", wait)
    return counts


def test_hear__two_boxes__what_either_has_once():
    first, second = ToldBox(boxed(SCANNER), boxed(SPRAYER)), ToldBox(boxed(SPRAYER), boxed(FINISHER, support=False))
    found = heard_by(using(first, second))
    assert [(ballot.member, ballot.ballot.support) for ballot in found] == [
        (SCANNER, True),
        (SPRAYER, True),
        (FINISHER, False),
    ]


def test_hear__again__only_what_is_new_is_asked_and_the_times_stay(now: Now):
    box = ToldBox(boxed(SCANNER))
    boxes = using(box, now=now)
    boxes.hear([POLL])
    now.s = 105.0
    box.ballots.append(boxed(SPRAYER))
    found = boxes.hear([POLL]).ballots[POLL.content]
    assert ([heard.at_s for heard in found], box.asked) == ([100.0, 105.0], [0, 1])


def test_hear__another_box_shows_it_later__the_time_stays(now: Now):
    late = ToldBox()
    boxes = using(ToldBox(boxed(SCANNER)), late, now=now)
    boxes.hear([POLL])
    now.s, late.ballots = 105.0, [boxed(SCANNER)]
    assert [heard.at_s for heard in boxes.hear([POLL]).ballots[POLL.content]] == [100.0]


def test_hear__asked_all_the_time__looks_into_a_box_now_and_then():
    box = ToldBox(boxed(SCANNER))
    boxes = Boxes([box], NOTARY, now_s=Now(), patience_s=GENEROUS_S, pause_s=3600)
    assert (heard_by(boxes), heard_by(boxes), box.asked) == ([boxed(SCANNER)], [boxed(SCANNER)], [0])


def test_hear__yes_and_no_of_one_member__both():
    both = [boxed(SCANNER), boxed(SCANNER, support=False)]
    assert heard_by(using(ToldBox(*both))) == both


def test_hear__the_same_ballot_signed_twice__the_first():
    other = replace(boxed(SCANNER), signature=unsigned().signature)
    assert heard_by(using(ToldBox(boxed(SCANNER), other))) == [boxed(SCANNER)]


FOREIGN = {
    "another's signature": boxed(SCANNER, by=SPRAYER),
    "nobody's signature": unsigned(),
    "a stranger": boxed(STRANGER),
    "another content": boxed(SCANNER, poll=a_poll(content_hash=keccak(b"another"))),
    "another proposal": boxed(SCANNER, poll=a_poll(2)),
    "another electorate": boxed(SCANNER, poll=a_poll(roster=5)),
    "another deadline": boxed(SCANNER, poll=a_poll(deadline=1)),
    "another chain": boxed(SCANNER, notary=replace(NOTARY, chain_id=1)),
    "another contract": boxed(SCANNER, notary=replace(NOTARY, dao=an_address(8))),
    "the contrary under the same signature": replace(boxed(SCANNER), ballot=POLL.ballot(support=False)),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
def test_hear__a_box_that_lies__the_ballot_is_not_believed_and_others_are(foreign: BoxedBallot):
    assert heard_by(using(ToldBox(foreign, boxed(LOADER)))) == [boxed(LOADER)]


def test_hear__a_box_forges_a_members_ballots__costs_one_check_and_it_is_heard_of_others_for_good():
    checked: list[bytes] = []

    def verify(account: Address, digest: bytes, signature: bytes) -> bool:
        checked.append(signature)
        return is_signed_by(account, digest, signature)

    forged = [unsigned(size=65 + more) for more in range(20)]
    box = ToldBox(*forged, boxed(SCANNER), boxed(LOADER))
    boxes = Boxes([box], replace(NOTARY, verify=verify), now_s=Now(), patience_s=GENEROUS_S, pause_s=0)
    assert heard_by(boxes) == [boxed(LOADER)]
    box.ballots += [*forged, boxed(SPRAYER)]
    assert heard_by(boxes) == [boxed(LOADER), boxed(SPRAYER)]
    assert checked == [forged[0].signature, boxed(LOADER).signature, boxed(SPRAYER).signature]


def test_hear__one_box_forges_a_members_ballot__the_member_is_heard_from_another():
    assert heard_by(using(ToldBox(unsigned()), ToldBox(boxed(SCANNER)))) == [boxed(SCANNER)]


def test_hear__a_dead_box__the_others_are_heard_and_it_rests(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boxes_module, "REST_S", GENEROUS_S)
    dead, alive = ToldBox(boxed(SCANNER)), ToldBox(boxed(SPRAYER))
    dead.dead = True
    boxes = using(dead, alive)
    assert heard_by(boxes) == [boxed(SPRAYER)]
    dead.dead = False
    assert (heard_by(boxes), dead.asked) == ([boxed(SPRAYER)], [])
    monkeypatch.setattr(boxes_module, "monotonic", lambda: time.monotonic() + GENEROUS_S)
    assert heard_by(boxes) == [boxed(SPRAYER), boxed(SCANNER)]


def test_hear__a_slow_box__is_waited_for_once_and_heard_when_it_answers(waited_for: list[int]):
    slow, quick = StuckBox(boxed(SCANNER)), ToldBox(boxed(SPRAYER))
    boxes = using(slow, quick, patience_s=SHORT_S)
    assert heard_by(boxes) == [boxed(SPRAYER)]
    assert heard_by(boxes) == [boxed(SPRAYER)]
    assert waited_for == [2, 1]
    slow.let_go.set()
    boxes._corners[0].errand.wait(GENEROUS_S)  # type: ignore[union-attr]
    assert heard_by(boxes) == [boxed(SPRAYER), boxed(SCANNER)]


def test_hear__a_box_that_was_emptied__is_read_from_the_start():
    names = iter("ab")
    box = KeptBallots(new_name=lambda: next(names))
    box.put(boxed(SCANNER))
    boxes = using(box)
    heard_by(boxes)
    box._stacks.clear()
    box.put(boxed(SPRAYER))
    assert heard_by(boxes) == [boxed(SCANNER), boxed(SPRAYER)]


def test_hear__a_box_that_is_emptied_at_every_look__ends():
    class Emptied(ToldBox):
        def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
            self.asked.append(after)
            return Page(box=str(len(self.asked)), items=(boxed(SCANNER),), last=1, more=True)

    box = Emptied()
    boxes = using(box)
    boxes.hear([POLL])
    boxes.hear([POLL])
    assert len(box.asked) <= 2 * boxes_module.MOST_PAGES


def test_hear__more_than_a_page__all(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workmoot.ballots.kept.PAGE", 2)
    box = KeptBallots()
    for member in VOTERS:
        box.put(boxed(member))
    assert [ballot.member for ballot in heard_by(using(box))] == list(VOTERS)


def test_hear__more_pages_than_are_read_in_one_look__the_next_look_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workmoot.ballots.kept.PAGE", 1)
    monkeypatch.setattr(boxes_module, "MOST_PAGES", 3)
    box = KeptBallots()
    for member in VOTERS:
        box.put(boxed(member))
    boxes = using(box)
    assert [[ballot.member for ballot in heard_by(boxes)] for _ in range(2)] == [list(VOTERS[:3]), list(VOTERS)]


def test_hear__a_vote_that_is_over__nothing_is_kept_of_it():
    box = ToldBox(boxed(SCANNER))
    boxes = using(box)
    boxes.hear([POLL])
    assert (boxes.hear([]).ballots, boxes._heard) == ({}, {})


def test_hear__same_proposal_with_another_content__old_ballots_are_not_of_it():
    box = ToldBox(boxed(SCANNER))
    boxes = using(box)
    boxes.hear([POLL])
    other = a_poll(content_hash=keccak(b"after a reorganisation"))
    box.ballots.append(boxed(SCANNER, support=False, poll=other))
    (found,) = boxes.hear([other]).ballots[other.content]
    assert not found.boxed.ballot.support


def test_hear__the_signature_cannot_be_checked_now__is_checked_at_the_next_look():
    asked: list[object] = []

    def verify(*question: object) -> bool:
        asked.append(question)
        if len(asked) == 1:
            raise Unreachable("the node is away")
        return True

    boxes = Boxes(
        [ToldBox(boxed(SCANNER))], replace(NOTARY, verify=verify), now_s=Now(), patience_s=GENEROUS_S, pause_s=0
    )
    with pytest.raises(Unreachable):
        boxes.hear([POLL])
    assert heard_by(boxes) == [boxed(SCANNER)]


def test_put__several_boxes__into_all():
    first, second = ToldBox(), ToldBox()
    using(first, second).put(boxed(SCANNER))
    assert first.put_in == second.put_in == [boxed(SCANNER)]


def test_put__one_box_is_dead__the_other_has_it():
    dead, alive = ToldBox(), ToldBox()
    dead.dead = True
    using(dead, alive).put(boxed(SCANNER))
    assert alive.put_in == [boxed(SCANNER)]


def test_put__a_slow_box_and_another__ends_while_the_slow_one_has_not_answered(waited_for: list[int]):
    slow, quick = StuckBox(), ToldBox()
    using(slow, quick, patience_s=SHORT_S).put(boxed(SCANNER))
    assert (quick.put_in, slow.put_in) == ([boxed(SCANNER)], [])
    slow.let_go.set()


def test_put__no_box__is_said():
    with pytest.raises(BoxUnreachable, match="no ballot box took the ballot"):
        using().put(boxed(SCANNER))


def test_put__a_slow_box_alone__is_said():
    slow = StuckBox()
    with pytest.raises(BoxUnreachable, match="no ballot box took the ballot"):
        using(slow, patience_s=SHORT_S).put(boxed(SCANNER))
    slow.let_go.set()


# Drafts


def drafts_by(boxes: Boxes, upcoming: NextVote | None = NEXT) -> list[Draft]:
    """What is known of the next vote."""
    return list(boxes.hear([], upcoming).drafts)


def told(*drafts: BoxedDraft) -> ToldBox:
    box = ToldBox()
    box.drafts = list(drafts)
    return box


def test_hear__drafts_are_not_wanted__asks_for_none():
    box = told(boxed_draft())
    assert (drafts_by(using(box), None), box.drafts_asked) == ([], [])


def test_hear__a_draft_for_the_next_vote__with_its_proposers_yes():
    heard = using(told(boxed_draft())).hear([], NEXT)
    assert heard.drafts == (a_draft(),)
    assert [found.boxed for found in heard.ballots[a_draft().content]] == [boxed_draft().yes]


def test_hear__ballots_on_a_draft__are_heard_with_the_proposers():
    box = told(boxed_draft())
    boxes = using(box)
    boxes.hear([], NEXT)
    box.ballots = [on_draft(SPRAYER, a_draft(), support=False), boxed(FINISHER, poll=a_poll(2))]
    found = boxes.hear([], NEXT).ballots[a_draft().content]
    assert [(heard.boxed.member, heard.boxed.ballot.support) for heard in found] == [(SCANNER, True), (SPRAYER, False)]


def test_hear__drafts_again__only_what_is_new_is_asked():
    box = told(boxed_draft())
    boxes = using(box)
    drafts_by(boxes)
    box.drafts.append(boxed_draft(a_draft(SPRAYER)))
    assert drafts_by(boxes) == [a_draft(), a_draft(SPRAYER)]
    assert box.drafts_asked == [(NEXT.proposal, 0), (NEXT.proposal, 1)]


FOREIGN_DRAFTS = {
    "another's signature": boxed_draft(by=SPRAYER),
    "the contrary's signature": BoxedDraft(
        draft=a_draft(), signature=on_draft(SCANNER, a_draft(), support=False).signature
    ),
    "a stranger's": boxed_draft(a_draft(STRANGER)),
    "another number": boxed_draft(a_draft(proposal=3)),
    "another electorate": boxed_draft(a_draft(roster=5)),
    "another count of members": boxed_draft(a_draft(members=1)),
    "another plan under the signature": BoxedDraft(draft=a_draft(plan=b"\7"), signature=boxed_draft().signature),
    "over": boxed_draft(a_draft(deadline=99)),
    "a motion": boxed_draft(a_draft(plan=pack_motion(StandingChange(kind=MotionKind.SUSPEND, member=LOADER)))),
    "a tree": boxed_draft(a_draft(plan=TREE + bytes(36))),
}


@pytest.mark.parametrize("foreign", FOREIGN_DRAFTS.values(), ids=FOREIGN_DRAFTS)
def test_hear__a_box_that_lies_about_drafts__is_not_believed_and_others_are(foreign: BoxedDraft):
    assert drafts_by(using(told(foreign, boxed_draft(a_draft(LOADER))))) == [a_draft(LOADER)]


def test_hear__two_drafts_of_one_member__the_first_until_its_time_is_over(now: Now):
    first, second = a_draft(deadline=110), a_draft(deadline=150)
    box = told(boxed_draft(first), boxed_draft(second))
    boxes = using(box, now=now)
    assert drafts_by(boxes) == [first]
    now.s = 111.0
    box.drafts.append(boxed_draft(second))
    assert drafts_by(boxes) == [second]


def test_hear__the_number_was_taken__reads_the_drafts_for_the_next_from_the_start():
    box = told(boxed_draft(), boxed_draft(a_draft(SPRAYER, proposal=3)))
    boxes = using(box)
    assert drafts_by(boxes) == [a_draft()]
    assert drafts_by(boxes, a_next_vote(3)) == [a_draft(SPRAYER, proposal=3)]
    assert box.drafts_asked == [(NEXT.proposal, 0), (ProposalId(3), 0)]


def test_hear__an_answer_about_another_number_comes_late__is_not_taken_for_this_ones():
    late = StuckBox()
    late.drafts = [boxed_draft(a_draft(SPRAYER, proposal=3))]
    boxes = using(late, patience_s=SHORT_S)
    assert drafts_by(boxes) == []
    late.let_go.set()
    boxes._corners[0].errand.wait(GENEROUS_S)  # type: ignore[union-attr]
    assert drafts_by(boxes, a_next_vote(3)) == []
    assert drafts_by(boxes, a_next_vote(3)) == [a_draft(SPRAYER, proposal=3)]


def test_hear__a_box_forges_a_members_drafts__it_is_heard_of_others_for_good():
    box = told(*[boxed_draft(a_draft(plan=bytes([place])), by=SPRAYER) for place in range(1, 9)], boxed_draft())
    boxes = using(box)
    assert drafts_by(boxes) == []
    box.drafts.append(boxed_draft(a_draft(LOADER)))
    assert drafts_by(boxes) == [a_draft(LOADER)]


def test_put_draft__one_box_is_dead__the_other_has_it():
    dead, alive = ToldBox(), ToldBox()
    dead.dead = True
    using(dead, alive).put_draft(boxed_draft())
    assert alive.drafts_put_in == [boxed_draft()]


def test_put_draft__no_box__is_said():
    with pytest.raises(BoxUnreachable, match="no ballot box took the draft"):
        using().put_draft(boxed_draft())
