from dataclasses import replace
from typing import Any

import pytest

from agents.actions import Action, CastVote, EnactPlan
from agents.execution import perform
from agents.policy import voting, watching
from agents.policy.moving import BAD_RUNS, judge_motion, obstacle_to
from tests.agents.bodies import ToldRobots, hands
from tests.builders import a_task
from tests.workshop import (
    ARM,
    FINISHER,
    SCAN,
    SCANNER,
    SPRAY,
    SPRAYER,
    VOTING,
    Workshop,
    account,
)
from workmoot.domain.ids import Number
from workmoot.domain.motions import LAST_VOTED_NUMBER, Admission, Motion, MotionKind, PolicyChange, StandingChange
from workmoot.domain.proposals import State, Weights
from workmoot.domain.workers import Kind, Standing, capability_mask

OTHER_WEIGHTS = replace(VOTING.weights, makespan=1_000, risk=5_000)


def admission(*capabilities: int, kind: Kind = Kind.ROBOTIC) -> Admission:
    mask = capability_mask(capabilities)
    return Admission(member_kind=kind, account=account("latecomer"), capabilities=mask, profile="{}")


def of(kind: MotionKind, member: Number = FINISHER) -> StandingChange:
    return StandingChange(kind=kind, member=member)


def policy(**changes: Any) -> PolicyChange:
    return PolicyChange(policy=replace(VOTING, **changes))


def judged(workshop: Workshop, motion: Motion) -> tuple[bool, str]:
    """What the scanner says, and everybody else."""
    view = workshop.view("scanner")
    assert judge_motion(workshop.view("sprayer"), motion) == judge_motion(view, motion)
    return judge_motion(view, motion)


def failing(runs: int = BAD_RUNS) -> Workshop:
    """The sprayer failed that many tasks."""
    workshop = Workshop()
    for _ in range(runs):
        (task,) = workshop.post(a_task())
        workshop.allocate(task, "sprayer")
        workshop.start(task)
        workshop.fail(task)
    return workshop


def silent(workshop: Workshop) -> Workshop:
    """Nobody but the scanner said anything for long."""
    for _ in range(VOTING.absent_after):
        workshop.move("scanner", policy())
        workshop.chain.advance(VOTING.voting_seconds + 1)
    return workshop


# Membership


def test_judge__admission_of_a_robot_with_a_rare_skill__yes():
    assert judged(Workshop(), admission(SCAN)) == (True, "Few of us can do this: scanning.")


def test_judge__admission_of_a_robot_like_enough_others__no():
    workshop = Workshop()
    for name in ("administrator", "planner", "stranger"):
        assert judged(workshop, admission(SCAN))[0]
        workshop.admit(name, SCAN, kind=Kind.ROBOTIC)
    assert judged(workshop, admission(SCAN)) == (False, "Enough of us can do what it can.")


@pytest.mark.parametrize("capability", [SCAN, SPRAY, 1, 255])
def test_judge__admission_of_one_that_would_vote__no_whatever_it_says_of_itself(capability: int):
    newcomer = admission(capability, kind=Kind.DIGITAL)
    assert judged(Workshop(), newcomer) == (False, "Who votes here is for humans to say.")


def test_judge__admission_of_nothing_the_plant_knows__no():
    assert not judged(Workshop(), admission(200))[0]


@pytest.mark.parametrize("kind", [MotionKind.SUSPEND, MotionKind.RETIRE])
def test_judge__member_without_blame__stays(kind: MotionKind):
    assert judged(Workshop(), of(kind)) == (False, "Neither its record nor its silence speaks against it.")


@pytest.mark.parametrize("kind", [MotionKind.SUSPEND, MotionKind.RETIRE])
def test_judge__record_clearly_bad__goes(kind: MotionKind):
    assert judged(failing(), of(kind, SPRAYER)) == (True, f"{BAD_RUNS} of its runs failed, 0 were good.")


def test_judge__a_few_failures__stays():
    assert not judged(failing(BAD_RUNS - 1), of(MotionKind.SUSPEND, SPRAYER))[0]


def test_judge__absent__goes():
    workshop = silent(Workshop())
    assert judged(workshop, of(MotionKind.SUSPEND)) == (True, "It is absent.")
    workshop.by("stranger").motions.leave_out(FINISHER)
    assert judged(workshop, of(MotionKind.SUSPEND)) == (True, "It is absent.")


def test_judge__reinstatement__yes_unless_the_record_is_bad():
    workshop = failing()
    workshop.carry(of(MotionKind.SUSPEND))
    assert judged(workshop, of(MotionKind.REINSTATE)) == (True, "Its record does not speak against it.")
    workshop = failing()
    workshop.carry(of(MotionKind.SUSPEND, SPRAYER))
    assert not judged(workshop, of(MotionKind.REINSTATE, SPRAYER))[0]


# Policy


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"voting_seconds": 120, "open_limit": 4, "absent_after": 5},
        {"weights": Weights(makespan=5_000, risk=1_000)},
    ],
)
def test_judge__near_the_founding_policy__yes(changes: dict[str, Any]):
    assert judged(Workshop(), policy(**changes)) == (True, "Near the founding policy.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"voting_seconds": 121}, "Too far from the founding policy: voting_seconds."),
        ({"open_limit": 5, "absent_after": 4}, "Too far from the founding policy: open_limit, absent_after."),
        ({"weights": OTHER_WEIGHTS}, "The weights are too far from the founding policy's."),
    ],
)
def test_judge__far_from_the_founding_policy__no(changes: dict[str, Any], words: str):
    assert judged(Workshop(), policy(**changes)) == (False, words)


