"""A human guides a held robot: what each signed act does, or why it does not stand. No clock, no network.

parameters fit; to take and to return: says why                              MALFORMED
robot and resource known · still good, and not for long · role and cell   UNKNOWN_ROBOT EXPIRED MALFORMED NOT_ALLOWED
the term is the present one                                                  FENCED
but to take it: the number rises within the term                             REPLAYED
but to take it: the lease is the human's, and not over                       NOT_HOLDER
but to stop and to return: held or in maintenance, no other's lock-out       NOT_HELD HELD
to move: it answers and has taken what it was told, the hold above all       NO_CONTACT
to move: manual mode with an enabling device, as the robot reports           NO_ENABLING_DEVICE

Taking is by force: the role is all it takes, and the term, which it raises, keeps it from coming twice. The very bytes
that were obeyed last are answered as done.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isqrt

from gateway import records as r
from gateway.adapters import Stance
from gateway.checks import Code, Now, is_alive, is_maintained, stillness
from gateway.core import stopped
from gateway.state import Lease, State
from gateway.view import View
from gateway.wire import guidance_body
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.guidance import (
    AXES,
    DEAD_MAN_MS,
    LETTING_GO,
    MOVING_ACTS,
    REACH_MM,
    UM_PER_MM,
    VALID_S,
    Act,
    Guidance,
    Jog,
    Outcome,
    Point,
    Waypoint,
    read_parameters,
    require_reason,
)
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.workers import Role

LEASE_SECONDS = 30
"""Wall seconds that a human's lease lasts after each act."""
ROLES = frozenset((Role.OPERATOR, Role.SUPERVISOR, Role.MAINTENANCE))
"""Who may hold a robot may guide it; under maintenance's lock-out, maintenance alone."""
REACH_UM = REACH_MM * UM_PER_MM


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedGuidance:
    """Guidance whose signature has been checked."""

    guidance: Guidance
    digest: bytes
    signature: bytes

    @property
    def id(self) -> str:
        """The digest as text."""
        return "0x" + self.digest.hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Guidance before the court: all that bears on it. No stance: the robot does not answer, or not yet to the hold."""

    state: State
    view: View
    signed: SignedGuidance
    carries: Jog | Waypoint | Outcome | None
    stance: Stance | None
    now: Now

    @property
    def guidance(self) -> Guidance:
        """What the human signed."""
        return self.signed.guidance

    @property
    def key(self) -> tuple[int, str]:
        """The robot's resource."""
        return self.guidance.robot, self.guidance.resource

    @property
    def lease(self) -> Lease:
        """Its lease."""
        return self.state.lease(*self.key)


def guided(state: State, view: View, signed: SignedGuidance, stance: Stance | None, now: Now) -> tuple[r.Record, ...]:
    """What the act does; nothing where it is done already. Raises `GatewayRefused`, or `Malformed`."""
    guidance = signed.guidance
    carries = read_parameters(guidance.action, guidance.parameters)
    require_reason(guidance)
    case = Case(state=state, view=view, signed=signed, carries=carries, stance=stance, now=now)
    _require_known(case)
    if case.lease.digest == signed.id:
        return ()
    for require in (_require_time, _require_role, _require_fresh, _require_holder, _require_held, _require_device):
        require(case)
    return tuple(_DOES[guidance.action](case))


def _require_known(case: Case) -> None:
    robot = case.view.robots.get(case.guidance.robot)
    if robot is None:
        raise GatewayRefused(Code.UNKNOWN_ROBOT, f"the plant has no robot {case.guidance.robot}")
    if case.guidance.resource not in robot.resources:
        has = f"robot {robot.number} has {', '.join(robot.resources)}, no {case.guidance.resource}"
        raise GatewayRefused(Code.UNKNOWN_ROBOT, has)


