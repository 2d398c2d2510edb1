"""Three daemons in one workshop that vote by signature, from the plan to its end."""

from dataclasses import replace

import pytest

from agents.daemon import Daemon, Self
from agents.pen import Pen
from agents.profile import Experience, Profile, Skill
from tests.agents.bodies import ToldRobots, WorkshopEyes, hands
from tests.ballots.voters import ToldBox
from tests.builders import a_task
from tests.workshop import BADGES, WORKERS, Workshop, account, key
from workmoot.ballots.box import BallotBox, BoxedBallot, BoxedDraft, Page
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.poll import Notary
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.signatures import is_signed_by
from workmoot.domain.ballots import unpack_counted
from workmoot.domain.events import (
    BallotsCounted,
    Event,
    ProposalCreated,
    ProposalExecuted,
    ProposalReviewed,
    VoteCast,
)
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.proposals import State

SKILLS = {"scanner": "scanning", "sprayer": "spraying", "finisher": "spraying"}
PROPOSAL = ProposalId(1)
ROUNDS = 60
"""Seconds that a story may take."""


class Moot:
    """A workshop and its members' daemons, at the chain's time; all use the same boxes."""

    def __init__(self, *boxes: BallotBox, ballots: str = "signed") -> None:
        self.workshop = Workshop(ballots=ballots, ballot_boxes=["http://box"], talk_s=1.0)
        self.boxes = boxes
        chain_id = self.workshop.chain.chain_id
        self.notary = Notary(chain_id=chain_id, dao=ADDRESSES["AllocationDAO"], verify=is_signed_by)
        self.robots = ToldRobots()
        self.daemons: dict[str, Daemon] = {}
        for name in WORKERS:
            self.wake(name)
            self.daemons[name].look()
        self.workshop.chain.advance(1)
        self.workshop.post(a_task())

    def wake(self, name: str, *experience: Experience) -> None:
        """A daemon that remembers nothing but what it has seen of others' work."""
        who = Self(
            account=account(name),
            profile=Profile(skills={SKILLS[name]: Skill(pace=1.0)}, experience=experience),
            seed=BADGES[name],
            chain_id=self.workshop.chain.chain_id,
            dao=ADDRESSES["AllocationDAO"],
        )
        pen = Pen(account(name), key(name).sign, self.notary, self._boxes_at, now_s=self._now_s)
        eyes = WorkshopEyes(self.workshop)
        self.daemons[name] = Daemon(who, eyes, lambda _: hands(self.workshop, name, self.robots, pen), self._now_s)

    def goes_on(self, until: State) -> None:
        """Second by second, until the one proposal there is has that state."""
        for _ in range(ROUNDS):
            if self.state is until:
                return
            self.step()
        raise AssertionError(f"the proposal is {self.state}")

    def step(self) -> None:
        """A second in which everyone looks once, until somebody has changed the proposal's state."""
        self.workshop.chain.advance(1)
        before = self.state
        for daemon in self.daemons.values():
            daemon.cycle()
            if self.state is not before:
                return

    @property
    def state(self) -> State | None:
        proposals = self.workshop.ledger.proposals
        return proposals[next(iter(proposals))].state if proposals else None

    def counted(self) -> list[tuple[int, bool]]:
        """The ballots that were sent together."""
        events = [event for event in self.workshop.chain.events if isinstance(event, BallotsCounted)]
        return [ballot for event in events for ballot in unpack_counted(event.ballots)]

    def transactions(self, kind: type[Event]) -> list[str]:
        """Those in which events of that kind came."""
        return [event.at.tx for event in self.workshop.chain.events if isinstance(event, kind)]

    def cast(self) -> list[VoteCast]:
        """The ballots cast one by one."""
        return [event for event in self.workshop.chain.events if isinstance(event, VoteCast)]

    def _now_s(self) -> float:
        return float(self.workshop.now_s)

    def _boxes_at(self, _: object) -> Boxes:
        return Boxes(self.boxes, self.notary, now_s=self._now_s, patience_s=60, pause_s=0)


