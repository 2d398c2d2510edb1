"""Who is absent by the ledger, the contracts leave out, whatever happened."""

import random
from contextlib import suppress

import pytest

from tests.workshop import FINISHER, SPRAYER, VOTING, Workshop
from workmoot.domain.errors import Refused
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger
from workmoot.domain.ledger.absence import absent_since
from workmoot.domain.motions import PolicyChange

NAMES = ("scanner", "sprayer", "finisher")


def left_out(workshop: Workshop, member: Number) -> bool:
    try:
        workshop.by("stranger").motions.leave_out(member)
    except Refused:
        return False
    return True


def something(workshop: Workshop, drawn: random.Random) -> None:
    """Somebody proposes, some vote, time passes, some votes are closed."""
    active = [name for name in NAMES if workshop.view(name).member.is_active_worker]
    proposer = drawn.choice(active)
    with suppress(Refused):
        proposal = workshop.move(proposer, PolicyChange(policy=workshop.chain.state.policy))
        for name in active:
            if drawn.random() < 0.2:
                workshop.vote(name, proposal, support=drawn.random() < 0.5)
    workshop.chain.advance(drawn.choice((1, VOTING.voting_seconds + 1)))
    for found in workshop.ledger.open_proposals():
        if found.deadline < workshop.chain.now and drawn.random() < 0.5:
            workshop.by("stranger").dao.poke(found.id)


@pytest.mark.parametrize("seed", range(30))
def test_absent_since__any_history__as_the_contracts_say(seed: int):
    drawn, workshop = random.Random(seed), Workshop(absent_after=2)
    for _ in range(25):
        something(workshop, drawn)
        now_s = float(workshop.chain.now)
        for member in (SPRAYER, FINISHER):
            name = "sprayer" if member == SPRAYER else "finisher"
            if not workshop.ledger.members[member].is_active_worker:
                workshop.by(name).members.come_back()
            told = absent_since(workshop.ledger, member, now_s)
            assert left_out(workshop, member) == (told is not None)


def test_absent_since__no_policy_yet__nobody():
    assert absent_since(Ledger(), SPRAYER, 0.0) is None