def _require_time(case: Case) -> None:
    until, now = case.guidance.not_after, case.now.unix_s
    if now > until:
        raise GatewayRefused(Code.EXPIRED, f"good until {until}, it is {now}")
    if until > now + VALID_S:
        raise GatewayRefused(Code.MALFORMED, f"guidance is good for {VALID_S} s at most: notAfter {now + VALID_S}")


def _require_role(case: Case) -> None:
    if not _roles(case) & ROLES:
        raise GatewayRefused("NOT_ALLOWED", f"{case.guidance.human} has no role that may guide a robot")
    robot = case.view.robots[case.guidance.robot]
    if case.guidance.action not in LETTING_GO and not case.view.is_in_scope(case.guidance.human, robot):
        raise GatewayRefused("NOT_ALLOWED", f"robot {robot.number} is in no cell of {case.guidance.human}")


def _require_fresh(case: Case) -> None:
    guidance, lease = case.guidance, case.lease
    if guidance.term != lease.term:
        has = f"; {lease.human} has the lease" if lease.human else ""
        raise GatewayRefused(Code.FENCED, f"term {guidance.term} is not the present {lease.term}{has}")
    if guidance.action is not Act.TAKE and guidance.seq <= lease.seq:
        raise GatewayRefused(Code.REPLAYED, f"number {guidance.seq} is not above {lease.seq}")


def _require_holder(case: Case) -> None:
    guidance, lease = case.guidance, case.lease
    if guidance.action is Act.TAKE:
        return
    if lease.human != guidance.human:
        has = lease.human or (f"worker {lease.holder}" if lease.holder else "nobody")
        raise GatewayRefused(Code.NOT_HOLDER, f"{has} has the lease")
    if guidance.action not in LETTING_GO and case.now.unix_s > lease.until:
        raise GatewayRefused(Code.NOT_HOLDER, f"the lease ended at {_moment(lease.until)}; the hold stays")


def _moment(unix_s: float) -> str:
    """As RFC 3339 has it."""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _require_held(case: Case) -> None:
    if case.guidance.action in LETTING_GO:
        return
    if not stillness(case.state, case.view, case.now, robot=case.guidance.robot):
        raise GatewayRefused(Code.NOT_HELD, f"robot {case.guidance.robot} is not held")
    if _is_locked_out(case) and Role.MAINTENANCE not in _roles(case):
        raise GatewayRefused(Code.HELD, f"robot {case.guidance.robot} is locked out for maintenance")


def _require_device(case: Case) -> None:
    if case.guidance.action not in MOVING_ACTS:
        return
    stance, robot = case.stance, case.guidance.robot
    if stance is None:
        raise GatewayRefused(Code.NO_CONTACT, f"robot {robot} does not answer, or has not taken what it was told last")
    if not (stance.manual and stance.enabling_device):
        raise GatewayRefused(Code.NO_ENABLING_DEVICE, f"robot {robot} reports no manual mode with an enabling device")


def _roles(case: Case) -> frozenset[Role]:
    return frozenset(Role(role) for role in case.state.roles.get(case.guidance.human, ()))


def _is_locked_out(case: Case) -> bool:
    robot = case.guidance.robot
    orders = (order.order for order in case.state.orders.values() if order.holds)
    taken_here = any(
        (order.subject_type, order.subject, order.order["level"]) == (SubjectType.ROBOT, robot, Level.MAINTENANCE)
        for order in orders
    )
    return taken_here or case.view.robots[robot].locked_out or is_maintained(case.view, robot, case.now)


def _take(case: Case) -> Iterator[r.Record]:
    worker, human = case.lease.who
    yield _record(case, term=case.lease.term + 1, from_worker=worker, from_human=human)
    yield from stand_still(case.state, *case.key, case.now)


def _retain(case: Case) -> Iterator[r.Record]:
    yield _record(case)


def _return(case: Case) -> Iterator[r.Record]:
    yield _record(case, term=case.lease.term + 1, until=0)
    yield from stand_still(case.state, *case.key, case.now)