def name_of(member: Number) -> str:
    return next(name for name in WORKERS if BADGES[name] == member)


def a_dead_box() -> ToldBox:
    box = ToldBox()
    box.dead = True
    return box


def test_vote__boxes_work__one_transaction_decides_and_nobody_votes_alone():
    moot = Moot(KeptBallots())
    moot.goes_on(State.ENACTED)
    assert (len(moot.counted()), moot.cast()) == (2, [])
    assert all(support for _, support in moot.counted())


def test_vote__one_of_two_boxes_is_dead__goes_on_by_the_other():
    moot = Moot(a_dead_box(), KeptBallots())
    moot.goes_on(State.ENACTED)
    assert (len(moot.counted()), moot.cast()) == (2, [])


@pytest.mark.parametrize("boxes", [(), (a_dead_box(),), (ToldBox(),)], ids=["none", "dead", "hiding everything"])
def test_vote__boxes_fail__members_vote_on_chain(boxes: tuple[BallotBox, ...]):
    moot = Moot(*boxes)
    moot.goes_on(State.ENACTED)
    assert (moot.counted(), len(moot.cast())) == ([], 2)


def test_vote__a_daemon_is_killed_after_it_signed__stands_by_its_ballot():
    kept = KeptBallots()
    moot = Moot(kept)
    moot.goes_on(State.OPEN)
    while not kept.read(PROPOSAL).items:
        moot.step()
    (first,) = {ballot.member for ballot in kept.read(PROPOSAL).items}
    moot.wake(name_of(first))
    moot.goes_on(State.ENACTED)
    assert kept.equivocators(PROPOSAL) == ()
    assert (len(moot.counted()), moot.cast()) == (2, [])


def test_vote__killed_after_it_signed_and_the_box_forgot__signs_nothing_more():
    kept = KeptBallots()
    moot = Moot(kept)
    moot.goes_on(State.OPEN)
    while not kept.read(PROPOSAL).items:
        moot.step()
    (first,) = kept.read(PROPOSAL).items
    kept._stacks.clear()
    moot.wake(name_of(first.member))
    moot.goes_on(State.ENACTED)
    assert first.member not in {ballot.member for ballot in kept.read(PROPOSAL).items}


def test_vote__a_box_forges_a_no_for_everyone__nobody_believes_it():
    class Forging(KeptBallots):
        def read(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedBallot]:
            page = super().read(proposal, after=after)
            contrary = (replace(boxed, ballot=replace(boxed.ballot, support=False)) for boxed in page.items)
            return replace(page, items=tuple(contrary))

    moot = Moot(Forging(), KeptBallots())
    moot.goes_on(State.ENACTED)
    assert all(support for _, support in moot.counted())


# At once


def test_at_once__boxes_work__one_transaction_opens_and_decides():
    moot = Moot(KeptBallots(), ballots="at-once")
    moot.goes_on(State.ENACTED)
    (opened,) = moot.transactions(ProposalCreated)
    assert moot.transactions(BallotsCounted) == moot.transactions(ProposalExecuted) == [opened]
    assert (len(moot.counted()), moot.cast(), moot.transactions(ProposalReviewed)) == (2, [], [])


def test_at_once__one_of_two_boxes_is_dead__goes_on_by_the_other():
    moot = Moot(a_dead_box(), KeptBallots(), ballots="at-once")
    moot.goes_on(State.ENACTED)
    assert moot.transactions(ProposalCreated) == moot.transactions(BallotsCounted)


@pytest.mark.parametrize("boxes", [(), (a_dead_box(),), (ToldBox(),)], ids=["none", "dead", "hiding everything"])
def test_at_once__boxes_fail__the_plan_is_opened_and_voted_on_chain(boxes: tuple[BallotBox, ...]):
    moot = Moot(*boxes, ballots="at-once")
    moot.goes_on(State.ENACTED)
    assert (len(moot.transactions(ProposalCreated)), moot.counted(), len(moot.cast())) == (1, [], 2)


