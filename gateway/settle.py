"""What follows from a new picture of the chain: what was seen, what is fenced, what stands still, what is settled."""

from collections.abc import Collection, Iterable, Iterator

from gateway import records as r
from gateway.checks import Now, is_quarantined, stillness
from gateway.state import HumanOrder, Job, State
from gateway.view import Mandate, View
from workmoot.domain.errors import GatewayError
from workmoot.domain.overrides import PLANT, OverrideKind, SubjectType
from workmoot.domain.work import Status


class OtherPlant(GatewayError):
    """The chain has another plant than the log."""

    def __init__(self) -> None:
        super().__init__("the log belongs to another plant: give this one a log of its own")


def settle(state: State, view: View) -> tuple[r.Record, ...]:
    """All records that the view calls for; applied, a second call gives none."""
    first = (*_clock(state, view), *_roles(state, view), *_orders(state, view), *_latches_over(state, view))
    return (*first, *_robots(state, view), *_tasks(state, view))


def settle_jobs(state: State, view: View, now: Now) -> tuple[r.Record, ...]:
    """What becomes of the parts in hand, once `settle` is applied."""
    return tuple(record for job in state.live_jobs() if (record := _fate(state, view, job, now)))


def _clock(state: State, view: View) -> Iterator[r.Record]:
    if view.clock and state.clock and view.clock != state.clock:
        raise OtherPlant
    if view.clock and not state.clock:
        yield r.ClockSeen(origin_ms=view.clock.origin_ms, speed_milli=view.clock.speed_milli)


def _roles(state: State, view: View) -> Iterator[r.Record]:
    roles = {human: sorted(int(role) for role in given) for human, given in sorted(view.roles.items())}
    if roles != state.roles:
        yield r.RolesSeen(roles=roles)


def _orders(state: State, view: View) -> Iterator[r.Record]:
    yield from (r.OrderSeen(digest=digest) for digest in view.given if digest not in state.orders_known)
    for digest, order in state.orders.items():
        if digest in view.given and order.state in ("anchoring", "refused"):
            yield r.OrderAnchored(digest=digest)
        elif digest not in view.given and order.state == "anchored":
            yield r.OrderLost(digest=digest)
        elif order.state == "refused" and (why := _over(state, view, order)):
            yield r.OrderSettled(digest=digest, why=why)


def _over(state: State, view: View, refused: HumanOrder) -> str:
    """Why what the chain refused is over; else empty. Of a task that is done with nothing is left to hold."""
    on, subject = refused.order.subject_type, refused.order.subject
    task = view.tasks.get(subject) if on == SubjectType.TASK else None
    if task and task.status.is_final:
        return f"task {subject} is {task.status.name.lower()}"
    return "a later order is on the chain" if _has_later_order(state, view, refused.after, {(on, subject)}) else ""


def _latches_over(state: State, view: View) -> Iterator[r.Record]:
    for robot, latch in state.latches.items():
        subjects = {(SubjectType.ROBOT, robot), (SubjectType.PLANT, PLANT)}
        if _has_later_order(state, view, latch.after, subjects):
            yield r.LatchSettled(robot=robot)


def _has_later_order(state: State, view: View, after: int, subjects: Collection[tuple[int, int]]) -> bool:
    """Whether a human held or released one of the subjects, on the chain, by an order first known after that point.

    An older order that a reorganisation removed and somebody anchored again does not count.
    """
    return any(
        state.orders_known.get(digest, after + 1) > after and (given.subject_type, given.subject) in subjects
        for digest, given in view.given.items()
        if given.kind in (OverrideKind.HOLD, OverrideKind.RELEASE)
    )


def _robots(state: State, view: View) -> Iterator[r.Record]:
    for robot in view.robots.values():
        seen = state.robots_seen.get(robot.number, 0)
        if robot.epoch < seen:
            yield _latched(state, view, robot.number, f"reorganisation: its epoch fell from {seen} to {robot.epoch}")
        if robot.epoch != seen:
            yield r.RobotSeen(robot=robot.number, epoch=robot.epoch)


def _tasks(state: State, view: View) -> Iterator[r.Record]:
    for task in view.tasks.values():
        yield from _task(state, view, task)
    for number in state.tasks_seen.keys() - view.tasks.keys():
        if state.tasks_seen[number].epoch:
            yield from _task(state, view, Mandate(task=number, status=Status.NONE, epoch=0))


def _task(state: State, view: View, task: Mandate) -> Iterator[r.Record]:
    seen = state.tasks_seen.get(task.task)
    if seen is None:
        yield r.TaskSeen(task=task.task, epoch=task.epoch, mandate=task.mandate, slot=task.slot)
        return
    if why := _reorganised(seen, task, plant_held=view.plant_held):
        for robot in sorted({*task.robots, *(job.order.robot for job in _live(state, task.task))}):
            yield _latched(state, view, robot, f"reorganisation: task {task.task}: {why}")
    if (seen.epoch, seen.mandate, seen.slot) != (task.epoch, task.mandate, task.slot):
        yield r.TaskSeen(task=task.task, epoch=task.epoch, mandate=task.mandate, slot=task.slot)


def _reorganised(seen: r.TaskSeen, task: Mandate, *, plant_held: bool) -> str:
    """Why this cannot have followed what was seen before; empty where it can.

    Under one epoch the mandate changes only by a new human's slot, or while the plant is held: its release raises it.
    """
    if task.epoch < seen.epoch:
        return f"its epoch fell from {seen.epoch} to {task.epoch}"
    mandates = {seen.mandate, task.mandate} - {""}
    if task.epoch == seen.epoch and len(mandates) > 1 and task.slot == seen.slot and not plant_held:
        return f"another mandate under epoch {task.epoch}"
    return ""


def _fate(state: State, view: View, job: Job, now: Now) -> r.Record | None:
    """Stopped when another assignment is in force; standing still under a hold, while its worker is quarantined, or
    once its epochs have passed."""
    tick = now.tick
    robot, mandate = view.robots.get(job.order.robot), view.tasks.get(job.order.task)
    if why := _ended(job, mandate):
        return r.JobEnded(task=job.order.task, robot=job.order.robot, state="stopped", tick=tick, why=why, result=None)
    if job.state == "paused" or mandate is None or robot is None:
        return None
    found = stillness(state, view, now, robot=job.order.robot, task=job.order.task)
    if is_quarantined(view, job.order.worker, now):
        found = (*found, f"worker {job.order.worker} is quarantined")
    same = (mandate.epoch, mandate.mandate, robot.epoch) == (job.epoch, job.mandate, job.robot_epoch)
    if found or not same:
        why = "; ".join(found) or "commanded under an older epoch: command it again"
        return r.JobPaused(task=job.order.task, robot=job.order.robot, tick=tick, why=why)
    return None


def _ended(job: Job, mandate: Mandate | None) -> str:
    """Why nobody may go on with this part; empty while its worker may."""
    if mandate is None:
        return "the task is gone from the chain"
    if mandate.status is not Status.STARTED:
        return f"the task is {mandate.status.name.lower()}"
    if mandate.run != job.order.run:
        return f"run {mandate.run} has begun"
    if job.order.worker not in mandate.team or job.order.robot not in mandate.robots:
        return "another assignment is in force"
    return ""


def _latched(state: State, view: View, robot: int, why: str) -> r.RobotLatched:
    return r.RobotLatched(robot=robot, why=why, after=len(state.orders_known.keys() | view.given.keys()))


def _live(state: State, task: int) -> Iterable[Job]:
    return (job for job in state.live_jobs() if job.order.task == task)
