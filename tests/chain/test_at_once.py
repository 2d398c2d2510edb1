"""Deciding at once: what was signed before it had its number is put to the vote and decided in one transaction."""

from dataclasses import replace

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import (
    decide_at_once,
    digest,
    draft,
    enact,
    opened_of,
    order,
    pass_plan,
    post,
    propose,
    refused,
    sign,
    task,
    vote,
)
from tests.chain.plants import ARM, FINISHER, POLICY, SCANNER, SPRAYER, account
from workmoot.domain.ballots import SignedBallot, pack_ballots, unpack_counted
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    BallotsCounted,
    BallotsRecorded,
    MotionCarriedOut,
    PlanEnacted,
    ProposalCreated,
    ProposalExecuted,
    ProposalSettled,
    RosterSealed,
    TreeRecorded,
    VoteCast,
)
from workmoot.domain.ids import ProposalId
from workmoot.domain.motions import MotionKind, StandingChange, motion_opening
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.plan import PackedPlan, claim_of, claim_proof, pack_plan, pack_tree
from workmoot.domain.proposals import State, content_id_of
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Standing

OWN = SignedBallot(member=SCANNER, support=True)


@pytest.fixture
def plan(plant):
    (number,) = post(plant, a_task())
    return pack_plan([an_entry(number, SPRAYER)])


@pytest.fixture
def drafted(plant, plan):
    return draft(plant, plan)


def test_decide_at_once__a_majority_of_yes__put_to_the_vote_and_enacted(plant, drafted):
    receipt = decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer"))
    told = [type(event) for event in receipt.events]
    assert told[:2] == [RosterSealed, ProposalCreated]
    assert {PlanEnacted, ProposalExecuted} <= set(told[told.index(BallotsCounted) :])
    assert receipt.the(ProposalExecuted).proposal_id == drafted.id
    assert not receipt.all(ProposalSettled)
    assert task(plant, drafted.task).status is Status.ALLOCATED


def test_decide_at_once__what_is_told__is_the_draft_by_its_sender(plant, drafted):
    created = decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer")).the(ProposalCreated)
    assert (created.id, created.proposer, created.opening) == (drafted.id, account("scanner"), drafted.opening)
    assert (created.vote_start, created.vote_end) == (created.at.timestamp, drafted.deadline)
    assert opened_of(plant, created).content_hash == drafted.content_hash


def test_decide_at_once__who_said_what__is_told_and_kept(plant, drafted):
    ballots = [sign(plant, drafted, name, support=name != "finisher") for name in ("scanner", "sprayer", "finisher")]
    receipt = decide_at_once(plant, drafted, *ballots)
    assert not receipt.all(VoteCast)
    counted = ((SCANNER, True), (SPRAYER, True), (FINISHER, False))
    assert unpack_counted(receipt.the(BallotsCounted).ballots) == counted
    state = plant.by("stranger").dao.proposal(drafted.id)
    assert (state.state, state.proposer, state.roster, state.members) == (State.ENACTED, SCANNER, 3, 3)
    assert (state.yes, state.no, state.barred, state.deadline) == (2, 1, 0, drafted.deadline)
    assert state.content_id == content_id_of(drafted.content_hash)


def test_decide_at_once__read_from_the_events_alone__the_same_content_and_votes(plant, drafted):
    decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer"))
    follower = plant.follower()
    follower.catch_up()
    found = follower.ledger.proposals[drafted.id]
    assert (found.state, found.content_hash, found.deadline) == (State.ENACTED, drafted.content_hash, drafted.deadline)
    assert [(vote.member, vote.support) for vote in found.votes] == [(SCANNER, True), (SPRAYER, True)]
    assert found.settled_at.tx == found.at.tx


def test_decide_at_once__a_majority_of_no__is_put_to_the_vote_and_defeated(plant, drafted):
    ballots = [sign(plant, drafted, name, support=False) for name in ("sprayer", "finisher")]
    settled = decide_at_once(plant, drafted, *ballots).the(ProposalSettled)
    assert (settled.state, settled.yes, settled.no) == (State.DEFEATED, 0, 2)
    assert task(plant, drafted.task).status is Status.POSTED


def test_decide_at_once__too_few__refused_and_the_number_is_free(plant, drafted):
    with refused("Undecided", drafted.id, 1, 0, 3):
        decide_at_once(plant, drafted, OWN)
    assert plant.by("stranger").dao.proposal_count() == 0


@pytest.mark.parametrize("number", [0, 2])
def test_decide_at_once__not_the_next_number__refused(plant, drafted, number):
    other = replace(drafted, proposal=ProposalId(number))
    with refused("NotTheNext", number, 1):
        decide_at_once(plant, other, OWN, sign(plant, other, "sprayer"))


