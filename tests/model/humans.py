"""The rules of Overrides: a human's order outranks every decision below its level.

An order goes through the same gates whatever it says: sound, signed, new, at a level that fits, by a role that may,
about what the human saw. `_ACTS` has what each kind does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from tests.model import authority, members, proposals, tasks
from tests.model.authority import HUMANS
from tests.model.law import NOBODY, Effect, Entry, Key, Law, No, Slot, Task, Tree, require
from tests.model.members import OVERRIDES, active_worker, grow
from tests.model.proposals import Given
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind, Role

SHORTEST_SECONDS = 10
SAFE_STOP_SECONDS = 300
MOST_ENTRIES = 150
LAST_NUMBER = (1 << 16) - 1
LAST_TASK = (1 << 32) - 1
HOLDS = (Level.MAINTENANCE, Level.HUMAN_HOLD)
NOTHING_NAMED = (NOBODY, NOBODY)


@dataclass(frozen=True, slots=True)
class Word:
    """A payload of 32 bytes."""

    value: int


@dataclass(frozen=True, slots=True)
class Naming:
    """Who is to have a task; `second`: a second reason stands behind it."""

    task: int
    lead: int
    inspector: int
    helpers: tuple[int, ...]
    second: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of a plan from `first` up to, without, `last`."""

    given: Given
    first: int
    last: int


class Junk(Enum):
    """A few bytes that follow no layout."""

    JUNK = b"junk!"


NONE = None
Payload = Word | Naming | Part | Junk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    kind: OverrideKind
    on: SubjectType
    subject: int
    payload: Payload = NONE
    level: int = 0
    explained: bool = True
    """Whether it has a reason's code and words."""
    expires_at: int = 0
    valid_until: int
    expected_epoch: int = 0
    human: str
    signer: str
    key: int
    count: int = 0


def execute(law: Law, order: Order) -> None:
    _require_sound(law, order)
    require(order.signer == order.human, "BadSignature")
    law.use_nonce("Overrides", order.human, order.key, order.count)
    level = _level_of(law, order)
    roles = roles_for(law, order.kind, order.on, order.subject, level)
    authority.take_order(law, order.human, roles, recovers=_recovers(law, order))
    epoch = _epoch_of(law, order)
    require(order.expected_epoch in (0, epoch), "StaleVersion")
    law.overrides += 1
    if order.on is SubjectType.TASK and order.kind not in _ANYWHERE:
        _on_task(law, order, level)
    else:
        _act_of(order)(law, order, level)


def ratify(law: Law, by: str, override: int) -> None:
    """Changes nothing."""
    require(0 < override <= law.overrides, "UnknownOverride")
    require(authority.is_in_good_standing(law, by), "NotAMember")


def poke(law: Law, subject_type: SubjectType, subject: int, level: int) -> None:
    """Anyone ends a slot whose time is over."""
    found = law.slot(subject_type, subject, level)
    require(found.expires_at and law.now > found.expires_at, "NotExpired")
    _empty(law, (subject_type, subject, level))


def safe_stop(law: Law, by: str, number: int, *, stopped: bool) -> None:
    """A worker pauses itself before it has submitted, or goes on."""
    caller = active_worker(law, by)
    task = law.task(number)
    require(task.status not in tasks.FINAL, "WrongStatus")
    require(task.worker == caller, "NotTheAssignee")
    require(not stopped or task.status in (Status.ALLOCATED, Status.STARTED), "WrongStatus")
    require(not law.plant_held, "Held")
    until = law.now + SAFE_STOP_SECONDS if stopped else 0
    law.slots[SubjectType.TASK, number, Level.SAFE_STOP] = Slot(expires_at=until, held=stopped, worker=caller)
    _put_in_force(law, number, anew=False)


# Whether an order stands


def _require_sound(law: Law, order: Order) -> None:
    require(law.now <= order.valid_until, "OrderExpired")
    require(order.on is not SubjectType.PLANT or order.subject == 0, "WrongSubject")
    require(order.explained, "ReasonMissing")
    must_expire = order.kind in (OverrideKind.ASSIGN, OverrideKind.APPROVE)
    lasts = order.expires_at >= law.now + SHORTEST_SECONDS
    require(lasts if order.expires_at else not must_expire, "ExpiryMissing")


