"""Three who do not talk: a plan that is never changed, bids as work arrives, and an optimiser that knows the day.

All of them see the day that the community sees, and pay for no transaction and no inspection.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from benchmarks.flexvega.done import Begun, Day
from benchmarks.flexvega.world import HUMAN_TICKS, Run, Way, World
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.offers import Offer
from workmoot.domain.work import OnFailure
from workmoot.planning.judgement import restrict
from workmoot.planning.problem import Mode, OpenTask, Problem
from workmoot.planning.schedule import Duration, as_promised
from workmoot.planning.search import Candidate, best_plan, candidate_of

ROUNDS = 6_000
"""As many as the plant's policy gives a daemon for a plan of its own."""
KNOWING_ROUNDS = 30_000
"""From each start."""
MOST_RUNS = 6
"""Of a task in the same way, the optimiser looks ahead; it will not choose what fails more often."""
DUMMY = 1 << 30
"""Where the numbers of a robot's down times begin, in the problem of who knows of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A task that somebody was given, and its turn: what has the lower one begins first."""

    turn: tuple[int, int]
    way: Way


class Policy(Protocol):
    """Who does what."""

    in_turn: bool
    """Whether what has its turn later never begins before what takes the same resource earlier."""

    def posted(self, floor: "Floor", tasks: list[TaskId]) -> None:
        """An order came."""

    def ready(self, floor: "Floor", task: TaskId) -> None:
        """All that a task waits for is done, or its run has failed and another one is to be made."""


@dataclass(slots=True)
class Floor:
    """The plant without a chain."""

    world: World
    policy: Policy
    tick: int = 0
    given: dict[TaskId, Given] = field(default_factory=dict)
    running: dict[TaskId, tuple[int, Run]] = field(default_factory=dict)
    ends: dict[TaskId, int] = field(default_factory=dict)
    runs: dict[TaskId, int] = field(default_factory=dict)
    excluded: dict[TaskId, set[Number]] = field(default_factory=dict)
    last: dict[TaskId, Begun] = field(default_factory=dict)
    by_hand: list[tuple[int, TaskId]] = field(default_factory=list)
    humans: int = 0
    _free_at: int = 0
    _ready: set[TaskId] = field(default_factory=set)
    _posted: set[TaskId] = field(default_factory=set)

    def work_through(self) -> Day:
        """From the first posting to the end of the last task."""
        while len(self.ends) < len(self.world.tasks):
            self._post()
            self._finish()
            self._announce()
            self._begin()
            self.tick = min(self._events(), default=self.tick)
        return Day(ends=self.ends, last=self.last, humans=self.humans)

    def _events(self) -> Iterable[int]:
        known = [end for end, _ in self.running.values()] + [end for end, _ in self.by_hand]
        known += [at for at, _ in self.world.orders] + [it.end for it in self.world.pick.down]
        return (tick for tick in known if tick > self.tick)

    def _post(self) -> None:
        fresh = [it for it in self.world.tasks if it not in self._posted and self.world.posted_at(it) <= self.tick]
        if fresh:
            self._posted.update(fresh)
            self.policy.posted(self, fresh)

    def _finish(self) -> None:
        for task, (end, run) in sorted(self.running.items()):
            if end <= self.tick:
                del self.running[task]
                if run.is_good:
                    self.ends[task] = end
                else:
                    self._after_failure(task)
        while self.by_hand and self.by_hand[0][0] <= self.tick:
            end, task = self.by_hand.pop(0)
            self.ends[task] = end

    def _after_failure(self, task: TaskId) -> None:
        """As the contract has it: a human, once more, or somebody else."""
        spec = self.world.tasks[task]
        if spec.on_failure is OnFailure.HUMAN:
            self._free_at = max(self._free_at, self.tick) + HUMAN_TICKS
            insort(self.by_hand, (self._free_at, task))
            self.humans += 1
            return
        again = spec.on_failure is OnFailure.RETRY and self.runs[task] <= spec.retries
        if not again:
            self.excluded.setdefault(task, set()).add(self.last[task].way.lead)
            self.policy.ready(self, task)

    def _announce(self) -> None:
        waiting = {task for _, task in self.by_hand}
        for task in self.world.tasks:
            fresh = task in self._posted and task not in self._ready and task not in waiting
            if fresh and all(before in self.ends for before in self.world.before(task)):
                self._ready.add(task)
                self.policy.ready(self, task)

    def _begin(self) -> None:
        taken = {it for task in self.running for it in self.last[task].way.resources}
        waiting = {task for _, task in self.by_hand}
        open_ = (task for task in self.given if not {task} & (self.ends.keys() | self.running.keys() | waiting))
        for task in sorted(open_, key=lambda task: self.given[task].turn):
            way = self.given[task].way
            free = taken.isdisjoint(way.resources) and not self.world.is_down(way.robots, self.tick)
            if task in self._ready and free:
                self.runs[task] = self.runs.get(task, 0) + 1
                run = self.world.run(task, way, self.runs[task])
                self.running[task] = self.tick + run.ticks, run
                self.last[task] = Begun(tick=self.tick, way=way)
                taken.update(way.resources)
            elif self.policy.in_turn:
                taken.update(way.resources)