def test_decide_at_once__another_took_the_number__refused(plant, drafted):
    ballots = OWN, sign(plant, drafted, "sprayer")
    propose(plant, an_entry(drafted.task, FINISHER), by="finisher")
    with refused("NotTheNext", 1, 2):
        decide_at_once(plant, drafted, *ballots)


def test_decide_at_once__its_time_is_over__refused(plant, drafted):
    ballots = OWN, sign(plant, drafted, "sprayer")
    plant.advance(POLICY.voting_seconds)
    with refused("VotingOver", drafted.id, drafted.deadline):
        decide_at_once(plant, drafted, *ballots)


def test_decide_at_once__a_deadline_beyond_the_policys__refused(plant, plan):
    late = draft(plant, plan, lasts_s=POLICY.voting_seconds + 60)
    with pytest.raises(Refused) as caught:
        decide_at_once(plant, late, OWN, sign(plant, late, "sprayer"))
    deadline, latest = (int(str(value)) for value in caught.value.arguments)
    assert (caught.value.name, deadline) == ("DeadlineTooLate", late.deadline)
    assert plant.head().timestamp + POLICY.voting_seconds <= latest < late.deadline


def test_decide_at_once__the_longest_time_there_is__accepted(plant, plan):
    longest = draft(plant, plan, lasts_s=POLICY.voting_seconds)
    assert decide_at_once(plant, longest, OWN, sign(plant, longest, "sprayer")).all(PlanEnacted)


@pytest.mark.parametrize(
    "changes",
    [{"proposal": 2}, {"content_hash": b"\1" * 32}, {"roster": 4}, {"deadline": 1}],
    ids=lambda changes: next(iter(changes)),
)
def test_decide_at_once__signed_for_something_else__refused(plant, drafted, changes):
    with refused("BadBallot", drafted.id, SPRAYER, digest(plant, drafted)):
        decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer", **changes))


def test_decide_at_once__anothers_draft__is_not_what_was_signed(plant, drafted):
    """The content names its proposer: who sends another's draft has other content."""
    ballots = [sign(plant, drafted, name) for name in ("scanner", "sprayer")]
    taken = replace(drafted, proposer=FINISHER)
    with refused("BadBallot", drafted.id, SCANNER, digest(plant, taken)):
        decide_at_once(plant, drafted, *ballots, by="finisher")


def test_decide_at_once__a_later_deadline_than_signed__refused(plant, drafted):
    ballot, later = sign(plant, drafted, "sprayer"), replace(drafted, deadline=drafted.deadline + 1)
    with refused("BadBallot", drafted.id, SPRAYER, digest(plant, later)):
        decide_at_once(plant, later, OWN, ballot)


def test_decide_at_once__anothers_ballot_without_a_signature__refused(plant, drafted):
    with refused("NotTheSender", drafted.id, SPRAYER, account("scanner")):
        decide_at_once(plant, drafted, OWN, SignedBallot(member=SPRAYER, support=True))


def test_decide_at_once__of_who_is_no_voter__refused(plant, drafted):
    with refused("NotInElectorate", drafted.id, ARM):
        decide_at_once(plant, drafted, SignedBallot(member=ARM, support=True))


def test_decide_at_once__ballots_out_of_order_or_cut_short__refused(plant, drafted):
    dao, packed = plant.by("scanner").dao, pack_ballots([sign(plant, drafted, "sprayer")])
    with refused("BallotOutOfOrder", drafted.id, SPRAYER, SPRAYER):
        dao.decide_at_once(drafted.id, drafted.deadline, drafted.opening, packed * 2)
    with refused("MalformedBallots", 69):
        dao.decide_at_once(drafted.id, drafted.deadline, drafted.opening, packed + packed[:3])


@pytest.mark.parametrize(("name", "error"), [("stranger", "NotAMember"), ("arm", "WrongKind")])
def test_decide_at_once__not_a_digital_worker__refused(plant, drafted, name, error):
    arguments = (account(name),) if name == "stranger" else (4, Kind.ROBOTIC)
    with refused(error, *arguments):
        decide_at_once(plant, drafted, by=name)


def test_decide_at_once__suspended__refused(plant, drafted):
    plant.by("supervisor").members.suspend(SCANNER)
    with refused("WrongStanding", SCANNER, Standing.SUSPENDED):
        decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer"))


def test_decide_at_once__the_roster_changed_since_it_was_signed__refused(plant, drafted):
    ballots = sign(plant, drafted, "scanner"), sign(plant, drafted, "sprayer")
    plant.by("supervisor").members.suspend(FINISHER)
    changed = replace(drafted, roster=4, members=2)
    with refused("BadBallot", drafted.id, SCANNER, digest(plant, changed)):
        decide_at_once(plant, drafted, *ballots)


