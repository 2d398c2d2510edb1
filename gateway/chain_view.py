"""From the ledger of the chain's events to the gateway's picture of it."""

from collections.abc import Iterator, Mapping

from gateway.view import GivenOrder, Mandate, RobotView, SensorView, StationView, View
from workmoot.domain.ids import Number, order_of
from workmoot.domain.ledger import Ledger
from workmoot.domain.ledger.records import Task
from workmoot.domain.overrides import Level, OverrideKind, SubjectType
from workmoot.domain.workers import Binding, Kind, Role, Scope, Standing


def view_of(ledger: Ledger) -> View:
    """The picture at the ledger's head."""
    described = ledger.description or {}
    robots = {robot.number: robot for robot in _robots(ledger, _items(described, "robots"))}
    return View(
        block=ledger.head.number,
        block_hash="0x" + ledger.head.hash.hex(),
        block_at=ledger.head.timestamp,
        clock=ledger.clock,
        plant_held=ledger.plant_held,
        robots=robots,
        sensors=tuple(_sensor(item) for item in _items(described, "sensors")),
        stations=tuple(_station(item) for item in _items(described, "stations")),
        tasks={task.id: _mandate(ledger, task) for task in ledger.tasks.values()},
        numbers={str(account): number for account, number in ledger.numbers.items()},
        active=frozenset(member.number for member in ledger.voting_members()),
        quarantined=_instructed(ledger, OverrideKind.QUARANTINE),
        maintained=_instructed(ledger, OverrideKind.MAINTAIN),
        commanders=dict(_commanders(ledger, robots)),
        roles=_roles(ledger),
        cells=dict(_cells(ledger)),
        given={
            "0x" + record.digest.hex(): GivenOrder(
                kind=record.order.kind,
                subject_type=record.order.subject_type,
                subject=record.order.subject,
            )
            for record in ledger.overrides.values()
        },
    )


def _robots(ledger: Ledger, described: list[Mapping[str, object]]) -> Iterator[RobotView]:
    for item in described:
        number = item.get("number")
        if not isinstance(number, int):
            continue
        control, badge = ledger.robots.get(Number(number)), ledger.members.get(Number(number))
        yield RobotView(
            number=number,
            id=str(item.get("id", number)),
            name=str(item.get("name", "")),
            station=str(item.get("station", "")),
            resources=(str(item.get("resource") or "arm"),),
            epoch=ledger.robot_epoch(number),
            held=control is not None and control.held,
            locked_out=ledger.slot(SubjectType.ROBOT, number, Level.MAINTENANCE).held,
            capabilities=badge.capabilities if badge else 0,
        )


def _mandate(ledger: Ledger, task: Task) -> Mandate:
    order = ledger.orders[order_of(task.id)]
    seed = order.detail.get("seed")
    human = ledger.slot(SubjectType.TASK, task.id, Level.HUMAN)
    lock_out = ledger.slot(SubjectType.TASK, task.id, Level.MAINTENANCE)
    return Mandate(
        task=task.id,
        status=task.status,
        epoch=task.epoch,
        mandate="0x" + ledger.mandate(task).hex() if task.entry else "",
        lead=task.worker,
        helpers=task.helpers,
        robots=task.robots,
        inspector=task.inspector,
        run=len(task.runs),
        attempt=task.attempt,
        held=task.slot_held,
        expires_at=min((slot.expires_at for slot in (human, lock_out) if slot.expires_at), default=0),
        slot=human.id,
        seed=seed if isinstance(seed, int) else 0,
    )


def _instructed(ledger: Ledger, kind: OverrideKind) -> Mapping[int, int]:
    """Until when an instruction of the kind stands, by its subject; 0: until it is lifted."""
    said = ledger.instructions.items()
    return {subject: standing.expires_at for (_, subject), standing in said if standing.kind is kind}


def _commanders(ledger: Ledger, robots: Mapping[int, RobotView]) -> Iterator[tuple[tuple[int, str], frozenset[int]]]:
    """The holder of the command; where there is none, a pool: all who are bound to compute with the robot."""
    for robot in robots.values():
        bound = ledger.bindings_of(robot.number)
        for resource in robot.resources:
            mine = [binding for binding in bound if binding.resource_name in ("", resource)]
            if workers := _with(mine, Scope.COMMAND) or _with(mine, Scope.COMPUTE):
                yield (robot.number, resource), workers


def _with(bindings: list[Binding], scope: Scope) -> frozenset[int]:
    return frozenset(binding.worker for binding in bindings if binding.scope is scope)


def _roles(ledger: Ledger) -> Mapping[str, frozenset[Role]]:
    """A human whose badge is suspended or retired has none."""
    acting = ledger.roles
    humans = {account for accounts in acting.values() for account in accounts if _stands(ledger, account)}
    return {human: frozenset(role for role in Role if human in acting[role]) for human in humans}


def _cells(ledger: Ledger) -> Iterator[tuple[str, int]]:
    for member in ledger.members.values():
        if member.kind is Kind.HUMAN and member.capabilities:
            yield member.account, member.capabilities


def _stands(ledger: Ledger, account: str) -> bool:
    member = ledger.member_of(account)
    return member is None or member.standing is Standing.ACTIVE


def _sensor(item: Mapping[str, object]) -> SensorView:
    fields = (str(item.get(field, "")) for field in ("id", "station", "measures"))
    return SensorView(**dict(zip(("id", "station", "measures"), fields, strict=True)))


def _station(item: Mapping[str, object]) -> StationView:
    return StationView(
        id=str(item.get("id", "")),
        name=str(item.get("name", "")),
        x=_coordinate(item.get("x")),
        y=_coordinate(item.get("y")),
    )


def _coordinate(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _items(described: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    listed = described.get(name)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
