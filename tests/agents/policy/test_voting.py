from dataclasses import replace
from typing import Any

import pytest

from agents.actions import Action, CastVote, Propose, PublishReview
from agents.policy import proposing
from agents.policy.voting import decide
from agents.profile import Experience, Profile
from agents.view import View
from tests.builders import a_task, an_entry, an_offer, an_opening
from tests.workshop import (
    ARM,
    FINISHER,
    NO_BALLOTS,
    NOZZLE,
    SCANNER,
    SEED,
    SPRAY,
    SPRAYER,
    START_S,
    VOTING,
    Workshop,
    account,
)
from workmoot.domain.drafts import Draft
from workmoot.domain.events import ProposalCreated
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number, ProposalId, TaskId, task_id
from workmoot.domain.motions import MotionKind, StandingChange
from workmoot.domain.overrides import PLANT, OverrideKind, SubjectType
from workmoot.domain.plan import PlanEntry, pack_plan
from workmoot.domain.proposals import pack_detail
from workmoot.planning.beliefs import Finding, unpack_findings
from workmoot.planning.validity import faults

SEEN = Experience(worker="sprayer", capability="spraying", samples=9, ratio=1.6)
KNOWING = Profile(experience=(SEEN,))
SLOW = Finding(worker=SPRAYER, capability=SPRAY, samples=9, ratio=16_000)
TALK_S = 2.0


class Vote:
    """The sprayer proposes to do a task itself in a second; the finisher offered to do it in 1.2."""

    def __init__(self, *more: str) -> None:
        self.workshop = Workshop(talk_s=TALK_S)
        for name in more:
            self.workshop.admit(name)
        (self.task,) = self.workshop.post(a_task())
        self.workshop.offer("sprayer", an_offer(self.task, robots=(ARM,)))
        self.workshop.offer("finisher", an_offer(self.task, p50=1_200, robots=(NOZZLE,)))
        self.id = self.workshop.propose("sprayer", by_sprayer(self.task))

    def actions(self, name: str, **view: Any) -> list[Action]:
        return decide(self.view(name, **view))

    def view(self, name: str, **view: Any) -> View:
        return self.workshop.view(name, **view)

    def review(self, name: str, *findings: Finding, support: bool = True) -> None:
        self.workshop.review(name, self.id, *findings, support=support)

    def all_reviewed(self, **support: bool) -> "Vote":
        """The scanner and the finisher have said what they lean to; the finisher what it has seen."""
        self.review("scanner", support=support.get("scanner", True))
        self.review("finisher", SLOW, support=support.get("finisher", False))
        return self


@pytest.fixture
def vote() -> Vote:
    return Vote()


def by_sprayer(task: TaskId, **changes: Any) -> PlanEntry:
    return an_entry(task, SPRAYER, sequence=1, inspector=SCANNER, robots=(ARM,), **changes)


def the_ballot(actions: list[Action]) -> CastVote:
    (ballot,) = (action for action in actions if isinstance(action, CastVote))
    return ballot


def on(proposal: int, actions: list[Action]) -> list[Action]:
    """What is about that proposal."""
    return [action for action in actions if getattr(action, "proposal", 0) == proposal]


def the_review(actions: list[Action]) -> PublishReview:
    (review,) = actions
    assert isinstance(review, PublishReview)
    return review


def proposed(actions: list[Action]) -> list[Propose]:
    return [action for action in actions if isinstance(action, Propose)]


# Whose vote it is


def test_decide__no_proposal__nothing():
    assert decide(Workshop().view("scanner")) == []


def test_decide__proposer__votes_for_its_own(vote: Vote):
    ballot = the_ballot(vote.actions("sprayer"))
    assert (ballot.proposal, ballot.support, ballot.reason) == (vote.id, True, "My own proposal.")


def test_decide__voted_already__nothing(vote: Vote):
    vote.workshop.vote("sprayer", vote.id)
    assert vote.actions("sprayer") == []


