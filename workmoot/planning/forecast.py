"""What a human's orders would bring: who ends when without them, and with them."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number, ProposalId, TaskId
from workmoot.domain.instructions import WITHDRAWS, group_of, meant_kind
from workmoot.domain.ledger import Ledger, Proposal
from workmoot.domain.ledger.ledger import SlotKey
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType
from workmoot.domain.payloads import cancelled_tasks, read_assign_payload, read_plan_payload
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import State
from workmoot.domain.work import Status
from workmoot.planning.horizon import clock_of
from workmoot.planning.outlook import Change, Outlook, outlook

METHOD = "deterministic plan"
"""The plan in force, the best offers and the medians they promise; no chance is played out."""
UNTIL_RELEASED_S = 600
"""Wall seconds that what has no end of its own is taken to last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The plant without the orders and with them; `assumes` says what had to be taken for granted."""

    before: Outlook
    after: Outlook
    assumes: tuple[str, ...]

    def moved(self) -> tuple[TaskId, ...]:
        """The tasks that end at another time with the order than without, or not at all, or only with it."""
        tasks = sorted(self.before.ends.keys() | self.after.ends.keys())
        return tuple(task for task in tasks if self.before.ends.get(task) != self.after.ends.get(task))

    def lost(self) -> tuple[TaskId, ...]:
        """The tasks that will not be done with the order, as things stand, and would without."""
        return tuple(sorted(self.before.ends.keys() - self.after.ends.keys()))


def forecast(ledger: Ledger, *orders: HumanOrder, wall_s: float) -> Forecast:
    """Both outlooks from the same moment; of several orders as if all were given in it."""
    now = clock_of(ledger).ticks_at(wall_s)
    present = _present(ledger, wall_s)
    ended = {key for order in orders for key in _emptied(ledger, order)}
    lifted = {(group_of(meant_kind(order)), order.subject) for order in orders if order.kind is OverrideKind.LIFT}
    change = _present(ledger, wall_s, ended, lifted)
    for order in orders:
        change = _changed(ledger, order, change, wall_s)
    return Forecast(
        before=outlook(ledger, now, present),
        after=outlook(ledger, now, change),
        assumes=tuple(_assumed(ledger, orders)),
    )


def reached(ledger: Ledger, order: HumanOrder) -> tuple[PlanEntry, ...]:
    """The entries of a plan that an approval or a veto acts on, as the contract has it.

    Their tasks are open at the version the plan was made for; for a veto of what is enacted, at the one this made.
    """
    proposal = ledger.proposals[ProposalId(order.subject)]
    enacted = order.kind is OverrideKind.VETO and proposal.state is not State.OPEN
    entries = proposal.decided_entries[: proposal.progress] if enacted else proposal.decided_entries
    try:
        part = read_plan_payload(order.payload)
    except Malformed:
        meant = entries
    else:
        meant = entries[part.first : part.last]
    return tuple(entry for entry in meant if _is_reached(ledger, order, entry, enacted=enacted))


def unclaimed(ledger: Ledger, proposal: Proposal) -> tuple[TaskId, ...]:
    """The tasks of a tree that its leads may still claim."""
    left = (entry for entry in proposal.entries if entry.task not in proposal.claimed)
    return tuple(entry.task for entry in left if _is_open_at(ledger, entry.task, entry.version))


def _is_reached(ledger: Ledger, order: HumanOrder, entry: PlanEntry, *, enacted: bool) -> bool:
    lead = ledger.members.get(entry.lead)
    if order.kind is OverrideKind.APPROVE and not (lead and lead.acts):
        return False
    if not _is_open_at(ledger, entry.task, entry.version + enacted):
        return False
    task = ledger.tasks[entry.task]
    return not enacted or task.worker == entry.lead or task.slot_filled


def _is_open_at(ledger: Ledger, task: TaskId, version: int) -> bool:
    found = ledger.tasks.get(task)
    return found is not None and found.is_open and found.version == version


def _assumed(ledger: Ledger, orders: Sequence[HumanOrder]) -> Iterator[str]:
    given = [order for order in orders if order.kind is OverrideKind.HOLD and not order.expires_at]
    if given or any(slot.held and not slot.expires_at for slot in ledger.slots.values()):
        yield f"A hold without an end is taken to last {UNTIL_RELEASED_S // 60} minutes from now."
    said = {(order.kind, order.expires_at) for order in orders}
    said |= {(standing.kind, standing.expires_at) for standing in ledger.instructions.values()}
    for kind, word in ((OverrideKind.QUARANTINE, "quarantine"), (OverrideKind.MAINTAIN, "maintenance")):
        if (kind, 0) in said:
            yield f"A {word} without an end is taken to last {UNTIL_RELEASED_S // 60} minutes from now."


# What is held


def _present(
    ledger: Ledger, wall_s: float, ended: Container[SlotKey] = (), lifted: Container[tuple[int, int]] = ()
) -> Change:
    """The holds in force, and the workers withdrawn, but for those that end."""
    change = Change()
    for (group, subject), said in ledger.instructions.items():
        if (group, subject) not in lifted and not said.is_over(wall_s):
            change = _instructed(ledger, change, said.kind, subject, _tick(ledger, said.expires_at, wall_s))
    change = replace(change, urged=dict(_urged(ledger, wall_s, lifted)))
    for key, slot in ledger.slots.items():
        if slot.held and key not in ended:
            change = _pause(ledger, change, key[0], key[1], _tick(ledger, slot.expires_at, wall_s))
    return change


def _tick(ledger: Ledger, expires_at: int, wall_s: float) -> int:
    return clock_of(ledger).ticks_at(expires_at or wall_s + UNTIL_RELEASED_S)


def _pause(ledger: Ledger, change: Change, subject_type: SubjectType, subject: int, until: int) -> Change:
    """Of several holds the longest counts."""
    if subject_type is SubjectType.ROBOT:
        robot = Number(subject)
        return replace(change, stopped={**change.stopped, robot: max(until, change.stopped.get(robot, 0))})
    tasks = ledger.tasks if subject_type is SubjectType.PLANT else (TaskId(subject),)
    return replace(change, paused={**change.paused, **{t: max(until, change.paused.get(t, 0)) for t in tasks}})


def _urged(ledger: Ledger, wall_s: float, lifted: Container[tuple[int, int]]) -> Iterator[tuple[TaskId, int]]:
    for group, subject in ledger.instructions:
        task = ledger.tasks.get(TaskId(subject)) if group == OverrideKind.REPRIORITISE else None
        if task is not None and (group, subject) not in lifted:
            yield task.id, ledger.priority_of(task, wall_s) - task.spec.priority


def _instructed(ledger: Ledger, change: Change, kind: OverrideKind, subject: int, until: int) -> Change:
    if kind is OverrideKind.MAINTAIN:
        return _pause(ledger, change, SubjectType.ROBOT, subject, until)
    return _withdraw(ledger, change, kind, subject, until) if kind in WITHDRAWS else change


def _withdraw(ledger: Ledger, change: Change, kind: OverrideKind, subject: int, until: int) -> Change:
    """What it has not begun goes to others; in quarantine, what it has begun or a human gave it stands still."""
    worker = Number(subject)
    change = replace(change, withdrawn=change.withdrawn | {worker})
    for task in ledger.tasks.values() if kind is OverrideKind.QUARANTINE else ():
        keeps = task.status is Status.STARTED or (task.status is Status.ALLOCATED and task.slot_filled)
        if keeps and task.entry is not None and worker in task.entry.team:
            change = _pause(ledger, change, SubjectType.TASK, task.id, until)
    return change


# What an order changes


def _changed(ledger: Ledger, order: HumanOrder, present: Change, wall_s: float) -> Change:
    if order.kind is OverrideKind.HOLD:
        return _pause(ledger, present, order.subject_type, order.subject, _tick(ledger, order.expires_at, wall_s))
    if order.kind is OverrideKind.RELEASE:
        return _released(ledger, order, present)
    if order.kind in (*WITHDRAWS, OverrideKind.MAINTAIN):
        return _instructed(ledger, present, order.kind, order.subject, _tick(ledger, order.expires_at, wall_s))
    change = _CHANGES.get(order.kind)
    return change(ledger, order, present) if change else present


def _emptied(ledger: Ledger, order: HumanOrder) -> tuple[SlotKey, ...]:
    """The slots that a release empties; the plant's with the second order only."""
    if order.kind is not OverrideKind.RELEASE or (order.subject_type is SubjectType.PLANT and not ledger.resume_asked):
        return ()
    levels = [order.level] if order.level else [Level.PLANT_HOLD, Level.HUMAN_HOLD, Level.HUMAN]
    if any(order.payload):
        levels = [Level.HUMAN_HOLD]
    return tuple((order.subject_type, order.subject, Level(level)) for level in levels)


