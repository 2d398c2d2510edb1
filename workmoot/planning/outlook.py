"""When all that is not finished will be, as far as the plan in force, the offers and what runs can tell."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workmoot.domain.ids import NOBODY, Number, TaskId
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.plan import PlanEntry
from workmoot.domain.work import Status
from workmoot.planning.horizon import HUMAN_MS, clock_of, due_of, handover, standing_offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an order would change. Moments are ticks since the clock's origin."""

    entries: Mapping[TaskId, PlanEntry] = field(default_factory=dict)
    """Who does a task instead, and when."""
    opened: frozenset[TaskId] = frozenset()
    """Tasks that go back to be decided: the best offer is taken to win."""
    ended: frozenset[TaskId] = frozenset()
    """Tasks that are done with at once."""
    corrected: frozenset[TaskId] = frozenset()
    """Tasks that a human puts right."""
    lost: frozenset[TaskId] = frozenset()
    """Tasks that nobody does until a human acts: cancelled ones, and those that nobody may have."""
    paused: Mapping[TaskId, int] = field(default_factory=dict)
    """Until when a task stands still; 0: no longer."""
    stopped: Mapping[Number, int] = field(default_factory=dict)
    """Until when a robot stands still; 0: no longer."""
    barred: frozenset[Number] = frozenset()
    """Workers that may not act."""
    withdrawn: frozenset[Number] = frozenset()
    """Workers that take nothing new, but what a human gave them."""
    urged: Mapping[TaskId, int] = field(default_factory=dict)
    """By how much a human made a task more urgent than it was posted: it comes first, or where less, last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is expected. Of `ends` a task is missing that will not be done as things stand; cost in micro-units."""

    ends: Mapping[TaskId, int]
    cost: int
    energy: int

    def lateness(self, ledger: Ledger, task: TaskId) -> int:
        """How many ticks after it is due a task ends; 0 for one that is in time, is not due, or does not end."""
        due = due_of(ledger, ledger.tasks[task])
        return max(0, self.ends.get(task, 0) - due) if due else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """How one task is expected to go: not before `start`, for `duration`, with these resources."""

    start: int
    duration: int
    resources: tuple[Number, ...] = ()
    cost: int = 0
    energy: int = 0


def outlook(ledger: Ledger, now: int, change: Change | None = None) -> Outlook:
    """Every unfinished task as early as its predecessors and resources allow, what is planned earlier first.

    The serial schedule generation scheme (Kolisch 1996). What runs goes on; work nobody has decided yet goes to the
    quickest offer, and a human's correction takes a minute.
    """
    change = change or Change()
    courses = {task.id: course for task in _unfinished(ledger) if (course := _course(ledger, task, now, change))}
    ends: dict[TaskId, int] = {}
    free: dict[Number, int] = {}
    pause = handover(ledger)
    for task in _in_turn(ledger, courses, change):
        course = courses[task]
        waits = [ends[other] + pause for other in ledger.predecessors(ledger.tasks[task]) if other in ends]
        for resource in course.resources:
            waits += [free.get(resource, 0), change.stopped.get(resource, 0)]
        start = max([course.start, *waits])
        ends[task] = start + course.duration
        free.update((resource, ends[task] + pause) for resource in course.resources)
    return Outlook(
        ends=ends,
        cost=sum(courses[task].cost for task in ends),
        energy=sum(courses[task].energy for task in ends),
    )


def _unfinished(ledger: Ledger) -> Iterator[Task]:
    return (task for task in ledger.tasks.values() if not task.status.is_final)


def _in_turn(ledger: Ledger, courses: Mapping[TaskId, _Course], change: Change) -> Iterator[TaskId]:
    """Each task after its predecessors; without those that wait for one that will not be done."""
    waits: dict[TaskId, int] = {}
    followers: dict[TaskId, list[TaskId]] = {}
    for task in courses:
        left = ledger.missing(ledger.tasks[task])
        waits[task] = len(left)
        for other in left:
            followers.setdefault(other, []).append(task)

    def turn(task: TaskId) -> tuple[int, int, TaskId]:
        return -change.urged.get(task, 0), courses[task].start, task

    ready = [turn(task) for task, count in waits.items() if not count]
    heapq.heapify(ready)
    while ready:
        _, _, task = heapq.heappop(ready)
        yield task
        for follower in followers.get(task, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heapq.heappush(ready, turn(follower))


def _course(ledger: Ledger, task: Task, now: int, change: Change) -> _Course | None:
    """None where nobody will do it as things stand."""
    free_at = max(now, change.paused.get(task.id, 0))
    at_once, by_hand = _Course(start=now, duration=0), _Course(start=free_at, duration=HUMAN_MS)
    for tasks, course in ((change.lost, None), (change.ended, at_once), (change.corrected, by_hand)):
        if task.id in tasks:
            return course
    if task.id in change.entries:
        return _decided(ledger, change.entries[task.id], free_at)
    if task.id in change.opened:
        return _offered(ledger, task, free_at, change)
    if task.status in (Status.SUBMITTED, Status.REWORK, Status.FAILED):
        return _Course(start=free_at, duration=HUMAN_MS if task.status.waits_for_a_human else 0)
    entry = ledger.decided_entry(task)
    keeps = task.status is Status.STARTED or task.slot_filled
    away = change.barred if keeps else change.barred | change.withdrawn
    if entry is None or not away.isdisjoint(entry.team):
        return None if ledger.is_vetoed(task) or is_nobodys(task) else _offered(ledger, task, free_at, change)
    return _begun(ledger, task, entry, now, change)


def _begun(ledger: Ledger, task: Task, entry: PlanEntry, now: int, change: Change) -> _Course:
    """As decided; what has begun has so much less before it, and what a human urges does not wait for its time."""
    free_at = max(now, change.paused.get(task.id, 0))
    decided = _decided(ledger, entry, free_at)
    if task.status is Status.STARTED and task.run is not None:
        left = clock_of(ledger).ticks_at(task.run.started_at) + decided.duration - now
        return replace(decided, start=free_at, duration=max(0, left))
    return replace(decided, start=free_at) if change.urged.get(task.id, 0) > 0 else decided


def is_nobodys(task: Task) -> bool:
    """Whether a human's slot says that nobody may have the task."""
    return task.slot_filled and not task.slot_held and task.worker == NOBODY


def _decided(ledger: Ledger, entry: PlanEntry, free_at: int) -> _Course:
    record = ledger.offer_of(entry, ledger.head.number)
    return _Course(
        start=max(free_at, entry.start),
        duration=entry.duration,
        resources=entry.resources,
        cost=record.offer.cost if record else 0,
        energy=record.offer.energy if record else 0,
    )


def _offered(ledger: Ledger, task: Task, now: int, change: Change) -> _Course | None:
    away = change.barred | change.withdrawn
    records = (r for r in standing_offers(ledger, task.id) if away.isdisjoint((r.worker, *r.offer.helpers)))
    best = min(records, key=lambda record: (record.offer.p50, record.worker, record.offer.sequence), default=None)
    if best is None:
        able = [member for member in ledger.able(task) if member.number not in away]
        return _Course(start=now, duration=task.spec.work) if able else None
    offer = best.offer
    return _Course(
        start=max(now, offer.earliest),
        duration=offer.p50,
        resources=offer.robots or (best.worker, *offer.helpers),
        cost=offer.cost,
        energy=offer.energy,
    )
