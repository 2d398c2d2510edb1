"""How the floor looks from outside: the JSON of robots, jobs, sensors and the gateway itself."""

from collections.abc import Mapping, Sequence

from gateway.adapters import Report
from gateway.checks import holds, is_alive, stillness
from gateway.floor import Floor
from gateway.records import PartMeasured, RobotGuided
from gateway.simulation import CRITERION_MICRONS
from gateway.state import HumanOrder, Job, State
from gateway.view import RobotView, SensorView, View
from workmoot.domain.guidance import AXES, UM_PER_MM, Point
from workmoot.domain.ids import order_of
from workmoot.domain.overrides import hash_of_orders

Json = dict[str, object]
TRANSPORT = 0.15
"""The share of a job in which the part comes from where it was made before."""
SETTLED_SHOWN = 300
"""Humans' orders that are on the chain for good."""


def robot_json(floor: Floor, robot: RobotView) -> Json:
    """One robot: who commands it, what holds it, what it has in hand, where it is."""
    state = floor.state
    why = stillness(state, floor.view, floor.now(), robot=robot.number)
    jobs = [job for job in state.live_jobs() if job.order.robot == robot.number]
    last = max((job for job in state.jobs.values() if job.order.robot == robot.number), key=_since, default=None)
    return {
        "number": robot.number,
        "id": robot.id,
        "name": robot.name,
        "station": robot.station,
        "epoch": robot.epoch,
        "held": bool(why),
        "held_why": list(why),
        "contact": robot.number not in floor.out_of_contact,
        "answered": floor.has_answered(robot.number),
        "mode": "held" if why else jobs[0].state if jobs else "idle",
        "resources": {resource: lease_json(floor, robot.number, resource) for resource in robot.resources},
        "job": part_json(floor, jobs[0]) if jobs else None,
        "last_job": part_json(floor, last) if last else None,
        "position": dict(zip("xy", _position(floor.view, robot.number), strict=True)),
    }


def lease_json(floor: Floor, robot: int, resource: str) -> Json:
    """Who commands a resource, worker or human; the next command carries this term and a higher number."""
    state, key = floor.state, (robot, resource)
    lease, handed = state.lease(*key), state.handed.get(key, {})
    return {
        "term": lease.term,
        "seq": lease.seq,
        "holder": lease.holder or None,
        "human": lease.human or None,
        "task": lease.task or None,
        "idle_until": lease.until or None,
        "alive": is_alive(state, floor.view, robot, resource, floor.now()),
        "from": {"worker": lease.from_worker or None, "human": lease.from_human or None},
        "told": key not in floor.untold,
        "stance": stance_json(floor, robot, resource),
        "last_take": guided_json(handed["take"]) if "take" in handed else None,
        "last_return": guided_json(handed["return"]) if "return" in handed else None,
        "guided": [guided_json(record) for record in reversed(state.guided.get(key, ()))],
    }


def stance_json(floor: Floor, robot: int, resource: str) -> Json | None:
    """How a resource stands, as the robot says; None: it does not answer, or was not asked yet."""
    stance, motion = floor.stances.get((robot, resource)), floor.state.motions.get((robot, resource))
    if stance is None:
        return None
    took = (robot, resource) not in floor.untold
    moves = took and motion and not motion.is_over(floor.now().unix_ms)
    return {
        "pose_mm": _in_mm(stance.pose),
        "moves_to_mm": _in_mm(motion.to) if motion and moves else None,
        "manual": stance.manual,
        "enabling_device": stance.enabling_device,
        "simulated": stance.simulated,
    }


def guided_json(record: RobotGuided) -> Json:
    """What a human had a resource do; a log older than reasons has none."""
    return {
        "action": record.action,
        "parameters": record.guidance["parameters"],
        "reason_code": record.guidance.get("reasonCode", 0),
        "reason": record.guidance.get("reason", ""),
        "human": record.human,
        "term": record.term,
        "seq": record.seq,
        "at": record.at,
        "digest": record.digest,
        "signature": record.signature,
    }


def jobs_json(floor: Floor, task: int) -> Json:
    """All parts of the task's present run."""
    mandate = floor.view.tasks.get(task)
    runs = [job.order.run for job in floor.state.jobs.values() if job.order.task == task]
    run = mandate.run if mandate else max(runs, default=0)
    jobs = floor.state.jobs_of(task, run)
    robots = mandate.robots if mandate else tuple(job.order.robot for job in jobs)
    complete = bool(jobs) and {job.order.robot for job in jobs if job.state == "done"} >= set(robots)
    measured = [m for m in floor.state.measurements.get(task, ()) if m.run == run]
    return {
        "task": task,
        "run": run,
        "attempt": mandate.attempt if mandate else None,
        "state": _state_of(jobs, complete=complete),
        "complete": complete,
        "busy_ticks": _busy_ticks(jobs),
        "result": _result_of(jobs) if complete else None,
        "parts": [part_json(floor, job) for job in jobs],
        "missing_robots": sorted(set(robots) - {job.order.robot for job in jobs}),
        "measurements": [measurement_json(m) for m in measured],
    }


def part_json(floor: Floor, job: Job) -> Json:
    """One robot's part."""
    key = (job.order.task, job.order.robot)
    report = floor.reports.get(key, Report(state=job.state, progress=0.0))
    return {
        "task": job.order.task,
        "robot": job.order.robot,
        "run": job.order.run,
        "attempt": job.order.attempt,
        "worker": job.order.worker,
        "capability": job.order.capability,
        "part": job.order.part,
        "part_at": _part_at(floor, job),
        "state": job.state,
        "progress": 1.0 if job.state == "done" else round(report.progress, 4),
        "started_tick": job.order.tick,
        "ended_tick": None if job.is_live else job.since,
        "why": job.why,
        "result": job.result,
    }


