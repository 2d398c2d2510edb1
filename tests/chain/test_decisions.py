"""Deciding by signed ballots: what is counted, and what is refused."""

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import decide, digest, post, propose, refused, sign, task, vote
from tests.chain.plants import FINISHER, POLICY, SCANNER, SPRAYER, account, signer
from workmoot.domain.ballots import SignedBallot, pack_ballots, unpack_counted
from workmoot.domain.events import (
    BallotsCounted,
    PlanEnacted,
    ProposalExecuted,
    ProposalSettled,
    VoteCast,
)
from workmoot.domain.ids import ZERO_ADDRESS
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, capability_mask


@pytest.fixture
def opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def state_of(plant, opened):
    return plant.by("stranger").dao.proposal(opened.id)


def test_decide__by_the_content_hash__passes_and_waits_for_enactment(plant, opened):
    ballots = pack_ballots([sign(plant, opened, name) for name in ("scanner", "sprayer")])
    with refused("OtherPlan", opened.id, opened.content_id):
        plant.by("stranger").dao.decide(opened.id, b"", b"\1" * 32, ballots)
    receipt = plant.by("stranger").dao.decide(opened.id, b"", opened.content_hash, ballots)
    assert receipt.the(ProposalSettled).state is State.PASSED
    assert not receipt.all(PlanEnacted)


def test_decide__a_majority_of_yes__enacts_in_one_transaction_of_anyone(plant, opened):
    receipt = decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "finisher"))
    assert receipt.the(ProposalExecuted).proposal_id == receipt.the(PlanEnacted).proposal == opened.id
    assert not receipt.all(VoteCast) + receipt.all(ProposalSettled)
    state = state_of(plant, opened)
    assert (state.state, state.yes, state.no) == (State.ENACTED, 2, 0)
    assert task(plant, opened.task).status is Status.ALLOCATED


def test_decide__who_said_what__is_told(plant, opened):
    ballots = [sign(plant, opened, name, support=name != "sprayer") for name in ("scanner", "sprayer", "finisher")]
    counted = decide(plant, opened, *ballots).the(BallotsCounted)
    assert unpack_counted(counted.ballots) == ((SCANNER, True), (SPRAYER, False), (FINISHER, True))
    state = state_of(plant, opened)
    assert (state.state, state.yes, state.no) == (State.ENACTED, 2, 1)
    ledger = _ledger(plant)
    assert [(vote.member, vote.support) for vote in ledger.proposals[opened.id].votes] == [
        (SCANNER, True),
        (SPRAYER, False),
        (FINISHER, True),
    ]


def test_decide__a_majority_of_no__defeats(plant, opened):
    ballots = [sign(plant, opened, name, support=False) for name in ("scanner", "finisher")]
    settled = decide(plant, opened, *ballots).the(ProposalSettled)
    assert (settled.state, settled.yes, settled.no) == (State.DEFEATED, 0, 2)
    assert task(plant, opened.task).status is Status.POSTED


def test_decide__too_few__refused_and_nothing_counted(plant, opened):
    with refused("Undecided", opened.id, 1, 0, 3):
        decide(plant, opened, sign(plant, opened, "scanner"))
    assert state_of(plant, opened).yes == 0


def test_decide__half_of_the_members__is_no_majority(plant):
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, capability_mask([1]), "{}")
    (number,) = post(plant, a_task())
    opened = propose(plant, an_entry(number, SPRAYER))
    with refused("Undecided", opened.id, 2, 0, 4):
        decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "latecomer"))
    noes = (sign(plant, opened, name, support=False) for name in ("sprayer", "finisher"))
    assert decide(plant, opened, *noes).the(ProposalSettled).state is State.DEFEATED


def test_decide__after_direct_votes__they_count_too(plant, opened):
    vote(plant, opened, "sprayer")
    decide(plant, opened, sign(plant, opened, "finisher"))
    assert (state_of(plant, opened).state, state_of(plant, opened).yes) == (State.ENACTED, 2)


def test_decide__who_voted_directly__has_had_its_ballot(plant, opened):
    vote(plant, opened, "sprayer", support=False)
    with refused("AlreadyVoted", opened.id, SPRAYER):
        decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))


def test_decide__with_the_senders_own_ballot__needs_no_signature_of_it(plant, opened):
    own = SignedBallot(member=FINISHER, support=True)
    decide(plant, opened, sign(plant, opened, "scanner"), own, by="finisher")
    assert (state_of(plant, opened).state, state_of(plant, opened).yes) == (State.ENACTED, 2)


def test_decide__anothers_ballot_without_a_signature__refused(plant, opened):
    own = SignedBallot(member=FINISHER, support=True)
    with refused("NotTheSender", opened.id, FINISHER, account("scanner")):
        decide(plant, opened, sign(plant, opened, "scanner"), own, by="scanner")


@pytest.mark.parametrize(
    "changes",
    [{"proposal": 2}, {"content_hash": b"\1" * 32}, {"roster": 4}, {"deadline": 1}, {"support": False}],
    ids=lambda changes: next(iter(changes)),
)
def test_decide__signed_for_something_else__refused(plant, opened, changes):
    other = sign(plant, opened, "scanner", **changes)
    ballot = SignedBallot(member=SCANNER, support=True, signature=other.signature)
    with refused("BadBallot", opened.id, SCANNER, digest(plant, opened)):
        decide(plant, opened, ballot)


def test_decide__signed_by_another__refused(plant, opened):
    ballot = SignedBallot(member=FINISHER, support=True, signature=sign(plant, opened, "scanner").signature)
    with refused("BadBallot", opened.id, FINISHER, digest(plant, opened)):
        decide(plant, opened, ballot)