def test_decide_at_once__malformed__refused_as_when_it_is_proposed(plant, drafted):
    with refused("MalformedPlan", 0):
        decide_at_once(plant, replace(drafted, opening=replace(drafted.opening, plan=PackedPlan(assignments=b""))))
    with refused("UnknownBlock", drafted.opening.read_at, b"\1" * 32):
        decide_at_once(plant, replace(drafted, opening=replace(drafted.opening, read_hash=b"\1" * 32)))
    with refused("UnknownProposal", 1):
        decide_at_once(plant, replace(drafted, opening=replace(drafted.opening, counters=ProposalId(1))))


def test_decide_at_once__a_helper_has_not_confirmed__refused(plant, drafted):
    joint = draft(plant, pack_plan([an_entry(drafted.task, SPRAYER, helpers=(FINISHER,))]))
    with refused("HelperNotConfirmed", drafted.task, SPRAYER, FINISHER):
        decide_at_once(plant, joint, OWN, sign(plant, joint, "sprayer"))


def test_decide_at_once__a_task_was_decided_meanwhile__is_skipped_and_the_others_enacted(plant):
    first, second = post(plant, a_task(), a_task())
    pass_plan(plant, an_entry(first, FINISHER))
    late = draft(plant, pack_plan([an_entry(first, SPRAYER), an_entry(second, SPRAYER)]))
    enacted = decide_at_once(plant, late, OWN, sign(plant, late, "sprayer")).the(PlanEnacted)
    assert [enacted.is_skipped(index) for index in enacted.indices] == [True, False]
    assert task(plant, first).worker == FINISHER


def test_decide_at_once__all_places_taken__needs_none_and_takes_none(plant, plan, drafted):
    for _ in range(POLICY.open_limit):
        propose(plant, an_entry(drafted.task, FINISHER))
    third = draft(plant, plan)
    assert decide_at_once(plant, third, OWN, sign(plant, third, "sprayer")).the(ProposalExecuted).proposal_id == 3
    plant.advance(POLICY.voting_seconds + 1)
    (number,) = post(plant, a_task())
    fourth = draft(plant, pack_plan([an_entry(number, SPRAYER)]))
    decide_at_once(plant, fourth, OWN, sign(plant, fourth, "sprayer"))
    (number,) = post(plant, a_task())
    assert [propose(plant, an_entry(number, SPRAYER)).id for _ in range(POLICY.open_limit)] == [5, 6]


def test_decide_at_once__while_the_plant_is_held__passes_and_waits(plant, drafted):
    order(plant, OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    receipt = decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer"))
    assert receipt.the(ProposalSettled).state is State.PASSED
    opened = opened_of(plant, receipt.the(ProposalCreated))
    with refused("NothingEnacted", drafted.id):
        enact(plant, opened, words=1)


def test_decide_at_once__a_motion__is_carried_out(plant):
    head = plant.head()
    motion = StandingChange(kind=MotionKind.SUSPEND, member=FINISHER)
    opening = motion_opening(motion, "silent", read_at=head.number, read_hash=head.hash)
    moved = replace(draft(plant, opening.plan), opening=opening)
    receipt = decide_at_once(plant, moved, OWN, sign(plant, moved, "sprayer"))
    assert receipt.the(MotionCarriedOut).kind is MotionKind.SUSPEND
    assert plant.by("stranger").members.roster()[1] == 2


def test_decide_at_once__a_tree__is_recorded_and_claimed(plant):
    numbers = post(plant, a_task(), a_task())
    entries = [an_entry(number, SPRAYER) for number in numbers]
    tree = draft(plant, pack_tree(entries))
    recorded = decide_at_once(plant, tree, OWN, sign(plant, tree, "sprayer")).the(TreeRecorded)
    assert (recorded.proposal, recorded.count) == (tree.id, 2)
    plant.by("sprayer").claims.claim(tree.id, claim_of(entries[0]), claim_proof(entries, 0))
    assert task(plant, numbers[0]).worker == SPRAYER


def test_record__of_what_was_decided_at_once__shows_the_late_ballots(plant, drafted):
    late = pack_ballots([sign(plant, drafted, "finisher", support=False)])
    decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer"))
    receipt = plant.by("stranger").ballot_audit.record(drafted.id, drafted.content_hash, late)
    assert unpack_counted(receipt.the(BallotsRecorded).ballots) == ((FINISHER, False),)


def test_vote__on_what_was_decided_at_once__refused(plant, drafted):
    created = decide_at_once(plant, drafted, OWN, sign(plant, drafted, "sprayer")).the(ProposalCreated)
    with refused("ProposalNotOpen", drafted.id, State.ENACTED):
        vote(plant, opened_of(plant, created), "finisher")
