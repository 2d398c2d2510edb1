"""The community: a daemon for each digital worker, the same policy as everywhere, on the contracts in memory.

The clock jumps from event to event. At each, the daemons take turns until the chain has no more news. One wall second
is one simulated second, as on a floor that is not simulated. What work of the mind takes is the day's to say, as what
a robot takes is: a daemon's own idea of when it is done counts for nothing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from agents.daemon import Daemon, Self
from agents.execution import Hands
from agents.pen import Pen
from agents.policy.working import DESK_GRADE, HEARTBEAT_BEFORE_S
from agents.profile import Profile
from agents.robots import Finding, RobotPart
from benchmarks.allocation.community import Eyes
from benchmarks.flexvega.done import Begun, Day
from benchmarks.flexvega.world import HUMAN_TICKS, Way, World
from gateway.simulation import grade_of
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.poll import Notary
from workmoot.chain.memory import (
    MemoryAllocationDao,
    MemoryChain,
    MemoryClaims,
    MemoryMembers,
    MemoryMotions,
    MemoryOverrides,
    MemoryWorkOrders,
)
from workmoot.chain.memory.instructions import contracts_of
from workmoot.chain.memory.memory_chain import ADDRESSES, made_up
from workmoot.chain.signatures import is_signed_by
from workmoot.chain.signer import Signer
from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.errors import GatewayRefused, WorkmootError
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, TaskId, index_of, order_of
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.offers import pack_offers, unpack_offers
from workmoot.domain.overrides import HumanOrder, OverrideKind, Reason, SubjectType, unordered_nonce
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import Policy as Voting
from workmoot.domain.proposals import State, Weights
from workmoot.domain.work import Limits, Status
from workmoot.domain.workers import Kind, Role
from workmoot.planning.horizon import is_to_decide, problem_at
from workmoot.planning.problem import Problem
from workmoot.plant.founding import admissions, grants
from workmoot.plant.views import description, private_profile
from workmoot.skills.desk import evidence_of, produce

START_S = 1_800_000_000
SPEED_MILLI = 1_000
ADMINISTRATOR = made_up("administrator")
TALKING_S, IDLE_S = 1.0, 5.0
"""How long the daemons pause at most while something is to be decided, and while nothing is."""
THOUGHT_S = 0.02
"""Of each pause, so much processor time is each daemon's to think in: seven machines are one here."""
MOST_TURNS = 50
LONGEST_S = 7_200
STUCK_TICKS = 60 * TICKS_A_SECOND
"""So long a task that nobody may do any more waits for the technician to notice."""
VALID_S = 600


class Stuck(WorkmootError):
    """The day does not end."""


def work_through(world: World) -> Day:
    """What the community makes of the day."""
    return _Plant(world).work_through()