def _level_of(law: Law, order: Order) -> int:
    """8 stands for both of the human's levels: a hold fills 7, a release frees 7 alone where only that is meant."""
    own = Level.PLANT_HOLD if order.on is SubjectType.PLANT else Level.HUMAN
    level = order.level or own
    releases, holds = order.kind is OverrideKind.RELEASE, order.kind is OverrideKind.HOLD
    on_floor = order.on in (SubjectType.TASK, SubjectType.ROBOT)
    stop = level == Level.SAFE_STOP and releases and order.on is SubjectType.TASK
    require(level == own or stop or (level in HOLDS and (holds or releases) and on_floor), "WrongLevel")
    if level == Level.HUMAN and (holds or (releases and _frees_the_hold_alone(law, order))):
        return Level.HUMAN_HOLD
    return level


def _frees_the_hold_alone(law: Law, order: Order) -> bool:
    if order.payload is not NONE and _word(order) == 1:
        return True
    hold, named = (law.slot(order.on, order.subject, level) for level in (Level.HUMAN_HOLD, Level.HUMAN))
    return hold.is_filled and not named.is_filled


def roles_for(law: Law, kind: OverrideKind, on: SubjectType, subject: int, level: int) -> frozenset[Role]:
    if level == Level.MAINTENANCE:
        return frozenset({Role.MAINTENANCE})
    if kind is OverrideKind.HOLD and level == Level.PLANT_HOLD:
        return HUMANS
    if kind in (OverrideKind.SUSPEND, OverrideKind.REINSTATE) and _is_on_human(law, on, subject):
        return HUMANS
    may = {Role.SUPERVISOR}
    if kind in (OverrideKind.ASSIGN, OverrideKind.CANCEL, OverrideKind.REQUEUE):
        may |= {Role.PLANNER}
    if kind is OverrideKind.HOLD:
        may |= {Role.OPERATOR}
    if kind is OverrideKind.RELEASE and level == Level.HUMAN:
        may |= {Role.PLANNER}
    if kind is OverrideKind.RELEASE and level in (Level.HUMAN_HOLD, Level.SAFE_STOP):
        may |= {Role.OPERATOR}
    return frozenset(may)


def _is_on_human(law: Law, on: SubjectType, subject: int) -> bool:
    if on is not SubjectType.WORKER:
        return False
    require(subject <= LAST_NUMBER, "UnknownMember")
    return law.kind_of(subject) is Kind.HUMAN


def _recovers(law: Law, order: Order) -> bool:
    """Whether it lets a human back, which two humans do whatever the plant asks of its humans."""
    return order.kind is OverrideKind.REINSTATE and _is_on_human(law, order.on, order.subject)


def _waits(law: Law, order: Order, level: int) -> bool:
    """Whether it only asks for a second one."""
    filled, payload = law.slot(order.on, order.subject, level).id, order.payload
    if isinstance(payload, Part):
        payload = replace(payload, given=Given(order.subject, order.subject))
    effect = Effect(order.kind, order.on, order.subject, payload, level, filled)
    roles = roles_for(law, order.kind, order.on, order.subject, level)
    return authority.waits(law, order.human, effect, roles, recovers=_recovers(law, order))


def _require_in_scope(law: Law, human: str, task: Task) -> None:
    require(_is_in_scope(law, human, task), "OutOfScope")


def _is_in_scope(law: Law, human: str, task: Task) -> bool:
    return members.is_in_scope(law, human, 1 << task.capability)


def _epoch_of(law: Law, order: Order) -> int:
    """The epoch of what has one; an order about a task that is not there goes no further."""
    if order.on is SubjectType.TASK:
        require(order.subject <= LAST_TASK, "MalformedPayload")
        return law.epoch_of(order.subject)
    if order.on is SubjectType.ROBOT and order.expected_epoch:
        require(order.subject <= LAST_NUMBER, "UnknownMember")
        return 1 + law.robot_epochs.get(order.subject, 0) + law.plant_epoch
    return law.plant_epoch if order.on is SubjectType.PLANT else 0


# What an order does


