"""Motions: what a member thinks of who belongs, and by which policy the majority decides."""

from dataclasses import astuple

from agents.view import View
from workmoot.domain.ids import Number
from workmoot.domain.ledger import Ledger
from workmoot.domain.ledger.absence import absent_since
from workmoot.domain.motions import LAST_VOTED_NUMBER, Admission, Motion, MotionKind, PolicyChange, StandingChange
from workmoot.domain.proposals import Policy
from workmoot.domain.workers import Kind, Member, Standing

FEW = 3
"""So many robots should have a capability: work goes on when one fails and another is held."""
BAD_RUNS = 3
"""Runs must have failed at least so often before they say something."""
MOST_SHIFTED = 2_000
"""Parts of 10,000 by which the share of a weight may differ from the founding policy's."""
WHOLE = 10_000


def judge_motion(view: View, motion: Motion) -> tuple[bool, str]:
    """Yes or no, and why: from what the chain tells, so that members see the same and say the same."""
    obstacle = obstacle_to(view.ledger, motion)
    if obstacle:
        return False, f"Cannot be carried out: {obstacle}."
    if isinstance(motion, Admission):
        return _judge_admission(view, motion)
    if isinstance(motion, PolicyChange):
        return _judge_policy(view.ledger, motion.policy)
    return _judge_standing(view, motion)


def obstacle_to(ledger: Ledger, motion: Motion) -> str:
    """What keeps the motion from being carried out now; nothing where it can be."""
    if isinstance(motion, PolicyChange):
        return "" if any(astuple(motion.policy.weights)) else "nothing would weigh anything"
    if isinstance(motion, Admission):
        return _obstacle_to_admission(ledger, motion)
    member = ledger.members.get(motion.member)
    return _obstacle_to_change(ledger, motion, member) if member else "nobody has that number"


def _obstacle_to_change(ledger: Ledger, motion: StandingChange, member: Member) -> str:
    if member.by_human:
        return "a human decided about this member"
    if not _fits(motion.kind, member.standing):
        return f"the member is {member.standing.name.lower()}"
    leaves = motion.kind is not MotionKind.REINSTATE and member.is_active_worker
    return "nobody would be left to vote" if leaves and ledger.voters == 1 else ""


def _obstacle_to_admission(ledger: Ledger, motion: Admission) -> str:
    if motion.account in ledger.numbers:
        return "the account has a badge already"
    if any(holder == motion.account for _, holder in ledger.grants):
        return "the account has a human's role"
    return "the badges left are the humans' to give" if len(ledger.members) >= LAST_VOTED_NUMBER else ""


def _fits(kind: MotionKind, standing: Standing) -> bool:
    if kind is MotionKind.REINSTATE:
        return standing is Standing.SUSPENDED
    ends = (Standing.RETIRED,) if kind is MotionKind.RETIRE else (Standing.RETIRED, Standing.SUSPENDED)
    return standing not in ends


def _judge_admission(view: View, motion: Admission) -> tuple[bool, str]:
    """Yes to a robot that brings what few can do. What a newcomer says of itself makes it no voter."""
    if motion.member_kind is Kind.DIGITAL:
        return False, "Who votes here is for humans to say."
    known = range(1, len(view.capabilities) + 1)
    brings = [number for number in known if motion.capabilities >> number & 1]
    short = [number for number in brings if _count_able(view.ledger, number) < FEW]
    names = ", ".join(view.capabilities[number - 1] for number in short)
    return (True, f"Few of us can do this: {names}.") if short else (False, "Enough of us can do what it can.")


def _count_able(ledger: Ledger, capability: int) -> int:
    robots = (member for member in ledger.members.values() if member.kind is Kind.ROBOTIC)
    return sum(robot.standing is Standing.ACTIVE and bool(robot.capabilities >> capability & 1) for robot in robots)


def _judge_standing(view: View, motion: StandingChange) -> tuple[bool, str]:
    """A member goes when its record is clearly bad or it is absent, and comes back when neither is so."""
    member = view.ledger.members[motion.member]
    against = _case_against(view, member)
    if motion.kind is MotionKind.REINSTATE:
        return not against, against or "Its record does not speak against it."
    return bool(against), against or "Neither its record nor its silence speaks against it."


def _case_against(view: View, member: Member) -> str:
    done, failed = _totals(view.ledger, member.number)
    if failed >= BAD_RUNS and failed > 2 * done:
        return f"{failed} of its runs failed, {done} were good."
    absent = member.standing is Standing.ABSENT or absent_since(view.ledger, member.number, view.now_s) is not None
    return "It is absent." if absent else ""


def _totals(ledger: Ledger, worker: Number) -> tuple[int, int]:
    records = [record for (number, _), record in ledger.records.items() if number == worker]
    return sum(record.done for record in records), sum(record.failed for record in records)


def _judge_policy(ledger: Ledger, wanted: Policy) -> tuple[bool, str]:
    """Yes to what is near the founding policy, so that no row of small steps leads far from it: nothing is more than
    doubled or halved, no weight's share is another by more than a fifth."""
    founding = ledger.founding_policy
    if founding is None:
        return False, "There is no policy to compare it with."
    rules = ("voting_seconds", "open_limit", "absent_after")
    far = [name for name in rules if not _is_near(getattr(founding, name), getattr(wanted, name))]
    shifts = max(abs(a - b) for a, b in zip(_shares(founding), _shares(wanted), strict=True))
    if far:
        return False, f"Too far from the founding policy: {', '.join(far)}."
    if shifts > MOST_SHIFTED:
        return False, "The weights are too far from the founding policy's."
    return True, "Near the founding policy."


def _is_near(founding: int, wanted: int) -> bool:
    return founding <= 2 * wanted and wanted <= 2 * founding


def _shares(policy: Policy) -> list[int]:
    weights = astuple(policy.weights)
    return [weight * WHOLE // sum(weights) for weight in weights]