def _released(ledger: Ledger, order: HumanOrder, change: Change) -> Change:
    """A task goes back to the DAO's decision."""
    key = (SubjectType.TASK, order.subject, Level.HUMAN)
    if key not in _emptied(ledger, order) or not ledger.slot(*key).fixes:
        return change
    task = ledger.tasks[TaskId(order.subject)]
    if task.standing_entry is None:
        return replace(change, opened=change.opened | {task.id})
    return replace(change, entries={**change.entries, task.id: task.standing_entry})


def _assigned(_: Ledger, order: HumanOrder, present: Change) -> Change:
    entry, _words = read_assign_payload(order.payload)
    return replace(present, entries={**present.entries, entry.task: entry})


def _cancelled(_: Ledger, order: HumanOrder, present: Change) -> Change:
    named = cancelled_tasks(order.subject, order.payload)
    return replace(present, lost=present.lost | _subject(order) | set(named))


def _approved(ledger: Ledger, order: HumanOrder, present: Change) -> Change:
    return replace(present, entries={entry.task: entry for entry in reached(ledger, order)})


def _vetoed(ledger: Ledger, order: HumanOrder, present: Change) -> Change:
    proposal = ledger.proposals[ProposalId(order.subject)]
    if proposal.state is State.OPEN:
        return present
    if proposal.is_tree:
        return replace(present, lost=frozenset(unclaimed(ledger, proposal)))
    return replace(present, lost=frozenset(entry.task for entry in reached(ledger, order)))


