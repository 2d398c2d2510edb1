"""What orders would bring, before anything is sent."""

from collections.abc import Iterable

from api.models.common import TICKS_PER_SECOND, seconds
from api.models.orders import ForecastOut, MovedOut
from api.views.snapshot import Snapshot
from workmoot.domain.ids import TaskId
from workmoot.domain.overrides import HumanOrder
from workmoot.planning.forecast import METHOD, Forecast, forecast
from workmoot.planning.horizon import due_of
from workmoot.planning.outlook import Outlook

SHOWN = 50
NOT_DONE = 1 << 40


def forecast_out(snap: Snapshot, *orders: HumanOrder) -> ForecastOut:
    """The plant with the orders beside the plant without them."""
    if snap.ledger.clock is None:
        return _nothing("The plant has no clock yet: nothing can be foreseen.")
    found = forecast(snap.ledger, *orders, wall_s=snap.now)
    moved = sorted((_moved(snap, found, task) for task in found.moved()), key=_delay, reverse=True)
    late = [item for item in moved if item.late_after_s > item.late_before_s]
    lost = found.lost()
    return ForecastOut(
        method=METHOD,
        says=_says(found, moved, late, lost),
        assumes=found.assumes,
        ends_before_s=_last(found.before),
        ends_after_s=_last(found.after),
        moved=tuple(moved[:SHOWN]),
        moved_count=len(moved),
        late_count=len(late),
        lost=lost,
        cost_micro=found.after.cost - found.before.cost,
        energy_wh=found.after.energy - found.before.energy,
    )


def _moved(snap: Snapshot, found: Forecast, task: TaskId) -> MovedOut:
    due = due_of(snap.ledger, snap.ledger.tasks[task])
    return MovedOut(
        task=task,
        name=snap.task_name(task),
        before_s=_end(found.before, task),
        after_s=_end(found.after, task),
        due_s=seconds(due) if due else None,
        late_before_s=seconds(found.before.lateness(snap.ledger, task)),
        late_after_s=seconds(found.after.lateness(snap.ledger, task)),
    )


def _end(found: Outlook, task: TaskId) -> float | None:
    return seconds(found.ends[task]) if task in found.ends else None


def _last(found: Outlook) -> float | None:
    return max(map(seconds, found.ends.values()), default=None)


def _delay(item: MovedOut) -> tuple[float, int]:
    """What is not done any more comes first, what is done only with the order last."""
    never = NOT_DONE / TICKS_PER_SECOND
    return (never if item.after_s is None else item.after_s) - (
        never if item.before_s is None else item.before_s
    ), -item.task


def _says(found: Forecast, moved: list[MovedOut], late: list[MovedOut], lost: Iterable[TaskId]) -> str:
    if not moved:
        return "Nothing ends at another time."
    delays = [(item.after_s - item.before_s, item) for item in moved if item.after_s and item.before_s]
    parts = []
    later = [(delay, item) for delay, item in delays if delay > 0]
    if later:
        most, item = max(later, key=lambda pair: pair[0])
        parts.append(f"{_tasks(len(later))} later, at most by {most:.0f} s ({item.name})")
    if sooner := sum(delay < 0 for delay, _ in delays):
        parts.append(f"{_tasks(sooner)} sooner")
    if count := len(tuple(lost)):
        parts.append(f"{count} will not be done, as things stand")
    if gained := sum(item.before_s is None for item in moved):
        parts.append(f"{gained} will be done after all")
    if late:
        parts.append(f"{len(late)} of them late")
    cost = found.after.cost - found.before.cost
    return f"{'; '.join(parts)}. Cost {cost / 1e6:+.2f}." if cost else f"{'; '.join(parts)}."


def _tasks(count: int) -> str:
    return f"{count} task{'s end' if count != 1 else ' ends'}"


def _nothing(says: str) -> ForecastOut:
    return ForecastOut(
        method=METHOD, says=says, assumes=(), ends_before_s=None, ends_after_s=None, moved=(), moved_count=0,
        late_count=0, lost=(), cost_micro=0, energy_wh=0,
    )  # fmt: skip
