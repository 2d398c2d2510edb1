"""Motions on the wire and on the page."""

from dataclasses import replace

import pytest

from api.models.common import Head
from api.views.motions import motion_words
from api.views.proposals import proposal_detail
from api.views.snapshot import Snapshot
from tests.builders import an_address
from tests.workshop import FINISHER, SPRAYER, START_S, VOTING, Workshop
from workmoot.domain.ids import Number
from workmoot.domain.motions import Admission, Motion, MotionKind, PolicyChange, StandingChange
from workmoot.domain.workers import Kind

ACCOUNT = an_address(77)
HEAD = Head(chain_id=1337, block=1, hash="0x", at=None, behind_blocks=0, behind_s=0)


def snapshot(workshop: Workshop) -> Snapshot:
    return Snapshot(ledger=workshop.ledger, head=HEAD, now=float(START_S))


def admission(**changes: object) -> Admission:
    values = {"member_kind": Kind.DIGITAL, "account": ACCOUNT, "capabilities": 6, "profile": '{"id": "polisher"}'}
    return Admission(**values | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("motion", "words"),
    [
        (StandingChange(kind=MotionKind.SUSPEND, member=FINISHER), "suspend finisher"),
        (StandingChange(kind=MotionKind.RETIRE, member=Number(99)), "retire 99"),
        (admission(), f"admit digital worker polisher ({ACCOUNT}): scanning, spraying"),
        (admission(profile="no JSON", capabilities=0), f"admit digital worker {ACCOUNT} ({ACCOUNT}): nothing named"),
        (
            PolicyChange(policy=replace(VOTING, voting_seconds=90)),
            "policy: voting seconds 90, open limit 2, absent after 10; "
            "weights: makespan 6000, tardiness 2000, cost 1000, energy 1000, risk 0",
        ),
    ],
)
def test_motion_words__each_kind__one_line(motion: Motion, words: str):
    assert motion_words(snapshot(Workshop()), motion) == words


def test_proposal__motion__says_what_and_has_no_plan():
    workshop = Workshop()
    proposal = workshop.carry(StandingChange(kind=MotionKind.SUSPEND, member=SPRAYER))
    shown = proposal_detail(snapshot(workshop), workshop.proposal(proposal))
    assert (shown.motion, shown.state, shown.tasks, shown.plan) == ("suspend sprayer", "enacted", 0, ())
