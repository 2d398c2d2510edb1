"""Voting: who may, how often, and when it is decided."""

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import post, propose, refused, task, vote
from tests.chain.plants import FINISHER, POLICY, SCANNER, SPRAYER, account, signer
from workmoot.domain.ballots import vote_digest
from workmoot.domain.events import PlanEnacted, ProposalExecuted, ProposalSettled, VoteCast, VoterBarred
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Standing, capability_mask


@pytest.fixture
def opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def test_vote__yes__is_told_with_its_reason(plant, opened):
    cast = plant.by("scanner").dao.vote(opened.id, support=True, reason="quickest").the(VoteCast)
    assert (cast.voter, cast.proposal_id, cast.support, cast.weight) == (account("scanner"), opened.id, 1, 1)
    assert cast.reason == "quickest"


def test_vote__one_of_three__decides_nothing(plant, opened):
    vote(plant, opened, "scanner")
    assert plant.by("stranger").dao.proposal(opened.id).state is State.OPEN


def test_vote__second_of_three__enacts_at_once(plant, opened):
    vote(plant, opened, "scanner")
    receipt = vote(plant, opened, "finisher")
    assert receipt.the(ProposalExecuted).proposal_id == receipt.the(PlanEnacted).proposal == opened.id
    assert not receipt.all(ProposalSettled)
    state = plant.by("stranger").dao.proposal(opened.id)
    assert (state.state, state.yes, state.no) == (State.ENACTED, 2, 0)
    assert task(plant, opened.task).status is Status.ALLOCATED


def test_vote__second_no_of_three__is_defeated_early(plant, opened):
    vote(plant, opened, "scanner", support=False)
    settled = vote(plant, opened, "finisher", support=False).the(ProposalSettled)
    assert (settled.state, settled.yes, settled.no) == (State.DEFEATED, 0, 2)


def test_vote__two_of_four__is_no_majority(plant):
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, capability_mask([1]), "{}")
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER))
    vote(plant, opened, "scanner")
    assert not vote(plant, opened, "sprayer").all(ProposalSettled)
    vote(plant, opened, "finisher", support=False)
    settled = vote(plant, opened, "latecomer", support=False).the(ProposalSettled)
    assert (settled.state, settled.yes, settled.no) == (State.DEFEATED, 2, 2)


def test_vote__honest_on_both_sides__the_majority_decides(plant, opened):
    vote(plant, opened, "scanner", support=False)
    vote(plant, opened, "sprayer")
    vote(plant, opened, "finisher")
    state = plant.by("stranger").dao.proposal(opened.id)
    assert (state.state, state.yes, state.no) == (State.ENACTED, 2, 1)


def test_vote__deciding_without_the_plan__passes_and_waits_for_enactment(plant, opened):
    vote(plant, opened, "scanner")
    settled = plant.by("finisher").dao.vote(opened.id, support=True, reason="").the(ProposalSettled)
    assert settled.state is State.PASSED
    assert task(plant, opened.task).status is Status.POSTED


def test_vote__deciding_with_another_plan__refused_and_not_counted(plant, opened):
    vote(plant, opened, "scanner")
    with refused("OtherPlan", opened.id, opened.content_id):
        plant.by("finisher").dao.vote(opened.id, support=True, reason="", assignments=b"\1", rest=opened.rest)
    assert plant.by("stranger").dao.proposal(opened.id).yes == 1


@pytest.mark.parametrize("support", [True, False])
def test_vote__for_another_content__refused_though_it_decides_nothing(plant, opened, support):
    for told in ({"rest": b"\1" * 32}, {"assignments": opened.assignments, "rest": b"\1" * 32}):
        with refused("OtherPlan", opened.id, opened.content_id):
            plant.by("finisher").dao.vote(opened.id, support=support, reason="", **told)


def test_vote__deciding_by_the_content_hash__passes_and_waits_for_enactment(plant, opened):
    vote(plant, opened, "scanner")
    receipt = plant.by("finisher").dao.vote(opened.id, support=True, reason="", rest=opened.content_hash)
    assert receipt.the(ProposalSettled).state is State.PASSED
    assert not receipt.all(PlanEnacted)


def test_vote__twice__refused(plant, opened):
    vote(plant, opened, "scanner")
    with refused("AlreadyVoted", opened.id, SCANNER):
        vote(plant, opened, "scanner", support=False)


def test_vote__of_a_robot__refused(plant, opened):
    with refused("WrongKind", 4, Kind.ROBOTIC):
        vote(plant, opened, "arm")


def test_vote__of_a_stranger__refused(plant, opened):
    with refused("NotAMember", account("stranger")):
        vote(plant, opened, "stranger")


def test_vote__too_late__refused(plant, opened):
    plant.advance(POLICY.voting_seconds + 1)
    with refused("VotingOver", opened.id, opened.deadline):
        vote(plant, opened, "scanner")


def test_vote__of_no_proposal__refused(plant):
    with refused("ProposalNotOpen", 7, State.NONE):
        plant.by("scanner").dao.vote(7, support=True, reason="")


def test_vote__after_the_decision__refused(plant, opened):
    vote(plant, opened, "scanner")
    vote(plant, opened, "sprayer")
    with refused("ProposalNotOpen", opened.id, State.ENACTED):
        vote(plant, opened, "finisher")