def _hold(law: Law, order: Order, level: int) -> None:
    """A hold over a hold ends no earlier than the first would have."""
    require(order.on in (SubjectType.TASK, SubjectType.ROBOT, SubjectType.PLANT), "WrongSubject")
    if order.on is SubjectType.TASK:
        require(law.task(order.subject).status not in tasks.FINAL, "WrongStatus")
    if order.on is SubjectType.ROBOT:
        require(order.subject <= LAST_NUMBER, "UnknownMember")
        robot = law.members.get(order.subject)
        require(robot and robot.kind is Kind.ROBOTIC, "WrongKind")
    key = (order.on, order.subject, level)
    former = law.slot(*key)
    ends = (former.expires_at, order.expires_at) if former.held else (order.expires_at,)
    until = 0 if 0 in ends else max(ends)
    was_held = law.is_robot_held(order.subject)
    law.slots[key] = replace(former, id=law.overrides, expires_at=until, held=True)
    _after(law, key, robot_was_held=was_held)


def _release(law: Law, order: Order, level: int) -> None:
    """Who may release both of the human's levels does, with 8."""
    require(law.slot(order.on, order.subject, level).is_filled, "NothingToRelease")
    if level == Level.PLANT_HOLD and _waits(law, order, level):
        return
    if order.on is SubjectType.TASK:
        _require_in_scope(law, order.human, law.task(order.subject))
    if order.on is SubjectType.ROBOT:
        able = law.members[order.subject].capabilities
        require(members.is_in_scope(law, order.human, able), "OutOfScope")
    hold = (order.on, order.subject, Level.HUMAN_HOLD)
    of_holds = roles_for(law, order.kind, order.on, order.subject, Level.HUMAN_HOLD)
    if level == Level.HUMAN and law.slot(*hold).is_filled and authority.may_order(law, order.human, of_holds):
        del law.slots[hold]
    _empty(law, (order.on, order.subject, level))


def _on_task(law: Law, order: Order, level: int) -> None:
    """What takes two asks for the cell of who gives the second."""
    may_wait = order.kind in (OverrideKind.ACCEPT, OverrideKind.REQUEUE)
    if may_wait and _waits(law, order, level):
        return
    _require_in_scope(law, order.human, law.task(order.subject))
    _act_of(order)(law, order, level)


def _assign(law: Law, order: Order, _: int) -> None:
    named = order.payload
    require(isinstance(named, Naming) and named.lead != NOBODY, "MalformedPlan")
    assert isinstance(named, Naming)
    require(named.task == order.subject, "MalformedPayload")
    task = law.task(order.subject)
    require(task.status not in tasks.FINAL, "WrongStatus")
    fits = law.is_capable(named.lead, task.capability) or (named.second and law.is_active(named.lead))
    require(fits, "NotCapable")
    _name(law, order, order.subject, named.lead, _sound_inspector(law, named.inspector, (named.lead, *named.helpers)))


def _veto(law: Law, order: Order, _: int) -> None:
    """Ends a vote; of what was enacted, nobody may have what has not started; of a tree, nobody claims any more."""
    ended, enacted = proposals.veto(law, order.subject)
    if ended and not enacted:
        return
    _require_content(law, order)
    if isinstance(law.proposals[order.subject].content, Tree):
        slot = Slot(id=law.overrides, expires_at=order.expires_at, fixes=True)
        law.slots[SubjectType.PROPOSAL, order.subject, Level.HUMAN] = slot
        return
    for entry in _part_of(law, order, enacted):
        task = law.task(entry.task)
        skipped = task.worker != entry.lead and not task.overridden
        if not skipped and _is_idle(task, entry.version + 1) and _is_in_scope(law, order.human, task):
            _name(law, order, entry.task, *NOTHING_NAMED)


def _approve(law: Law, order: Order, level: int) -> None:
    part = _part_of(law, order)
    if _waits(law, order, level):
        return
    for entry in part:
        task = law.task(entry.task)
        stands = _is_idle(task, entry.version) and law.is_active(entry.lead)
        if stands and _is_in_scope(law, order.human, task):
            inspector = _sound_inspector(law, entry.inspector, (entry.lead,))
            _name(law, order, entry.task, entry.lead, inspector)


def _cancel(law: Law, order: Order, _: int) -> None:
    """One task, or those of its order that the mask names and that are not done."""
    if order.payload is NONE:
        _cancel_one(law, order.subject)
        return
    mask = _word(order)
    require(mask >> (order.subject & 255) & 1, "MalformedPayload")
    for index in range(256):
        number = order.subject & ~255 | index
        if mask >> index & 1 and law.task(number).status not in tasks.FINAL:
            _require_in_scope(law, order.human, law.task(number))
            _cancel_one(law, number)


