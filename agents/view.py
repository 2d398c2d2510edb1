"""What a digital worker sees at one moment: the ledger at a block, itself, its clock, its robots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.ballots import Known
from agents.profile import Profile
from agents.robots import RobotPart
from agents.thought import Thought
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.work import Status
from workmoot.domain.workers import Member
from workmoot.planning.beliefs import Finding
from workmoot.planning.horizon import MOST_WALL_S, clock_of, decides_at_once, is_to_decide, told, votes_by_signature
from workmoot.planning.reopening import reopened
from workmoot.planning.validity import latest_posting
from workmoot.skills.estimate import Estimator, estimate

TALK_S = 2.0
MARGIN = 200
WHOLE = 10_000


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything a decision is made from; the policy knows nothing else.

    `now_s` is wall time, `read` the block that was looked at, `seeing_since` when the chain came into sight the last
    time it had been out of it, `round_seeds` the seed of each posting block, `seen` when this worker first saw a task
    at a version, `drafted` when it first heard of a draft that takes it, `running_since` when it first saw a run of its
    own.
    """

    ledger: Ledger
    me: Number
    profile: Profile
    now_s: float
    read: tuple[int, bytes]
    seeing_since: float
    seed: int
    round_seeds: Mapping[int, bytes]
    seen: Mapping[tuple[TaskId, int], float]
    drafted: Mapping[tuple[TaskId, int], float]
    running_since: Mapping[tuple[TaskId, int], float]
    parts: Mapping[TaskId, tuple[RobotPart, ...]]
    ballots: Known
    offers_for: Estimator = estimate
    """How it estimates."""
    thought: Thought | None = None
    """The best plan it has found for what is to be decided, where the policy gives time to think."""

    @property
    def now(self) -> int:
        """Simulated ticks."""
        return clock_of(self.ledger).ticks_at(self.now_s)

    @property
    def talk_s(self) -> float:
        """How long members listen before they go on, wall seconds."""
        return told(self.ledger, "talk_s", TALK_S, most=MOST_WALL_S)

    @property
    def margin(self) -> int:
        """How much better another plan must be to be worth the trouble, in parts of 10,000."""
        return int(told(self.ledger, "margin_bps", MARGIN, most=WHOLE))

    @property
    def votes_by_signature(self) -> bool:
        """Whether members sign ballots, and one of them sends what decides."""
        return votes_by_signature(self.ledger)

    @property
    def decides_at_once(self) -> bool:
        """Whether members sign plans before they are opened, too."""
        return decides_at_once(self.ledger)

    @cached_property
    def to_decide(self) -> Mapping[TaskId, Task]:
        """The tasks that plans may name."""
        tasks = self.ledger.tasks.items()
        return {id_: task for id_, task in tasks if id_ in self.reopened or is_to_decide(self.ledger, task, self.now_s)}

    @cached_property
    def reopened(self) -> frozenset[TaskId]:
        """Those of them that are decided, but by a plan that the plant has left."""
        return reopened(self.ledger, self.now, wall_s=self.now_s)

    @property
    def member(self) -> Member:
        """The worker's own badge."""
        return self.ledger.members[self.me]

    @property
    def is_withdrawn(self) -> bool:
        """Whether a human has this worker take nothing new."""
        return self.ledger.is_withdrawn(self.me, self.now_s)

    @property
    def is_quarantined(self) -> bool:
        """Whether a human has this worker stop all it does."""
        return self.ledger.is_quarantined(self.me, self.now_s)

    @property
    def capabilities(self) -> list[str]:
        """The plant's capabilities; number 1 is the first."""
        listed = (self.ledger.description or {}).get("capabilities")
        return listed if isinstance(listed, list) else []

    @property
    def plant_robots(self) -> list[dict[str, Any]]:
        """The plant's robots, as described."""
        listed = (self.ledger.description or {}).get("robots")
        return listed if isinstance(listed, list) else []

    def capability(self, task: Task) -> str:
        """The name of what a task asks for."""
        return self.capabilities[task.spec.capability - 1]

    def is_occupied(self, task: Task, starting: Iterable[TaskId] = ()) -> bool:
        """Whether a task under way, or one that is just being started, has the robots or minds that this one takes."""
        begun = (self.ledger.tasks[other].resources for other in starting)
        return not self.taken.union(*begun).isdisjoint(task.resources)

    @cached_property
    def taken(self) -> frozenset[Number]:
        """The robots and minds that tasks under way have."""
        under_way = (task for task in self.ledger.tasks.values() if task.status is Status.STARTED)
        return frozenset(resource for task in under_way for resource in task.resources)

    def can_begin(self, task: Task, starting: Iterable[TaskId] = ()) -> bool:
        """Whether nobody has what a task takes, and no human keeps a robot of it."""
        out = any(self.is_out(robot) for robot in task.robots)
        return not out and not self.is_occupied(task, starting)

    def is_out(self, robot: Number) -> bool:
        """Whether a human holds the robot or has it in maintenance."""
        return self.ledger.is_robot_out(robot, self.now_s)

    def needs_robot(self, capability: str) -> bool:
        """Whether the plant does this with robots."""
        return any(capability in robot["capabilities"] for robot in self.plant_robots)

    def robots_of(self, member: Member, capability: str) -> tuple[Number, ...]:
        """The robots a worker may command that can do this and that no human keeps."""
        own = member.profile.get("robots")
        numbers = own if isinstance(own, list) else []
        return tuple(
            robot["number"]
            for robot in self.plant_robots
            if robot["number"] in numbers and capability in robot["capabilities"] and not self.is_out(robot["number"])
        )

    def place(self, members: list[Number], round_seed: bytes) -> int:
        """The worker's turn to speak among members: drawn by the round, so that one, not all, speaks first."""
        drawn = sorted(members, key=lambda number: keccak(round_seed + number.to_bytes(2, "big")))
        return drawn.index(self.me) if self.me in drawn else len(drawn)

    def experience(self) -> tuple[Finding, ...]:
        """What the worker itself has seen of others, in numbers."""
        by_id = {member.id: member.number for member in self.ledger.members.values()}
        places = {name: place + 1 for place, name in enumerate(self.capabilities)}
        return tuple(
            Finding(
                worker=by_id[seen.worker],
                capability=places[seen.capability],
                samples=seen.samples,
                ratio=round(seen.ratio * 10_000),
            )
            for seen in self.profile.experience
            if seen.worker in by_id and seen.capability in places
        )

    def round_seed(self, tasks: list[TaskId]) -> bytes:
        """The seed of the round that covers these tasks: from the block of their last posting, if there was one."""
        posted = latest_posting(self.ledger, tasks)
        return self.round_seeds[posted.block] if posted else b""