def test_vote__admitted_after_the_opening__not_in_the_electorate(plant, opened):
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, capability_mask([1]), "{}")
    with refused("NotInElectorate", opened.id, 5):
        vote(plant, opened, "latecomer")


def test_vote__suspended_since__refused(plant, opened):
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("WrongStanding", FINISHER, Standing.SUSPENDED):
        vote(plant, opened, "finisher")


def test_vote__suspended_and_back__not_in_the_old_electorate(plant, opened):
    members = plant.by("supervisor").members
    members.suspend(FINISHER)
    members.reinstate(FINISHER)
    with refused("NotInElectorate", opened.id, FINISHER):
        vote(plant, opened, "finisher")


def test_bar__suspended_member__counts_as_silent_and_may_decide(plant, opened):
    plant.by("supervisor").members.suspend(FINISHER)
    barred = plant.by("stranger").dao.bar(opened.id, FINISHER)
    assert barred.the(VoterBarred).member == FINISHER
    assert vote(plant, opened, "scanner", support=False).the(ProposalSettled).state is State.DEFEATED


def test_bar__still_in_the_electorate__refused(plant, opened):
    with refused("StillInElectorate", opened.id, FINISHER):
        plant.by("stranger").dao.bar(opened.id, FINISHER)


def test_bar__never_in_the_electorate__refused(plant, opened):
    with refused("NotInElectorate", opened.id, 4):
        plant.by("stranger").dao.bar(opened.id, 4)


def test_bar__left_before_the_opening__refused(plant):
    plant.by("supervisor").members.suspend(FINISHER)
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER))
    with refused("NotInElectorate", opened.id, FINISHER):
        plant.by("stranger").dao.bar(opened.id, FINISHER)


def test_bar__voted_before_the_suspension__refused_and_the_ballot_stands(plant, opened):
    vote(plant, opened, "finisher")
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("AlreadyVoted", opened.id, FINISHER):
        plant.by("stranger").dao.bar(opened.id, FINISHER)
    assert plant.by("stranger").dao.proposal(opened.id).yes == 1


def test_poke__before_the_deadline__refused(plant, opened):
    with refused("VotingNotOver", opened.id, opened.deadline):
        plant.by("stranger").dao.poke(opened.id)


def test_poke__after_the_deadline__expires(plant, opened):
    vote(plant, opened, "scanner")
    plant.advance(POLICY.voting_seconds + 1)
    settled = plant.by("stranger").dao.poke(opened.id).the(ProposalSettled)
    assert (settled.state, settled.yes, settled.no) == (State.EXPIRED, 1, 0)
    with refused("ProposalNotOpen", opened.id, State.EXPIRED):
        plant.by("stranger").dao.poke(opened.id)


def test_has_voted__per_account__true_for_who_did(plant, opened):
    vote(plant, opened, "scanner")
    dao = plant.by("stranger").dao
    assert dao.has_voted(opened.id, account("scanner"))
    assert not dao.has_voted(opened.id, account("sprayer"))


def _signed(plant, opened, by, *, nonce=0, support=True):
    dao = plant.addresses["AllocationDAO"]
    values = {"support": support, "voter": account(by), "nonce": nonce, "chain_id": plant.chain_id, "dao": dao}
    return signer(by).sign(vote_digest(opened.id, **values))


def _relay(plant, opened, voter, signature, *, support=True):
    dao = plant.by("stranger").dao
    return dao.cast_vote_by_sig(opened.id, support=support, voter=account(voter), signature=signature)


def test_cast_vote_by_sig__of_a_member__counts_whoever_relays_it(plant, opened):
    cast = _relay(plant, opened, "finisher", _signed(plant, opened, "finisher", support=False), support=False)
    told = cast.the(VoteCast)
    assert (told.voter, told.support, told.reason) == (account("finisher"), 0, "")
    dao = plant.by("stranger").dao
    assert dao.has_voted(opened.id, account("finisher"))
    assert dao.nonce_of(account("finisher")) == 1


def test_cast_vote_by_sig__the_deciding_one__passes_and_waits_for_enactment(plant, opened):
    vote(plant, opened, "scanner")
    settled = _relay(plant, opened, "finisher", _signed(plant, opened, "finisher")).the(ProposalSettled)
    assert settled.state is State.PASSED


def test_cast_vote_by_sig__for_the_other_support__refused(plant, opened):
    with refused("BadSignature", account("finisher")):
        _relay(plant, opened, "finisher", _signed(plant, opened, "finisher"), support=False)


def test_cast_vote_by_sig__of_another__refused(plant, opened):
    with refused("BadSignature", account("finisher")):
        _relay(plant, opened, "finisher", _signed(plant, opened, "sprayer"))


def test_cast_vote_by_sig__with_a_used_nonce__refused(plant, opened):
    signature = _signed(plant, opened, "finisher")
    _relay(plant, opened, "finisher", signature)
    with refused("BadSignature", account("finisher")):
        _relay(plant, opened, "finisher", signature)


def test_cast_vote_by_sig__twice__refused(plant, opened):
    vote(plant, opened, "finisher")
    with refused("AlreadyVoted", opened.id, FINISHER):
        _relay(plant, opened, "finisher", _signed(plant, opened, "finisher"))


def test_cast_vote_by_sig__of_a_stranger__refused(plant, opened):
    with refused("NotAMember", account("stranger")):
        _relay(plant, opened, "stranger", _signed(plant, opened, "stranger"))