def problem_of(world: World) -> Problem:
    """All that will be posted, with what everyone offers for it first; each order is released when it is posted."""
    found = _Plant(world).first_problem()
    tasks = {
        task: replace(
            known,
            release=world.posted_at(task),
            due=world.due(task) or 0,
        )
        for task, known in found.tasks.items()
    }
    return replace(found, base=0, now=0, handover=0, tasks=tasks, busy={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A robot's part of a run."""

    way: Way
    number: int
    begun: int


class _Floor:
    """The robots, as every daemon reaches them; a `Robots` port."""

    def __init__(self, world: World, now: Callable[[], int]) -> None:
        self._world, self._now = world, now
        self._parts: dict[tuple[TaskId, int, Number], _Part] = {}

    def parts(self, task: Task) -> tuple[RobotPart, ...]:
        """Those of the task's present run."""
        keys = ((task.id, len(task.runs), robot) for robot in task.robots)
        return tuple(self._shown(key) for key in keys if key in self._parts)

    def run(self, task: Task, robot: Number, *, capability: int, work_ticks: int, part: str) -> None:  # noqa: ARG002
        """Begins a part, unless the robot has another one in hand or is down."""
        if self._world.is_down((robot,), self._now()) or self._is_moving(robot):
            raise GatewayRefused("BUSY", f"robot {robot} is not to be had")
        key = (task.id, len(task.runs), robot)
        self._parts[key] = _Part(way=way_of(task), number=len(task.runs), begun=self._now())

    def measure(self, task: Task) -> Finding:
        """Exactly what is so."""
        found = self._world.run(task.id, way_of(task), len(task.runs))
        return Finding(grade=grade_of(found.error_microns), accepted=found.is_good, report={})

    def ends(self) -> Iterator[int]:
        """When the parts under way will be over."""
        ends = (self._end(key) for key in self._parts)
        return (end for end in ends if end > self._now())

    def _is_moving(self, robot: Number) -> bool:
        return any(key[2] == robot and self._end(key) > self._now() for key in self._parts)

    def _end(self, key: tuple[TaskId, int, Number]) -> int:
        part = self._parts[key]
        return part.begun + self._world.part(key[0], part.way, part.number, key[2]).motion

    def _shown(self, key: tuple[TaskId, int, Number]) -> RobotPart:
        task, _, robot = key
        part = self._parts[key]
        outcome = self._world.part(task, part.way, part.number, robot)
        if self._end(key) > self._now():
            return RobotPart(robot=robot, state="running")
        state = "done" if outcome.fails_after is None else "failed"
        report = {"robot": robot, "run": part.number, "state": state, "ticks": outcome.motion}
        grade = grade_of(outcome.error_microns)
        return RobotPart(robot=robot, state=state, ticks=outcome.motion, grade=grade, report=report)


class _HalfPromised(MemoryAllocationDao):
    """The hold of a member that promises half of what it takes."""

    def offer(self, offers: bytes, ranking: bytes) -> Receipt:
        """Every time is halved."""
        halved = [replace(it, p50=max(1, it.p50 // 2), p90=max(1, it.p90 // 2)) for it in unpack_offers(offers)]
        return super().offer(pack_offers(halved), ranking)


class _AtDesk(MemoryWorkOrders):
    """A worker's hold, but that results of the mind are handed in when they are really there."""

    def submit(self, task: TaskId, epoch: int, grade: int, busy_ticks: int, evidence: bytes) -> Receipt:
        """Of a robot's work; of other work nothing comes before its time, but that it goes on."""
        if grade != DESK_GRADE:
            return super().submit(task, epoch, grade, busy_ticks, evidence)
        if self.task(task).deadline - self._chain.now < HEARTBEAT_BEFORE_S:
            return self.heartbeat(task, epoch)
        return Receipt(tx="", block=0, gas_used=0, events=())


class _Plant:
    """The contracts, the daemons, the floor and the technician."""

    def __init__(self, world: World) -> None:
        self._world, plant = world, world.plant
        voting = Voting(
            voting_seconds=plant.policy.voting_s,
            open_limit=plant.policy.open_limit,
            weights=Weights(**plant.policy.weights.model_dump()),
        )
        limits = Limits(
            acknowledge_seconds=plant.limits.acknowledge_s,
            heartbeat_seconds=plant.limits.heartbeat_s,
            inspect_seconds=plant.limits.inspect_s,
        )
        self._chain = MemoryChain(ADMINISTRATOR, limits=limits, policy=voting, now=START_S)
        self._tick = 0
        self._eyes = Eyes(self._chain)
        self._floor = _Floor(world, lambda: self._tick)
        self._begun: dict[tuple[TaskId, int], Begun] = {}
        self._ends: dict[TaskId, int] = {}
        self._noticed: dict[TaskId, int] = {}
        self._free_at = 0
        self._posted = 0
        self._down: set[Number] = set()
        self._humans = 0
        self._describe()
        self._daemons = [self._daemon(number) for number in world.workers]

    def work_through(self) -> Day:
        """From the first posting to the end of the last task."""
        while True:
            self._disturb()
            self._take_turns()
            if len(self._ends) == len(self._world.tasks):
                break
            if self._tick > LONGEST_S * TICKS_A_SECOND:
                raise Stuck(f"seed {self._world.seed}: {len(self._ends)} of {len(self._world.tasks)} tasks are done")
            self._tick = self._next()
        return self._day()

    def first_problem(self) -> Problem:
        """All orders are posted at once; as soon as everyone has spoken."""
        self._post(len(self._world.orders))
        self._take_turns()
        return problem_at(self._eyes.seen, 0, wall_s=self._now_s())

    def _day(self) -> Day:
        last: dict[TaskId, Begun] = {}
        for (task, _), begun in sorted(self._begun.items()):
            last[task] = begun
        passed = sum(it.state in (State.PASSED, State.ENACTED) for it in self._eyes.seen.proposals.values())
        return Day(ends=self._ends, last=last, humans=self._humans, decisions=passed)

    def _now_s(self) -> float:
        return START_S + self._tick / TICKS_A_SECOND

    def _next(self) -> int:
        """The tick of the next event; the daemons look up now and then in between."""
        ledger = self._eyes.seen
        busy = any(is_to_decide(ledger, task, self._now_s()) for task in ledger.tasks.values())
        busy = busy or bool(ledger.open_proposals()) or any(daemon.think(0.0) for daemon in self._daemons)
        pause = self._tick + round((TALKING_S if busy else IDLE_S) * TICKS_A_SECOND)
        known = [pause, *self._floor.ends(), *self._desk_ends(ledger), *self._disturbances()]
        return min(tick for tick in known if tick > self._tick)

    def _disturbances(self) -> Iterator[int]:
        yield from (tick for it in self._world.pick.down for tick in (it.start, it.end))
        yield from (tick for tick, _ in self._world.orders)

    def _take_turns(self) -> None:
        """Until there is no news."""
        for daemon in self._daemons:
            daemon.think(THOUGHT_S)
        for _ in range(MOST_TURNS):
            before = len(self._chain.events)
            self._chain.set_time(int(self._now_s()))
            for daemon in self._daemons:
                daemon.cycle()
            self._notice()
            self._hand_in()
            self._put_right()
            if len(self._chain.events) == before:
                return
        last = ", ".join(sorted({type(event).__name__ for event in self._chain.events[-MOST_TURNS:]}))
        raise Stuck(f"seed {self._world.seed}: no end of news at tick {self._tick}: {last}")

    def _notice(self) -> None:
        for task in self._eyes.seen.tasks.values():
            if task.status is Status.STARTED:
                key = (task.id, len(task.runs))
                self._begun.setdefault(key, Begun(tick=self._tick, way=way_of(task)))
            elif task.status.is_final:
                self._ends.setdefault(task.id, self._tick)

    # Work of the mind

    def _desk(self, ledger: Ledger) -> Iterator[tuple[Task, int, bool]]:
        for (id_, number), begun in self._begun.items():
            task = ledger.tasks[id_]
            if task.status is Status.STARTED and number == len(task.runs) and not task.robots:
                run = self._world.run(id_, begun.way, number)
                yield task, begun.tick + run.ticks, run.broke_off

    def _desk_ends(self, ledger: Ledger) -> Iterator[int]:
        return (end for _, end, _ in self._desk(ledger))

    def _hand_in(self) -> None:
        ledger = self._eyes.seen
        for task, end, broke_off in list(self._desk(ledger)):
            if end > self._tick:
                continue
            work = MemoryWorkOrders(self._chain, _signer(task.worker).address)
            if broke_off:
                work.fail(task.id, task.epoch)
                continue
            order = ledger.orders[order_of(task.id)]
            capability = self._world.plant.capabilities[task.spec.capability - 1]
            product = produce(capability, order.detail, order.item(index_of(task.id)))
            busy = end - self._begun[task.id, len(task.runs)].tick
            work.submit(task.id, task.epoch, DESK_GRADE, busy, evidence_of(product))

    # Disturbances, and the technician

    def _disturb(self) -> None:
        self._post(sum(tick <= self._tick for tick, _ in self._world.orders))
        for down in self._world.pick.down:
            if (down.start <= self._tick < down.end) != (down.robot in self._down):
                self._down ^= {down.robot}
                kind = OverrideKind.MAINTAIN if down.robot in self._down else OverrideKind.LIFT
                payload = bytes((OverrideKind.MAINTAIN,)) if kind is OverrideKind.LIFT else b""
                self._order(kind, SubjectType.ROBOT, down.robot, payload)

    def _post(self, count: int) -> None:
        work_orders = MemoryWorkOrders(self._chain, self._technician.address)
        while self._posted < count:
            order = self._world.orders[self._posted][1]
            self._chain.set_time(int(self._now_s()))
            work_orders.post(order.tasks, order.detail)
            self._posted += 1

    def _put_right(self) -> None:
        """One thing after the other: what waits for a human, and what nobody may do any more."""
        for task in self._eyes.seen.tasks.values():
            if not task.status.waits_for_a_human and not self._is_left(task):
                continue
            if task.id not in self._noticed:
                self._free_at = max(self._free_at, self._tick) + HUMAN_TICKS
                self._noticed[task.id] = self._free_at
            elif self._noticed[task.id] <= self._tick:
                kind = OverrideKind.ACCEPT if task.status.waits_for_a_human else OverrideKind.REQUEUE
                self._order(kind, SubjectType.TASK, task.id)
                del self._noticed[task.id]
                self._humans += 1

    def _is_left(self, task: Task) -> bool:
        """Whether all who could do it have failed."""
        able = (it for it in self._eyes.seen.voting_members() if it.is_capable(task.spec.capability))
        return task.status is Status.POSTED and all(it.number in task.excluded for it in able)

    def _order(self, kind: OverrideKind, subject_type: SubjectType, subject: int, payload: bytes = b"") -> None:
        signer = self._technician
        overrides = MemoryOverrides(self._chain, signer.address)
        order = HumanOrder(
            kind=kind,
            subject_type=subject_type,
            subject=subject,
            payload=payload,
            reason_code=Reason.MAINTENANCE,
            reason="as it is on the floor",
            valid_until=int(self._now_s()) + VALID_S,
            human=signer.address,
            nonce=unordered_nonce(overrides.count() + overrides.instruction_count() + 1),
        )
        overrides.execute(order, signer.sign(contracts_of(self._chain.chain_id).digest(order)))

    # Founding

    @property
    def _technician(self) -> Signer:
        return _signer(self._world.badges[self._world.plant.humans[0].id])

    def _describe(self) -> None:
        plant, badges = self._world.plant, self._world.badges
        accounts = {id_: str(_signer(number).address) for id_, number in badges.items()}
        told = description(plant, gateway_url="", gateway_address="", accounts=accounts)
        MemoryWorkOrders(self._chain, ADMINISTRATOR).describe(
            json.dumps(told), len(plant.capabilities), START_S * 1_000, SPEED_MILLI
        )
        members = MemoryMembers(self._chain, ADMINISTRATOR)
        for it in admissions(plant):
            if it.kind is not Kind.HUMAN:
                members.admit(_signer(badges[it.id]).address, it.kind, it.capabilities, it.profile)
        for role, human in grants(plant):
            self._chain.grant(ADMINISTRATOR, Role(role), _signer(badges[human]).address)

    def _daemon(self, number: Number) -> Daemon:
        who = Self(
            account=_signer(number).address,
            profile=Profile.model_validate(private_profile(self._world.workers[number])),
            seed=self._world.seed,
            chain_id=self._chain.chain_id,
            dao=ADDRESSES["AllocationDAO"],
        )
        return Daemon(who, Eyes(self._chain), lambda _: self._hands(number), self._now_s)

    def _hands(self, number: Number) -> Hands:
        chain, signer = self._chain, _signer(number)
        notary = Notary(chain_id=chain.chain_id, dao=ADDRESSES["AllocationDAO"], verify=is_signed_by)
        dao = _HalfPromised if number == self._world.pick.halves else MemoryAllocationDao
        return Hands(
            dao=dao(chain, signer.address),
            work=_AtDesk(chain, signer.address),
            overrides=MemoryOverrides(chain, signer.address),
            members=MemoryMembers(chain, signer.address),
            motions=MemoryMotions(chain, signer.address),
            claims=MemoryClaims(chain, signer.address),
            robots=self._floor,
            ballots=Pen(
                signer.address, signer.sign, notary, lambda _: Boxes([], notary, now_s=self._now_s), now_s=self._now_s
            ),
        )


def way_of(task: Task) -> Way:
    """Who does it, with which robots."""
    team = task.entry.team if task.entry else (task.worker,)
    return Way(team=team, robots=tuple(task.robots))


@cache
def _signer(number: int) -> Signer:
    return Signer(keccak(f"flexvega {number}".encode()))