def _cancel_one(law: Law, number: int) -> None:
    task = law.task(number)
    require(task.status not in tasks.FINAL, "WrongStatus")
    task.status = Status.CANCELLED
    task.epoch += 1
    task.version += 1


def _accept(law: Law, order: Order, _: int) -> None:
    """A result is good, or the human has corrected it."""
    task = law.task(order.subject)
    require(task.status in (Status.SUBMITTED, *tasks.WAITING), "WrongStatus")
    if task.status is Status.SUBMITTED:
        tasks.accept(law, order.subject, task)
    else:
        tasks.finish(law, order.subject, task, Status.REWORKED)


def _rework(law: Law, order: Order, _: int) -> None:
    task = law.task(order.subject)
    require(task.status is Status.SUBMITTED, "WrongStatus")
    task.status = Status.REWORK
    grow(law, task.worker, task.capability, done=False)


def _requeue(law: Law, order: Order, _: int) -> None:
    """Everybody's again: what failed is forgotten, nobody is named, no worker's stop is left."""
    number = order.subject
    task = law.task(number)
    require(task.status in (*tasks.IDLE, *tasks.WAITING), "WrongStatus")
    task.attempt, task.excluded, task.standing = 0, frozenset(), NOTHING_NAMED
    _end_safe_stop(law, number)
    law.slots.pop((SubjectType.TASK, number, Level.HUMAN), None)
    held = _is_held(law, number)
    freed = (task.overridden, task.held) != (held, held) and task.worker == NOBODY
    task.overridden = task.held = held
    task.epoch += freed
    tasks.repost(task)


def _suspend(law: Law, order: Order, _: int) -> None:
    require(order.subject <= LAST_NUMBER, "UnknownMember")
    members.suspend_for(law, order.human, order.subject)


def _reinstate(law: Law, order: Order, level: int) -> None:
    if not _waits(law, order, level):
        members.reinstate(law, OVERRIDES, order.subject)


def _wrong_subject(law: Law, order: Order, level: int) -> None:
    raise No("WrongSubject")


Act = Callable[[Law, Order, int], None]
_ANYWHERE: dict[OverrideKind, Act] = {OverrideKind.HOLD: _hold, OverrideKind.RELEASE: _release}
_ACTS: dict[tuple[SubjectType, OverrideKind], Act] = {
    (SubjectType.TASK, OverrideKind.ASSIGN): _assign,
    (SubjectType.TASK, OverrideKind.CANCEL): _cancel,
    (SubjectType.TASK, OverrideKind.REWORK): _rework,
    (SubjectType.TASK, OverrideKind.ACCEPT): _accept,
    (SubjectType.TASK, OverrideKind.REQUEUE): _requeue,
    (SubjectType.PROPOSAL, OverrideKind.VETO): _veto,
    (SubjectType.PROPOSAL, OverrideKind.APPROVE): _approve,
    (SubjectType.WORKER, OverrideKind.SUSPEND): _suspend,
    (SubjectType.WORKER, OverrideKind.REINSTATE): _reinstate,
}


def _act_of(order: Order) -> Act:
    return _ANYWHERE.get(order.kind) or _ACTS.get((order.on, order.kind), _wrong_subject)


# Slots, and what follows from them


def _name(law: Law, order: Order, number: int, worker: int, inspector: int) -> None:
    """Whoever had the task before, its safe stop ends with it."""
    law.slots[SubjectType.TASK, number, Level.HUMAN] = Slot(
        id=law.overrides, expires_at=order.expires_at, fixes=True, worker=worker, inspector=inspector
    )
    _end_safe_stop(law, number)
    _put_in_force(law, number, anew=True)


def _end_safe_stop(law: Law, number: int) -> None:
    key = (SubjectType.TASK, number, Level.SAFE_STOP)
    if law.slot(*key).held:
        del law.slots[key]


def _empty(law: Law, key: Key) -> None:
    del law.slots[key]
    _after(law, key, robot_was_held=True)


