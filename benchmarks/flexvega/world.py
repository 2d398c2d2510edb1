"""One day of the shoe line, as it really is: a function of the seed, the same for every policy.

What a run takes and whether it is good depends on the seed, the task, how often it was begun, and who or what does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from gateway.records import JobStarted
from gateway.simulation import CRITERION_MICRONS, Outcome, outcome_of
from gateway.state import Job
from gateway.truth import Truth
from scripts.setup import ROOT
from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, OrderId, TaskId, index_of, order_of, task_id
from workmoot.domain.work import TaskSpec
from workmoot.plant.order import Order
from workmoot.plant.packing import PackedOrder, pack_order
from workmoot.plant.plant import DigitalWorker, numbers
from workmoot.plant.scenario import Scenario, load_scenario
from workmoot.plant.views import truth

FOLDER = ROOT / "scenarios" / "flexvega"
WHOLE = 10_000
TEAM_SHARE = 6_000
"""Of the nominal work, so much is each one's part when two share it."""
HUMAN_TICKS = 60 * TICKS_A_SECOND
"""What the technician takes to put one thing right."""
BROKEN = 5_000
"""Of so many of the runs that it leads, parts of 10,000, the member that does not keep its promises breaks off."""
DOWN_FROM_S, DOWN_TO_S, DOWN_LEAST_S, DOWN_MOST_S = 60, 300, 120, 240
RUSH_FROM_S, RUSH_TO_S, RUSH_DUE_S, RUSH_PRIORITY = 60, 240, 400, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Who does a task, with which robots; without any it is work of the mind."""

    team: tuple[Number, ...]
    robots: tuple[Number, ...]

    @property
    def lead(self) -> Number:
        """The first of the team."""
        return self.team[0]

    @property
    def resources(self) -> tuple[Number, ...]:
        """What the task occupies."""
        return self.robots or self.team


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What becomes of a run: whether it broke off, or how far off the worst part is."""

    ticks: int
    broke_off: bool
    error_microns: int

    @property
    def is_good(self) -> bool:
        """Whether it is done, and within the criterion."""
        return not self.broke_off and self.error_microns <= CRITERION_MICRONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """A robot that nobody may have from one tick to another; what it has begun it ends."""

    robot: Number
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a day has in store."""

    down: tuple[Down, ...] = ()
    rush_at: int | None = None
    halves: Number | None = None
    """The member that promises half of what it takes."""
    breaks: Number | None = None
    """The member that promises what it does not keep."""


class World:
    """The plant, its orders, and what will happen; `pairs`: only the first so many are ordered."""

    def __init__(
        self, seed: int, *, disturbed: bool = True, misreporting: bool = True, pairs: int | None = None
    ) -> None:
        self.seed, self._pairs = seed, pairs
        self.scenario: Scenario = load_scenario(FOLDER)
        self.plant = self.scenario.plant
        self.badges = {id_: Number(number) for id_, number in numbers(self.plant).items()}
        self.workers: dict[Number, DigitalWorker] = {self.badges[it.id]: it for it in self.plant.workers}
        told = truth(self.plant, seed=seed)
        if not disturbed:
            told["robots"] = {number: it | {"defect": 0.0, "failure": 0.0} for number, it in told["robots"].items()}
        self.truth = Truth.model_validate(told)
        self.pick = self._pick(disturbed=disturbed, misreporting=misreporting)

    @cached_property
    def orders(self) -> tuple[tuple[int, PackedOrder], ...]:
        """Each order and the tick at which it is posted."""
        first = self.scenario.orders[0]
        capabilities = self.plant.capabilities
        ordered = first.model_copy(update={"products": first.products[: self._pairs]})
        found = [(0, pack_order(ordered, capabilities))]
        if self.pick.rush_at is not None:
            found.append((self.pick.rush_at, pack_order(_rush(first), capabilities)))
        return tuple(found)

    @cached_property
    def tasks(self) -> dict[TaskId, TaskSpec]:
        """Every task that will be posted."""
        return {
            task_id(OrderId(place), index): spec
            for place, (_, order) in enumerate(self.orders, start=1)
            for index, spec in enumerate(order.specs)
        }

    def posted_at(self, task: TaskId) -> int:
        """The tick at which it is posted."""
        return self.orders[order_of(task) - 1][0]

    def due(self, task: TaskId) -> int | None:
        """The tick at which it is due, if it is."""
        spec = self.tasks[task]
        return self.posted_at(task) + spec.due if spec.due else None

    def before(self, task: TaskId) -> tuple[TaskId, ...]:
        """What it waits for."""
        mask, order = self.tasks[task].predecessors, order_of(task)
        return tuple(task_id(order, index) for index in range(index_of(task)) if mask >> index & 1)

    def is_down(self, robots: Sequence[Number], tick: int) -> bool:
        """Whether nobody may begin with one of them."""
        return any(it.robot in robots and it.start <= tick < it.end for it in self.pick.down)

    def run(self, task: TaskId, way: Way, number: int) -> Run:
        """What becomes of the run of that number of a task."""
        parts = [self.part(task, way, number, robot) for robot in way.robots] or [self._desk(task, way, number)]
        return Run(
            ticks=max(part.motion for part in parts),
            broke_off=any(part.fails_after is not None for part in parts),
            error_microns=max(part.error_microns for part in parts),
        )

    def part(self, task: TaskId, way: Way, number: int, robot: Number) -> Outcome:
        """What becomes of one robot's part of it."""
        work = self.tasks[task].work
        if len(way.team) > 1:
            work = work * TEAM_SHARE * 2 // (WHOLE * len(way.team))
        return self._kept(task, way, number, outcome_of(self.truth, _job(task, number, robot, work)))

    def _desk(self, task: TaskId, way: Way, number: int) -> Outcome:
        """Work of the mind takes what its worker honestly thinks, a tenth less to a fifth more."""
        spec = self.tasks[task]
        skill = self.workers[way.lead].skills[self.plant.capabilities[spec.capability - 1]]
        drawn = keccak(f"{self.seed}/{way.lead}/{task}/{number}".encode())
        ticks = round(spec.work * skill.pace) * (9_000 + int.from_bytes(drawn[:4], "big") % 3_000) // WHOLE
        return self._kept(
            task, way, number, Outcome(duration=max(1, ticks), fails_after=None, failure="", error_microns=0)
        )

    def _kept(self, task: TaskId, way: Way, number: int, outcome: Outcome) -> Outcome:
        """The same, or broken off half-way by the member that does not keep its promises."""
        if way.lead != self.pick.breaks or self._draw(f"broken {task} {number}", WHOLE) >= BROKEN:
            return outcome
        half = max(1, outcome.duration // 2)
        return Outcome(
            duration=outcome.duration, fails_after=half, failure="given up", error_microns=outcome.error_microns
        )

    def _pick(self, *, disturbed: bool, misreporting: bool) -> Pick:
        members = sorted(self.workers)
        halves = members.pop(self._draw("halves", len(members)))
        breaks = members.pop(self._draw("breaks", len(members)))
        robot = self.badges[self.plant.robots[self._draw("robot", len(self.plant.robots))].id]
        start = self._between("down", DOWN_FROM_S, DOWN_TO_S)
        down = Down(robot=robot, start=start, end=start + self._between("for", DOWN_LEAST_S, DOWN_MOST_S))
        return Pick(
            down=(down,) if disturbed else (),
            rush_at=self._between("rush", RUSH_FROM_S, RUSH_TO_S) if disturbed else None,
            halves=halves if misreporting else None,
            breaks=breaks if misreporting else None,
        )

    def _between(self, purpose: str, least_s: int, most_s: int) -> int:
        return (least_s + self._draw(purpose, most_s - least_s + 1)) * TICKS_A_SECOND

    def _draw(self, purpose: str, below: int) -> int:
        digest = blake2b(f"{self.seed}/{purpose}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") * below >> 64


def _rush(first: Order) -> Order:
    """One pair more, in a hurry."""
    pair = first.products[0].model_copy(update={"id": "P9", "priority": RUSH_PRIORITY, "due_s": RUSH_DUE_S})
    return first.model_copy(update={"name": "One pair at once", "products": (pair,)})


def _job(task: TaskId, number: int, robot: Number, work: int) -> Job:
    order = JobStarted(
        task=task,
        robot=robot,
        resource="",
        run=number,
        attempt=number,
        worker=0,
        capability=0,
        work_ticks=work,
        part="",
        seed=0,
        epoch=0,
        robot_epoch=0,
        mandate="",
        tick=0,
    )
    return Job(order=order, epoch=0, robot_epoch=0, mandate="", since=0)
