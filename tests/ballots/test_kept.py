from tests.ballots.voters import FINISHER, POLL, SCANNER, SPRAYER, a_poll, boxed
from workmoot.ballots.kept import Kept, KeptBallots
from workmoot.domain.hashing import keccak


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
    assert not box.keep(boxed(SCANNER, support=False, poll=other)).equivocates


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
