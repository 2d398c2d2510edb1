from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from agents import policy
from agents.actions import Action, CastVote, Decide, PublishReview, SignBallot
from agents.policy import signing, voting
from agents.policy.signing import PART, STAGGER_S
from tests.builders import a_task, an_entry, an_offer
from tests.workshop import ARM, FINISHER, NO_BALLOTS, SCANNER, SPRAYER, START_S, VOTING, Workshop
from workmoot.ballots.box import BoxedBallot
from workmoot.ballots.boxes import Heard
from workmoot.ballots.poll import poll_of
from workmoot.domain.ballots import Content
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Proposal
from workmoot.domain.motions import MotionKind, StandingChange

TALK_S = 2.0
TALKED_S = START_S + 2 * TALK_S
DIRECT_S = TALKED_S + (VOTING.voting_seconds - 2 * TALK_S) / PART
NAMES = {SCANNER: "scanner", SPRAYER: "sprayer", FINISHER: "finisher"}


class Vote:
    """The sprayer proposes to do a task itself; the three members vote by signature."""

    def __init__(self, **policy: Any) -> None:
        self.workshop = Workshop(talk_s=TALK_S, **{"ballots": "signed"} | policy)
        (task,) = self.workshop.post(a_task())
        self.workshop.offer("sprayer", an_offer(task, robots=(ARM,)))
        self.id = self.workshop.propose(
            "sprayer", an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,))
        )

    @property
    def proposal(self) -> Proposal:
        return self.workshop.proposal(self.id)

    @property
    def content(self) -> Content:
        return self.proposal.id, self.proposal.content_hash

    def heard(self, member: Number, *, support: bool = True, at_s: float = START_S) -> Heard:
        ballot = poll_of(self.workshop.ledger, self.proposal).ballot(support=support)
        return Heard(boxed=BoxedBallot(ballot=ballot, member=member, signature=b"\7" * 65), at_s=at_s)

    def on(
        self, name: str, *heard: Heard, said: bool | None = None, at_s: float = START_S, **known: Any
    ) -> list[Action]:
        """What that worker does about ballots and votes at a time."""
        spoken = {} if said is None else {self.content: said}
        ballots = replace(NO_BALLOTS, heard={self.content: heard}, said=spoken, **known)
        return policy.decide(self.workshop.view(name, now_s=at_s, ballots=ballots))

    def sent(self, *heard: Heard, **more: Any) -> Decide | None:
        """What the first in turn sends."""
        found = of(Decide, self.on(self.first(), *heard, **more))
        return found[0] if found else None

    def turns(self) -> list[str]:
        seed = keccak(b"decide" + self.proposal.content_hash)
        places = {name: self.workshop.view(name).place(list(NAMES), seed) for name in NAMES.values()}
        return sorted(places, key=lambda name: places[name])

    def first(self) -> str:
        return self.turns()[0]


def of(kind: type[Any], actions: Iterable[Action]) -> list[Any]:
    return [action for action in actions if isinstance(action, kind)]


def said_by(actions: list[Action]) -> list[tuple[str, bool]]:
    """Each ballot: signed or cast, and yes or no."""
    signed = [("signed", action.ballot.support) for action in of(SignBallot, actions)]
    return signed + [("cast", action.support) for action in of(CastVote, actions)]


@pytest.fixture
def vote() -> Vote:
    return Vote()


# Signing


def test_decide__proposer__signs_for_its_own(vote: Vote):
    (action,) = of(SignBallot, vote.on("sprayer"))
    assert action.ballot == poll_of(vote.workshop.ledger, vote.proposal).ballot(support=True)


def test_decide__plant_votes_directly__casts():
    assert said_by(Vote(ballots="direct").on("sprayer")) == [("cast", True)]


