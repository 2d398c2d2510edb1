from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from agents import policy
from agents.actions import Action, CastVote, DecideAtOnce, Propose, PublishReview, ShareDraft, SignBallot
from agents.ballots import Known
from agents.policy.drafting import in_play, takes
from agents.policy.proposing import STAGGER_S
from agents.policy.signing import PART
from agents.profile import Experience, Profile
from tests.builders import a_task, an_offer
from tests.workshop import ARM, FINISHER, NO_BALLOTS, NOZZLE, SCANNER, SPRAYER, START_S, VOTING, Workshop
from workmoot.ballots.box import BoxedBallot
from workmoot.ballots.boxes import Heard
from workmoot.domain.ids import Number, ProposalId, TaskId
from workmoot.domain.ledger import Proposal
from workmoot.domain.motions import Motion, MotionKind, PolicyChange, StandingChange, motion_opening
from workmoot.domain.plan import pack_tree, unpack_plan
from workmoot.domain.proposals import Opening, Weights

TALK_S = 2.0
LATE_S = START_S + TALK_S + 3 * STAGGER_S
"""When everyone's turn has come."""
HEARD_S = int(LATE_S) + 0.25
"""When the others heard of what was shared then."""
HELD_S = HEARD_S + VOTING.voting_seconds / PART
"""Until when they leave it alone."""
OVER_S = int(LATE_S) + VOTING.voting_seconds / PART
"""When its proposer waits no more for what it shared then."""


NOTHING_WEIGHS = Weights(makespan=0, tardiness=0, cost=0, energy=0)


class Site:
    """The scanner drafts how the sprayer does a task; the finisher offers it too."""

    def __init__(self, **policy: Any) -> None:
        self.workshop = Workshop(talk_s=TALK_S, **{"ballots": "at-once"} | policy)
        self.task = self.offered()
        self.drafted: Proposal | None = None

    def offered(self) -> TaskId:
        (task,) = self.workshop.post(a_task())
        self.workshop.offer("sprayer", an_offer(task, robots=(ARM,)))
        self.workshop.offer("finisher", an_offer(task, p50=1_200, robots=(NOZZLE,)))
        return task

    def shared(self, **changes: Any) -> Proposal:
        """The scanner's draft."""
        (action,) = of(ShareDraft, self.by("scanner"))
        self.drafted = self.workshop.ledger.as_proposal(replace(action.draft, **changes))
        return self.drafted

    def heard(self, member: Number, *, support: bool = True) -> Heard:
        draft = self.drafted or self.shared()
        ballot = draft.draft.ballot(support=support)
        return Heard(boxed=BoxedBallot(ballot=ballot, member=member, signature=b"\7" * 65), at_s=LATE_S)

    def by(
        self,
        name: str,
        *heard: Heard,
        said: bool | None = None,
        at_s: float = LATE_S,
        profile: Profile | None = None,
        others: tuple[Proposal, ...] = (),
        **known: Any,
    ) -> list[Action]:
        """What that worker does, who knows of the draft."""
        told: dict[str, Any] = {"drafts": others}
        more: dict[str, Any] = {} if profile is None else {"profile": profile}
        if self.drafted:
            content = self.drafted.draft.content
            spoken = {} if said is None else {content: said}
            told = {"drafts": (self.drafted, *others), "heard": {content: heard}, "said": spoken}
        ballots = replace(NO_BALLOTS, **told | known)
        more["drafted"] = self._drafted(name, ballots)
        return policy.decide(self.workshop.view(name, now_s=at_s, ballots=ballots, **more))

    def _drafted(self, name: str, ballots: Known) -> dict[tuple[TaskId, int], float]:
        """What it noticed when it heard of the drafts."""
        view = self.workshop.view(name, now_s=HEARD_S, ballots=ballots)
        return dict.fromkeys((task for draft in in_play(view) for task in takes(view, draft)), HEARD_S)


def of(kind: type[Any], actions: Iterable[Action]) -> list[Any]:
    return [action for action in actions if isinstance(action, kind)]