def measurement_json(measured: PartMeasured) -> Json:
    """What the sensors said."""
    return {
        "task": measured.task,
        "run": measured.run,
        "sensor": measured.sensor,
        "by": measured.by,
        "tick": measured.tick,
        "error_mm": measured.error_mm,
        "grade": measured.grade,
        "criterion_mm": CRITERION_MICRONS / 1000,
        "within_criterion": measured.error_mm * 1000 <= CRITERION_MICRONS,
    }


def sensor_json(floor: Floor, sensor: SensorView) -> Json:
    """One sensor: the parts it sees in work, and the last one it measured."""
    here = {robot.number for robot in floor.view.robots.values() if robot.station == sensor.station}
    watching = [job for job in floor.state.live_jobs() if job.order.robot in here]
    mine = [m for many in floor.state.measurements.values() for m in many if m.sensor == sensor.id]
    last = max(mine, key=lambda m: m.tick, default=None)
    return {
        "id": sensor.id,
        "station": sensor.station,
        "measures": sensor.measures,
        "sees": [part_json(floor, job) for job in watching],
        "last": measurement_json(last) if last else None,
        "count": len(mine),
    }


def order_json(digest: str, order: HumanOrder) -> Json:
    """A human's order and how far its anchoring is."""
    return {
        "digest": digest,
        "act": "release" if order.order.release else "hold",
        "subject_type": order.order.subject_type,
        "subject": order.order.subject,
        "human": order.order.human,
        "order": order.order.order,
        "signature": order.order.signature,
        "at": order.order.at,
        "state": order.state,
        "reason": order.reason,
        "over": order.over,
        "shown": ": ".join(word for word in (order.state, order.over or order.reason) if word),
        "holds_here": order.holds,
    }


def orders_json(state: State) -> list[Json]:
    """Humans' orders that came here: all that are not settled, and the latest of the others."""
    settled = [digest for digest, order in state.orders.items() if order.state == "settled"]
    past = frozenset(settled[:-SETTLED_SHOWN])
    return [order_json(digest, order) for digest, order in state.orders.items() if digest not in past]


def state_json(floor: Floor) -> Json:
    """The gateway itself: what it knows of the chain, what holds, what is not anchored yet."""
    view, now, state = floor.view, floor.now(), floor.state
    return {
        "chain_id": floor.gateway.chain_id,
        "gateway": floor.gateway.address,
        "chain": {
            "reachable": not floor.trouble,
            "trouble": floor.trouble,
            "block": view.block,
            "block_hash": view.block_hash,
            "block_at": view.block_at,
            "orders": len(view.given),
            "orders_hash": hash_of_orders(bytes.fromhex(digest.removeprefix("0x")) for digest in view.given),
        },
        "unix_s": now.unix_s,
        "tick": now.tick,
        "speed": state.clock.speed_milli / 1000 if state.clock else None,
        "plant_held": bool(holds(state, view)),
        "held_why": list(holds(state, view)),
        "latches": {str(robot): latch.why for robot, latch in sorted(state.latches.items())},
        "orders": orders_json(state),
        "anchoring": sum(order.state == "anchoring" for order in state.orders.values()),
        "live_jobs": len(state.live_jobs()),
        "log_records": floor.events.count,
    }


def _in_mm(point: Point) -> Json:
    return {axis: place / UM_PER_MM for axis, place in zip(AXES, point, strict=True)}


def _since(job: Job) -> int:
    return job.order.tick


def _position(view: View, number: int) -> tuple[float, float]:
    """Where a robot stands."""
    robot = view.robots.get(number)
    station = next((station for station in view.stations if robot and station.id == robot.station), None)
    return (station.x, station.y) if station else (0.0, 0.0)


def _part_at(floor: Floor, job: Job) -> Json:
    """Where the part is: on its way from the robot that had it before, then at this one."""
    key = (job.order.task, job.order.robot)
    report = floor.reports.get(key)
    before = [other for other in floor.state.jobs.values() if _is_before(other, job)]
    here = _position(floor.view, job.order.robot)
    start = _position(floor.view, max(before, key=_since).order.robot) if before else here
    way = min(1.0, report.progress / TRANSPORT) if report and job.is_live else 1.0
    return {axis: round(a + (b - a) * way, 3) for axis, a, b in zip("xy", start, here, strict=True)}


def _is_before(other: Job, job: Job) -> bool:
    same = (order_of(other.order.task), other.order.part) == (order_of(job.order.task), job.order.part)
    return same and other.order.tick < job.order.tick and other.order.robot != job.order.robot


def _state_of(jobs: Sequence[Job], *, complete: bool) -> str:
    states = {job.state for job in jobs}
    if complete:
        return "done"
    for state in ("failed", "stopped", "paused", "running"):
        if state in states:
            return state
    return "running" if states else "none"


def _busy_ticks(jobs: Sequence[Job]) -> int:
    """From the first part's start to the last one's end, standstill under a hold included."""
    return max((job.since for job in jobs), default=0) - min((job.order.tick for job in jobs), default=0)


def _result_of(jobs: Sequence[Job]) -> Mapping[str, object]:
    """What the team's robots say of the part: the worst of theirs."""
    results = [job.result for job in jobs if job.result]
    return min(results, key=_grade)


def _grade(result: Mapping[str, object]) -> int:
    grade = result.get("grade")
    return grade if isinstance(grade, int) else 0