@pytest.mark.parametrize(("late_s", "says"), [(0, 1), (1, 0)])
def test_decide__its_time_is_over__nothing(vote: Vote, late_s: int, says: int):
    assert len(vote.actions("scanner", now_s=float(START_S + VOTING.voting_seconds + late_s))) == says


def test_decide__joined_after_the_opening__nothing(vote: Vote):
    vote.workshop.suspend("scanner")
    vote.workshop.by("administrator").members.reinstate(SCANNER)
    assert vote.actions("scanner") == []


# Does it hold?


def test_decide__does_not_hold__a_no_with_the_fault_and_no_review(vote: Vote):
    workshop = vote.workshop
    wrong = replace(workshop.opening(by_sprayer(vote.task)), evidence=b"\1" * 32)
    opened = workshop.by("sprayer").dao.propose(wrong).the(ProposalCreated)
    ballot = the_ballot(on(opened.id, vote.actions("scanner")))
    assert (ballot.support, ballot.reason) == (False, "Does not hold: the evidence is another")


UNREADABLE = "\ufffd"
"""What the words are read as where they are no UTF-8: their hash is another than the contract's."""


def test_decide__words_nobody_can_read__a_no_that_binds_the_id_alone(vote: Vote):
    workshop = vote.workshop
    wrong = replace(workshop.opening(by_sprayer(vote.task)), words=UNREADABLE)
    opened = workshop.by("sprayer").dao.propose(wrong).the(ProposalCreated)
    ballot = the_ballot(on(opened.id, vote.actions("scanner")))
    assert (ballot.support, ballot.reason) == (False, "Does not hold: the words are no UTF-8")
    assert (ballot.assignments, ballot.rest) == (b"", ZERO_HASH)


def test_decide__motion_with_words_nobody_can_read__no_even_to_its_own(vote: Vote):
    motion = StandingChange(kind=MotionKind.RETIRE, member=ARM)
    proposal = vote.workshop.move("scanner", motion, UNREADABLE)
    ballot = the_ballot(on(proposal, vote.actions("scanner")))
    assert (ballot.support, ballot.reason) == (False, "Does not hold: the words are no UTF-8")


def test_decide__its_own_does_not_hold_any_more__a_no_too(vote: Vote):
    vote.workshop.order(OverrideKind.CANCEL, vote.task)
    ballot = the_ballot(vote.actions("sprayer"))
    assert (ballot.support, ballot.reason) == (False, f"Does not hold: task {vote.task} has moved on")


# Is it good?


def test_decide__not_reviewed_yet__says_what_it_expects(vote: Vote):
    review = the_review(vote.actions("scanner"))
    assert (review.proposal, review.support, review.makespan, review.findings) == (vote.id, True, 1_000, b"")
    assert review.words == "Promises 1 s, I expect 1 s; my best is 1 s."


def test_decide__has_seen_the_sprayer_be_slow__reviews_against_and_shows_it(vote: Vote):
    review = the_review(vote.actions("finisher", profile=KNOWING))
    assert (review.support, unpack_findings(review.findings)) == (False, (SLOW,))
    assert review.makespan == 1_450


def test_decide__has_seen_somebody_else__does_not_show_that(vote: Vote):
    other = Profile(experience=(SEEN.model_copy(update={"worker": "scanner"}),))
    assert the_review(vote.actions("finisher", profile=other)).findings == b""


def test_decide__others_have_not_reviewed__listens(vote: Vote):
    vote.review("scanner")
    assert vote.actions("scanner", now_s=START_S + 2 * TALK_S - 0.1) == []


def test_decide__others_stay_silent__goes_on_after_two_rounds_of_talk(vote: Vote):
    vote.review("scanner")
    assert the_ballot(vote.actions("scanner", now_s=START_S + 2 * TALK_S)).support


def test_decide__all_but_the_proposer_reviewed__votes(vote: Vote):
    vote.review("scanner")
    vote.review("finisher")
    ballot = the_ballot(vote.actions("scanner"))
    assert (ballot.support, ballot.reason) == (True, "Promises 1 s, I expect 1 s; my best is 1 s.")


