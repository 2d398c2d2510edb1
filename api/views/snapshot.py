"""What every view is made from: the ledger at one block, the gateway's last words, and who is called what."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import islice
from operator import or_
from typing import Any

from api.anchoring import Anchoring
from api.models.common import Head, Who
from api.models.work import TaskOut
from api.steps import Steps
from workmoot.domain.alarms import alarm_id
from workmoot.domain.events import AlarmRaised
from workmoot.domain.ids import OverrideId, TaskId, index_of, order_of
from workmoot.domain.instructions import ONCE
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.overrides import hash_of_orders
from workmoot.domain.strangers import text
from workmoot.domain.workers import Kind, Member, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWords:
    """What the gateway said last, verbatim; `read_s_ago` None: it never answered."""

    robots: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    sensors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    orders: tuple[Mapping[str, Any], ...] = ()
    """Those that came to it, and how far each is on its way into a block."""
    taken: tuple[Mapping[str, Any], ...] = ()
    """The same of those it took since."""
    block: int = 0
    """How far it has read the chain."""
    orders_count: int = 0
    orders_hash: str = ""
    """How many humans' orders it has seen on the chain, and which."""
    read_s_ago: float | None = None
    trouble: str | None = "not read yet"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The plant at one moment. `now` is Unix seconds."""

    ledger: Ledger
    head: Head
    now: float
    gateway: GatewayWords = field(default_factory=GatewayWords)
    anchoring: tuple[Anchoring, ...] = ()
    """The orders that act on the floor and are not on chain yet."""
    steps: Steps = field(default_factory=Steps)
    """When each step of the humans' orders was first seen."""
    tasks_made: dict[TaskId, TaskOut] = field(default_factory=dict)
    """Tasks as the API shows them, which follow from the ledger alone."""

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """The plant's public description; empty before it is given."""
        return self.ledger.description or {}

    @cached_property
    def capabilities(self) -> tuple[str, ...]:
        """The plant's capabilities; number n is at n - 1."""
        return tuple(text(name) for name in items(self.description, "capabilities", str))

    @cached_property
    def simulated_s(self) -> float | None:
        """Simulated seconds since the plant's clock started."""
        return None if self.ledger.clock is None else self.ledger.clock.ticks_at(self.now) / 1000

    @cached_property
    def stations(self) -> tuple[Mapping[str, Any], ...]:
        """The stations as described."""
        return tuple(items(self.description, "stations", dict))

    @cached_property
    def station_by_capability(self) -> Mapping[str, str]:
        """Where work of a capability is done."""
        return {
            name: str(station["id"])
            for station in reversed(self.stations)
            for name in items(station, "capabilities", str)
        }

    @cached_property
    def robots(self) -> Mapping[int, Mapping[str, Any]]:
        """The robots as described, by badge number."""
        return {robot["number"]: robot for robot in items(self.description, "robots", dict) if "number" in robot}

    @cached_property
    def alarms(self) -> Mapping[int, AlarmRaised]:
        """The alarms by the number that instructions name."""
        return {alarm_id(alarm): alarm for alarm in reversed(self.ledger.alarms)}

    @cached_property
    def filled(self) -> frozenset[OverrideId]:
        """The humans' orders that fill a slot, and the instructions that stand."""
        slots = (slot.id for slot in self.ledger.slots.values())
        said = (found for found in self.ledger.instructions.values() if found.kind and found.kind not in ONCE)
        return frozenset((*slots, *(found.id for found in said if not found.is_over(self.now))))

    @cached_property
    def orders_seen(self) -> int:
        """So many of the humans' orders, from the first on, the gateway has seen on this very chain."""
        count = self.gateway.orders_count
        if count > len(self.ledger.overrides):
            return 0
        known = islice((record.digest for record in self.ledger.overrides.values()), count)
        return count if self.gateway.orders_hash == hash_of_orders(known) else 0

    @cached_property
    def _robots_can(self) -> int:
        """The capabilities that some robot has."""
        robots = (member for member in self.ledger.members.values() if member.kind is Kind.ROBOTIC)
        return reduce(or_, (robot.capabilities for robot in robots), 0)

    def is_for_robots(self, task: TaskId) -> bool:
        """Whether a task is work that robots do."""
        known = self.ledger.tasks.get(task)
        return known is not None and bool(self._robots_can >> known.spec.capability & 1)

    def capability(self, number: int) -> str:
        """A capability's name."""
        known = 1 <= number <= len(self.capabilities)
        return self.capabilities[number - 1] if known else f"capability {number}"

    def who(self, number: int) -> Who | None:
        """A member by number; nobody for zero."""
        if not number:
            return None
        member = self.ledger.members.get(number)  # type: ignore[call-overload]  # a number, whoever counted it
        if member is None:
            return Who(number=number, id=str(number), name=f"member {number}")
        return Who(number=number, id=id_of(member), name=name_of(member))

    def team(self, numbers: Iterable[int]) -> tuple[Who, ...]:
        """Members by number."""
        return tuple(who for who in map(self.who, numbers) if who)

    def simulated(self, unix: float) -> float:
        """A moment in simulated seconds."""
        return self.ledger.clock.ticks_at(unix) / 1000 if self.ledger.clock else 0.0

    def detail_of(self, task: int) -> Mapping[str, Any]:
        """What the order's document says of a task; a stranger's text."""
        tasks = self._details.get(order_of(task), [])
        return tasks[index_of(task)] if index_of(task) < len(tasks) else {}

    def task_name(self, task: int) -> str:
        """What people call a task: its own name and the product's."""
        detail = self.detail_of(task)
        name = text(detail.get("name")) or f"task {task}"
        product = text(detail.get("product"))
        return f"{name} · {product}" if product else name

    def station_of(self, task: Task) -> str | None:
        """Where a task is done; work of the mind is done nowhere."""
        stations = (self.robots.get(number, {}).get("station") for number in task.robots)
        return next((str(station) for station in stations if station), self.home_of(task))

    def home_of(self, task: Task) -> str | None:
        """Where work of the task's capability is done, whoever does it."""
        return self.station_by_capability.get(self.capability(task.spec.capability))

    def commanders(self, robot: int) -> tuple[int, ...]:
        """Who may command a robot: the holder of its command, else every worker that may compute on it."""
        return self._bound.get((robot, Scope.COMMAND)) or self._bound.get((robot, Scope.COMPUTE), ())

    @cached_property
    def _details(self) -> Mapping[int, list[Any]]:
        """What each order's document says of its tasks."""
        return {order.id: items(order.detail, "tasks", dict) for order in self.ledger.orders.values()}

    @cached_property
    def _bound(self) -> Mapping[tuple[int, Scope], tuple[int, ...]]:
        """The workers bound to each robot in each scope."""
        bound: dict[tuple[int, Scope], tuple[int, ...]] = {}
        for binding in self.ledger.bindings.values():
            key = (binding.robot, binding.scope)
            bound[key] = (*bound.get(key, ()), binding.worker)
        return bound


def name_of(member: Member) -> str:
    """The name a member gives itself."""
    return text(member.profile.get("name")) or id_of(member)


def id_of(member: Member) -> str:
    """The short name a member gives itself, or its number."""
    return text(member.id) or str(member.number)


def clean(value: Any) -> Any:
    """A stranger's JSON as JSON can carry it on: no half characters, no NaN."""
    carried = json.dumps(value, ensure_ascii=False).encode(errors="replace")
    return json.loads(carried, parse_constant=lambda _: None)


def items(of: Mapping[str, Any], name: str, kind: type[Any]) -> list[Any]:
    """A stranger's list, without what is of another kind."""
    found = of.get(name)
    return [item for item in found if isinstance(item, kind)] if isinstance(found, list | tuple) else []
