"""What a command is checked against: each check passes or ends the case with a code and what is in the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway import records as r
from gateway.state import Lease, State
from gateway.view import Mandate, View
from workmoot.domain.commands import Command
from workmoot.domain.overrides import PLANT, SubjectType
from workmoot.domain.work import Status

LEASE_SECONDS = 15
"""Wall seconds after which an idle lease may be acquired by another."""
OPEN = frozenset((Status.ALLOCATED, Status.STARTED))


class Code(StrEnum):
    """Why a command is refused."""

    UNKNOWN_ROBOT = "UNKNOWN_ROBOT"
    EXPIRED = "EXPIRED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    NO_MANDATE = "NO_MANDATE"
    HELD = "HELD"
    FENCED = "FENCED"
    REPLAYED = "REPLAYED"
    BUSY = "BUSY"
    NOT_HOLDER = "NOT_HOLDER"
    MALFORMED = "MALFORMED"
    NOT_HELD = "NOT_HELD"
    NO_ENABLING_DEVICE = "NO_ENABLING_DEVICE"
    NO_CONTACT = "NO_CONTACT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The moment of a decision."""

    unix_ms: int
    tick: int

    @property
    def unix_s(self) -> int:
        """Unix seconds."""
        return self.unix_ms // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """No, and why."""

    code: Code
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A command before the court: all that bears on it."""

    state: State
    view: View
    command: Command
    worker: int
    now: Now

    @property
    def lease(self) -> Lease:
        """The lease of the robot's resource."""
        return self.state.lease(self.command.robot, self.command.resource)

    @property
    def mandate(self) -> Mandate | None:
        """The assignment in force."""
        return self.view.tasks.get(self.command.task)


class Objection(Exception):
    """Ends the checks of a command."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.verdict = Refuse(code=code, detail=detail)


def holds(state: State, view: View, *, robot: int = 0, task: int = 0) -> tuple[str, ...]:
    """Every hold in force on a robot or a task, the plant's included; empty: none."""
    found = ["the plant is held"] if view.plant_held else []
    if (known := view.robots.get(robot)) and known.held:
        found.append(f"robot {known.id} is held")
    if (mandate := view.tasks.get(task)) and mandate.held:
        found.append(f"task {task} is held")
    if latch := state.latches.get(robot):
        found.append(f"the gateway holds the robot: {latch.why}")
    subjects = {(SubjectType.ROBOT, robot), (SubjectType.TASK, task), (SubjectType.PLANT, PLANT)}
    orders = (o for o in state.orders.values() if o.holds and (o.order.subject_type, o.order.subject) in subjects)
    return (*found, *(f"{order.order.human} holds it ({order.state})" for order in orders))


def is_quarantined(view: View, worker: int, now: Now) -> bool:
    """Whether a human has the worker stop all it does."""
    return _stands(view.quarantined.get(worker), now)


def stillness(state: State, view: View, now: Now, *, robot: int, task: int = 0) -> tuple[str, ...]:
    """Every reason why a robot is to stand still: holds, and a human's maintenance of it."""
    found = holds(state, view, robot=robot, task=task)
    known = view.robots.get(robot)
    return (*found, f"robot {known.id} is in maintenance") if known and is_maintained(view, robot, now) else found


def is_maintained(view: View, robot: int, now: Now) -> bool:
    """Whether a human has the robot in maintenance."""
    return _stands(view.maintained.get(robot), now)


def _stands(until: int | None, now: Now) -> bool:
    return until is not None and (until == 0 or now.unix_s <= until)


def is_alive(state: State, view: View, robot: int, resource: str, now: Now) -> bool:
    """Whether a lease still keeps others out: its assignment is in force, and it is in use or not idle for long."""
    lease = state.lease(robot, resource)
    if lease.human:
        return now.unix_s <= lease.until
    mandate = view.tasks.get(lease.task)
    if not lease.holder or mandate is None or mandate.status not in OPEN or mandate.epoch != lease.epoch:
        return False
    return now.unix_s <= lease.until or state.job_on(robot, resource) is not None


def signer_of(view: View, command: Command, signer: str, now: Now) -> int:
    """The badge of who signed, for a robot that exists, in time."""
    robot = view.robots.get(command.robot)
    if robot is None and not (command.action == "measure" and command.robot == 0):
        raise Objection(Code.UNKNOWN_ROBOT, f"the plant has no robot {command.robot}")
    if robot and command.action != "measure" and command.resource not in robot.resources:
        raise Objection(
            Code.UNKNOWN_ROBOT, f"robot {command.robot} has {', '.join(robot.resources)}, no {command.resource}"
        )
    if now.unix_s > command.not_after:
        raise Objection(Code.EXPIRED, f"good until {command.not_after}, it is {now.unix_s}")
    worker = view.numbers.get(signer, 0)
    if not worker:
        raise Objection(Code.BAD_SIGNATURE, f"signed by {signer}, who has no badge, or for another chain or gateway")
    if worker not in view.active:
        raise Objection(Code.NO_MANDATE, f"worker {worker} may not act")
    return worker


