"""The rules of Motions: what a majority decides besides who does what, and who is absent."""

from workmoot.chain.memory import membership
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction, require_within, set_policy
from workmoot.chain.memory.state import State as Storage
from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.events import MotionCarriedOut
from workmoot.domain.ids import NOBODY, ZERO_ADDRESS, Address, Number, ProposalId
from workmoot.domain.majority import has_passed
from workmoot.domain.motions import Admission, Motion, MotionKind, PolicyChange, unpack_motion
from workmoot.domain.proposals import ProposalState, State
from workmoot.domain.workers import Kind, Role

PROPOSALS_LOOKED_AT = 512


def require_sound(state: Storage, packed: bytes) -> None:
    motion = _read(packed)
    if isinstance(motion, PolicyChange):
        require_within(motion.policy)
    elif isinstance(motion, Admission):
        _require_admissible(state, motion)
    else:
        kind = state.members.get(motion.member, membership.STRANGER).kind
        if kind is Kind.NONE:
            raise Refused("UnknownMember", motion.member)
        if kind is Kind.HUMAN:
            raise Refused("WrongKind", motion.member, kind)


def carry_out(tx: Transaction, proposal: ProposalId, packed: bytes) -> None:
    motion, by = _read(packed), ADDRESSES["Motions"]
    if isinstance(motion, PolicyChange):
        set_policy(tx, motion.policy)
    elif isinstance(motion, Admission):
        _require_no_role(tx.state, motion.account)
        membership.admit(tx, motion.account, motion.member_kind, motion.capabilities, motion.profile, by=by)
    elif motion.kind is MotionKind.SUSPEND:
        membership.suspend(tx, motion.member, by=by)
    elif motion.kind is MotionKind.REINSTATE:
        membership.reinstate(tx, motion.member, by=by)
    else:
        membership.retire(tx, motion.member, by=by)
    tx.say(MotionCarriedOut, id=proposal, kind=motion.kind)


def leave_out(tx: Transaction, number: Number) -> None:
    if not _is_absent(tx, number):
        raise Refused("NotAbsent", number)
    membership.leave_out(tx, number)


def voting_seconds_of(state: Storage, proposal: ProposalId) -> int:
    return state.voting_seconds[max(first for first in state.voting_seconds if first <= proposal)]


def _read(packed: bytes) -> Motion:
    try:
        return unpack_motion(packed)
    except Malformed:
        raise Refused("MalformedMotion") from None


def _require_admissible(state: Storage, motion: Admission) -> None:
    if motion.member_kind is Kind.NONE:
        raise Refused("KindMissing")
    if motion.member_kind is Kind.HUMAN:
        raise Refused("WrongKind", NOBODY, motion.member_kind)
    if motion.account == ZERO_ADDRESS:
        raise Refused("MalformedMotion")
    if motion.account in state.numbers:
        raise Refused("AlreadyAMember", motion.account, state.numbers[motion.account])
    _require_no_role(state, motion.account)


def _require_no_role(state: Storage, account: Address) -> None:
    """A human's account is not the vote's to give a standing to."""
    role = next((role for role in Role if (role, account) in state.grants), None)
    if role is not None:
        raise Refused("HasARole", account, role)


def _is_absent(tx: Transaction, number: Number) -> bool:
    """Whether so many proposals ran out without a ballot of its own, each opened after the one before had run out, and
    none since shows it."""
    missing, before = tx.state.policy.absent_after, tx.now
    joined = membership.member(tx, number).joined
    newest = sorted(tx.state.proposals, reverse=True)[:PROPOSALS_LOOKED_AT]
    for id_ in newest:
        found = tx.state.proposals[id_]
        shown = found.proposer == number or (id_, number) in tx.state.ballots
        if shown or found.roster < joined:
            return False
        if _ran_out(tx, found) and found.deadline <= before:
            missing -= 1
            if not missing:
                return True
            before = found.deadline - voting_seconds_of(tx.state, id_)
    return False


def _ran_out(tx: Transaction, found: ProposalState) -> bool:
    if has_passed(yes=found.yes, members=found.members):
        return False
    return found.state is State.EXPIRED or (found.state is State.OPEN and tx.now > found.deadline)