def test_decide__words_nobody_can_read__no_on_chain_at_once(vote: Vote):
    motion = StandingChange(kind=MotionKind.RETIRE, member=ARM)
    vote.id = vote.workshop.move("sprayer", motion, "\ufffd")
    about = [action for action in vote.on("scanner") if getattr(action, "proposal", 0) == vote.id]
    assert said_by(about) == [("cast", False)]


def test_decide__not_reviewed_yet__reviews_before_it_signs(vote: Vote):
    assert [type(action) for action in vote.on("scanner") if not of(Decide, [action])][-1:] == [PublishReview]


def test_decide__has_heard_enough__signs(vote: Vote):
    vote.workshop.review("scanner", vote.id)
    assert said_by(vote.on("scanner", at_s=TALKED_S)) == [("signed", True)]


def test_decide__its_ballot_is_in_no_box__puts_the_same_in_again(vote: Vote):
    assert said_by(vote.on("sprayer", said=False)) == [("signed", False)]


def test_decide__its_ballot_is_in_a_box__waits(vote: Vote):
    assert said_by(vote.on("sprayer", vote.heard(SPRAYER), said=True)) == []


@pytest.mark.parametrize(("late_s", "says"), [(-0.1, "signed"), (0.0, "cast")])
def test_decide__a_third_of_the_time_after_the_talk__on_chain(vote: Vote, late_s: float, says: str):
    assert said_by(vote.on("sprayer", at_s=DIRECT_S + late_s)) == [(says, True)]


@pytest.mark.parametrize("support", [True, False])
def test_decide__nobody_sent_what_it_signed__casts_the_same(vote: Vote, support: bool):
    own = vote.heard(SPRAYER, support=support)
    (ballot,) = of(CastVote, vote.on("sprayer", own, said=support, at_s=DIRECT_S))
    assert (ballot.support, ballot.reason) == (support, "As I signed.")


def test_decide__voted_on_chain__signs_nothing(vote: Vote):
    vote.workshop.vote("sprayer", vote.id)
    assert said_by(vote.on("sprayer")) == []


# Awake again


OLD: list[dict[str, Any]] = [
    {"woke_block": 10_000},
    {"woke_s": START_S + 1.0},
    {"woke_block": 10_000, "woke_s": START_S + 1.0},
]


@pytest.mark.parametrize("woke", OLD, ids=["by block", "by clock", "by both"])
def test_decide__opened_before_it_woke_and_no_ballot_of_its_own__signs_nothing(vote: Vote, woke: dict[str, Any]):
    assert said_by(vote.on("sprayer", **woke)) == []
    vote.workshop.review("scanner", vote.id)
    assert said_by(vote.on("scanner", at_s=TALKED_S, **woke)) == []


@pytest.mark.parametrize("woke", OLD, ids=["by block", "by clock", "by both"])
def test_decide__opened_before_it_woke__votes_on_chain_in_time(vote: Vote, woke: dict[str, Any]):
    assert said_by(vote.on("sprayer", at_s=DIRECT_S, **woke)) == [("cast", True)]


def test_decide__opened_before_it_woke_and_its_ballot_is_known__stands_by_it(vote: Vote):
    assert said_by(vote.on("sprayer", said=False, **OLD[0])) == [("signed", False)]


# Sending


def test_decide__ballots_decide__the_first_in_turn_sends_a_majority(vote: Vote):
    heard = [vote.heard(member) for member in (FINISHER, SCANNER, SPRAYER)]
    sent = vote.sent(*heard)
    assert sent is not None
    assert [(ballot.member, ballot.support) for ballot in sent.ballots] == [(FINISHER, True), (SCANNER, True)]
    assert (sent.proposal, sent.rest) == (vote.id, vote.proposal.rest)
    assert sent.assignments == vote.proposal.opening.plan.assignments


def test_decide__dissent_is_known__is_sent_along(vote: Vote):
    sent = vote.sent(vote.heard(FINISHER, support=False), vote.heard(SCANNER), vote.heard(SPRAYER))
    assert sent is not None
    assert {(ballot.member, ballot.support) for ballot in sent.ballots} == {
        (FINISHER, False),
        (SCANNER, True),
        (SPRAYER, True),
    }