def spoken(actions: list[Action]) -> list[type[Action]]:
    """What is drafted, opened or decided at once."""
    return [type(action) for action in actions if isinstance(action, ShareDraft | Propose | DecideAtOnce)]


def signed(actions: list[Action]) -> list[bool]:
    assert of(PublishReview, actions) == of(CastVote, actions) == []
    return [action.ballot.support for action in of(SignBallot, actions)]


@pytest.fixture
def site() -> Site:
    return Site()


# Sharing


def test_decide__its_turn__shares_its_plan_before_it_is_opened(site: Site):
    (action,) = of(ShareDraft, site.by("scanner"))
    draft, ledger = action.draft, site.workshop.ledger
    assert (draft.proposal, draft.proposer, draft.roster, draft.members) == (1, SCANNER, ledger.roster, 3)
    assert draft.deadline == int(LATE_S) + VOTING.voting_seconds
    assert [entry.task for entry in unpack_plan(draft.opening.plan)] == [site.task]


@pytest.mark.parametrize("ballots", ["direct", "signed"])
def test_decide__plant_decides_otherwise__opens_it(ballots: str):
    assert spoken(Site(ballots=ballots).by("scanner")) == [Propose]


def test_decide__not_its_turn__shares_nothing(site: Site):
    assert spoken(site.by("scanner", at_s=START_S + TALK_S - 0.1)) == []


def test_decide__its_draft_is_in_no_box__puts_the_same_in_again(site: Site):
    draft = site.shared()
    (action,) = of(ShareDraft, site.by("scanner", at_s=LATE_S + 1))
    assert action.draft == draft.draft


def test_decide__its_draft_was_in_a_box__puts_the_same_in_again(site: Site):
    heard = site.heard(SCANNER)
    (action,) = of(ShareDraft, site.by("scanner", heard))
    assert site.drafted is not None
    assert action.draft == site.drafted.draft


def test_decide__its_draft_is_under_way_and_more_work_comes__waits(site: Site):
    heard = site.heard(SCANNER)
    site.offered()
    actions = site.by("scanner", heard, at_s=LATE_S + 10)
    assert site.drafted is not None
    assert (spoken(actions), of(ShareDraft, actions)[0].draft) == ([ShareDraft], site.drafted.draft)


def test_decide__a_plan_of_more_tasks_than_one_transaction_enacts__opens_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("agents.policy.thinking.ENTRIES_AT_ONCE", 0)
    assert spoken(site.by("scanner")) == [Propose]


