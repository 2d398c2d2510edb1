"""The rules of Overrides: whether a human's order stands, and what it does."""

from dataclasses import replace

from workmoot.chain.memory import authority, decisions, membership, runs, slots, voting
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.nonces import use_nonce
from workmoot.chain.memory.plans import read_assignments, read_entry
from workmoot.chain.signer import recover
from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.events import OverrideGiven, OverrideRatified, OverrideReleased
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import NOBODY, Address, Number, OverrideId, ProposalId, TaskId, index_of, order_of, task_id
from workmoot.domain.motions import is_plan
from workmoot.domain.overrides import (
    HumanOrder,
    Level,
    OverrideKind,
    SubjectType,
    later_end,
    order_digest,
    own_level,
)
from workmoot.domain.payloads import ENTRIES_A_PART, PlanPart, read_plan_payload
from workmoot.domain.plan import MOST_ENTRIES, Assigned, PackedPlan
from workmoot.domain.roles import roles_for
from workmoot.domain.work import predecessors_of
from workmoot.domain.workers import Kind, Role

SHORTEST_SECONDS = 10
_HOLD_LEVELS = (Level.MAINTENANCE, Level.HUMAN_HOLD)


def execute(tx: Transaction, order: HumanOrder, signature: bytes) -> None:
    digest = order_digest(order, chain_id=tx.chain.chain_id, overrides=ADDRESSES["Overrides"])
    _require_sound(tx, order)
    if recover(digest, signature) != order.human:
        raise Refused("BadSignature", order.human)
    use_nonce(tx, "Overrides", order.human, order.nonce)
    level = _level_of(tx, order)
    _require_allowed(tx, order, level)
    _require_expected(tx, order)
    tx.state.overrides_given += 1
    override = OverrideId(tx.state.overrides_given)
    displaced = runs.load(tx, _task_of(order.subject)).worker if order.subject_type is SubjectType.TASK else NOBODY
    _dispatch(tx, override, order, level)
    tx.say(
        OverrideGiven,
        id=override,
        human=order.human,
        subject=order.subject,
        displaced=displaced,
        epoch=_epoch_of(tx, order),
        digest=digest,
        order=order,
    )


def ratify(tx: Transaction, override: OverrideId, words: str, *, support: bool) -> None:
    if not 0 < override <= tx.state.overrides_given:
        raise Refused("UnknownOverride", override)
    if not authority.is_in_good_standing(tx, tx.sender):
        raise Refused("NotAMember", tx.sender)
    tx.say(OverrideRatified, id=override, by=tx.sender, support=support, words=words)


def _require_sound(tx: Transaction, order: HumanOrder) -> None:
    if tx.now > order.valid_until:
        raise Refused("OrderExpired", order.valid_until)
    if order.subject_type is SubjectType.PLANT and order.subject:
        raise Refused("WrongSubject", order.kind, SubjectType.PLANT)
    if not order.reason_code or not order.reason:
        raise Refused("ReasonMissing")
    fills = order.kind in (OverrideKind.ASSIGN, OverrideKind.APPROVE)
    if fills if order.expires_at == 0 else order.expires_at < tx.now + SHORTEST_SECONDS:
        raise Refused("ExpiryMissing", order.expires_at)


def _level_of(tx: Transaction, order: HumanOrder) -> int:
    """A hold fills a level of its own, so that neither it nor an assignment ends with the other."""
    level, subject = order.level or own_level(order.subject_type), order.subject_type
    releases = order.kind is OverrideKind.RELEASE
    holds = releases or order.kind is OverrideKind.HOLD
    fits = level == own_level(subject)
    fits = fits or (level == Level.SAFE_STOP and releases and subject is SubjectType.TASK)
    if not fits and not (level in _HOLD_LEVELS and holds and subject in (SubjectType.TASK, SubjectType.ROBOT)):
        raise Refused("WrongLevel", order.level)
    if level == Level.HUMAN and holds and (not releases or _frees_hold_only(tx, order)):
        return Level.HUMAN_HOLD
    return level


def _frees_hold_only(tx: Transaction, order: HumanOrder) -> bool:
    if order.payload and _word(order) == 1:
        return True
    hold, human = ((order.subject_type, order.subject, level) for level in (Level.HUMAN_HOLD, Level.HUMAN))
    return slots.is_filled(tx, hold) and not slots.is_filled(tx, human)