def _suspended(ledger: Ledger, order: HumanOrder, present: Change) -> Change:
    """What the worker has goes to others; what a human gave it waits for a human."""
    worker = Number(order.subject)
    given = frozenset(task.id for task in ledger.tasks.values() if task.worker == worker and task.slot_filled)
    return replace(present, barred=frozenset({worker}), corrected=given)


def _reprioritised(ledger: Ledger, order: HumanOrder, present: Change) -> Change:
    task = ledger.tasks[TaskId(order.subject)]
    return replace(present, urged={**present.urged, task.id: order.payload[0] - task.spec.priority})


def _subject(order: HumanOrder) -> frozenset[TaskId]:
    return frozenset({TaskId(order.subject)})


_CHANGES: dict[OverrideKind, Callable[[Ledger, HumanOrder, Change], Change]] = {
    OverrideKind.ASSIGN: _assigned,
    OverrideKind.CANCEL: _cancelled,
    OverrideKind.APPROVE: _approved,
    OverrideKind.VETO: _vetoed,
    OverrideKind.SUSPEND: _suspended,
    OverrideKind.REPRIORITISE: _reprioritised,
    OverrideKind.ACCEPT: lambda _, order, present: replace(present, ended=present.ended | _subject(order)),
    OverrideKind.REWORK: lambda _, order, present: replace(present, corrected=present.corrected | _subject(order)),
    OverrideKind.REQUEUE: lambda _, order, present: replace(present, opened=present.opened | _subject(order)),
}
"""A reinstated worker makes its offers anew: nothing is known of them yet."""
