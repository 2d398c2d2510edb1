"""plant.yaml: who and what stands in a plant, what each digital worker believes, and what only the simulation knows."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from workmoot.plant.model import Id, Number, Part, Share, Whole, Words, url

Factor = Annotated[Number, Field(ge=0.05, le=20)]
WallSeconds = Annotated[Whole, Field(ge=10, le=86_400, description="Wall-clock seconds, at least 10.")]
Capabilities = Annotated[
    tuple[Id, ...], Field(min_length=1, max_length=255, description="Numbered from 1 in this order.")
]
Rounds = Annotated[Whole, Field(ge=1, le=1_000_000)]
Time = Annotated[Number, Field(ge=0, le=4_000_000)]
Parts = Annotated[Whole, Field(ge=0, le=10_000, description="Parts of 10,000.")]
BoxUrl = Annotated[str, AfterValidator(url), Field(max_length=200, json_schema_extra={"format": "uri"})]
TrueSpread = Annotated[Number, Field(ge=1, le=2, description="p90 over p50 of real times.")]


class Clock(Part):
    """Simulated time runs `speed` times as fast as the wall clock."""

    speed: Annotated[Number, Field(ge=0.001, le=10_000)] = 1.0


class Weights(Part):
    """What makes one plan better than another."""

    makespan: Parts = 6_000
    tardiness: Parts = 2_000
    energy: Parts = 1_000
    cost: Parts = 1_000
    risk: Parts = 0


class Ranking(Part):
    """What makes one piece of work come before another."""

    time: Parts = 5_000
    resources: Parts = 2_000
    success: Parts = 3_000


class Policy(Part):
    """The rules the plant's digital workers decide by."""

    voting_s: WallSeconds = 20
    open_limit: Annotated[Whole, Field(ge=1, le=9, description="Proposals one member may have open at once.")] = 2
    absent_after: Annotated[
        Whole, Field(ge=1, le=256, description="Proposals in a row that ran out before a silent member is left out.")
    ] = 10
    talk_s: Number = Field(2.0, ge=0, le=3_600, description="Wall seconds from a proposal to the first vote.")
    handover_ms: Whole = Field(800, ge=0, le=600_000, description="Wall milliseconds transactions take between tasks.")
    margin_bps: Annotated[Parts, Field(description="A counter-proposal beats the best by at least this.")] = 200
    ballots: Annotated[
        Literal["direct", "signed", "at-once"],
        Field(
            description="Each member votes in a transaction, or signs and one sends many ballots; with `at-once` plans "
            "are signed before they are opened."
        ),
    ] = "direct"
    ballot_boxes: Annotated[
        tuple[BoxUrl, ...], Field(max_length=16, description="Where signed ballots are put and read.")
    ] = ()
    cosigned: Annotated[
        tuple[Literal["release", "approve", "reinstate", "accept", "requeue"], ...],
        Field(description="Humans' orders that take two; `release` means the plant's."),
    ] = ("release", "approve", "reinstate")
    second_s: Annotated[WallSeconds, Field(description="How long a first order waits for its second.")] = 3_600
    alarm_orders: Annotated[Whole, Field(ge=1, le=1_000_000, description="More orders of one human are told.")] = 20
    alarm_s: Annotated[WallSeconds, Field(description="The time in which they are counted.")] = 3_600
    own_rounds: Annotated[Rounds, Field(description="Steps of the search for an own plan.")] = 6_000
    judge_rounds: Annotated[Rounds, Field(description="Steps of the search for a better plan than another's.")] = 2_000
    think_s: Annotated[
        Number,
        Field(
            ge=0, le=86_400, description="Wall seconds after its posting in which work is decided better and better."
        ),
    ] = 0.0
    replan_bps: Annotated[
        Parts,
        Field(
            description="What is decided ends later than planned by this part of its time: it is decided anew; 0: not."
        ),
    ] = 1_000
    weights: Weights = Weights()
    ranking: Ranking = Ranking()


class Limits(Part):
    """How long a worker or an inspector may be silent, in wall seconds."""

    acknowledge_s: WallSeconds = 15
    heartbeat_s: WallSeconds = 30
    inspect_s: WallSeconds = 20


class Station(Part):
    """A place on the floor; x and y are metres from the plan's lower left corner."""

    id: Id
    name: Words
    x: Annotated[Number, Field(ge=0, le=10_000)]
    y: Annotated[Number, Field(ge=0, le=10_000)]
    capabilities: tuple[Id, ...] = ()


class Robot(Part):
    """A robotic worker. What it can do is floor work: nobody does that without a robot."""

    id: Id
    name: Words
    station: Id
    capabilities: Annotated[tuple[Id, ...], Field(min_length=1)]
    resource: Annotated[Id, Field(description="The part of it that a worker commands.")] = "arm"