class NoDrafts(KeptBallots):
    """Takes drafts and shows none."""

    def read_drafts(self, proposal: ProposalId, *, after: int = 0) -> Page[BoxedDraft]:
        return Page(box="told", items=(), last=after, more=False)


def test_at_once__boxes_hide_drafts__goes_on_by_ballots_on_what_is_opened():
    moot = Moot(NoDrafts(), ballots="at-once")
    moot.goes_on(State.ENACTED)
    assert (len(moot.transactions(ProposalCreated)), len(moot.counted()), moot.cast()) == (1, 2, [])
    assert moot.transactions(ProposalCreated) != moot.transactions(BallotsCounted)


def drafts_in(kept: KeptBallots) -> tuple[BoxedDraft, ...]:
    return kept.read_drafts(PROPOSAL).items


def test_at_once__the_proposer_is_killed_after_it_shared__finds_its_draft_and_goes_on():
    kept = KeptBallots()
    moot = Moot(kept, ballots="at-once")
    while not drafts_in(kept):
        moot.step()
    (shared,) = drafts_in(kept)
    moot.wake(name_of(shared.draft.proposer))
    moot.goes_on(State.ENACTED)
    assert drafts_in(kept) == (shared,)
    assert moot.transactions(ProposalCreated) == moot.transactions(BallotsCounted)


def test_at_once__the_proposer_is_gone_after_it_shared__another_opens_a_plan():
    kept = KeptBallots()
    moot = Moot(kept, ballots="at-once")
    while not drafts_in(kept):
        moot.step()
    del moot.daemons[name_of(drafts_in(kept)[0].draft.proposer)]
    moot.goes_on(State.ENACTED)
    assert len(moot.transactions(ProposalCreated)) == 1
    assert moot.transactions(ProposalCreated) != moot.transactions(BallotsCounted)


def test_at_once__a_member_is_killed_after_it_signed__says_the_same_ever_after():
    kept = KeptBallots()
    moot = Moot(kept, ballots="at-once")
    while not kept.read(PROPOSAL).items:
        moot.step()
    moot.wake(name_of(kept.read(PROPOSAL).items[0].member))
    moot.goes_on(State.ENACTED)
    assert kept.equivocators(PROPOSAL) == ()


def test_at_once__killed_after_it_signed_and_the_box_forgot__signs_nothing_more_on_the_draft():
    kept = KeptBallots()
    moot = Moot(kept, ballots="at-once")
    while not kept.read(PROPOSAL).items:
        moot.step()
    (first,) = kept.read(PROPOSAL).items
    kept._stacks.clear()
    moot.wake(name_of(first.member))
    moot.goes_on(State.ENACTED)
    again = [ballot for ballot in kept.read(PROPOSAL).items if ballot.ballot.content == first.ballot.content]
    assert first.member not in {ballot.member for ballot in again}


def test_at_once__a_majority_says_no__the_plan_is_opened_discussed_and_countered():
    kept = KeptBallots()
    moot = Moot(kept, ballots="at-once")
    slow = Experience(worker="sprayer", capability="spraying", samples=90, ratio=4.0)
    for name in ("scanner", "finisher"):
        moot.wake(name, slow)
    moot.goes_on(State.DEFEATED)
    (shared,) = drafts_in(kept)
    on_it = [ballot for ballot in kept.read(PROPOSAL).items if ballot.ballot.content == shared.draft.content]
    assert [ballot.ballot.support for ballot in on_it] == [False, False]
    first, second = moot.workshop.ledger.proposals.values()
    assert (first.content_hash != shared.draft.content_hash, second.counters) == (True, first.id)
    assert {review.support for review in first.reviews} == {False}
