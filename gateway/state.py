"""What the gateway has done and still stands by: leases, jobs, holds. It is the sum of its log, record by record."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from gateway import records as r
from workmoot.domain.clock import Clock
from workmoot.domain.guidance import Act, Point

GUIDED_KEPT = 10
"""The latest of what humans had a resource do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who commands a robot's resource. `term` only rises; `seq` is the last number accepted in it."""

    term: int = 0
    seq: int = 0
    holder: int = 0
    """The worker's number; nobody: 0."""
    human: str = ""
    """The human's account, where a human took it."""
    task: int = 0
    epoch: int = 0
    robot_epoch: int = 0
    until: int = 0
    from_worker: int = 0
    from_human: str = ""
    """Of whom it was taken last."""
    digest: str = ""
    """What a human signed last for it."""

    @property
    def who(self) -> tuple[int, str]:
        """The worker or the human who has it, or had it until it was taken."""
        return (self.holder, self.human) if self.holder or self.human else (self.from_worker, self.from_human)


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """A human's: straight from one point to another, in wall time, whatever the plant's clock."""

    start: Point
    to: Point
    began_ms: int
    lasts_ms: int

    def at(self, unix_ms: int) -> Point:
        """Where it is."""
        if self.is_over(unix_ms):
            return self.to
        passed = max(0, unix_ms - self.began_ms)
        x, y, z = (a + (b - a) * passed // self.lasts_ms for a, b in zip(self.start, self.to, strict=True))
        return x, y, z

    def is_over(self, unix_ms: int) -> bool:
        """Whether it stands still."""
        return unix_ms >= self.began_ms + self.lasts_ms

    def stopped(self, at_ms: int) -> "Motion":
        """It stands still where it is then."""
        here = self.at(at_ms)
        return Motion(start=here, to=here, began_ms=at_ms, lasts_ms=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One robot's part of one run of a task."""

    order: r.JobStarted
    state: str = "running"
    epoch: int
    robot_epoch: int
    mandate: str
    worked: int = 0
    """Ticks of motion before `since`."""
    since: int
    """The tick at which the present motion or standstill began."""
    why: str = ""
    result: dict[str, object] | None = None

    @property
    def is_live(self) -> bool:
        """Whether the robot still has the part in hand."""
        return self.state in ("running", "paused")

    def motion(self, tick: int) -> int:
        """Ticks of motion up to a tick."""
        return self.worked + (max(0, tick - self.since) if self.state == "running" else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanOrder:
    """A human's order and how far its anchoring is: anchoring, anchored, refused or settled."""

    order: r.OrderTaken
    state: str = "anchoring"
    reason: str = ""
    after: int = 0
    """How many orders were known when it was refused."""
    over: str = ""
    """Why it is settled."""

    @property
    def holds(self) -> bool:
        """Whether the hold is kept by the gateway alone; once anchored, the chain keeps it."""
        return not self.order.release and self.state in ("anchoring", "refused")


@dataclass(slots=True, kw_only=True)
class State:
    """The sum of the records applied so far."""

    opened: r.LogOpened | None = None
    clock: Clock | None = None
    leases: dict[tuple[int, str], Lease] = field(default_factory=dict)
    motions: dict[tuple[int, str], Motion] = field(default_factory=dict)
    """By robot and resource, where a human moved it last; none: its work has it at home."""
    guided: dict[tuple[int, str], tuple[r.RobotGuided, ...]] = field(default_factory=dict)
    """What humans did with each resource last; a lease kept is no news."""
    handed: dict[tuple[int, str], dict[str, r.RobotGuided]] = field(default_factory=dict)
    """Its last taking and its last return, however much was done since."""
    jobs: dict[tuple[int, int], Job] = field(default_factory=dict)
    """By task and robot; the latest run."""
    measurements: dict[int, list[r.PartMeasured]] = field(default_factory=dict)
    tasks_seen: dict[int, r.TaskSeen] = field(default_factory=dict)
    robots_seen: dict[int, int] = field(default_factory=dict)
    latches: dict[int, r.RobotLatched] = field(default_factory=dict)
    orders: dict[str, HumanOrder] = field(default_factory=dict)
    """In the order in which they were taken."""
    orders_known: dict[str, int] = field(default_factory=dict)
    """By digest, when each of the humans' orders was first known here or on the chain, counted from 1."""
    roles: dict[str, list[int]] = field(default_factory=dict)

    def lease(self, robot: int, resource: str) -> Lease:
        """The lease of a resource; a fresh one where nobody ever asked."""
        return self.leases.get((robot, resource), Lease())

    def job_on(self, robot: int, resource: str) -> Job | None:
        """The part the robot has in hand."""
        return next(
            (job for job in self.live_jobs() if (job.order.robot, job.order.resource) == (robot, resource)), None
        )

    def live_jobs(self) -> tuple[Job, ...]:
        """All parts in hand."""
        return tuple(job for job in self.jobs.values() if job.is_live)

    def jobs_of(self, task: int, run: int) -> tuple[Job, ...]:
        """The parts of one run, by robot."""
        mine = (job for (of, _), job in sorted(self.jobs.items()) if of == task)
        return tuple(job for job in mine if job.order.run == run)

    def apply_all(self, records: Iterable[r.Record]) -> None:
        """Applies records in their order."""
        for record in records:
            self.apply(record)

    @singledispatchmethod
    def apply(self, record: r.Record) -> None:
        """Takes one record into the sum."""
        raise NotImplementedError(type(record).__name__)

    @apply.register
    def _(self, record: r.LogOpened) -> None:
        self.opened = record

    @apply.register
    def _(self, record: r.ClockSeen) -> None:
        self.clock = Clock(origin_ms=record.origin_ms, speed_milli=record.speed_milli)

    @apply.register
    def _(self, record: r.LeaseGranted) -> None:
        self.leases[record.robot, record.resource] = Lease(
            term=record.term,
            holder=record.worker,
            task=record.task,
            epoch=record.epoch,
            robot_epoch=record.robot_epoch,
            until=record.until,
        )

    @apply.register
    def _(self, record: r.LeaseReturned) -> None:
        self.leases[record.robot, record.resource] = Lease(term=record.term)

    @apply.register
    def _(self, record: r.LeaseTaken) -> None:
        worker, human = self.lease(record.robot, record.resource).who
        self.leases[record.robot, record.resource] = Lease(term=record.term, from_worker=worker, from_human=human)

    @apply.register
    def _(self, record: r.RobotGuided) -> None:
        key, act = (record.robot, record.resource), Act(record.action)
        fresh = Lease(
            term=record.term, human=record.human, from_worker=record.from_worker, from_human=record.from_human
        )
        lease = {Act.TAKE: fresh, Act.RETURN: Lease(term=record.term)}.get(act, self.lease(*key))
        seq = 0 if act in (Act.TAKE, Act.RETURN) else record.seq
        self.leases[key] = replace(lease, seq=seq, until=record.until, digest=record.digest)
        if act in (Act.TAKE, Act.RETURN):
            self.handed[key] = self.handed.get(key, {}) | {act.value: record}
        if act is not Act.RETAIN:
            self.guided[key] = (*self.guided.get(key, ()), record)[-GUIDED_KEPT:]

    @apply.register
    def _(self, record: r.GuidedMotionBegun) -> None:
        (a, b, c), (x, y, z) = record.start, record.to
        self.motions[record.robot, record.resource] = Motion(
            start=(a, b, c), to=(x, y, z), began_ms=record.began_ms, lasts_ms=record.lasts_ms
        )

    @apply.register
    def _(self, record: r.GuidedMotionStopped) -> None:
        key = record.robot, record.resource
        self.motions[key] = self.motions[key].stopped(record.at_ms)

    @apply.register
    def _(self, record: r.CommandAccepted) -> None:
        lease = self.lease(record.robot, record.resource)
        self.leases[record.robot, record.resource] = replace(lease, seq=record.seq, until=record.until)

    @apply.register
    def _(self, record: r.JobStarted) -> None:
        self.jobs[record.task, record.robot] = Job(
            order=record,
            epoch=record.epoch,
            robot_epoch=record.robot_epoch,
            mandate=record.mandate,
            since=record.tick,
        )
        self.motions.pop((record.robot, record.resource), None)

    @apply.register
    def _(self, record: r.JobPaused) -> None:
        job = self.jobs[record.task, record.robot]
        self.jobs[record.task, record.robot] = replace(
            job, state="paused", worked=job.motion(record.tick), since=record.tick, why=record.why
        )

    @apply.register
    def _(self, record: r.JobResumed) -> None:
        job = self.jobs[record.task, record.robot]
        self.jobs[record.task, record.robot] = replace(
            job,
            state="running",
            since=record.tick,
            why="",
            epoch=record.epoch,
            robot_epoch=record.robot_epoch,
            mandate=record.mandate,
        )
        self.motions.pop((record.robot, job.order.resource), None)

    @apply.register
    def _(self, record: r.JobEnded) -> None:
        job = self.jobs[record.task, record.robot]
        self.jobs[record.task, record.robot] = replace(
            job,
            state=record.state,
            worked=job.motion(record.tick),
            since=record.tick,
            why=record.why,
            result=record.result,
        )

    @apply.register
    def _(self, record: r.PartMeasured) -> None:
        self.measurements.setdefault(record.task, []).append(record)

    @apply.register
    def _(self, record: r.TaskSeen) -> None:
        self.tasks_seen[record.task] = record

    @apply.register
    def _(self, record: r.RobotSeen) -> None:
        self.robots_seen[record.robot] = record.epoch

    @apply.register
    def _(self, record: r.RobotLatched) -> None:
        self.latches[record.robot] = record

    @apply.register
    def _(self, record: r.LatchSettled) -> None:
        self.latches.pop(record.robot, None)

    @apply.register
    def _(self, record: r.OrderTaken) -> None:
        self.orders[record.digest] = HumanOrder(order=record)
        self._know(record.digest)

    @apply.register
    def _(self, record: r.OrderSeen) -> None:
        self._know(record.digest)

    @apply.register
    def _(self, record: r.OrderAnchored) -> None:
        self._move(record.digest, "anchored")

    @apply.register
    def _(self, record: r.OrderLost) -> None:
        self._move(record.digest, "anchoring")

    @apply.register
    def _(self, record: r.OrderRefused) -> None:
        self._move(record.digest, "refused", record.reason, record.after)

    @apply.register
    def _(self, record: r.OrderSettled) -> None:
        self._move(record.digest, "settled", self.orders[record.digest].reason, over=record.why)

    @apply.register
    def _(self, record: r.RolesSeen) -> None:
        self.roles = record.roles

    def _know(self, digest: str) -> None:
        self.orders_known.setdefault(digest, len(self.orders_known) + 1)

    def _move(self, digest: str, state: str, reason: str = "", after: int = 0, over: str = "") -> None:
        self.orders[digest] = replace(self.orders[digest], state=state, reason=reason, after=after, over=over)