def test_decide__a_review_showed_what_it_took__changes_its_mind_and_says_why(vote: Vote):
    vote.all_reviewed(scanner=True)
    ballot = the_ballot(vote.actions("scanner"))
    assert not ballot.support
    assert ballot.reason.startswith("Changed my mind: finisher showed what was promised and what it took. ")


def test_decide__leaned_against_from_the_start__changes_nothing(vote: Vote):
    vote.all_reviewed(scanner=False)
    ballot = the_ballot(vote.actions("scanner", profile=KNOWING))
    assert (ballot.support, ballot.reason.startswith("Promises")) == (False, True)


def test_decide__nobody_showed_anything__the_plant_changed_its_mind(vote: Vote):
    vote.review("scanner", support=False)
    vote.review("finisher")
    ballot = the_ballot(vote.actions("scanner"))
    assert ballot.support
    assert ballot.reason.startswith("Changed my mind: the plant has changed since. ")


def test_decide__the_lead_renewed_its_offer__the_plan_stands_as_it_was_made(vote: Vote):
    vote.workshop.offer("sprayer", an_offer(vote.task, sequence=2, p50=5_000, robots=(ARM,)))
    vote.review("scanner")
    vote.review("finisher")
    assert the_ballot(vote.actions("scanner")).support


def test_decide__the_offer_ran_out_meanwhile__it_no_longer_stands(vote: Vote):
    vote.workshop.offer("sprayer", an_offer(vote.task, sequence=2, valid_until=START_S + 20, robots=(ARM,)))
    late = vote.workshop.propose("sprayer", replace(by_sprayer(vote.task), sequence=2))
    for name in ("scanner", "finisher"):
        vote.workshop.review(name, late)
    (ballot,) = (it for it in vote.actions("scanner", now_s=START_S + 30.0) if getattr(it, "proposal", 0) == late)
    assert isinstance(ballot, CastVote)
    assert ballot.reason.endswith("An offer in it no longer stands.")


def test_decide__names_a_task_that_nobody_posted__refused_in_words(vote: Vote):
    head = vote.workshop.chain.head
    opening = an_opening(pack_plan([an_entry(task_id(9, 0), SPRAYER)]), read_at=head.number, read_hash=head.hash)
    parts = (opening.plan.assignments, pack_detail(opening))
    at, proposer = vote.workshop.events[-1].at, account("sprayer")
    values: dict[str, Any] = {"vote_start": START_S, "vote_end": START_S + 60, "description": ""}
    created = ProposalCreated(at=at, proposal_id=ProposalId(2), proposer=proposer, calldatas=parts, **values)
    vote.workshop.chain.events.append(created)
    (ballot,) = on(2, vote.actions("scanner"))
    assert isinstance(ballot, CastVote)
    assert (ballot.support, ballot.reason) == (False, f"Does not hold: task {task_id(9, 0)} does not exist")


def test_decide__its_robot_is_held__an_offer_no_longer_stands(vote: Vote):
    vote.review("scanner")
    vote.review("finisher")
    vote.workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    ballot = the_ballot(vote.actions("scanner"))
    assert not ballot.support
    assert ballot.reason.endswith("An offer in it no longer stands.")


# A better plan


def counters(vote: Vote, **view: Any) -> list[str]:
    """Who puts a plan of its own against the sprayer's."""
    return [name for name in ("scanner", "finisher") if proposed(vote.actions(name, profile=KNOWING, **view))]


def test_decide__both_are_against__exactly_one_puts_a_better_plan(vote: Vote):
    assert len(counters(vote.all_reviewed(scanner=False))) == 1


def test_decide__against_alone__its_turn(vote: Vote):
    vote.all_reviewed(scanner=True, finisher=False)
    assert proposed(vote.actions("finisher", profile=KNOWING))


def test_decide__a_counter_proposal__holds_and_names_what_it_counters(vote: Vote):
    vote.all_reviewed(finisher=False)
    (counter,) = proposed(vote.actions("finisher", profile=KNOWING))
    opened = vote.workshop.by("finisher").dao.propose(counter.opening).the(ProposalCreated)
    found = vote.workshop.proposal(opened.id)
    assert (found.counters, [entry.lead for entry in found.entries]) == (vote.id, [FINISHER])
    assert faults(vote.workshop.ledger, found, SEED) == []


