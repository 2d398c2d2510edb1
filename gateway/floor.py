"""The gateway as a whole: it decides, writes it down, and then brings the robots in line. One thread, one loop."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from gateway import records as r
from gateway.adapters import Measurement, NoContact, Report, RobotAdapter, Stance
from gateway.checks import Code, Now, Refuse
from gateway.core import decide
from gateway.events import Events
from gateway.guidance import SignedGuidance, guided
from gateway.human import SignedOrder, require_allowed, require_known, require_sound, taken
from gateway.settle import settle, settle_jobs
from gateway.state import HumanOrder, Job, State
from gateway.view import NOTHING_SEEN, RobotView, SensorView, View
from gateway.wal import Wal
from workmoot.domain.commands import Command
from workmoot.domain.errors import GatewayError, GatewayRefused
from workmoot.domain.guidance import MOVING_ACTS

log = logging.getLogger(__name__)

CURED_BY_LOOKING = frozenset((Code.NO_MANDATE, Code.FENCED, Code.BAD_SIGNATURE, Code.UNKNOWN_ROBOT))
"""Refusals that the chain's latest block may lift."""
GUIDANCE_CURED_BY_LOOKING = frozenset((Code.UNKNOWN_ROBOT, Code.NOT_HELD, "NOT_ALLOWED"))