def _require_allowed(tx: Transaction, order: HumanOrder, level: int) -> None:
    roles, recovers = _roles_for(tx, order, level), _recovers(tx, order)
    if not authority.take_order(tx, order.human, roles, recovers=recovers):
        raise Refused("NotAllowed", order.human, order.kind, level)


def _roles_for(tx: Transaction, order: HumanOrder, level: int) -> frozenset[Role]:
    changes_standing = order.kind in (OverrideKind.SUSPEND, OverrideKind.REINSTATE)
    return roles_for(order, level, on_human=changes_standing and _is_on_human(tx, order))


def _recovers(tx: Transaction, order: HumanOrder) -> bool:
    """To let a human back, the suspended may sign too: else one bad key could lock the others out."""
    return order.kind is OverrideKind.REINSTATE and _is_on_human(tx, order)


def _is_on_human(tx: Transaction, order: HumanOrder) -> bool:
    if order.subject_type is not SubjectType.WORKER:
        return False
    return membership.member(tx, _number_of(order.subject)).kind is Kind.HUMAN


def _require_in_scope(tx: Transaction, human: Address, task: TaskId) -> None:
    if not _is_in_scope(tx, human, task):
        raise Refused("OutOfScope", human, SubjectType.TASK, task)


def _is_in_scope(tx: Transaction, human: Address, task: TaskId) -> bool:
    return membership.is_in_scope(tx, human, 1 << runs.load(tx, task).capability)