def test_decide__a_plan_too_large_for_a_box__opens_it(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("agents.policy.drafting.LARGEST_DRAFT", 100)
    assert spoken(site.by("scanner")) == [Propose]


def test_decide__the_task_was_put_to_the_vote_before__opens_it(site: Site):
    opening = site.shared().opening
    site.drafted = None
    site.workshop.by("sprayer").dao.propose(opening)
    for name in ("scanner", "sprayer"):
        site.workshop.vote(name, site.workshop.ledger.open_proposals()[0].id, support=False)
    assert spoken(site.by("scanner", at_s=LATE_S + 60)) == [Propose]


# Deciding


def test_decide__a_majority_says_yes__opens_and_decides_in_one_transaction(site: Site):
    (sent,) = of(DecideAtOnce, site.by("scanner", site.heard(SCANNER), site.heard(SPRAYER), site.heard(FINISHER)))
    draft = site.drafted
    assert draft is not None
    assert (sent.proposal, sent.deadline, sent.opening) == (draft.id, draft.deadline, draft.opening)
    assert [(ballot.member, bool(ballot.signature)) for ballot in sent.ballots] == [(SCANNER, False), (SPRAYER, True)]


def test_decide__dissent_is_known__is_sent_along(site: Site):
    heard = (site.heard(SCANNER), site.heard(SPRAYER, support=False), site.heard(FINISHER))
    (sent,) = of(DecideAtOnce, site.by("scanner", *heard))
    said = {(ballot.member, ballot.support) for ballot in sent.ballots}
    assert said == {(SCANNER, True), (SPRAYER, False), (FINISHER, True)}


def test_decide__too_few_ballots__waits(site: Site):
    assert spoken(site.by("scanner", site.heard(SCANNER), site.heard(SPRAYER, support=False))) == [ShareDraft]


def test_decide__another_knows_the_ballots__leaves_it_to_the_proposer(site: Site):
    assert spoken(site.by("sprayer", site.heard(SCANNER), site.heard(SPRAYER))) == []


# Coming to nothing


def test_decide__a_majority_says_no__opens_it_on_chain(site: Site):
    heard = (site.heard(SCANNER), site.heard(SPRAYER, support=False), site.heard(FINISHER, support=False))
    assert spoken(site.by("scanner", *heard)) == [Propose]


def test_decide__nobody_answered_in_a_third_of_the_time__opens_it_on_chain(site: Site):
    heard = site.heard(SCANNER)
    assert spoken(site.by("scanner", heard, at_s=OVER_S - 0.1)) == [ShareDraft]
    assert spoken(site.by("scanner", heard, at_s=OVER_S)) == [Propose]


def test_decide__its_draft_was_opened_on_chain_and_defeated__takes_its_turn_again(site: Site):
    site.workshop.by("scanner").dao.propose(site.shared().opening)
    for name in ("scanner", "sprayer"):
        site.workshop.vote(name, site.workshop.ledger.open_proposals()[0].id, support=False)
    settled = site.workshop.ledger.proposals[ProposalId(1)].settled_at
    assert settled is not None
    assert spoken(site.by("scanner", at_s=settled.timestamp + TALK_S - 0.1)) == []
    assert spoken(site.by("scanner", at_s=settled.timestamp + TALK_S + 3 * STAGGER_S)) == [Propose]


def test_decide__another_proposal_took_its_number__opens_it_on_chain(site: Site):
    heard = (site.heard(SCANNER), site.heard(SPRAYER))
    site.workshop.move("sprayer", StandingChange(kind=MotionKind.RETIRE, member=ARM))
    assert spoken(site.by("scanner", *heard)) == [Propose]


def test_decide__the_electorate_changed__opens_it_on_chain(site: Site):
    heard = (site.heard(SCANNER), site.heard(SPRAYER))
    site.workshop.admit("latecomer", 1)
    assert spoken(site.by("scanner", *heard)) == [Propose]


# Others' drafts


def test_decide__another_drafted_the_task__leaves_it_alone_until_that_is_over(site: Site):
    site.shared()
    assert spoken(site.by("sprayer", at_s=HELD_S - 0.1)) == []
    assert spoken(site.by("sprayer", at_s=HELD_S + TALK_S - 0.1)) == []
    assert spoken(site.by("sprayer", at_s=HELD_S + TALK_S + 3 * STAGGER_S)) == [Propose]


def test_decide__another_drafts_the_task_again__brings_no_more_time(site: Site):
    first = site.shared()
    again = site.workshop.ledger.as_proposal(replace(first.draft, proposer=FINISHER, deadline=first.deadline + 15))
    late_s = HELD_S + TALK_S + 3 * STAGGER_S
    assert spoken(site.by("sprayer", others=(again,), at_s=late_s)) == [Propose]


@pytest.mark.parametrize("deadline", [int(LATE_S) + 2, int(LATE_S) + VOTING.voting_seconds * 2 // 3 + 1])
def test_decide__another_draft_ends_sooner__the_first_is_left_its_time(site: Site, deadline: int):
    first = site.shared()
    short = site.workshop.ledger.as_proposal(replace(first.draft, proposer=FINISHER, deadline=deadline))
    assert spoken(site.by("sprayer", others=(short,), at_s=HELD_S - 0.1)) == []


def test_decide__anothers_draft_is_over_when_it_is_shared__shares_its_own(site: Site):
    site.shared(deadline=int(LATE_S) + 2)
    assert spoken(site.by("sprayer")) == [ShareDraft]


def test_decide__anothers_draft_does_not_hold__shares_its_own(site: Site):
    site.shared(opening=wrong(site.shared().opening))
    assert spoken(site.by("sprayer")) == [ShareDraft]


def test_decide__another_drafted_other_work__shares_its_own(site: Site):
    site.shared()
    task = site.offered()
    (action,) = of(ShareDraft, site.by("sprayer"))
    assert [entry.task for entry in unpack_plan(action.draft.opening.plan)] == [task]


def test_decide__a_good_draft__signs_yes(site: Site):
    draft = site.shared()
    (action,) = of(SignBallot, site.by("sprayer"))
    assert action.ballot == draft.draft.ballot(support=True)


def test_decide__expects_something_else_of_it__signs_no_and_counters_nothing(site: Site):
    site.shared()
    slow = Experience(worker="sprayer", capability="spraying", samples=50, ratio=3.0)
    actions = site.by("finisher", profile=Profile(experience=(slow,)))
    assert (signed(actions), spoken(actions)) == ([False], [])


def wrong(opening: Opening) -> Opening:
    return replace(opening, figures=replace(opening.figures, cost=opening.figures.cost + 1))


def test_decide__a_draft_that_does_not_hold__signs_no(site: Site):
    site.shared(opening=wrong(site.shared().opening))
    assert signed(site.by("sprayer")) == [False]


MOTIONS: dict[str, Motion] = {
    "that most would support": PolicyChange(policy=replace(VOTING, voting_seconds=70)),
    "about nobody": StandingChange(kind=MotionKind.SUSPEND, member=Number(999)),
    "by which nothing weighs anything": PolicyChange(policy=replace(VOTING, weights=NOTHING_WEIGHS)),
}


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS)
def test_decide__a_motion_as_a_draft__leaves_it_alone(site: Site, motion: Motion):
    head = site.workshop.chain.head
    site.shared(opening=motion_opening(motion, "so be it", read_at=head.number, read_hash=head.hash))
    actions = site.by("finisher")
    assert (signed(actions), spoken(actions)) == ([], [ShareDraft])


def test_decide__a_tree_as_a_draft__leaves_it_alone(site: Site):
    opening = site.shared().opening
    site.shared(opening=replace(opening, plan=pack_tree(unpack_plan(opening.plan))))
    actions = site.by("finisher")
    assert (signed(actions), spoken(actions)) == ([], [ShareDraft])


def test_decide__its_plan_is_a_tree__opens_it(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workmoot.domain.plan.MOST_ENTRIES", 0)
    assert spoken(site.by("scanner")) == [Propose]


def test_decide__its_own_draft__needs_no_other_ballot(site: Site):
    site.shared()
    assert signed(site.by("scanner")) == []


def test_decide__its_ballot_is_in_no_box__puts_the_same_in_again_on_a_draft(site: Site):
    site.shared()
    assert signed(site.by("sprayer", said=False)) == [False]


def test_decide__its_ballot_is_in_a_box__signs_nothing_more(site: Site):
    assert signed(site.by("sprayer", site.heard(SPRAYER), said=True)) == []


NOT_NOW: dict[str, dict[str, Any]] = {
    "another number": {"proposal": 2},
    "another roster": {"roster": 99},
    "other members": {"members": 99},
    "a time to come": {"deadline": int(LATE_S) + VOTING.voting_seconds + 1},
    "time that is over": {"deadline": int(LATE_S) + VOTING.voting_seconds * 2 // 3 - 1},
}


@pytest.mark.parametrize("changes", NOT_NOW.values(), ids=NOT_NOW)
def test_decide__the_next_vote_cannot_be_on_it_now__signs_nothing(site: Site, changes: dict[str, Any]):
    site.shared(**changes)
    assert signed(site.by("sprayer")) == []


OLD: list[dict[str, Any]] = [{"woke_block": 10_000}, {"woke_s": LATE_S + 1.0}]


@pytest.mark.parametrize("woke", OLD, ids=["by block", "by clock"])
def test_decide__shared_before_it_woke_and_no_ballot_of_its_own__signs_nothing(site: Site, woke: dict[str, Any]):
    site.shared()
    assert signed(site.by("sprayer", **woke)) == []


def test_decide__shared_before_it_woke_and_its_ballot_is_known__stands_by_it(site: Site):
    site.shared()
    assert signed(site.by("sprayer", said=False, **OLD[0])) == [False]
