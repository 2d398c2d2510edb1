"""Ballots that came too late to count, and members that signed both ways: shown for the record."""

import pytest

from tests.builders import a_task, an_entry
from tests.chain.moves import decide, digest, post, propose, refused, sign
from tests.chain.plants import FINISHER, SPRAYER
from workmoot.domain.ballots import pack_ballots, unpack_counted
from workmoot.domain.events import BallotsRecorded, EquivocationProven
from workmoot.domain.proposals import State


@pytest.fixture
def opened(plant):
    (number,) = post(plant, a_task())
    return propose(plant, an_entry(number, SPRAYER))


def test_record__after_the_decision__shows_the_late_ballots_and_changes_nothing(plant, opened):
    late = pack_ballots([sign(plant, opened, "finisher", support=False)])
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    recorded = plant.by("stranger").ballot_audit.record(opened.id, opened.content_hash, late).the(BallotsRecorded)
    assert (recorded.id, unpack_counted(recorded.ballots)) == (opened.id, ((FINISHER, False),))
    assert plant.by("stranger").dao.proposal(opened.id).no == 0


def test_record__of_who_was_suspended_since__is_shown_all_the_same(plant, opened):
    late = pack_ballots([sign(plant, opened, "finisher")])
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    plant.by("supervisor").members.suspend(FINISHER)
    assert plant.by("stranger").ballot_audit.record(opened.id, opened.content_hash, late).all(BallotsRecorded)


def test_record__before_the_decision__refused(plant, opened):
    ballots = pack_ballots([sign(plant, opened, "finisher")])
    with refused("ProposalNotSettled", opened.id, State.OPEN):
        plant.by("stranger").ballot_audit.record(opened.id, opened.content_hash, ballots)


def test_record__not_of_the_content__refused(plant, opened):
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    audit, ballots = plant.by("stranger").ballot_audit, pack_ballots([sign(plant, opened, "finisher")])
    with refused("OtherPlan", opened.id, opened.content_id):
        audit.record(opened.id, b"\1" * 32, ballots)
    shortened = opened.content_id + bytes(12)
    with refused("BadBallot", opened.id, FINISHER, digest(plant, opened, content_hash=shortened)):
        audit.record(opened.id, shortened, ballots)


def test_record__of_a_stranger__refused(plant, opened):
    decide(plant, opened, sign(plant, opened, "scanner"), sign(plant, opened, "sprayer"))
    with refused("NotInElectorate", opened.id, 4):
        plant.by("stranger").ballot_audit.record(opened.id, opened.content_hash, bytes.fromhex("80040000"))


def test_prove_equivocation__a_yes_and_a_no__is_told(plant, opened):
    yes, no = (sign(plant, opened, "finisher", support=support).signature for support in (True, False))
    audit = plant.by("stranger").ballot_audit
    proven = audit.prove_equivocation(opened.id, opened.content_hash, FINISHER, yes, no).the(EquivocationProven)
    assert (proven.id, proven.member) == (opened.id, FINISHER)


def test_prove_equivocation__two_yeses__refused(plant, opened):
    yes = sign(plant, opened, "finisher").signature
    with refused("BadBallot", opened.id, FINISHER, digest(plant, opened, support=False)):
        plant.by("stranger").ballot_audit.prove_equivocation(opened.id, opened.content_hash, FINISHER, yes, yes)


def test_prove_equivocation__of_no_proposal__refused(plant):
    with refused("UnknownProposal", 7):
        plant.by("stranger").ballot_audit.prove_equivocation(7, bytes(32), FINISHER, b"", b"")


def test_prove_equivocation__of_a_stranger__refused(plant, opened):
    with refused("NotInElectorate", opened.id, 4):
        plant.by("stranger").ballot_audit.prove_equivocation(opened.id, opened.content_hash, 4, b"", b"")


def test_record__of_no_proposal__refused(plant):
    with refused("UnknownProposal", 7):
        plant.by("stranger").ballot_audit.record(7, bytes(32), b"")
