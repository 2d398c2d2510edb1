"""The ledger's pages about humans' orders, the slots they fill, and robots' epochs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workmoot.domain.errors import Malformed
from workmoot.domain.events import (
    AlarmRaised,
    HumanPolicySet,
    InForceChanged,
    OverrideExpired,
    OverrideGiven,
    OverrideRatified,
    OverrideReleased,
    Place,
    RobotEpochRaised,
    SafeStopChanged,
    SecondAsked,
)
from workmoot.domain.ids import NOBODY, Number, OverrideId, ProposalId, TaskId
from workmoot.domain.ledger import entries
from workmoot.domain.ledger.changed import changed
from workmoot.domain.ledger.records import OverrideRecord, RobotControl
from workmoot.domain.overrides import (
    EMPTY_SLOT,
    SAFE_STOP_SECONDS,
    HumanPolicy,
    Level,
    OverrideKind,
    Slot,
    SubjectType,
    filled_level,
    later_end,
)
from workmoot.domain.payloads import read_assign_payload, read_plan_payload
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from workmoot.domain.ledger.ledger import Ledger, SlotKey


@dataclass(slots=True)
class Touched:
    """What a transaction changed so far: an order about a plan does not say which tasks it still found open."""

    tx: str = ""
    tasks: dict[TaskId, Number] = field(default_factory=dict)
    """And who had each before."""


def touch(ledger: Ledger, event: InForceChanged, *, former: Number) -> None:
    """Remembers that this transaction changed the task."""
    if ledger.touched.tx != event.at.tx:
        ledger.touched = Touched(tx=event.at.tx)
    ledger.touched.tasks.setdefault(event.task, former)


def _given(ledger: Ledger, event: OverrideGiven) -> None:
    ledger.overrides[event.id] = OverrideRecord(
        id=event.id,
        human=event.human,
        order=event.order,
        displaced=event.displaced,
        epoch=event.epoch,
        digest=event.digest,
        at=event.at,
        place=len(ledger.overrides) + 1,
        asked_until=ledger.asked.get(event.id, 0),
    )
    if event.id in ledger.asked:
        return
    act = _ACTS.get(event.order.kind)
    if act is not None:
        act(ledger, event)


def _hold(ledger: Ledger, event: OverrideGiven) -> None:
    key = (event.order.subject_type, event.order.subject, filled_level(event.order))
    _fill(ledger, key, event, held=True, expires_at=later_end(ledger.slots.get(key, EMPTY_SLOT), event.order))


def _assign(ledger: Ledger, event: OverrideGiven) -> None:
    entry, _ = read_assign_payload(event.order.payload)
    _name(ledger, event, entry, beside=entry.helpers, nobody=False)


def _plan_in_force(ledger: Ledger, event: OverrideGiven) -> None:
    """The order carries what a decision reads; who helps and with which robots, the proposal says."""
    proposal = ledger.proposals.get(ProposalId(event.order.subject))
    if proposal is not None and proposal.is_tree and proposal.state is State.ENACTED:
        key = (SubjectType.PROPOSAL, proposal.id, Level.HUMAN)
        _fill(ledger, key, event, fixes=True)
        return
    if ledger.touched.tx != event.at.tx or proposal is None:
        return
    try:
        part = read_plan_payload(event.order.payload)
    except Malformed:
        return
    former = ledger.touched.tasks
    meant = [entry for entry in proposal.decided_entries[part.first : part.last] if entry.task in former]
    reached = tuple((entry.task, former[entry.task]) for entry in meant)
    ledger.overrides[event.id] = replace(ledger.overrides[event.id], reached=reached)
    for entry in meant:
        _name(ledger, event, entry, nobody=event.order.kind is OverrideKind.VETO)


def _requeue(ledger: Ledger, event: OverrideGiven) -> None:
    task = TaskId(event.order.subject)
    ledger.tasks[task] = changed(
        ledger.tasks[task],
        attempt=0,
        excluded=frozenset(),
        standing_entry=None,
        standing_worker=NOBODY,
        standing_inspector=NOBODY,
    )


def _ended(ledger: Ledger, event: OverrideExpired | OverrideReleased) -> None:
    how = "expired" if isinstance(event, OverrideExpired) else "released"
    _empty(ledger, (event.subject_type, event.subject, event.level), how, event.at)


def _second_asked(ledger: Ledger, event: SecondAsked) -> None:
    ledger.asked[event.id] = event.until


def _alarm_raised(ledger: Ledger, event: AlarmRaised) -> None:
    ledger.alarms.append(event)


def _human_policy_set(ledger: Ledger, event: HumanPolicySet) -> None:
    ledger.human_policy = HumanPolicy(
        cosigned=event.cosigned,
        ask_seconds=event.ask_seconds,
        alarm_orders=event.alarm_orders,
        alarm_seconds=event.alarm_seconds,
    )


def _ratified(ledger: Ledger, event: OverrideRatified) -> None:
    ledger.ratifications.setdefault(event.id, []).append(event)


def _robot_raised(ledger: Ledger, event: RobotEpochRaised) -> None:
    ledger.robots[event.robot] = RobotControl(own_epoch=event.epoch - ledger.plant_epoch, held=event.held)


def _safe_stop_changed(ledger: Ledger, event: SafeStopChanged) -> None:
    key = (SubjectType.TASK, event.task, Level.SAFE_STOP)
    ledger.slots.pop(key, None)
    if event.stopped:
        expires_at = event.at.timestamp + SAFE_STOP_SECONDS
        ledger.slots[key] = replace(EMPTY_SLOT, held=True, expires_at=expires_at, worker=event.worker)


def _name(
    ledger: Ledger, event: OverrideGiven, entry: PlanEntry, *, beside: tuple[Number, ...] = (), nobody: bool
) -> None:
    """`beside` are the helpers that the contracts can see, and whom they let inspect nothing."""
    key = (SubjectType.TASK, entry.task, Level.HUMAN)
    inspector = _inspector(ledger, entry, (entry.lead, *beside))
    worker, inspector = (NOBODY, NOBODY) if nobody else (entry.lead, inspector)
    _fill(ledger, key, event, fixes=True, worker=worker, inspector=inspector)
    if nobody:
        ledger.slot_entries.pop(entry.task, None)
    else:
        ledger.slot_entries[entry.task] = entry
    entries.refresh(ledger, entry.task)


def _inspector(ledger: Ledger, entry: PlanEntry, team: tuple[Number, ...]) -> Number:
    """Nobody (a human inspects) where the entry names one who is not active or is on the team."""
    member = ledger.members.get(entry.inspector)
    sound = member is not None and member.acts and entry.inspector not in team
    return entry.inspector if sound else NOBODY


def _fill(ledger: Ledger, key: SlotKey, event: OverrideGiven, **changes: Any) -> None:
    former = ledger.slots.get(key, EMPTY_SLOT)
    slot: Slot = replace(former, **{"id": event.id, "expires_at": event.order.expires_at, **changes})
    ledger.slots[key] = slot
    _end(ledger, former.id, "superseded", event.at)


def _empty(ledger: Ledger, key: SlotKey, how: str, at: Place) -> None:
    former = ledger.slots.pop(key, EMPTY_SLOT)
    _end(ledger, former.id, how, at)
    if key[0] is SubjectType.TASK and key[2] == Level.HUMAN:
        task = TaskId(key[1])
        if ledger.slot_entries.pop(task, None):
            ledger.tasks[task] = changed(ledger.tasks[task], entry=None)
        entries.refresh(ledger, task)


def _end(ledger: Ledger, override: OverrideId, how: str, at: Place) -> None:
    """An order about a plan fills many slots and ends with the last of them."""
    record = ledger.overrides.get(override)
    if record is None or any(slot.id == override for slot in ledger.slots.values()):
        return
    ledger.overrides[override] = replace(record, ended_at=at, ended_by=how)


_ACTS: dict[OverrideKind, Callable[[Ledger, OverrideGiven], None]] = {
    OverrideKind.HOLD: _hold,
    OverrideKind.ASSIGN: _assign,
    OverrideKind.APPROVE: _plan_in_force,
    OverrideKind.VETO: _plan_in_force,
    OverrideKind.REQUEUE: _requeue,
}

# OverrideSuperseded says what the slot's former order tells already.
ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {
    OverrideGiven: _given,
    OverrideExpired: _ended,
    OverrideReleased: _ended,
    SecondAsked: _second_asked,
    AlarmRaised: _alarm_raised,
    HumanPolicySet: _human_policy_set,
    OverrideRatified: _ratified,
    RobotEpochRaised: _robot_raised,
    SafeStopChanged: _safe_stop_changed,
}
