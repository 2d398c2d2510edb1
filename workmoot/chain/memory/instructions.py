"""The rules of Instructions: whether a human's word that fills no slot is taken, and what stands after it."""

from workmoot.chain.memory import authority, membership, runs
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.nonces import use_nonce
from workmoot.chain.signer import recover
from workmoot.domain.errors import Refused
from workmoot.domain.events import InstructionGiven
from workmoot.domain.ids import NOBODY, Number, OverrideId, TaskId
from workmoot.domain.instructions import (
    BEFORE_THE_FIRST,
    MAY_BE_OPEN,
    ONCE,
    SUBJECT_OF,
    UNSAID,
    HumansContracts,
    Standing,
    after,
    fits,
    group_of,
    instruction_of,
    meant_kind,
)
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType
from workmoot.domain.roles import roles_for
from workmoot.domain.workers import Kind

SHORTEST_SECONDS = 10


def give(tx: Transaction, order: HumanOrder, signature: bytes) -> None:
    digest = contracts_of(tx.chain.chain_id).digest(order)
    _require_sound(tx, order)
    if recover(digest, signature) != order.human:
        raise Refused("BadSignature", order.human)
    use_nonce(tx, "Instructions", order.human, order.nonce)
    meant = OverrideKind(meant_kind(order))
    found = tx.state.instructions.get((group_of(meant), order.subject), UNSAID)
    if order.kind is OverrideKind.LIFT:
        _require_liftable(tx, order, found, meant)
    if not authority.may_order(tx, order.human, roles_for(order, Level.OWN, on_human=False), recovers=False):
        raise Refused("MayNotInstruct", order.human, order.kind)
    if order.expected_epoch not in (0, found.version):
        raise Refused("StaleVersion", found.version, order.expected_epoch)
    _require_subject(tx, order, found)
    tx.state.instructions_given += 1
    id_ = OverrideId(BEFORE_THE_FIRST + tx.state.instructions_given)
    version = found.version + 1
    tx.state.instructions[(group_of(meant), order.subject)] = after(order, id_=id_, version=version)
    tx.say(
        InstructionGiven,
        id=id_,
        human=order.human,
        subject=order.subject,
        version=version,
        digest=digest,
        instruction=instruction_of(order),
    )


def contracts_of(chain_id: int) -> HumansContracts:
    """Where humans' orders count in memory."""
    return HumansContracts(chain_id=chain_id, overrides=ADDRESSES["Overrides"], instructions=ADDRESSES["Instructions"])


def _require_sound(tx: Transaction, order: HumanOrder) -> None:
    if tx.now > order.valid_until:
        raise Refused("OrderExpired", order.valid_until)
    if not order.reason_code or not order.reason:
        raise Refused("ReasonMissing")
    if not fits(order):
        raise Refused("MalformedInstruction", order.kind)
    if SUBJECT_OF.get(meant_kind(order)) is not order.subject_type:  # type: ignore[call-overload]  # any byte may be lifted
        raise Refused("NoSuchInstruction", order.kind, order.subject_type)
    if order.kind in ONCE:
        return
    ends_soon = order.expires_at < tx.now + SHORTEST_SECONDS
    if order.kind not in MAY_BE_OPEN if order.expires_at == 0 else ends_soon:
        raise Refused("ExpiryMissing", order.expires_at)


def _require_liftable(tx: Transaction, order: HumanOrder, found: Standing, meant: OverrideKind) -> None:
    """Who may give an instruction may lift it."""
    if found.kind is not meant or meant in ONCE or found.is_over(tx.now):
        raise Refused("NothingToLift", meant, order.subject)


def _require_subject(tx: Transaction, order: HumanOrder, found: Standing) -> None:
    """A worker may be drained or quarantined by humans of every cell, as all may be held."""
    in_scope = True
    if order.subject_type is SubjectType.WORKER:
        _require_kind(tx, order.subject, Kind.DIGITAL)
    elif order.subject_type is SubjectType.ROBOT:
        robot = _require_kind(tx, order.subject, Kind.ROBOTIC)
        in_scope = membership.is_in_scope(tx, order.human, membership.member(tx, robot).capabilities)
    elif order.subject_type is SubjectType.TASK:
        in_scope = membership.is_in_scope(tx, order.human, 1 << _capability_of(tx, order))
    elif found.kind is OverrideKind.ANSWER:
        raise Refused("AlreadyAnswered", order.subject)
    if not in_scope:
        raise Refused("OutOfScope", order.human, order.subject_type, order.subject)


def _require_kind(tx: Transaction, subject: int, wanted: Kind) -> Number:
    if subject >= 1 << 16:
        raise Refused("UnknownMember", NOBODY)
    found = tx.state.members.get(Number(subject))
    kind = found.kind if found else Kind.NONE
    if kind is not wanted:
        raise Refused("WrongKind", subject, kind)
    return Number(subject)


def _capability_of(tx: Transaction, order: HumanOrder) -> int:
    if order.subject >= 1 << 32:
        raise Refused("MalformedInstruction", order.kind)
    cell = runs.load(tx, TaskId(order.subject))
    if cell.status.is_final:
        raise Refused("WrongStatus", order.subject, cell.status)
    return cell.capability
