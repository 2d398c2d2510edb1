"""AllocationDAO: what may be proposed, who may vote, how a vote ends."""

from dataclasses import replace

import pytest
from brownie import accounts, chain, web3

from tests.contracts.plant import (
    ADMINISTRATOR,
    GLUER,
    HUMANS,
    OPEN_LIMIT,
    PACKER,
    PRESSER,
    SCANNER,
    SPRAYER,
    STRANGER,
    SUPERVISOR,
    VOTING_S,
    account_of,
    by,
    by_worker,
    parts_of,
    refused,
    told,
)
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, pack_ballots
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.proposals import DETAIL_SIZE, State, content_id_of


@pytest.fixture
def proposal(plant, task):
    return plant.propose(SCANNER, plant.entry(task, SCANNER))


def suspend(plant, member):
    plant.members.suspend(member, by(SUPERVISOR))


# WHAT MAY BE PROPOSED


def test_propose__no_entries__refused(plant):
    with refused("MalformedPlan", 0):
        plant.dao.propose(b"", bytes(DETAIL_SIZE), "", by_worker(SCANNER))


def test_propose__cut_short__refused(plant, task):
    assignments, *others = parts_of(plant.opening(plant.entry(task, SCANNER)))
    with refused("MalformedPlan", 0):
        plant.dao.propose(assignments[:-1], *others, by_worker(SCANNER))


def test_propose__teams_cut_short__refused(plant, task):
    opening = plant.opening(plant.entry(task, SCANNER))
    with refused("MalformedTeams", 0):
        plant.send(SCANNER, replace(opening, plan=replace(opening.plan, teams=bytes(12))))


@pytest.mark.parametrize("missing", [1, 16])
def test_propose__detail_ends_within_its_fields_or_its_teams__refused(plant, task, missing):
    opening = plant.opening(plant.entry(task, SCANNER, helpers=(GLUER,)))
    assignments, detail, words = parts_of(replace(opening, plan=replace(opening.plan, timetable=b"")))
    length = len(detail) - missing
    with refused("MalformedDetail", length):
        plant.dao.propose(assignments, detail[:length], words, by_worker(SCANNER))


def test_propose__not_a_worker__refused(plant, task):
    with refused("NotAMember", accounts[STRANGER]):
        plant.dao.propose(*parts_of(plant.opening(plant.entry(task, SCANNER))), by(STRANGER))


def test_require_open__task_already_taken__refused(plant, task):
    assignments = plant.opening(plant.entry(task, SCANNER)).plan.assignments
    plant.enact(plant.entry(task, SPRAYER))
    with refused("TaskMovedOn", task, 2, 1):
        plant.work.requireOpen(assignments)


def test_propose__helper_has_not_confirmed__refused(plant, task):
    with refused("HelperNotConfirmed", task, SCANNER, GLUER):
        plant.send(SCANNER, plant.opening(plant.entry(task, SCANNER, helpers=(GLUER,))))


def test_propose__unknown_block__refused(plant, task):
    opening = plant.opening(plant.entry(task, SCANNER), read_hash=bytes(32))
    with refused("UnknownBlock", opening.read_at, bytes(32)):
        plant.send(SCANNER, opening)


def test_propose__counters_nothing__refused(plant, task):
    with refused("UnknownProposal", 7):
        plant.send(SCANNER, plant.opening(plant.entry(task, SCANNER), counters=7))


def test_propose__too_many_open__refused(plant, task):
    for _ in range(OPEN_LIMIT):
        plant.propose(SCANNER, plant.entry(task, SCANNER))
    with refused("TooManyOpen", SCANNER, OPEN_LIMIT):
        plant.send(SCANNER, plant.opening(plant.entry(task, SCANNER)))


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


def test_vote__other_plan__refused(plant, proposal):
    plant.vote(proposal, SCANNER, SPRAYER)
    assignments, rest = plant.content(proposal)
    with refused("OtherPlan", proposal, content_id_of(plant.content_hash(proposal))):
        plant.dao.vote(proposal, True, "", assignments + b"\0", rest, by_worker(GLUER))


def test_cast_vote_by_sig__anothers_signature__refused(plant, proposal):
    with refused("BadSignature", account_of(SCANNER)):
        plant.dao.castVoteBySig(proposal, 1, account_of(SCANNER), bytes(65), by(STRANGER))


# TOGETHER


def test_decide__too_few__refused(plant, proposal):
    with refused("Undecided", proposal, 2, 0, 5):
        plant.decide(proposal, plant.ballot(proposal, SCANNER), plant.ballot(proposal, SPRAYER))


def test_decide__signed_for_the_other_support__refused(plant, proposal):
    yes = plant.ballot(proposal, SCANNER)
    digest = yes_digest(plant, proposal)
    no = plant.ballot(proposal, SCANNER, support=False)
    with refused("BadBallot", proposal, SCANNER, digest):
        plant.decide(proposal, replace(yes, signature=no.signature))


def yes_digest(plant, proposal):
    _, _, roster, _, _, _, _, deadline, _ = plant.dao.proposal(proposal)
    values = {"content_hash": plant.content_hash(proposal), "roster": roster, "deadline": deadline}
    return ballot_digest(Ballot(proposal=proposal, support=True, **values), chain_id=chain.id, dao=plant.dao.address)