def test_decide__more_than_nodes_pass_on__no_counter(vote: Vote, monkeypatch):
    monkeypatch.setattr(proposing, "MOST_BYTES", 0)
    vote.all_reviewed(finisher=False)
    assert proposed(vote.actions("finisher", profile=KNOWING)) == []


def test_decide__somebody_has_countered__no_second_one(vote: Vote):
    vote.all_reviewed(scanner=False)
    better = an_entry(vote.task, FINISHER, sequence=1, inspector=SCANNER, duration=1_200, robots=(NOZZLE,))
    vote.workshop.propose("finisher", better, counters=vote.id)
    assert counters(vote) == []


def test_decide__another_plan_for_the_same_tasks_is_open__no_third_one(vote: Vote):
    vote.all_reviewed(scanner=False)
    other = an_entry(vote.task, FINISHER, sequence=1, inspector=SCANNER, duration=1_200, robots=(NOZZLE,))
    vote.workshop.propose("finisher", other)
    assert counters(vote) == []


def test_decide__supports_it__no_counter(vote: Vote):
    vote.review("scanner")
    vote.review("finisher")
    assert proposed(vote.actions("scanner")) == []


@pytest.mark.parametrize("proposer", [FINISHER, SCANNER])
def test_decide__its_own_draft_waits__no_counter_takes_its_number(vote: Vote, proposer: Number):
    vote.all_reviewed(finisher=False)
    ledger = vote.workshop.ledger
    draft = Draft(
        proposal=ledger.next_proposal,
        proposer=proposer,
        roster=ledger.roster,
        members=ledger.voters,
        deadline=vote.workshop.now_s + VOTING.voting_seconds,
        opening=an_opening(pack_plan([an_entry(vote.task)])),
    )
    known = replace(NO_BALLOTS, drafts=(ledger.as_proposal(draft),))
    actions = vote.actions("finisher", profile=KNOWING, ballots=known)
    assert (the_ballot(on(vote.id, actions)).support, bool(proposed(actions))) == (False, proposer != FINISHER)


# The plan in the ballot


def carries_plan(vote: Vote, name: str) -> bool:
    ballot = the_ballot(vote.actions(name, now_s=START_S + 2 * TALK_S))
    found = vote.workshop.proposal(vote.id)
    assert (ballot.assignments == found.opening.plan.assignments) == (ballot.rest == found.rest)
    return bool(ballot.assignments)


def test_decide__its_yes_decides__carries_the_plan(vote: Vote):
    vote.review("scanner")
    vote.workshop.vote("sprayer", vote.id)
    assert carries_plan(vote, "scanner")


def test_decide__first_ballot_and_nobody_leans_to_yes__carries_no_plan(vote: Vote):
    assert not carries_plan(vote, "sprayer")


def test_decide__the_proposers_yes_may_be_under_way__carries_the_plan(vote: Vote):
    vote.review("scanner")
    assert carries_plan(vote, "scanner")


def test_decide__it_leaned_to_yes_itself__counts_once():
    vote = Vote("latecomer", "stranger")
    vote.review("scanner")
    vote.workshop.vote("sprayer", vote.id)
    assert not carries_plan(vote, "scanner")


def test_decide__another_yes_may_be_under_way__carries_the_plan(vote: Vote):
    vote.review("scanner")
    assert carries_plan(vote, "sprayer")


def test_decide__a_no__binds_the_id_alone(vote: Vote):
    vote.workshop.vote("sprayer", vote.id)
    ballot = the_ballot(vote.all_reviewed().actions("scanner"))
    assert (ballot.support, ballot.assignments, ballot.rest) == (False, b"", ZERO_HASH)


def test_decide__the_plant_is_held__carries_no_plan(vote: Vote):
    vote.review("scanner")
    vote.workshop.order(OverrideKind.HOLD, PLANT, subject_type=SubjectType.PLANT)
    assert not carries_plan(vote, "scanner")