def commander(case: Case, statuses: frozenset[Status]) -> Mandate:
    """The mandate under which the signer commands this robot now."""
    refuse_held(case)
    refuse_quarantined(case)
    command, mandate = case.command, case.mandate
    if mandate is None or not mandate.lead:
        raise Objection(Code.NO_MANDATE, f"nobody has task {command.task}")
    if case.worker not in mandate.team or command.robot not in mandate.robots:
        raise Objection(Code.NO_MANDATE, f"task {command.task} gives worker {case.worker} no robot {command.robot}")
    if not _is_bound(case, mandate):
        raise Objection(Code.NO_MANDATE, f"worker {case.worker} is not bound to robot {command.robot}")
    fence_epochs(case, mandate)
    if mandate.status not in statuses:
        raise Objection(Code.NO_MANDATE, f"task {command.task} is {mandate.status.name.lower()}")
    return mandate


def _is_bound(case: Case, mandate: Mandate) -> bool:
    commanders = case.view.commanders.get((case.command.robot, case.command.resource))
    return case.worker == mandate.lead if commanders is None else case.worker in commanders


def refuse_held(case: Case) -> None:
    """No hold bears on the robot or the task, and no human maintains the robot."""
    if found := stillness(case.state, case.view, case.now, robot=case.command.robot, task=case.command.task):
        raise Objection(Code.HELD, "; ".join(found))


def refuse_quarantined(case: Case) -> None:
    """The signer is in no quarantine: then it stops what it moves, and returns it, and does nothing else."""
    if is_quarantined(case.view, case.worker, case.now):
        raise Objection(Code.NO_MANDATE, f"worker {case.worker} is quarantined by a human")


def fence_epochs(case: Case, mandate: Mandate) -> None:
    """The command is given under what is in force now."""
    command = case.command
    if 0 < mandate.expires_at <= case.now.unix_s:
        raise Objection(
            Code.FENCED, f"a human's slot ended at {mandate.expires_at}; the chain has not said what follows"
        )
    _same("task epoch", command.task_epoch, mandate.epoch)
    _same("mandate", "0x" + command.mandate.hex(), mandate.mandate)
    if robot := case.view.robots.get(command.robot):
        _same("robot epoch", command.robot_epoch, robot.epoch)


def fence_term(case: Case) -> None:
    """The command is of the present term."""
    _same("term", case.command.term, case.lease.term)


def fence_number(case: Case) -> None:
    """And new in it. What raises the term needs no number: it comes once in any term."""
    fence_term(case)
    if case.command.seq <= case.lease.seq:
        raise Objection(Code.REPLAYED, f"number {case.command.seq} is not above {case.lease.seq}")


def as_holder(case: Case, *, fresh: bool = True) -> None:
    """The signer has the lease for this task; `fresh`: under the present epochs."""
    command, lease = case.command, case.lease
    if lease.holder != case.worker or lease.task != command.task:
        raise Objection(Code.NOT_HOLDER, f"the lease is worker {lease.holder}'s for task {lease.task}")
    if fresh and (lease.epoch, lease.robot_epoch) != (command.task_epoch, command.robot_epoch):
        raise Objection(Code.NOT_HOLDER, "the lease is of an older epoch: acquire it again")


def accepted(case: Case) -> r.CommandAccepted:
    """The command's number is used up, and the lease is in use."""
    command = case.command
    return r.CommandAccepted(
        robot=command.robot,
        resource=command.resource,
        term=command.term,
        seq=command.seq,
        until=case.now.unix_s + LEASE_SECONDS,
    )


def _same(what: str, given: object, present: object) -> None:
    if given != present:
        raise Objection(Code.FENCED, f"{what} {given} is not the present {present}")


def run_parameters(text: str) -> Mapping[str, object]:
    """The JSON object a run carries."""
    try:
        parameters = json.loads(text)
    except (ValueError, RecursionError):
        raise Objection(Code.MALFORMED, "parameters are no JSON") from None
    if not isinstance(parameters, dict):
        raise Objection(Code.MALFORMED, "parameters are no JSON object")
    return parameters


def whole(parameters: Mapping[str, object], name: str, least: int, most: int) -> int:
    """A whole number among the parameters."""
    value = parameters.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Objection(Code.MALFORMED, f"parameters: {name} is no whole number from {least} to {most}")
    return value
