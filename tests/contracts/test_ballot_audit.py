"""BallotAudit: ballots that came too late, and members that signed both ways."""

import pytest

from tests.contracts.plant import PRESSER, SCANNER, STRANGER, by, refused
from workmoot.domain.ballots import pack_ballots
from workmoot.domain.proposals import State, content_id_of


@pytest.fixture
def proposal(plant, task):
    return plant.propose(SCANNER, plant.entry(task, SCANNER))


def test_record__before_the_end__refused(plant, proposal):
    with refused("ProposalNotSettled", proposal, State.OPEN):
        plant.audit.record(proposal, plant.content_hash(proposal), b"", by(STRANGER))


def test_record__of_no_proposal__refused(plant):
    with refused("UnknownProposal", 7):
        plant.audit.record(7, bytes(32), b"", by(STRANGER))


def test_record__of_other_content__refused(plant, proposal):
    with refused("OtherPlan", proposal, content_id_of(plant.content_hash(proposal))):
        plant.audit.record(proposal, bytes(32), pack_ballots([plant.ballot(proposal, PRESSER)]), by(STRANGER))


def test_members_and_dao__of_the_deployment__are_those_of_the_plant(plant):
    assert (plant.audit.members(), plant.audit.dao()) == (plant.members.address, plant.dao.address)
