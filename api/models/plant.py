"""The plant on the wire: floor, figures, schedule, about."""

from typing import Any

from pydantic import Field

from api.models.common import Freshness, Head, Span, Who, Wire


class StationOut(Wire):
    """Where work is done; x and y are the plant description's own."""

    id: str
    name: str
    x: float
    y: float
    capabilities: tuple[str, ...]


class SensorOut(Wire):
    """One sensor, with its last reading where the gateway gives one."""

    id: str
    station: str | None
    measures: str
    state: str = Field(description="ok, warning or unknown")
    reading: str | None


class RobotOnFloor(Wire):
    """A robot as the plan view draws it."""

    number: int
    id: str
    name: str
    station: str | None
    state: str
    human: bool
    anchoring: bool
    task: int | None
    task_name: str | None
    holder: Who | None
    progress: float | None


class PairOnFloor(Wire):
    """A product on its way through the line."""

    id: str
    order: int
    station: str | None
    state: str = Field(description="waiting, working, attention or finished")
    task: int | None
    task_name: str | None


class HumanOnFloor(Wire):
    """A human worker and how much waits for it."""

    number: int | None
    id: str
    name: str
    roles: tuple[str, ...]
    station: str | None
    waiting: int


class Figure(Wire):
    """One figure of the top line."""

    id: str
    label: str
    value: str
    note: str | None = None
    attention: bool = False


class FloorOut(Wire):
    """The line as it is now."""

    head: Head
    plant: str
    held: bool
    resume_asked: bool
    simulated_s: float | None
    gateway: str = Field(description="ok, or why it cannot be read")
    gateway_read_s_ago: float | None
    figures: tuple[Figure, ...]
    stations: tuple[StationOut, ...]
    flows: tuple[tuple[str, str], ...] = Field(
        description="Station to station, as the orders' tasks follow each other."
    )
    robots: tuple[RobotOnFloor, ...]
    sensors: tuple[SensorOut, ...]
    humans: tuple[HumanOnFloor, ...]
    pairs: tuple[PairOnFloor, ...]


class Bar(Wire):
    """One task in a worker's lane."""

    task: int
    name: str
    span: Span
    status: str
    overridden: bool
    helper: bool = Field(description="The worker helps; another leads.")
    robots: tuple[Who, ...]


class Lane(Wire):
    """A worker's plan and what really happened."""

    worker: Who
    planned: tuple[Bar, ...]
    actual: tuple[Bar, ...]


class ScheduleOut(Wire):
    """The plan in force beside what really happened; simulated seconds."""

    head: Head
    from_s: float
    now_s: float | None
    until_s: float
    lanes: tuple[Lane, ...]


class AboutOut(Wire):
    """What this API serves, and from which chain."""

    name: str
    version: str
    head: Head
    freshness: Freshness
    plant: str | None
    contracts: dict[str, str]
    speed: float | None = Field(description="Simulated seconds in a wall second.")
    simulated_s: float | None
    gateway: dict[str, Any] | None
    capabilities: tuple[str, ...]
    policy: dict[str, Any]
    humans: tuple[HumanOnFloor, ...]
    roles: tuple[str, ...]
    reasons: dict[str, int]
    banner: str | None
    relays: bool = Field(description="Whether this API has an account to send orders with.")
    signs: tuple[str, ...] = Field(description="Humans whose development keys this API holds.")