def test_decide__enough_are_against__sends_the_defeat(vote: Vote):
    heard = [vote.heard(member, support=False) for member in (FINISHER, SCANNER, SPRAYER)]
    sent = vote.sent(*heard)
    assert sent is not None
    assert [(ballot.member, ballot.support) for ballot in sent.ballots] == [(FINISHER, False), (SCANNER, False)]


def test_decide__its_own_ballot__needs_no_signature(vote: Vote):
    sent = vote.sent(*[vote.heard(member) for member in NAMES])
    assert sent is not None
    me = next(number for number, name in NAMES.items() if name == vote.first())
    assert [ballot.member for ballot in sent.ballots if not ballot.signature] in ([me], [])
    assert all(ballot.signature for ballot in sent.ballots if ballot.member != me)


def test_decide__too_few__sends_nothing(vote: Vote):
    assert vote.sent(vote.heard(FINISHER), vote.heard(SCANNER, support=False)) is None


def test_decide__one_voted_on_chain__its_ballot_is_not_sent_and_its_vote_counts(vote: Vote):
    vote.workshop.vote("scanner", vote.id)
    sent = vote.sent(vote.heard(SCANNER), vote.heard(FINISHER))
    assert sent is not None
    assert [ballot.member for ballot in sent.ballots] == [FINISHER]


def test_decide__a_member_was_suspended__its_ballot_does_not_count(vote: Vote):
    vote.workshop.suspend("finisher")
    assert vote.sent(vote.heard(FINISHER), vote.heard(SCANNER)) is None


def test_decide__one_signed_both_yes_and_no__counts_for_neither(vote: Vote):
    both = (vote.heard(FINISHER), vote.heard(FINISHER, support=False))
    assert vote.sent(*both, vote.heard(SCANNER)) is None
    sent = vote.sent(*both, vote.heard(SCANNER), vote.heard(SPRAYER))
    assert sent is not None
    assert {ballot.member for ballot in sent.ballots} == {SCANNER, SPRAYER}


def test_decide__members_take_turns__the_next_when_the_one_before_did_not(vote: Vote):
    heard = [vote.heard(member, at_s=START_S + 5.0) for member in (SCANNER, SPRAYER)]
    for place, name in enumerate(vote.turns()):
        due_s = START_S + 5.0 + place * STAGGER_S
        assert of(Decide, vote.on(name, *heard, at_s=due_s - 0.1)) == []
        assert len(of(Decide, vote.on(name, *heard, at_s=due_s))) == 1


def test_decide__the_chain_was_away__turns_begin_when_it_is_back(vote: Vote):
    heard, last = [vote.heard(member) for member in (SCANNER, SPRAYER)], vote.turns()[-1]
    view = vote.workshop.view(
        last, now_s=START_S + 20.0, ballots=replace(NO_BALLOTS, heard={vote.content: tuple(heard)})
    )
    assert len(of(Decide, policy.decide(view))) == 1
    assert of(Decide, policy.decide(replace(view, seeing_since=START_S + 19.0))) == []


def test_decide__plant_votes_directly__sends_nothing():
    direct = Vote(ballots="direct")
    assert direct.sent(*[direct.heard(member) for member in NAMES]) is None


def test_decide__its_time_is_over__sends_nothing(vote: Vote):
    late_s = START_S + VOTING.voting_seconds + 1.0
    assert vote.sent(*[vote.heard(member) for member in NAMES], at_s=late_s) is None


def test_decide__members_vote_on_chain_by_now__still_sends(vote: Vote):
    assert vote.sent(*[vote.heard(member) for member in NAMES], at_s=DIRECT_S + 1) is not None


@pytest.mark.parametrize("part", [signing, voting])
def test_decide__no_proposal__nothing(part: Any):
    assert part.decide(Workshop(ballots="signed").view("scanner")) == []
