"""The line as it is now: stations, robots, sensors, people, and where every pair stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.models.people import RobotOut
from api.models.plant import FloorOut, HumanOnFloor, PairOnFloor, RobotOnFloor, SensorOut, StationOut
from api.views.figures import figures
from api.views.snapshot import Snapshot, id_of, items, name_of
from api.views.tasks import is_finished, tasks_by_product, waits_for_a_human
from api.views.workers import members_of, robot_out
from workmoot.domain.ledger import Task
from workmoot.domain.strangers import text
from workmoot.domain.work import Status
from workmoot.domain.workers import Kind


def floor_out(snap: Snapshot) -> FloorOut:
    """Everything the plan view draws."""
    return FloorOut(
        head=snap.head,
        plant=text(snap.description.get("name")) or "a plant not yet described",
        held=snap.ledger.plant_held,
        resume_asked=snap.ledger.resume_asked,
        simulated_s=snap.simulated_s,
        gateway=snap.gateway.trouble or "ok",
        gateway_read_s_ago=snap.gateway.read_s_ago,
        figures=figures(snap),
        stations=tuple(_stations(snap)),
        flows=tuple(sorted(set(_flows(snap)))),
        robots=tuple(_robot(snap, robot_out(snap, member)) for member in members_of(snap, Kind.ROBOTIC)),
        sensors=tuple(_sensors(snap)),
        humans=tuple(humans(snap)),
        pairs=tuple(_pairs(snap)),
    )


def _stations(snap: Snapshot) -> Iterator[StationOut]:
    for station in snap.stations:
        yield StationOut(
            id=text(station.get("id")),
            name=text(station.get("name")) or text(station.get("id")),
            x=_number(station.get("x")),
            y=_number(station.get("y")),
            capabilities=tuple(items(station, "capabilities", str)),
        )


def _flows(snap: Snapshot) -> Iterator[tuple[str, str]]:
    for task in snap.ledger.tasks.values():
        there = snap.home_of(task)
        for before in snap.ledger.predecessors(task):
            here = snap.home_of(snap.ledger.tasks[before])
            if here and there and here != there:
                yield here, there


def _robot(snap: Snapshot, robot: RobotOut) -> RobotOnFloor:
    return RobotOnFloor(
        number=robot.number,
        id=robot.id,
        name=robot.name,
        station=robot.station,
        state=robot.state,
        human=robot.human,
        anchoring=robot.anchoring,
        task=robot.task,
        task_name=snap.task_name(robot.task) if robot.task else None,
        holder=robot.holder,
        progress=robot.progress,
    )


def _sensors(snap: Snapshot) -> Iterator[SensorOut]:
    for sensor in items(snap.description, "sensors", dict):
        state, reading = _sensor_words(snap.gateway.sensors.get(text(sensor.get("id"))))
        yield SensorOut(
            id=text(sensor.get("id")),
            station=text(sensor.get("station")) or None,
            measures=text(sensor.get("measures")),
            state=state,
            reading=reading,
        )


def _sensor_words(said: Mapping[str, Any] | None) -> tuple[str, str | None]:
    """Whether what a sensor saw last was in order, and what it measured."""
    if said is None:
        return "unknown", None
    last = said.get("last")
    if not isinstance(last, dict):
        return "ok", None
    reading = f"{last.get('error_mm')} mm off, {last.get('criterion_mm')} mm allowed"
    return "ok" if last.get("within_criterion") else "warning", reading


def humans(snap: Snapshot) -> Iterator[HumanOnFloor]:
    """The human workers, and how much waits for a human."""
    waiting = sum(waits_for_a_human(snap, task) for task in snap.ledger.tasks.values())
    described = {text(human.get("address")).lower(): human for human in items(snap.description, "humans", dict)}
    for member in members_of(snap, Kind.HUMAN):
        human = described.get(member.account.lower(), {})
        yield HumanOnFloor(
            number=member.number,
            id=id_of(member),
            name=name_of(member),
            roles=tuple(
                role.name.lower() for role, accounts in snap.ledger.roles.items() if member.account in accounts
            ),
            station=text(human.get("station")) or None,
            waiting=waiting,
        )


def _pairs(snap: Snapshot) -> Iterator[PairOnFloor]:
    for order in snap.ledger.orders.values():
        for product, tasks in tasks_by_product(snap, order).items():
            state, task = _pair_state(snap, tasks)
            yield PairOnFloor(
                id=product,
                order=order.id,
                station=_pair_station(snap, tasks, task if state == "working" else None),
                state=state,
                task=task.id if task else None,
                task_name=snap.task_name(task.id) if task else None,
            )


def _pair_state(snap: Snapshot, tasks: list[Task]) -> tuple[str, Task | None]:
    """What happens with a pair now, and in which task."""
    if is_finished(tasks):
        return "finished", None
    if waiting := next((task for task in tasks if waits_for_a_human(snap, task)), None):
        return "attention", waiting
    running = [task for task in tasks if task.status in (Status.STARTED, Status.SUBMITTED)]
    if running:
        return "working", max(running, key=lambda task: (snap.station_of(task) is not None, task.id))
    return "waiting", next((task for task in tasks if not task.status.is_final), None)


def _pair_station(snap: Snapshot, tasks: list[Task], at_work: Task | None) -> str | None:
    """Where the work on it goes on, else where the last floor work on it was done."""
    here = snap.station_of(at_work) if at_work else None
    done = (snap.station_of(task) for task in reversed(tasks) if task.status.is_done)
    return here or next((station for station in done if station), None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
