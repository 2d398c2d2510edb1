import pytest

from tests.ballots.voters import FINISHER, NEXT, POLL, SCANNER, SPRAYER, a_draft, a_poll, boxed, boxed_draft
from workmoot.ballots.kept import MOST_DRAFTS_EACH, Kept, KeptBallots, KeptDraft
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, ProposalId


def test_keep__first_again_and_contrary__says_which():
    box = KeptBallots()
    assert [box.keep(ballot) for ballot in (boxed(SCANNER), boxed(SCANNER), boxed(SCANNER, support=False))] == [
        Kept(place=1, is_new=True, equivocates=False),
        Kept(place=1, is_new=False, equivocates=False),
        Kept(place=2, is_new=True, equivocates=True),
    ]
    assert box.equivocators(POLL.proposal) == (SCANNER,)


def test_keep__contrary_about_another_content__no_equivocation():
    box = KeptBallots()
    box.put(boxed(SCANNER))
    other = a_poll(content_hash=keccak(b"after a reorganisation"))
    box.put(boxed(SCANNER, support=False, poll=other))
    assert box.equivocators(POLL.proposal) == ()


def test_find__there_and_not_there__tells():
    box = KeptBallots()
    box.put(boxed(SCANNER))
    assert (box.find(boxed(SCANNER)), box.find(boxed(SPRAYER)), box.find(boxed(SCANNER, poll=a_poll(2)))) == (
        Kept(place=1, is_new=False, equivocates=False),
        None,
        None,
    )


def test_find__another_roster_under_the_same_content__is_not_the_same_ballot():
    box = KeptBallots()
    box.put(boxed(SCANNER))
    assert box.find(boxed(SCANNER, poll=a_poll(roster=9))) is None


def test_read__from_a_place_on__in_the_order_they_came():
    box = KeptBallots()
    for member in (SPRAYER, SCANNER, FINISHER):
        box.put(boxed(member))
    page = box.read(POLL.proposal, after=1)
    assert ([ballot.member for ballot in page.items], page.last, page.more) == ([SCANNER, FINISHER], 3, False)


def test_read__past_the_end__nothing_and_the_true_last_place():
    box = KeptBallots()
    box.put(boxed(SCANNER))
    page = box.read(POLL.proposal, after=9)
    assert (page.items, page.last, page.more) == ((), 1, False)


def test_read__nothing_there__empty():
    assert KeptBallots().read(POLL.proposal).items == ()


def test_keep__full__the_first_proposal_is_forgotten():
    box = KeptBallots(most=2)
    for proposal in (1, 2, 3):
        box.put(boxed(SCANNER, poll=a_poll(proposal)))
    assert [len(box.read(a_poll(proposal).proposal).items) for proposal in (1, 2, 3)] == [0, 1, 1]


def test_keep__one_number_fills_the_box__no_more_on_it_and_what_is_there_stays_known():
    box = KeptBallots(most=2)
    box.put(boxed(SCANNER, poll=a_poll(2)))
    assert [box.keep(boxed(member)) is None for member in (SCANNER, SPRAYER, FINISHER, SCANNER)] == [
        False,
        False,
        True,
        False,
    ]
    assert (len(box.read(POLL.proposal).items), len(box.read(a_poll(2).proposal).items)) == (2, 0)


def test_keep_draft__new_and_again__says_which_and_where():
    box = KeptBallots()
    found = [box.keep_draft(draft) for draft in (boxed_draft(), boxed_draft(a_draft(SPRAYER)), boxed_draft())]
    assert found == [
        KeptDraft(boxed=boxed_draft(), place=1, is_new=True),
        KeptDraft(boxed=boxed_draft(a_draft(SPRAYER)), place=2, is_new=True),
        KeptDraft(boxed=boxed_draft(), place=1, is_new=False),
    ]


def test_keep_draft__again_under_another_signature__the_first_stays():
    box = KeptBallots()
    box.put_draft(boxed_draft())
    box.put_draft(boxed_draft(by=SPRAYER))
    assert box.read_drafts(NEXT.proposal).items == (boxed_draft(),)


def test_read_drafts__from_a_place_on__in_the_order_they_came():
    box = KeptBallots()
    for member in (SPRAYER, SCANNER, FINISHER):
        box.put_draft(boxed_draft(a_draft(member)))
    page = box.read_drafts(NEXT.proposal, after=1)
    assert ([boxed.draft.proposer for boxed in page.items], page.last, page.more) == ([SCANNER, FINISHER], 3, False)


def test_read_drafts__more_than_a_page__says_so():
    box = KeptBallots()
    for number in range(1, 6):
        box.put_draft(boxed_draft(a_draft(Number(number))))
    page = box.read_drafts(NEXT.proposal)
    assert (len(page.items), page.last, page.more) == (3, 3, True)


def test_read_drafts__another_number__nothing():
    box = KeptBallots()
    box.put_draft(boxed_draft())
    assert box.read_drafts(ProposalId(3)).items == ()


def test_keep_draft__for_another_number__the_former_are_forgotten():
    box = KeptBallots()
    box.put_draft(boxed_draft())
    box.put_draft(boxed_draft(a_draft(proposal=3)))
    assert box.read_drafts(NEXT.proposal).items == ()
    assert len(box.read_drafts(ProposalId(3)).items) == 1


def test_keep_draft__a_members_fifth__is_not_taken_and_what_is_there_stays_known():
    box = KeptBallots()
    drafts = [boxed_draft(a_draft(plan=bytes([place]))) for place in range(MOST_DRAFTS_EACH + 1)]
    assert [box.keep_draft(draft) is None for draft in drafts] == [False] * MOST_DRAFTS_EACH + [True]
    assert box.keep_draft(drafts[0]) == KeptDraft(boxed=drafts[0], place=1, is_new=False)
    assert box.keep_draft(boxed_draft(a_draft(SPRAYER))) is not None


def test_has_room__members_that_have_many_and_none__tells_for_their_number():
    box = KeptBallots()
    for place in range(MOST_DRAFTS_EACH):
        box.put_draft(boxed_draft(a_draft(plan=bytes([place]))))
    asked = (a_draft(), a_draft(SPRAYER), a_draft(proposal=3))
    assert [box.has_room(draft) for draft in asked] == [False, True, True]


def test_keep_draft__all_have_too_many__is_not_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workmoot.ballots.kept.MOST_DRAFTS", 1)
    box = KeptBallots()
    box.put_draft(boxed_draft())
    assert box.keep_draft(boxed_draft(a_draft(SPRAYER))) is None


def test_find_draft__there_and_not_there__tells():
    box = KeptBallots()
    box.put_draft(boxed_draft())
    assert box.find_draft(a_draft().content) == KeptDraft(boxed=boxed_draft(), place=1, is_new=False)
    assert box.find_draft(a_draft(SPRAYER).content) is None
    assert box.find_draft((ProposalId(3), a_draft().content_hash)) is None