def _waits(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> bool:
    """Whether the order is the first of two; what fills the slot is part of what it asks."""
    filled = slots.slot(tx, (order.subject_type, order.subject, level)).id
    about = (order.kind, order.subject_type, order.subject, keccak(order.payload))
    roles, recovers = _roles_for(tx, order, level), _recovers(tx, order)
    effect = hash_of_words(*about, level, filled)
    return authority.take_second(tx, override, order.human, order.kind, effect, roles, recovers=recovers)


def _require_expected(tx: Transaction, order: HumanOrder) -> None:
    if order.expected_epoch:
        epoch = _epoch_of(tx, order)
        if epoch != order.expected_epoch:
            raise Refused("StaleVersion", epoch, order.expected_epoch)


def _epoch_of(tx: Transaction, order: HumanOrder) -> int:
    if order.subject_type is SubjectType.TASK:
        return runs.load(tx, _task_of(order.subject)).epoch + tx.state.plant_epoch
    if order.subject_type is SubjectType.ROBOT:
        return slots.robot_epoch(tx, _number_of(order.subject))
    return tx.state.plant_epoch if order.subject_type is SubjectType.PLANT else 0


def _dispatch(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> None:
    if order.kind is OverrideKind.HOLD:
        _hold(tx, override, order, level)
    elif order.kind is OverrideKind.RELEASE:
        _release(tx, override, order, level)
    elif order.subject_type is SubjectType.TASK:
        _dispatch_task(tx, override, order, level)
    elif order.subject_type is SubjectType.PROPOSAL:
        _dispatch_proposal(tx, override, order, level)
    elif order.subject_type is SubjectType.WORKER and order.kind is OverrideKind.SUSPEND:
        membership.suspend_for(tx, _number_of(order.subject), order.human)
    elif order.subject_type is SubjectType.WORKER and order.kind is OverrideKind.REINSTATE:
        if not _waits(tx, override, order, level):
            membership.reinstate(tx, _number_of(order.subject), by=ADDRESSES["Overrides"])
    else:
        raise Refused("WrongSubject", order.kind, order.subject_type)


def _dispatch_task(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> None:
    task = _task_of(order.subject)
    may_wait = order.kind in (OverrideKind.ACCEPT, OverrideKind.REQUEUE)
    if may_wait and _waits(tx, override, order, level):
        return
    _require_in_scope(tx, order.human, task)
    if order.kind is OverrideKind.ASSIGN:
        _assign(tx, override, order, task)
    elif order.kind in (OverrideKind.ACCEPT, OverrideKind.REWORK):
        decisions.judge(tx, task, order.human, accepted=order.kind is OverrideKind.ACCEPT)
    elif order.kind is OverrideKind.CANCEL:
        _cancel(tx, order, task)
    elif order.kind is OverrideKind.REQUEUE:
        _requeue(tx, override, order, task)
    else:
        raise Refused("WrongSubject", order.kind, SubjectType.TASK)


def _dispatch_proposal(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> None:
    proposal = ProposalId(order.subject)
    if order.kind is OverrideKind.APPROVE:
        entries = _part(tx, order, MOST_ENTRIES)
        if not _waits(tx, override, order, level):
            _each_entry(tx, override, order, entries, vetoes=False)
    elif order.kind is not OverrideKind.VETO:
        raise Refused("WrongSubject", order.kind, SubjectType.PROPOSAL)
    else:
        enacted = voting.veto(tx, proposal, by=ADDRESSES["Overrides"])
        if enacted:
            _veto_enacted(tx, override, order, enacted)


def _veto_enacted(tx: Transaction, override: OverrideId, order: HumanOrder, enacted: int) -> None:
    """Of a tree, nobody claims any more; of a plan, what has not started is nobody's."""
    if PackedPlan(assignments=_content_of(tx, order).assignments).is_tree:
        key = (order.subject_type, order.subject, Level.HUMAN)
        slots.fill(tx, override, key, order.expires_at)
        tx.state.slots[key] = replace(slots.slot(tx, key), fixes=True)
    else:
        _each_entry(tx, override, order, _part(tx, order, enacted), vetoes=True)


def _assign(tx: Transaction, override: OverrideId, order: HumanOrder, task: TaskId) -> None:
    entry, end = read_entry(order.payload)
    if entry.task != task:
        raise Refused("MalformedPayload", OverrideKind.ASSIGN)
    slots.require_unfinished(tx, task)
    capability = runs.load(tx, task).capability
    second_reason = len(order.payload) > end
    fits = membership.is_capable(tx, entry.lead, capability)
    if not fits and not (second_reason and membership.is_active(tx, entry.lead)):
        raise Refused("NotCapable", entry.lead, capability)
    slots.name(tx, override, task, order.expires_at, entry.lead, _inspector_of(tx, entry.inspector, entry.team))


def _cancel(tx: Transaction, order: HumanOrder, task: TaskId) -> None:
    if not order.payload:
        decisions.cancel(tx, task, order.human)
        return
    mask = _word(order)
    if not mask >> index_of(task) & 1:
        raise Refused("MalformedPayload", OverrideKind.CANCEL)
    for each in (task_id(order_of(task), index) for index in predecessors_of(mask)):
        if not runs.load(tx, each).status.is_final:
            _require_in_scope(tx, order.human, each)
            decisions.cancel(tx, each, order.human)


def _requeue(tx: Transaction, override: OverrideId, order: HumanOrder, task: TaskId) -> None:
    """Whoever had the task before, its safe stop ends with it."""
    slots.end_safe_stop(tx, task)
    key = (SubjectType.TASK, task, Level.HUMAN)
    if slots.is_filled(tx, key):
        _empty(tx, override, key)
    decisions.requeue(tx, task, order.human, held=slots.is_held_by_human(tx, task))


def _each_entry(
    tx: Transaction, override: OverrideId, order: HumanOrder, entries: tuple[Assigned, ...], *, vetoes: bool
) -> None:
    """Fills the slots of what has not started: with nobody for a veto, else with the plan's worker. Entries of another
    cell than the human's stay as they are."""
    for assigned in entries:
        cell = runs.load(tx, assigned.task)
        # An entry that was skipped says nothing of a task that has another worker since.
        skipped = vetoes and cell.worker != assigned.lead and not cell.overridden
        if skipped or not decisions.is_open(cell, assigned.version + vetoes):
            continue
        if not _is_in_scope(tx, order.human, assigned.task):
            continue
        if vetoes:
            slots.name(tx, override, assigned.task, order.expires_at, NOBODY, NOBODY)
        elif membership.is_active(tx, assigned.lead):
            inspector = _inspector_of(tx, assigned.inspector, (assigned.lead,))
            slots.name(tx, override, assigned.task, order.expires_at, assigned.lead, inspector)


def _part(tx: Transaction, order: HumanOrder, most: int) -> tuple[Assigned, ...]:
    """The entries the order acts on: of this proposal's content, no more than fit one transaction, and of the first
    `most` only."""
    part = _content_of(tx, order)
    if not is_plan(part.assignments):
        raise Refused("WrongSubject", order.kind, SubjectType.PROPOSAL)
    if not 0 < part.last - part.first <= ENTRIES_A_PART:
        raise Refused("MalformedPayload", order.kind)
    entries = read_assignments(part.assignments)
    if part.last > len(entries):
        raise Refused("MalformedPayload", order.kind)
    return entries[part.first : min(part.last, most)]


def _content_of(tx: Transaction, order: HumanOrder) -> PlanPart:
    """What the proposal that the order is about put to the vote."""
    try:
        part = read_plan_payload(order.payload)
    except Malformed:
        raise Refused("MalformedPayload", order.kind) from None
    if not voting.is_content(tx, ProposalId(order.subject), part.assignments, part.rest):
        raise Refused("MalformedPayload", order.kind)
    return part


def _inspector_of(tx: Transaction, inspector: Number, team: tuple[Number, ...]) -> Number:
    sound = membership.is_active(tx, inspector) and inspector not in team
    return inspector if sound else NOBODY


def _hold(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> None:
    key = (order.subject_type, order.subject, level)
    was_held = False
    if order.subject_type is SubjectType.TASK:
        slots.require_unfinished(tx, _task_of(order.subject))
    elif order.subject_type is SubjectType.ROBOT:
        slots.require_robot(tx, _number_of(order.subject))
        was_held = slots.is_robot_held(tx, _number_of(order.subject))
    elif order.subject_type is not SubjectType.PLANT:
        raise Refused("WrongSubject", OverrideKind.HOLD, order.subject_type)
    slots.fill(tx, override, key, later_end(slots.slot(tx, key), order))
    tx.state.slots[key] = replace(slots.slot(tx, key), held=True)
    _put_hold_in_force(tx, order, was_held=was_held)


def _put_hold_in_force(tx: Transaction, order: HumanOrder, *, was_held: bool) -> None:
    if order.subject_type is SubjectType.TASK:
        slots.put_in_force(tx, _task_of(order.subject), anew=False)
    elif order.subject_type is SubjectType.ROBOT:
        slots.raise_robot(tx, _number_of(order.subject), was_held=was_held)
    else:
        if not tx.state.plant_held:
            decisions.set_plant_hold(tx, held=True)


def _release(tx: Transaction, override: OverrideId, order: HumanOrder, level: int) -> None:
    """Level 8 stands for both of the human's levels, to a human who may release both."""
    key, hold = ((order.subject_type, order.subject, number) for number in (level, Level.HUMAN_HOLD))
    also_hold = level == Level.HUMAN and slots.is_filled(tx, hold) and _may_also_free(tx, order)
    if not slots.is_filled(tx, key):
        raise Refused("NothingToRelease", *key)
    if level == Level.PLANT_HOLD and _waits(tx, override, order, level):
        return
    if order.subject_type is SubjectType.TASK:
        _require_in_scope(tx, order.human, _task_of(order.subject))
    if order.subject_type is SubjectType.ROBOT:
        _require_robot_in_scope(tx, order.human, _number_of(order.subject))
    _empty(tx, override, key)
    if also_hold:
        _empty(tx, override, hold)
    slots.refresh(tx, key, anew=level == Level.HUMAN)


def _may_also_free(tx: Transaction, order: HumanOrder) -> bool:
    roles = _roles_for(tx, order, Level.HUMAN_HOLD)
    return authority.may_order(tx, order.human, roles, recovers=False)


def _require_robot_in_scope(tx: Transaction, human: Address, robot: Number) -> None:
    if not membership.is_in_scope(tx, human, membership.member(tx, robot).capabilities):
        raise Refused("OutOfScope", human, SubjectType.ROBOT, robot)


def _empty(tx: Transaction, override: OverrideId, key: slots.Key) -> None:
    subject_type, subject, level = key
    former = slots.slot(tx, key).id
    tx.say(OverrideReleased, id=former, by=override, subject_type=subject_type, subject=subject, level=level)
    del tx.state.slots[key]


def _word(order: HumanOrder) -> int:
    if len(order.payload) != 32:
        raise Refused("MalformedPayload", order.kind)
    return int.from_bytes(order.payload, "big")


def _number_of(subject: int) -> Number:
    if subject >= 1 << 16:
        raise Refused("UnknownMember", NOBODY)
    return Number(subject)


def _task_of(subject: int) -> TaskId:
    if subject >= 1 << 32:
        raise Refused("MalformedPayload", OverrideKind.NONE)
    return TaskId(subject)