def _stop(case: Case) -> Iterator[r.Record]:
    """No lease that is over, or without a hold, lasts longer by it: a worker may wait for the robot."""
    guidance, now = case.guidance, case.now
    held = stillness(case.state, case.view, now, robot=guidance.robot)
    keeps = held and is_alive(case.state, case.view, *case.key, now)
    yield _record(case, until=None if keeps else case.lease.until)
    yield from stand_still(case.state, *case.key, case.now)


def _aside(case: Case) -> Iterator[r.Record]:
    job = case.state.job_on(*case.key)
    if job is None:
        raise GatewayRefused(Code.NO_MANDATE, "the robot has no part in hand")
    yield from _stop(case)
    yield stopped(job, case.now.tick, f"{case.guidance.human} put it aside")


def _move(case: Case) -> Iterator[r.Record]:
    assert case.stance is not None  # noqa: S101 (a robot that moves answered)
    assert isinstance(case.carries, Jog | Waypoint)  # noqa: S101 (read by the action)
    start = case.stance.pose
    goal = case.carries.point if isinstance(case.carries, Waypoint) else _along(start, case.carries)
    yield _record(case)
    yield _motion(case, start, goal, case.carries.speed_mm_s)


def _along(start: Point, jog: Jog) -> Point:
    """So far along the axis, and no further out than the robot is guided, or stands already."""
    place = AXES.index(jog.axis)
    x, y, z = (_within_reach(at, jog.distance_mm * UM_PER_MM) if axis == place else at for axis, at in enumerate(start))
    return x, y, z


def _within_reach(start: int, way: int) -> int:
    return max(min(-REACH_UM, start), min(max(REACH_UM, start), start + way))


def _motion(case: Case, start: Point, goal: Point, speed_mm_s: int) -> r.GuidedMotionBegun:
    """As far towards the goal as the dead-man lets it: a millimetre a second is a micrometre a millisecond."""
    way = [b - a for a, b in zip(start, goal, strict=True)]
    length = isqrt(sum(leg * leg for leg in way))
    needs_ms = -(-length // speed_mm_s)
    lasts_ms = min(needs_ms, DEAD_MAN_MS)
    return r.GuidedMotionBegun(
        robot=case.guidance.robot,
        resource=case.guidance.resource,
        start=list(start),
        to=[a + leg * lasts_ms // max(1, needs_ms) for a, leg in zip(start, way, strict=True)],
        began_ms=case.now.unix_ms,
        lasts_ms=lasts_ms,
    )


def stand_still(state: State, robot: int, resource: str, now: Now) -> Iterator[r.GuidedMotionStopped]:
    """Ends a human's motion where it is, if there is one."""
    motion = state.motions.get((robot, resource))
    if motion and not motion.is_over(now.unix_ms):
        yield r.GuidedMotionStopped(robot=robot, resource=resource, at_ms=now.unix_ms)


def _record(
    case: Case, *, term: int | None = None, until: int | None = None, from_worker: int = 0, from_human: str = ""
) -> r.RobotGuided:
    guidance, now = case.guidance, case.now
    return r.RobotGuided(
        robot=guidance.robot,
        resource=guidance.resource,
        action=guidance.action.value,
        human=guidance.human,
        term=guidance.term if term is None else term,
        seq=guidance.seq,
        until=now.unix_s + LEASE_SECONDS if until is None else until,
        from_worker=from_worker,
        from_human=from_human,
        at=now.unix_s,
        digest=case.signed.id,
        guidance=guidance_body(guidance),
        signature="0x" + case.signed.signature.hex(),
    )


_DOES: Mapping[Act, Callable[[Case], Iterator[r.Record]]] = {
    Act.TAKE: _take,
    Act.RETAIN: _retain,
    Act.RETURN: _return,
    Act.JOG: _move,
    Act.WAYPOINT: _move,
    Act.ASIDE: _aside,
    Act.STOP: _stop,
}
