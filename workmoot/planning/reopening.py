"""Parallel execution: what a community decides anew although it is decided, because the plant is not as it was then."""

from workmoot.domain.ids import TaskId
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.work import Status
from workmoot.planning.horizon import clock_of, expected_ends, is_ripening, is_undecided, may_be_decided_anew, told

WHOLE = 10_000
DRIFT_BPS = 1_000
FROZEN_S = 5.0
"""What is to begin within so many wall seconds, or could begin, is left as it is: deciding takes time."""


def reopened(ledger: Ledger, now: int, *, wall_s: float) -> frozenset[TaskId]:
    """The tasks that are decided and will not begin soon, where something speaks for deciding them anew.

    A human keeps a robot of one, or has given another task to somebody since; more urgent work came; or what is decided
    ends later than it was to, by more than the policy's `replan_bps` of the time from its posting on (0: never).
    """
    if ledger.plant_held:
        return frozenset()
    soon = now + round(FROZEN_S * clock_of(ledger).speed_milli)
    waiting = [task for task in ledger.tasks.values() if _waits(ledger, task, soon, wall_s)]
    disturbed = bool(waiting) and (
        any(_is_hindered(ledger, task, wall_s) for task in waiting)
        or _is_outranked(ledger, waiting, wall_s)
        or _is_overridden(ledger, waiting)
        or _has_drifted(ledger, now)
    )
    return frozenset(task.id for task in waiting) if disturbed else frozenset()


def _waits(ledger: Ledger, task: Task, soon: int, wall_s: float) -> bool:
    entry = task.entry
    late = entry is not None and entry.start > soon and not task.held
    cannot_begin = not ledger.is_ready(task) or _is_hindered(ledger, task, wall_s)
    return late and cannot_begin and may_be_decided_anew(task) and not is_ripening(ledger, task, wall_s)


def _is_hindered(ledger: Ledger, task: Task, wall_s: float) -> bool:
    return any(ledger.is_robot_out(robot, wall_s) for robot in task.robots)


def _is_outranked(ledger: Ledger, waiting: list[Task], wall_s: float) -> bool:
    least = min(ledger.priority_of(task, wall_s) for task in waiting)
    undecided = (task for task in ledger.tasks.values() if is_undecided(task))
    return any(ledger.priority_of(task, wall_s) > least for task in undecided)


def _is_overridden(ledger: Ledger, waiting: list[Task]) -> bool:
    """Whether a human gave a task that has not begun to somebody after the newest of these decisions."""
    decisions = (ledger.proposals[task.decided_by].settled_at for task in waiting if task.decided_by)
    decided = max((at.position for at in decisions if at), default=(0, 0))
    given = (task.id for task in ledger.tasks.values() if task.slot_filled and task.status is Status.ALLOCATED)
    slots = (ledger.slots.get((SubjectType.TASK, task, Level.HUMAN)) for task in given)
    return any(slot and ledger.overrides[slot.id].at.position > decided for slot in slots)


def _has_drifted(ledger: Ledger, now: int) -> bool:
    allowed = round(told(ledger, "replan_bps", DRIFT_BPS, most=WHOLE))
    if not allowed:
        return False
    ends = expected_ends(ledger, now, ())
    entries = ((ends[task], ledger.tasks[task].entry) for task in ends)
    late = ((end - entry.start - entry.duration, entry) for end, entry in entries if entry is not None)
    clock = clock_of(ledger)
    posted = min((clock.ticks_at(order.posted_at) for order in ledger.orders.values()), default=0)
    return any(over * WHOLE > allowed * (entry.start + entry.duration - posted) for over, entry in late)
