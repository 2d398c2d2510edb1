from agents.actions import ComeBack, PublishOffers, StartTask
from agents.policy import decide
from tests.builders import a_task
from tests.workshop import SPRAYER, VOTING, Workshop
from workmoot.domain.motions import PolicyChange


def test_decide__work_in_hand_and_open_work__the_urgent_first():
    workshop = Workshop()
    mine, _ = workshop.post(a_task(), a_task())
    workshop.allocate(mine, "sprayer")
    assert [type(action) for action in decide(workshop.view("sprayer"))] == [StartTask, PublishOffers]


def test_decide__suspended__does_nothing():
    workshop = Workshop()
    workshop.post(a_task())
    workshop.suspend("sprayer")
    assert decide(workshop.view("sprayer")) == []


def test_decide__left_out__comes_back_and_does_nothing_else():
    workshop = Workshop()
    workshop.post(a_task())
    for _ in range(VOTING.absent_after):
        workshop.move("scanner", PolicyChange(policy=VOTING))
        workshop.chain.advance(VOTING.voting_seconds + 1)
    workshop.by("stranger").motions.leave_out(SPRAYER)
    assert decide(workshop.view("sprayer")) == [ComeBack()]


def test_decide__same_view__same_actions():
    workshop = Workshop()
    workshop.post(a_task(), a_task())
    view = workshop.view("sprayer")
    assert decide(view) == decide(view)
