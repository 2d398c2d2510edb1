"""AllocationDAO: what may be proposed, who may vote, how a vote ends."""

from dataclasses import replace

import pytest
from brownie import accounts, chain

from tests.contracts.plant import (
    GLUER,
    OPEN_LIMIT,
    PACKER,
    PRESSER,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    VOTING_S,
    account_of,
    as_tuple,
    by,
    by_worker,
    refused,
    told,
)
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.proposals import State, content_hash_of


@pytest.fixture
def proposal(plant, task):
    return plant.propose(SCANNER, plant.entry(task, SCANNER))


def suspend(plant, member):
    plant.members.suspend(member, by(SUPERVISOR))


# WHAT MAY BE PROPOSED


def propose(plant, opening):
    return plant.dao.propose(as_tuple(opening), by_worker(SCANNER))


def test_propose__no_entries__refused(plant, task):
    with refused("MalformedPlan", 0):
        propose(plant, plant.opening())


def test_propose__cut_short__refused(plant, task):
    opening = plant.opening(plant.entry(task, SCANNER))
    with refused("MalformedPlan", 0):
        propose(plant, replace(opening, plan=opening.plan[:-1]))


def test_propose__task_already_taken__refused(plant, task):
    opening = plant.opening(plant.entry(task, SCANNER))
    plant.enact(plant.entry(task, SPRAYER))
    with refused("TaskMovedOn", task, 2, 1):
        propose(plant, opening)


def test_propose__helper_has_not_confirmed__refused(plant, task):
    with refused("HelperNotConfirmed", task, SCANNER, GLUER):
        propose(plant, plant.opening(plant.entry(task, SCANNER, helpers=(GLUER,))))


def test_propose__unknown_block__refused(plant, task):
    opening = plant.opening(plant.entry(task, SCANNER), read_hash=bytes(32))
    with refused("UnknownBlock", opening.read_at, bytes(32)):
        propose(plant, opening)


def test_propose__counters_nothing__refused(plant, task):
    with refused("UnknownProposal", 7):
        propose(plant, plant.opening(plant.entry(task, SCANNER), counters=7))


def test_propose__too_many_open__refused(plant, task):
    for _ in range(OPEN_LIMIT):
        plant.propose(SCANNER, plant.entry(task, SCANNER))
    with refused("TooManyOpen", SCANNER, OPEN_LIMIT):
        propose(plant, plant.opening(plant.entry(task, SCANNER)))


# WHO MAY VOTE


def test_vote__twice__refused(plant, proposal):
    plant.vote(proposal, SCANNER)
    with refused("AlreadyVoted", proposal, SCANNER):
        plant.vote(proposal, SCANNER, support=False)


def test_vote__stranger__refused(plant, proposal):
    with refused("NotAMember", accounts[STRANGER]):
        plant.dao.castVote(proposal, 1, by(STRANGER))


def test_vote__reinstated_since_the_opening__refused(plant, proposal):
    suspend(plant, SCANNER)
    plant.members.reinstate(SCANNER, by(SUPERVISOR))
    with refused("NotInElectorate", proposal, SCANNER):
        plant.vote(proposal, SCANNER)


def test_vote__neither_for_nor_against__refused(plant, proposal):
    with refused("UnknownSupport", 2):
        plant.dao.castVote(proposal, 2, by_worker(SCANNER))


def test_vote__too_late__refused(plant, proposal):
    deadline = plant.dao.proposal(proposal)[7]
    chain.sleep(VOTING_S + 2)
    with refused("VotingOver", proposal, deadline):
        plant.vote(proposal, SCANNER)


def test_vote__other_plan__refused(plant, task, proposal):
    plant.vote(proposal, SCANNER, SPRAYER)
    opening = plant.openings[proposal]
    particulars = plant.particulars(proposal)
    with refused("OtherPlan", proposal, content_hash_of(opening.plan, particulars)):
        plant.dao.vote(proposal, True, "", opening.plan + b"\0", particulars, by_worker(GLUER))


# BARS


def test_bar__suspended_since__is_told_and_brings_defeat(plant, proposal):
    plant.vote(proposal, SCANNER, SPRAYER, support=False)
    suspend(plant, GLUER)
    tx = plant.dao.bar(proposal, GLUER, by(STRANGER))
    told(tx, "VoterBarred", id=proposal, member=GLUER)
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=0, no=2, members=5)


def test_bar__may_still_vote__refused(plant, proposal):
    with refused("StillInElectorate", proposal, GLUER):
        plant.dao.bar(proposal, GLUER, by(STRANGER))


def test_bar__suspended_before_the_opening__refused(plant, task):
    suspend(plant, GLUER)
    proposal = plant.propose(SCANNER, plant.entry(task, SCANNER))
    with refused("NotInElectorate", proposal, GLUER):
        plant.dao.bar(proposal, GLUER, by(STRANGER))


# THE END


def test_vote__majority_against__defeated_at_once(plant, proposal):
    tx = plant.vote(proposal, SCANNER, SPRAYER, GLUER, support=False)
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=0, no=3, members=5)
    with refused("ProposalNotOpen", proposal, State.DEFEATED):
        plant.vote(proposal, PRESSER)


def test_vote__half_of_four__defeated(plant, task):
    suspend(plant, PACKER)
    proposal = plant.propose(SCANNER, plant.entry(task, SCANNER))
    plant.vote(proposal, SCANNER, SPRAYER)
    plant.vote(proposal, GLUER, support=False)
    tx = plant.vote(proposal, PRESSER, support=False)
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=2, no=2, members=4)


def test_poke__silence__expires_after_the_deadline(plant, proposal):
    deadline = plant.dao.proposal(proposal)[7]
    with refused("VotingNotOver", proposal, deadline):
        plant.dao.poke(proposal, by(STRANGER))
    chain.sleep(VOTING_S + 2)
    tx = plant.dao.poke(proposal, by(STRANGER))
    told(tx, "ProposalSettled", id=proposal, state=State.EXPIRED, yes=0, no=0, members=5)


def test_enact__passed_without_the_plan__by_anyone(plant, task, proposal):
    plant.vote(proposal, SCANNER, SPRAYER, GLUER)
    opening = plant.openings[proposal]
    tx = plant.dao.enact(proposal, opening.plan, plant.particulars(proposal), by(STRANGER))
    told(tx, "ProposalSettled", id=proposal, state=State.ENACTED, yes=3, no=0, members=5)
    assert plant.task(task)["worker"] == SCANNER


def test_veto__by_the_supervisor__ends_it(plant, proposal):
    tx = plant.give(OverrideKind.VETO, proposal, SubjectType.PROPOSAL)
    told(tx, "ProposalSettled", id=proposal, state=State.VETOED, yes=0, no=0, members=5)


def test_veto__not_by_the_overrides__refused(plant, proposal):
    with refused("NotTheContract", account_of(SCANNER)):
        plant.dao.veto(proposal, by_worker(SCANNER))
