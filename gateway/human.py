"""A human's hold or release at the gateway: whether it stands, and what it does at once. The rights are the chain's."""

from dataclasses import dataclass

from gateway import records as r
from gateway.checks import Now
from gateway.guidance import stand_still
from gateway.state import Job, State
from gateway.view import View
from gateway.wire import order_body
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.overrides import PLANT, HumanOrder, Level, OverrideKind, SubjectType, own_level
from workmoot.domain.workers import Role

SUBJECTS = (SubjectType.TASK, SubjectType.ROBOT, SubjectType.PLANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOrder:
    """A human's order whose signature has been checked."""

    order: HumanOrder
    digest: bytes
    signature: bytes

    @property
    def id(self) -> str:
        """The digest as text."""
        return "0x" + self.digest.hex()


def require_sound(order: HumanOrder, now: Now) -> None:
    """Refuses what the chain could never take: better a clear no than a hold that nobody can anchor."""
    if order.kind not in (OverrideKind.HOLD, OverrideKind.RELEASE) or order.subject_type not in SUBJECTS:
        raise GatewayRefused("MALFORMED", "the gateway takes holds and releases of robots, tasks and the plant")
    if order.subject_type is SubjectType.PLANT and order.subject != PLANT:
        raise GatewayRefused("MALFORMED", "the plant has the number 0")
    if not order.reason_code or not order.reason:
        raise GatewayRefused("MALFORMED", "an order says why: a code and words")
    if order.level and order.level not in _levels(order):
        raise GatewayRefused("MALFORMED", f"level {order.level} does not go with this subject")
    if order.valid_until < now.unix_s:
        raise GatewayRefused("EXPIRED", f"good until {order.valid_until}, it is {now.unix_s}")
    if order.expires_at and order.expires_at < now.unix_s + 10:
        raise GatewayRefused("EXPIRED", "the order ends less than 10 seconds from now")


def require_known(view: View, order: HumanOrder) -> None:
    """Refuses a subject that the plant does not have; a plant never seen is believed to have it."""
    if not view.block:
        return
    if order.subject_type is SubjectType.ROBOT and order.subject not in view.robots:
        raise GatewayRefused("UNKNOWN_ROBOT", f"the plant has no robot {order.subject}")
    if order.subject_type is SubjectType.TASK and order.subject not in view.tasks:
        raise GatewayRefused("UNKNOWN_TASK", f"there is no task {order.subject}")


def require_allowed(state: State, order: HumanOrder) -> None:
    """Refuses who lacks the role; the roles are those the chain last said."""
    roles = {Role(role) for role in state.roles.get(order.human, ())}
    if not roles & _roles_for(order):
        raise GatewayRefused("NOT_ALLOWED", f"{order.human} has no role that may {order.kind.name.lower()} this")


def taken(state: State, view: View, signed: SignedOrder, now: Now) -> tuple[r.Record, ...]:
    """What a hold does at once: the leases are taken, the robots stand still. A release waits for the chain."""
    order = signed.order
    first = r.OrderTaken(
        digest=signed.id,
        release=order.kind is OverrideKind.RELEASE,
        subject_type=order.subject_type,
        subject=order.subject,
        human=order.human,
        order=order_body(order),
        signature="0x" + signed.signature.hex(),
        at=now.unix_s,
    )
    if first.release:
        return (first,)
    resources = _resources(state, view, order)
    leases = (
        r.LeaseTaken(robot=robot, resource=resource, term=state.lease(robot, resource).term + 1, human=order.human)
        for robot, resource in resources
    )
    stands = (record for key in resources for record in stand_still(state, *key, now))
    why = f"{order.human} holds it: {order.reason}"
    pauses = (
        r.JobPaused(task=job.order.task, robot=job.order.robot, tick=now.tick, why=why)
        for job in state.live_jobs()
        if job.state == "running" and _bears_on(order, job)
    )
    return (first, *leases, *stands, *pauses)


def _resources(state: State, view: View, order: HumanOrder) -> list[tuple[int, str]]:
    described = {(robot.number, resource) for robot in view.robots.values() for resource in robot.resources}
    known = sorted(described | state.leases.keys())
    if order.subject_type is SubjectType.PLANT:
        return known
    if order.subject_type is SubjectType.ROBOT:
        return [key for key in known if key[0] == order.subject]
    return [key for key in known if state.lease(*key).holder and state.lease(*key).task == order.subject]


def _bears_on(order: HumanOrder, job: Job) -> bool:
    subjects = {(SubjectType.TASK, job.order.task), (SubjectType.ROBOT, job.order.robot), (SubjectType.PLANT, PLANT)}
    return (order.subject_type, order.subject) in subjects


def _levels(order: HumanOrder) -> tuple[Level, ...]:
    if order.subject_type is SubjectType.PLANT:
        return (Level.PLANT_HOLD,)
    ours = (Level.MAINTENANCE, Level.HUMAN_HOLD, Level.HUMAN)
    frees = order.kind is OverrideKind.RELEASE and order.subject_type is SubjectType.TASK
    return (*ours, Level.SAFE_STOP) if frees else ours


def _roles_for(order: HumanOrder) -> set[Role]:
    """As the contract has it; that a planner's release frees an assignment and no hold, the contract alone can see."""
    kind, level = order.kind, order.level or own_level(order.subject_type)
    if level == Level.MAINTENANCE:
        return {Role.MAINTENANCE}
    if level == Level.PLANT_HOLD and kind is OverrideKind.RELEASE:
        return {Role.SUPERVISOR}
    if level == Level.PLANT_HOLD:
        return {Role.OPERATOR, Role.SUPERVISOR, Role.PLANNER, Role.MAINTENANCE}
    if kind is OverrideKind.RELEASE and order.subject_type is SubjectType.TASK and level == Level.HUMAN:
        return {Role.OPERATOR, Role.SUPERVISOR, Role.PLANNER}
    return {Role.OPERATOR, Role.SUPERVISOR}
