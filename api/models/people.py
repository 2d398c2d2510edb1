"""Workers, robots and their numbers on the wire."""

from datetime import datetime
from typing import Any

from pydantic import Field

from api.models.common import Who, Wire, names_of
from api.models.guidance import LeaseOut
from workmoot.domain.workers import Kind

WorkerKind = names_of(Kind)


class RecordOut(Wire):
    """What became of the tasks a worker led, per capability."""

    capability: str
    done: int
    failed: int


class InstructedOut(Wire):
    """An instruction that stands for a worker or a robot."""

    kind: str = Field(
        description="drain (the worker takes nothing new), quarantine (it stops, too), or maintain (the robot obeys no "
        "worker)"
    )
    override: int
    expires_at: datetime | None = Field(description="None: until it is lifted.")


class WorkerOut(Wire):
    """A member: digital workers vote, robotic ones are commanded, human ones override."""

    number: int
    id: str
    name: str
    kind: str
    standing: str
    account: str
    capabilities: tuple[str, ...]
    robots: tuple[Who, ...] = Field(description="Robots it may command.")
    tasks: tuple[int, ...] = Field(description="Tasks it holds now.")
    running: tuple[int, ...]
    ranked: int = Field(description="Tasks in its published ranking.")
    records: tuple[RecordOut, ...]
    instructed: tuple[InstructedOut, ...] = Field(description="What a human has instructed it, as far as it stands.")


class RankedNumbers(Wire):
    """How a worker ranks one task; a missing time says it cannot."""

    place: int
    score: int = Field(description="The lower, the earlier.")
    alone_s: float | None
    together_s: float | None
    energy_wh: int
    cost_micro: int
    success: float = Field(ge=0, le=1)


class Ranked(RankedNumbers):
    """One task as a worker ranks it."""

    task: int
    task_name: str


class RankingOut(Wire):
    """How a worker ranks the open work it could do, in its own numbers."""

    worker: Who
    block: int | None
    items: tuple[Ranked, ...]


class RobotOut(Wire):
    """A robot: what the chain says merged with what the gateway says; neither stands for the other."""

    number: int
    id: str
    name: str
    station: str | None
    resource: str | None
    capabilities: tuple[str, ...]
    commanders: tuple[Who, ...] = Field(description="Workers bound to command it.")
    epoch: int
    held: bool = Field(description="A hold is on record on chain.")
    state: str = Field(description="What the gateway reports; `unknown` when it does not answer.")
    human: bool = Field(description="A human is in control.")
    task: int | None
    holder: Who | None = Field(description="The worker whose the part in hand or the lease is.")
    leases: tuple[LeaseOut, ...] = Field(description="Who commands each of its resources, and how it stands.")
    progress: float | None
    anchoring: bool = Field(description="Held by a signed order that is not yet on chain.")
    instructed: tuple[InstructedOut, ...] = Field(description="A human's maintenance of it, as far as it stands.")
    gateway: dict[str, Any] | None = Field(description="The gateway's own words, verbatim.")
