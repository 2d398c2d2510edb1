"""The rules of Motions: what a majority decides besides who does what, and who is absent."""

from dataclasses import astuple

from tests.model import members
from tests.model.law import NOBODY, Admit, Law, Motion, Proposal, require
from tests.model.members import MOTIONS, NO_ACCOUNT
from workmoot.domain.motions import MotionKind
from workmoot.domain.proposals import Policy, State
from workmoot.domain.workers import Kind, Role

SHORTEST_SECONDS, LONGEST_SECONDS = 10, (1 << 24) - 1
MOST_OPEN = 9
LONGEST_SILENCE = 256


def require_sound(law: Law, motion: Motion) -> None:
    """What is refused when it is opened."""
    if isinstance(motion, Policy):
        tight = motion.voting_seconds < SHORTEST_SECONDS or not motion.open_limit or not motion.absent_after
        require(not tight and any(astuple(motion.weights)), "PolicyTooTight")
        within = motion.voting_seconds <= LONGEST_SECONDS and motion.open_limit <= MOST_OPEN
        require(within and motion.absent_after <= LONGEST_SILENCE, "PolicyTooWide")
    elif isinstance(motion, Admit):
        require(motion.kind, "KindMissing")
        require(motion.kind is not Kind.HUMAN, "WrongKind")
        require(motion.account != NO_ACCOUNT, "MalformedMotion")
        require(law.number_of(motion.account) == NOBODY, "AlreadyAMember")
        _require_no_role(law, motion.account)
    else:
        require(motion.member in law.members, "UnknownMember")
        require(law.kind_of(motion.member) is not Kind.HUMAN, "WrongKind")


def carry_out(law: Law, motion: Motion) -> None:
    if isinstance(motion, Policy):
        law.policy = motion
    elif isinstance(motion, Admit):
        _require_no_role(law, motion.account)
        members.admit(law, MOTIONS, motion.account, motion.kind, motion.capabilities)
    else:
        _CHANGES[motion.kind](law, MOTIONS, motion.member)


def leave_out(law: Law, number: int) -> None:
    """Anyone says that a member is absent."""
    require(_is_absent(law, number), "NotAbsent")
    members.leave_out(law, number)


def _require_no_role(law: Law, account: str) -> None:
    """A human's account is not the vote's to give a standing to."""
    require(all((account, role) not in law.roles for role in Role), "HasARole")


def _is_absent(law: Law, number: int) -> bool:
    """Silent in so many votes that ran out, one after the other, since it joined, proposed or cast a ballot itself."""
    joined = law.members[number].joined if number in law.members else 0
    last = max((at for at, found in law.proposals.items() if _is_shown(found, number, joined)), default=0)
    silent, before = 0, law.now
    for at in sorted(law.proposals, reverse=True):
        found = law.proposals[at]
        if at > last and _ran_out(law, found) and found.rest.deadline <= before:
            silent, before = silent + 1, found.opened
    return silent >= law.policy.absent_after


def _is_shown(found: Proposal, number: int, joined: int) -> bool:
    return found.rest.proposer == number or number in found.cast or found.rest.roster < joined


def _ran_out(law: Law, found: Proposal) -> bool:
    """Undecided: a motion that passed and expired later was decided."""
    if 2 * found.yes > found.rest.members:
        return False
    return found.state is State.EXPIRED or (found.state is State.OPEN and law.now > found.rest.deadline)


_CHANGES = {
    MotionKind.SUSPEND: members.suspend,
    MotionKind.REINSTATE: members.reinstate,
    MotionKind.RETIRE: members.retire,
}