def test_decide__unsigned_ballot_of_another__refused(plant, proposal):
    with refused("NotTheSender", proposal, SCANNER, accounts[STRANGER]):
        plant.decide(proposal, SignedBallot(member=SCANNER, support=True))


def test_decide__a_member_twice__refused(plant, proposal):
    packed = pack_ballots([plant.ballot(proposal, SCANNER)])
    with refused("BallotOutOfOrder", proposal, SCANNER, SCANNER):
        plant.dao.decide(proposal, *plant.content(proposal), packed * 2, by(STRANGER))


def test_decide__cut_short__refused(plant, proposal):
    packed = pack_ballots([plant.ballot(proposal, SCANNER)])
    with refused("MalformedBallots", 0):
        plant.dao.decide(proposal, *plant.content(proposal), packed[:-1], by(STRANGER))


def test_decide_at_once__not_the_next_number__refused(plant, task):
    opening, deadline = plant.opening(plant.entry(task, SCANNER)), chain.time() + 30
    for number in (0, 2):
        with refused("NotTheNext", number, 1):
            plant.decide_at_once(number, deadline, opening, gluer=True, packer=True)


def test_decide_at_once__by_a_stranger__refused(plant, task):
    draft = parts_of(plant.opening(plant.entry(task, SCANNER)))
    with refused("NotAMember", accounts[STRANGER]):
        plant.dao.decideAtOnce(1, chain.time() + 30, draft, b"", by(STRANGER))


# THE ROSTER


def test_set_voter__not_by_the_members__refused(plant):
    with refused("NotTheContract", accounts[STRANGER]):
        plant.dao.setVoter(accounts[STRANGER], 1, True, 1, 1, by(STRANGER))


def test_seal__by_anyone__the_accounts_are_in_code(plant):
    tx = plant.dao.seal(by(STRANGER))
    told(tx, "RosterSealed", roster=5, roll=plant.dao.roll())
    assert bytes(web3.eth.get_code(plant.dao.roll())) == b"\0" + bytes(plant.members.accounts())


# BARS


def test_bar__suspended_since__is_told_and_brings_defeat(plant, proposal):
    plant.vote(proposal, SCANNER, SPRAYER, support=False)
    suspend(plant, GLUER)
    tx = plant.dao.bar(proposal, GLUER, by(STRANGER))
    told(tx, "VoterBarred", id=proposal, member=GLUER)
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=0, no=2)


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
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=0, no=3)
    with refused("ProposalNotOpen", proposal, State.DEFEATED):
        plant.vote(proposal, PRESSER)


def test_vote__half_of_four__defeated(plant, task):
    suspend(plant, PACKER)
    proposal = plant.propose(SCANNER, plant.entry(task, SCANNER))
    plant.vote(proposal, SCANNER, SPRAYER)
    plant.vote(proposal, GLUER, support=False)
    tx = plant.vote(proposal, PRESSER, support=False)
    told(tx, "ProposalSettled", id=proposal, state=State.DEFEATED, yes=2, no=2)


def test_poke__silence__expires_after_the_deadline(plant, proposal):
    deadline = plant.dao.proposal(proposal)[7]
    with refused("VotingNotOver", proposal, deadline):
        plant.dao.poke(proposal, by(STRANGER))
    chain.sleep(VOTING_S + 2)
    tx = plant.dao.poke(proposal, by(STRANGER))
    told(tx, "ProposalSettled", id=proposal, state=State.EXPIRED, yes=0, no=0)


def test_enact__passed_without_the_plan__by_anyone(plant, task, proposal):
    plant.vote(proposal, SCANNER, SPRAYER, GLUER)
    tx = plant.dao.enact(proposal, *plant.content(proposal), 1, by(STRANGER))
    told(tx, "ProposalExecuted", proposalId=proposal)
    assert "ProposalSettled" not in tx.events
    assert plant.task(task)["worker"] == SCANNER


def test_enact__no_word__refused(plant, proposal):
    plant.vote(proposal, SCANNER, SPRAYER, GLUER)
    with refused("NothingEnacted", proposal):
        plant.dao.enact(proposal, *plant.content(proposal), 0, by(STRANGER))


def test_veto__by_the_supervisor__ends_it(plant, proposal):
    tx = plant.give(OverrideKind.VETO, proposal, SubjectType.PROPOSAL)
    told(tx, "ProposalSettled", id=proposal, state=State.VETOED, yes=0, no=0)
    told(tx, "ProposalCanceled", proposalId=proposal)


def test_veto__not_by_the_overrides__refused(plant, proposal):
    with refused("NotTheContract", account_of(SCANNER)):
        plant.dao.veto(proposal, by_worker(SCANNER))


# WHERE TO READ MORE


def test_set_dao_uri__administrator__told(plant):
    tx = plant.dao.setDaoURI("http://127.0.0.1:8600/api/v1/dao", by(ADMINISTRATOR))
    told(tx, "DAOURIUpdate", daoAddress=plant.dao.address, daoURI="http://127.0.0.1:8600/api/v1/dao")
    assert plant.dao.daoURI() == "http://127.0.0.1:8600/api/v1/dao"


def test_set_dao_uri__supervisor__refused(plant):
    with refused("NotTheAdministrator", HUMANS[SUPERVISOR].address):
        plant.dao.setDaoURI("http://127.0.0.1:1", by(SUPERVISOR))