def test_judge__a_row_of_small_steps__leads_no_further():
    workshop = Workshop()
    workshop.carry(policy(absent_after=5))
    assert judged(workshop, policy(absent_after=4)) == (False, "Too far from the founding policy: absent_after.")
    assert judged(workshop, policy(absent_after=20))[0]
    assert workshop.ledger.founding_policy == VOTING


# What cannot be carried out


def test_obstacle__human_decided__no():
    workshop = Workshop()
    workshop.suspend("finisher")
    words = "Cannot be carried out: a human decided about this member."
    assert judged(workshop, of(MotionKind.REINSTATE)) == (False, words)


def test_obstacle__standing_does_not_allow_it__says_so():
    workshop = Workshop()
    assert obstacle_to(workshop.ledger, of(MotionKind.REINSTATE)) == "the member is active"
    workshop.carry(of(MotionKind.SUSPEND))
    assert obstacle_to(workshop.ledger, of(MotionKind.SUSPEND)) == "the member is suspended"
    assert obstacle_to(workshop.ledger, of(MotionKind.RETIRE)) == ""


def test_obstacle__has_a_badge__says_so():
    taken = replace(admission(SPRAY), account=account("sprayer"))
    assert obstacle_to(Workshop().ledger, taken) == "the account has a badge already"


def test_obstacle__has_a_role__says_so():
    human = Admission(member_kind=Kind.DIGITAL, account=account("planner"), capabilities=1, profile="{}")
    assert obstacle_to(Workshop().ledger, human) == "the account has a human's role"


def test_obstacle__the_badges_left_are_the_humans__says_so():
    ledger, newcomer = Workshop().ledger, admission(SPRAY)
    for number in range(len(ledger.members) + 1, LAST_VOTED_NUMBER):
        ledger.members[Number(number)] = replace(ledger.members[ARM], number=Number(number))
    assert obstacle_to(ledger, newcomer) == ""
    ledger.members[Number(LAST_VOTED_NUMBER)] = ledger.members[ARM]
    assert obstacle_to(ledger, newcomer) == "the badges left are the humans' to give"


CHANGES = [MotionKind.SUSPEND, MotionKind.REINSTATE, MotionKind.RETIRE]


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("number", [0, 6, 0xFFFF])
def test_obstacle__about_nobody__says_so(kind: MotionKind, number: int):
    assert obstacle_to(Workshop().ledger, of(kind, Number(number))) == "nobody has that number"


def test_obstacle__a_policy_without_weights__says_so():
    nothing = policy(weights=Weights(makespan=0, tardiness=0, cost=0, energy=0))
    assert obstacle_to(Workshop().ledger, nothing) == "nothing would weigh anything"
    assert obstacle_to(Workshop().ledger, policy(weights=replace(nothing.policy.weights, risk=1))) == ""


def test_obstacle__the_last_that_votes__says_so():
    workshop = Workshop()
    for name in ("sprayer", "finisher"):
        workshop.suspend(name)
    assert obstacle_to(workshop.ledger, of(MotionKind.RETIRE, SCANNER)) == "nobody would be left to vote"
    assert obstacle_to(workshop.ledger, of(MotionKind.RETIRE, ARM)) == ""


# The ballot


def voted(workshop: Workshop, name: str) -> list[Action]:
    return voting.decide(workshop.view(name))


def test_vote__motion__says_why_and_binds_it():
    workshop = failing()
    proposal = workshop.move("scanner", of(MotionKind.SUSPEND, SPRAYER))
    (ballot,) = voted(workshop, "finisher")
    assert isinstance(ballot, CastVote)
    assert (ballot.proposal, ballot.support) == (proposal, True)
    assert ballot.reason == f"{BAD_RUNS} of its runs failed, 0 were good."
    assert (ballot.assignments, ballot.rest) == (b"", workshop.proposal(proposal).content_hash)


def test_vote__motion_that_became_impossible__is_settled_and_blocks_nothing():
    workshop = failing()
    proposal = workshop.move("scanner", of(MotionKind.SUSPEND, SPRAYER))
    ballots = [ballot for name in ("scanner", "finisher") for ballot in voted(workshop, name)]
    workshop.suspend("sprayer")
    for name, ballot in zip(("scanner", "finisher"), ballots, strict=True):
        perform(hands(workshop, name, ToldRobots()), ballot)
    assert workshop.proposal(proposal).state is State.PASSED


def test_vote__motion_passed__is_carried_out_in_turns():
    workshop = failing()
    proposal = workshop.move("scanner", of(MotionKind.SUSPEND, SPRAYER))
    for name in ("scanner", "finisher"):
        (ballot,) = voted(workshop, name)
        perform(hands(workshop, name, ToldRobots()), ballot)
    assert workshop.proposal(proposal).state is State.PASSED
    later_s = workshop.now_s + 10.0
    (enact,) = (act for act in watching.decide(workshop.view("scanner", now_s=later_s)) if isinstance(act, EnactPlan))
    perform(hands(workshop, "scanner", ToldRobots()), enact)
    assert workshop.ledger.members[SPRAYER].standing is Standing.SUSPENDED


def test_vote__ones_own_motion__yes():
    workshop = Workshop()
    workshop.move("scanner", of(MotionKind.SUSPEND))
    (ballot,) = voted(workshop, "scanner")
    assert isinstance(ballot, CastVote)
    assert (ballot.support, ballot.reason) == (True, "My own proposal.")


def test_vote__motion_without_ground__no():
    workshop = Workshop()
    workshop.move("scanner", of(MotionKind.SUSPEND))
    (ballot,) = voted(workshop, "sprayer")
    assert isinstance(ballot, CastVote)
    assert not ballot.support