class Sensor(Part):
    """A sensor at a station."""

    id: Id
    station: Id
    measures: Words


class Human(Part):
    """A human worker. The roles decide what the person may override."""

    id: Id
    name: Words
    roles: Annotated[tuple[Literal["operator", "planner", "supervisor", "maintenance"], ...], Field(min_length=1)]
    station: Id | None = None
    cells: Annotated[
        tuple[Id, ...], Field(description="Capabilities whose tasks and robots the person may override; none: all.")
    ] = ()


class Skill(Part):
    """How a digital worker believes it does with one capability. Private to it."""

    pace: Annotated[Factor, Field(description="Its time as a multiple of the nominal work.")]
    spread: Annotated[Number, Field(ge=1, le=10, description="Its p90 time over its p50 time.")] = 1.2
    energy_w: Number = Field(0.0, ge=0, le=1_000_000, description="Mean power at work, its robots included.")
    cost_per_h: Annotated[Number, Field(ge=0, le=1_000_000, description="In the plant's currency.")] = 0.0
    success: Annotated[Share, Field(description="Share of its runs that pass inspection.")] = 0.95
    times: Annotated[
        dict[str, Time], Field(description="What single tasks take it, by their keys; it then does no other.")
    ] = Field(default_factory=dict)


class Teamwork(Part):
    """How a capability goes when others of the same capability help. Private to the lead."""

    helpers: Annotated[Whole, Field(ge=1, le=8)] = 1
    factor: Annotated[Number, Field(gt=0, le=2, description="Time together over time alone.")]
    alone_s: Annotated[
        Number | None, Field(ge=0, le=4_000_000, description="The most nominal work it takes without help; none: any.")
    ] = None


class Experience(Part):
    """What a worker has measured of a colleague. Private to the one who measured."""

    worker: Id
    capability: Id
    samples: Annotated[Whole, Field(ge=1, le=255)]
    ratio: Annotated[Factor, Field(description="What it really took over what it promised.")]


class DigitalWorker(Part):
    """A member of the DAO. Everything below `observes` is known to itself alone."""

    id: Id
    name: Words
    commands: Annotated[tuple[Id, ...], Field(description="Robots it may command.")] = ()
    observes: Annotated[tuple[Id, ...], Field(description="Robots whose state it may watch.")] = ()
    skills: Annotated[dict[Id, Skill], Field(min_length=1)]
    team: dict[Id, Teamwork] = Field(default_factory=dict)
    experience: tuple[Experience, ...] = ()
    ask_within_mm: Annotated[
        Number,
        Field(ge=0, le=1_000, description="As an inspector it asks humans about what is this close to the criterion."),
    ] = 0.0


class RobotTruth(Part):
    """What is really so about one robot, where it differs from the plant's."""

    pace: Factor | None = None
    spread: TrueSpread | None = None
    defect: Share | None = None
    failure: Share | None = None


class Truth(Part):
    """What the simulated floor does. Only the gateway is told."""

    pace: Annotated[Factor, Field(description="Real time as a multiple of the nominal work.")] = 1.0
    spread: TrueSpread = 1.1
    defect: Annotated[Share, Field(description="Share of results that measure bad.")] = 0.0
    failure: Annotated[Share, Field(description="Share of runs that break off.")] = 0.0
    robots: dict[Id, RobotTruth] = Field(default_factory=dict)


class Plant(Part):
    """A plant."""

    format: Literal["workmoot/plant/1"]
    name: Words
    about: Annotated[str, Field(max_length=4_000)] = ""
    clock: Clock = Clock()
    policy: Policy = Policy()
    limits: Limits = Limits()
    capabilities: Capabilities
    stations: Annotated[tuple[Station, ...], Field(min_length=1)]
    robots: tuple[Robot, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    workers: Annotated[tuple[DigitalWorker, ...], Field(min_length=1)]
    humans: tuple[Human, ...] = ()
    truth: Truth = Truth()

    def floor_work(self) -> frozenset[str]:
        """The capabilities that need a robot."""
        return frozenset(capability for robot in self.robots for capability in robot.capabilities)

    def skilled(self, capability: str) -> tuple[DigitalWorker, ...]:
        """The digital workers that can do it."""
        return tuple(worker for worker in self.workers if capability in worker.skills)

    def commanders(self, robot: str) -> tuple[str, ...]:
        """The digital workers that may command a robot."""
        return tuple(worker.id for worker in self.workers if robot in worker.commands)


# Badge numbers end at 1023.
MAX_MEMBERS = 1_023


def numbers(plant: Plant) -> dict[str, int]:
    """Badge numbers by id, in the order of admission: robots, digital workers, humans."""
    ids = [member.id for group in (plant.robots, plant.workers, plant.humans) for member in group]
    return {id_: number for number, id_ in enumerate(ids, start=1)}