class Fixed:
    """The plan made when an order comes, by what everyone promises; whoever is named does it, whatever happens."""

    in_turn = False

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def posted(self, floor: Floor, tasks: list[TaskId]) -> None:
        """Planned around what runs, and never again."""
        promised = {task: floor.last[task].tick + self._promise(task, floor.last[task].way) for task in floor.running}
        busy = {it: end for task, end in promised.items() for it in floor.last[task].way.resources}
        own = restrict(replace(self._problem, now=floor.tick, busy=busy), dict.fromkeys(tasks))
        found = best_plan(own, duration=as_promised, rank={}, seed=floor.world.seed, rounds=ROUNDS)
        if found is not None:
            floor.given |= {slot.task: Given(turn=(slot.start, slot.task), way=_way(slot.mode)) for slot in found.slots}

    def ready(self, floor: Floor, task: TaskId) -> None:
        """It is settled who does it."""

    def _promise(self, task: TaskId, way: Way) -> int:
        return next(mode.offer.p50 for mode in self._problem.tasks[task].modes if _way(mode) == way)


class Arrival:
    """The contract net: what is ready is announced, and goes to whoever bids the earliest end; then it queues."""

    in_turn = False

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._free: dict[Number, int] = {}
        self._turn = 0

    def posted(self, floor: Floor, tasks: list[TaskId]) -> None:
        """Nothing is announced before it is ready."""

    def ready(self, floor: Floor, task: TaskId) -> None:
        """Bids: as promised, after what the bidder has been given already; none with a robot that is down."""
        modes = self._problem.tasks[task].modes
        excluded = floor.excluded.get(task, set())
        able = [mode for mode in modes if mode.lead not in excluded]
        if not able:
            floor.humans += 1
            excluded.clear()
            able = list(modes)
        up = [mode for mode in able if not floor.world.is_down(mode.offer.robots, floor.tick)]
        best = min(up or able, key=lambda mode: (self._end(floor, mode), mode.lead, mode.offer.sequence))
        self._free.update(dict.fromkeys(best.resources, self._end(floor, best)))
        self._turn += 1
        floor.given[task] = Given(turn=(self._turn, 0), way=_way(best))

    def _end(self, floor: Floor, mode: Mode) -> int:
        return max(floor.tick, *(self._free.get(it, 0) for it in mode.resources)) + mode.offer.p50


class Planned:
    """A plan carried out to the letter."""

    in_turn = True

    def __init__(self, found: Candidate) -> None:
        self._found = found

    def posted(self, floor: Floor, tasks: list[TaskId]) -> None:  # noqa: ARG002
        """All is given from the start."""
        slots = (slot for slot in self._found.slots if slot.task < DUMMY)
        floor.given |= {slot.task: Given(turn=(slot.start, slot.task), way=_way(slot.mode)) for slot in slots}

    def ready(self, floor: Floor, task: TaskId) -> None:
        """It is settled who does it."""


def fixed(world: World, problem: Problem) -> Day:
    """What comes of a plan that is never changed."""
    return Floor(world, Fixed(problem)).work_through()


def arrival(world: World, problem: Problem) -> Day:
    """What comes of bidding."""
    return Floor(world, Arrival(problem)).work_through()


def clairvoyant(world: World, problem: Problem, others: Iterable[Day]) -> Day:
    """The best that the search finds with the true durations, failures, down times and orders known beforehand: from
    its own start and from what the others did, each carried out; never worse than the best of the others."""
    known, duration = _with_downs(world, problem), _true(world)
    days = list(others)
    starts = [None, *(_candidate(known, day, duration) for day in days)]
    for start in starts:
        found = best_plan(known, duration=duration, rank={}, seed=world.seed, rounds=KNOWING_ROUNDS, start=start)
        if found is not None:
            days.append(Floor(world, Planned(found)).work_through())
    return min(days, key=lambda day: day.weight(world))


def _way(mode: Mode) -> Way:
    return Way(team=mode.team, robots=mode.offer.robots)


def _true(world: World) -> Duration:
    """What a way really takes until its task is done, further runs and the technician included."""

    def takes(mode: Mode, task: OpenTask) -> int:
        if task.task >= DUMMY:
            return mode.offer.p50
        total = 0
        for number in range(1, MOST_RUNS + 1):
            run = world.run(task.task, _way(mode), number)
            total += run.ticks
            if run.is_good:
                break
            if world.tasks[task.task].on_failure is OnFailure.HUMAN:
                return total + HUMAN_TICKS
        return total

    return takes


def _with_downs(world: World, problem: Problem) -> Problem:
    """A down time is a task that only its robot can do, at its time."""
    downs: dict[TaskId, OpenTask] = {}
    for place, down in enumerate(world.pick.down):
        task = TaskId(DUMMY + place)
        offer = Offer(
            task=task,
            version=1,
            sequence=1,
            valid_until=0,
            earliest=0,
            p50=down.end - down.start,
            p90=down.end - down.start,
            robots=(down.robot,),
        )
        lead = min(world.workers)
        downs[task] = OpenTask(
            task=task,
            version=1,
            capability=0,
            predecessors=(),
            release=down.start,
            due=0,
            priority=0,
            modes=(Mode(lead=lead, offer=offer),),
        )
    return replace(problem, tasks={**problem.tasks, **downs})


def _candidate(problem: Problem, day: Day, duration: Duration) -> Candidate | None:
    """What somebody did, as a plan; None where it was done in a way that nobody offered at first."""
    chosen: dict[TaskId, tuple[int, Mode]] = {}
    for id_, task in problem.tasks.items():
        begun = day.last.get(id_)
        if id_ >= DUMMY:
            chosen[id_] = (task.release, task.modes[0])
        elif begun is not None:
            mode = next((mode for mode in task.modes if _way(mode) == begun.way), None)
            if mode is not None:
                chosen[id_] = (begun.tick, mode)
    return candidate_of(problem, chosen, duration) if chosen.keys() == problem.tasks.keys() else None


Decide = Callable[[World, Problem], Day]
SILENT: Mapping[str, Decide] = {"fixed": fixed, "arrival": arrival}