class OtherGateway(GatewayError):
    """The log was written by another gateway, or for another plant."""

    def __init__(self, opened: r.LogOpened) -> None:
        super().__init__(
            f"the log belongs to gateway {opened.gateway} of plant {opened.work_orders}: give this one its own"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Which gateway this is: what signatures are made for."""

    chain_id: int
    address: str
    overrides: str
    work_orders: str


class Floor:
    """Leases, jobs and holds of all robots."""

    def __init__(self, gateway: Gateway, wal: Wal, now_ms: Callable[[], int]) -> None:
        self.gateway = gateway
        self.state = State()
        self.view = NOTHING_SEEN
        self.trouble = "the chain has not been seen yet"
        self.events = Events()
        self.reports: dict[tuple[int, int], Report] = {}
        self.out_of_contact: set[int] = set()
        self.stances: dict[tuple[int, str], Stance | None] = {}
        """How each robot's resource stood when it was last looked at; None: it did not answer."""
        self.untold: set[tuple[int, str]] = set()
        """The resources that never took the last of a human's motions."""
        self.look_again: Callable[[], Awaitable[None]] = _nothing
        self._wal = wal
        self._now_ms = now_ms
        self._adapter: RobotAdapter | None = None
        self._unaligned: set[tuple[int, int]] = set()
        self._asked: Counter[tuple[int, int]] = Counter()
        """Parts whose robots were told what is written down and have not answered yet."""
        self._locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._take_in(wal.records)
        self._open()

    @property
    def adapter(self) -> RobotAdapter:
        """The robots; they are joined once, before anything runs."""
        if self._adapter is None:
            raise RuntimeError("no robots joined")
        return self._adapter

    async def join(self, adapter: RobotAdapter) -> None:
        """Takes the robots over, each where the log left it."""
        self._adapter = adapter
        await self._align((job.order.task, job.order.robot) for job in self.state.live_jobs())

    def now(self) -> Now:
        """The present moment; simulated time stands at 0 until the clock is known."""
        unix_ms = self._now_ms()
        return Now(unix_ms=unix_ms, tick=self.state.clock.ticks(unix_ms) if self.state.clock else 0)

    async def see(self, view: View) -> None:
        """Takes the chain's picture in: fences, holds, and what they stop."""
        self.trouble = ""
        if view.block_hash == self.view.block_hash and view.block:
            return
        await self.collect()
        self.view = view
        self._write(settle(self.state, view))
        await self._do(settle_jobs(self.state, view, self.now()))

    async def command(self, command: Command, signer: str) -> Refuse | None:
        """Carries a command out, or says why not; None: done."""
        verdict = self._try(command, signer)
        if isinstance(verdict, Refuse) and verdict.code in CURED_BY_LOOKING:
            await self.look_again()
            verdict = self._try(command, signer)
        if isinstance(verdict, Refuse):
            log.info("refused %s of robot %s: %s %s", command.action, command.robot, verdict.code, verdict.detail)
            return verdict
        await self._align(verdict)
        return await self._measure(command, signer) if command.action == "measure" else None

    async def order(self, signed: SignedOrder) -> HumanOrder | None:
        """Acts on a human's hold at once; a release waits for the chain. None: the chain has the order already."""
        if signed.id in self.state.orders or signed.id in self.view.given:
            return self.state.orders.get(signed.id)
        now = self.now()
        require_sound(signed.order, now)
        if self._is_unheard_of(signed):
            await self.look_again()
        require_allowed(self.state, signed.order)
        require_known(self.view, signed.order)
        await self._do(taken(self.state, self.view, signed, now))
        log.info("order %s: %s by %s", signed.id, signed.order.kind.name, signed.order.human)
        return self.state.orders[signed.id]

    async def guide(self, signed: SignedGuidance) -> None:
        """Has a robot do what a human signed; raises `GatewayRefused` where it does not stand."""
        try:
            await self._guide(signed)
        except GatewayRefused as refused:
            if refused.code not in GUIDANCE_CURED_BY_LOOKING:
                raise
            await self.look_again()
            await self._guide(signed)

    async def look_at(self, robots: Iterable[RobotView]) -> None:
        """Has robots say how they stand."""
        keys = [(robot.number, resource) for robot in robots for resource in robot.resources]
        self.stances |= zip(keys, await asyncio.gather(*(self._stance(*key) for key in keys)), strict=True)

    async def collect(self) -> None:
        """Writes down the parts that the robots are through with."""
        if self._unaligned:
            await self._align(tuple(self._unaligned))
        for job in self.state.live_jobs():
            report = await self._look(job)
            if report and report.is_over and self.state.jobs[job.order.task, job.order.robot] == job:
                self._write((_ended(job, report),))

    def note(self, record: r.Record) -> None:
        """Writes down what became of an order, and what follows from it."""
        self._write((record,))
        if self.view.block:
            self._write(settle(self.state, self.view))

    async def _guide(self, signed: SignedGuidance) -> None:
        guidance = signed.guidance
        stance = await self._ready(guidance.robot, guidance.resource) if guidance.action in MOVING_ACTS else None
        records = guided(self.state, self.view, signed, stance, self.now())
        await self._do(records)
        if records:
            log.info("guidance %s: %s of robot %s by %s", signed.id, guidance.action, guidance.robot, guidance.human)

    async def _ready(self, robot: int, resource: str) -> Stance | None:
        """How it stands, once it has taken all that it was told, the hold above all; None: it has not."""
        await self._align(tuple(key for key in self._unaligned if key[1] == robot))
        stance = await self._stance(robot, resource)
        return stance if self.has_answered(robot) else None

    async def _stance(self, robot: int, resource: str) -> Stance | None:
        """How it stands; None: the plant does not have it, or it does not answer."""
        known = self.view.robots.get(robot)
        if known is None or resource not in known.resources:
            return None
        try:
            return await self.adapter.stance(robot, resource, self.state.motions.get((robot, resource)))
        except NoContact:
            return None

    def _try(self, command: Command, signer: str) -> Refuse | tuple[tuple[int, int], ...]:
        """Decides and writes down in one go; the jobs that changed."""
        verdict = decide(self.state, self.view, command, signer, self.now())
        if isinstance(verdict, Refuse):
            return verdict
        self._write(verdict.records)
        return _jobs_in(verdict.records)

    async def _measure(self, command: Command, signer: str) -> Refuse | None:
        run = self.view.tasks[command.task].run
        jobs = [job for job in self.state.jobs_of(command.task, run) if job.state == "done"]
        sensor = self._sensor(command.resource, jobs)
        seen = [await self.adapter.measure(job, sensor=sensor, number=command.seq) for job in jobs]
        verdict = self._try(command, signer)
        if isinstance(verdict, Refuse):
            return verdict
        self._write((_measured(command, self.view.numbers[signer], run, sensor, seen),))
        return None

    def _sensor(self, asked: str, jobs: Sequence[Job]) -> str:
        """The sensor asked for; else one where the part was made; else any."""
        stations = {robot.station for job in jobs if (robot := self.view.robots.get(job.order.robot))}
        sensors: tuple[SensorView, ...] = self.view.sensors
        near = [sensor.id for sensor in sensors if sensor.id == asked]
        near += [sensor.id for sensor in sensors if sensor.station in stations]
        return (near + [sensor.id for sensor in sensors] + [""])[0]

    def _is_unheard_of(self, signed: SignedOrder) -> bool:
        try:
            require_allowed(self.state, signed.order)
            require_known(self.view, signed.order)
        except GatewayRefused:
            return True
        return False

    def _open(self) -> None:
        mine = r.LogOpened(
            chain_id=self.gateway.chain_id, gateway=self.gateway.address, work_orders=self.gateway.work_orders
        )
        if self.state.opened is None:
            self._write((mine,))
        elif self.state.opened != mine:
            raise OtherGateway(self.state.opened)

    def _write(self, records: Iterable[r.Record]) -> None:
        """First the log, then the state, then those who watch."""
        written = tuple(records)
        if written:
            self._wal.append(written)
            self._take_in(written)

    def _take_in(self, records: Sequence[r.Record]) -> None:
        self.state.apply_all(records)
        self.events.publish(records)

    async def _do(self, records: tuple[r.Record, ...]) -> None:
        self._write(records)
        await asyncio.gather(self._align(_jobs_in(records)), *(self._move(*key) for key in _motions_in(records)))

    async def _align(self, jobs: Iterable[tuple[int, int]]) -> None:
        """Brings robots in line with what is written down, all at once; who is out of contact is tried again."""
        keys = set(jobs)
        self._asked.update(keys)
        await asyncio.gather(*(self._align_one(key) for key in keys))

    async def _align_one(self, key: tuple[int, int]) -> None:
        async with self._locks[key[1]]:
            job = self.state.jobs[key]
            acts = {"running": self.adapter.start, "paused": self.adapter.hold, "stopped": self.adapter.stop}
            try:
                if act := acts.get(job.state):
                    await act(job)
                self._unaligned.discard(key)
            except NoContact:
                log.warning("robot %s does not answer", key[1])
                self._unaligned.add(key)
            finally:
                self._asked -= Counter([key])

    async def _move(self, robot: int, resource: str) -> None:
        """Tells a robot its motion, and keeps whether it took it."""
        took = await self._tell(robot, resource)
        (self.untold.discard if took else self.untold.add)((robot, resource))

    async def _tell(self, robot: int, resource: str) -> bool:
        """Has a robot make the motion that is written down, unless its time is over: late, nobody expects it. One that
        does not answer is not told again: what it was told before ends by itself."""
        async with self._locks[robot]:
            motion = self.state.motions.get((robot, resource))
            if motion is None or (motion.lasts_ms and motion.is_over(self.now().unix_ms)):
                return False
            try:
                await self.adapter.guide(robot, resource, motion)
            except NoContact:
                log.warning("robot %s does not answer", robot)
                return False
            return True

    def has_answered(self, robot: int) -> bool:
        """Whether the robot has taken all that is written down for it."""
        return not any(number == robot for _, number in self._unaligned | self._asked.keys())

    async def _look(self, job: Job) -> Report | None:
        key = (job.order.task, job.order.robot)
        try:
            self.reports[key] = await self.adapter.look(job)
        except NoContact:
            self.out_of_contact.add(job.order.robot)
            return None
        self.out_of_contact.discard(job.order.robot)
        return self.reports[key]


async def _nothing() -> None:
    """Nowhere to look."""


def _jobs_in(records: Iterable[r.Record]) -> tuple[tuple[int, int], ...]:
    moves = (record for record in records if isinstance(record, r.JobStarted | r.JobPaused | r.JobResumed | r.JobEnded))
    return tuple((record.task, record.robot) for record in moves)


def _motions_in(records: Iterable[r.Record]) -> set[tuple[int, str]]:
    moves = (record for record in records if isinstance(record, r.GuidedMotionBegun | r.GuidedMotionStopped))
    return {(record.robot, record.resource) for record in moves}


def _ended(job: Job, report: Report) -> r.JobEnded:
    return r.JobEnded(
        task=job.order.task,
        robot=job.order.robot,
        state=report.state,
        tick=report.ended_tick,
        why=report.why,
        result=report.result,
    )


def _measured(command: Command, by: int, run: int, sensor: str, seen: Sequence[Measurement]) -> r.PartMeasured:
    """The worst of what the team's robots made is what the part is worth."""
    worst = max(seen, key=lambda measurement: measurement.error_mm)
    return r.PartMeasured(
        task=command.task,
        run=run,
        by=by,
        seq=command.seq,
        sensor=sensor,
        tick=worst.tick,
        error_mm=worst.error_mm,
        grade=worst.grade,
    )