def test_decide__for_another_contract__refused(plant, opened):
    ballot = opened.ballot(support=True)
    signature = signer("scanner").sign_ballot(ballot, chain_id=plant.chain_id, dao=ZERO_ADDRESS)
    with refused("BadBallot", opened.id, SCANNER, digest(plant, opened)):
        decide(plant, opened, SignedBallot(member=SCANNER, support=True, signature=signature))


@pytest.mark.parametrize("size", [1, 64, 66])
def test_decide__a_signature_of_no_size__is_nobodys(plant, opened, size):
    signature = (sign(plant, opened, "scanner").signature + b"\0")[:size]
    with refused("BadBallot", opened.id, SCANNER, digest(plant, opened)):
        decide(plant, opened, SignedBallot(member=SCANNER, support=True, signature=signature))


def test_decide__a_member_twice__refused(plant, opened):
    packed = pack_ballots([sign(plant, opened, "scanner")])
    with refused("BallotOutOfOrder", opened.id, SCANNER, SCANNER):
        plant.by("stranger").dao.decide(opened.id, opened.assignments, opened.rest, packed * 2)


def test_decide__numbers_descend__refused(plant, opened):
    packed = [pack_ballots([sign(plant, opened, name)]) for name in ("finisher", "scanner")]
    with refused("BallotOutOfOrder", opened.id, FINISHER, SCANNER):
        plant.by("stranger").dao.decide(opened.id, opened.assignments, opened.rest, b"".join(packed))


@pytest.mark.parametrize("size", [1, 3, 68])
def test_decide__cut_short__refused_where_the_ballot_begins(plant, opened, size):
    packed = pack_ballots([sign(plant, opened, "scanner")])
    with refused("MalformedBallots", 0):
        plant.by("stranger").dao.decide(opened.id, opened.assignments, opened.rest, packed[:size])
    with refused("MalformedBallots", 69):
        rest = pack_ballots([sign(plant, opened, "sprayer")])[:size]
        plant.by("stranger").dao.decide(opened.id, opened.assignments, opened.rest, packed + rest)


def test_decide__nobodys_and_strangers_numbers__refused(plant, opened):
    dao = plant.by("stranger").dao
    with refused("BallotOutOfOrder", opened.id, 0, 0):
        dao.decide(opened.id, opened.assignments, opened.rest, bytes.fromhex("80000000"))
    with refused("NotInElectorate", opened.id, 4):
        dao.decide(opened.id, opened.assignments, opened.rest, bytes.fromhex("80040000"))
    with refused("NotInElectorate", opened.id, 0x7FFF):
        dao.decide(opened.id, opened.assignments, opened.rest, bytes.fromhex("ffff0000"))


def test_decide__with_another_plan__refused(plant, opened):
    dao = plant.by("stranger").dao
    packed = pack_ballots([sign(plant, opened, name) for name in ("scanner", "sprayer")])
    with refused("OtherPlan", opened.id, opened.content_id):
        dao.decide(opened.id, opened.assignments + b"\0", opened.rest, packed)
    with refused("OtherPlan", opened.id, opened.content_id):
        dao.decide(opened.id, opened.assignments, b"\1" * 32, packed)


def test_decide__suspended_since_it_signed__refused_and_the_others_decide(plant, opened):
    ballots = [sign(plant, opened, name) for name in ("scanner", "sprayer", "finisher")]
    plant.by("supervisor").members.suspend(FINISHER)
    with refused("NotInElectorate", opened.id, FINISHER):
        decide(plant, opened, *ballots)
    decide(plant, opened, *ballots[:2])
    assert (state_of(plant, opened).state, state_of(plant, opened).yes) == (State.ENACTED, 2)


def test_decide__suspended_and_back__not_in_the_old_electorate(plant, opened):
    ballots = [sign(plant, opened, name) for name in ("scanner", "finisher")]
    members = plant.by("supervisor").members
    members.suspend(FINISHER)
    members.reinstate(FINISHER)
    with refused("NotInElectorate", opened.id, FINISHER):
        decide(plant, opened, *ballots)


def test_decide__admitted_after_the_opening__not_in_the_electorate(plant, opened):
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, capability_mask([1]), "{}")
    with refused("NotInElectorate", opened.id, 5):
        decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "latecomer"))


def test_decide__others_were_admitted_since__the_electorate_stays_as_it_was(plant, opened):
    plant.by("supervisor").members.admit(account("latecomer"), Kind.DIGITAL, capability_mask([1]), "{}")
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    assert state_of(plant, opened).state is State.ENACTED


def test_decide__with_a_barred_member__fewer_noes_defeat(plant, opened):
    plant.by("supervisor").members.suspend(FINISHER)
    plant.by("stranger").dao.bar(opened.id, FINISHER)
    assert state_of(plant, opened).barred == 1
    settled = decide(plant, opened, sign(plant, opened, "scanner", support=False)).the(ProposalSettled)
    assert (settled.state, settled.no) == (State.DEFEATED, 1)


def test_decide__too_late__refused(plant, opened):
    ballots = [sign(plant, opened, name) for name in ("scanner", "sprayer")]
    plant.advance(POLICY.voting_seconds + 1)
    with refused("VotingOver", opened.id, opened.deadline):
        decide(plant, opened, *ballots)


def test_decide__twice__refused(plant, opened):
    ballots = [sign(plant, opened, name) for name in ("scanner", "sprayer")]
    decide(plant, opened, *ballots)
    with refused("ProposalNotOpen", opened.id, State.ENACTED):
        decide(plant, opened, *ballots)


def test_has_voted__of_ballots_counted_together__only_the_event_tells(plant, opened):
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    assert not plant.by("stranger").dao.has_voted(opened.id, account("scanner"))


def _ledger(plant):
    follower = plant.follower()
    follower.catch_up()
    return follower.ledger