def _after(law: Law, key: Key, *, robot_was_held: bool) -> None:
    """A slot was filled or emptied."""
    on, subject, level = key
    if on is SubjectType.TASK:
        emptied = key not in law.slots
        _put_in_force(law, subject, anew=emptied and level == Level.HUMAN)
    elif on is SubjectType.ROBOT:
        changed = law.is_robot_held(subject) != robot_was_held
        law.robot_epochs[subject] = law.robot_epochs.get(subject, 0) + changed
    elif on is SubjectType.PLANT:
        _hold_plant(law, held=key in law.slots)


def _hold_plant(law: Law, *, held: bool) -> None:
    """Every epoch rises."""
    if law.plant_held == held:
        return
    law.plant_held = held
    law.plant_epoch += 1
    if not held:
        law.resumed_at = law.now


def _put_in_force(law: Law, number: int, *, anew: bool) -> None:
    """The lowest level filled is in force; a worker's own stop counts only where no human's slot is filled.

    `anew`: a slot that names was filled or emptied, which is a new value even for the same worker.
    """
    named = law.slot(SubjectType.TASK, number, Level.HUMAN)
    held = _is_held(law, number)
    overridden = held or named.fixes
    task = law.task(number)
    before = (task.worker, task.inspector)
    if not task.overridden:
        task.standing = NOTHING_NAMED if task.status in tasks.WAITING else before
    target = (named.worker, named.inspector) if named.fixes else task.standing
    if overridden and not anew:
        target = before
    if not overridden:
        task.standing = NOTHING_NAMED
        held = law.slot(SubjectType.TASK, number, Level.SAFE_STOP).held
    changes = anew or (overridden, held) != (task.overridden, task.held)
    resumes = task.held and not held
    task.overridden, task.held = overridden, held
    if task.status not in tasks.FINAL:
        _redirect(law, task, target, names=named.fixes and anew)
        if resumes:
            _resume(law, task)
    task.epoch += changes or (task.worker, task.inspector) != before


def _is_held(law: Law, number: int) -> bool:
    """By a human."""
    return any(law.slot(SubjectType.TASK, number, level).held for level in HOLDS)


def _redirect(law: Law, task: Task, target: tuple[int, int], *, names: bool) -> None:
    """What failed waits until a human names somebody; a run by the same worker goes on."""
    worker, inspector = target
    waits = task.status in tasks.WAITING
    if waits and not (names and worker != NOBODY):
        return
    another_inspects = inspector not in (NOBODY, task.inspector)
    task.inspector = inspector
    if task.worker == worker and not waits:
        if another_inspects and task.status is Status.SUBMITTED:
            task.deadline = law.now + law.limits.inspect_seconds
        return
    task.version += task.status not in tasks.IDLE
    task.status, task.worker = Status.ALLOCATED if worker else Status.POSTED, worker
    task.summoned = task.acknowledged = False


def _resume(law: Law, task: Task) -> None:
    """A hold's end gives the run, the inspection, or the summons its time anew."""
    if task.status is Status.ALLOCATED:
        task.summoned = task.acknowledged = False
    if task.status is Status.STARTED:
        task.deadline = law.now + law.limits.heartbeat_seconds
    if task.status is Status.SUBMITTED:
        task.deadline = law.now + law.limits.inspect_seconds


# Parts of orders


def _part_of(law: Law, order: Order, most: int | None = None) -> tuple[Entry, ...]:
    """Of a plan, as far as the entries are among the first `most`."""
    part = _require_content(law, order)
    plan = law.proposals[order.subject].content
    require(isinstance(plan, tuple), "WrongSubject")
    assert isinstance(plan, tuple)
    require(0 < part.last - part.first <= MOST_ENTRIES and part.last <= len(plan), "MalformedPayload")
    return plan[:most][part.first : part.last]


def _require_content(law: Law, order: Order) -> Part:
    part = order.payload
    require(isinstance(part, Part), "MalformedPayload")
    assert isinstance(part, Part)
    require(proposals.is_content(law, order.subject, part.given), "MalformedPayload")
    return part


def _is_idle(task: Task, version: int) -> bool:
    return task.status in tasks.IDLE and task.version == version


def _sound_inspector(law: Law, inspector: int, team: tuple[int, ...]) -> int:
    """A human inspects where the entry names one who is not active or is on the team."""
    return inspector if law.is_active(inspector) and inspector not in team else NOBODY


def _word(order: Order) -> int:
    require(isinstance(order.payload, Word), "MalformedPayload")
    assert isinstance(order.payload, Word)
    return order.payload.value
