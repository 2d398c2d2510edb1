"""Who may move a robot: every command is allowed or refused with a name. No clock, no network: time is an argument.

robot known · not expired · signer has a badge and may act        UNKNOWN_ROBOT EXPIRED BAD_SIGNATURE NO_MANDATE
no hold on plant, robot, task (stop passes)                       HELD
the assignment in force names the signer for this robot           NO_MANDATE
task epoch, robot epoch, mandate, term are the present ones       FENCED
but to acquire: the number rises within the term                  REPLAYED
the lease is free, or the signer's                                BUSY NOT_HOLDER
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway import records as r
from gateway.checks import (
    LEASE_SECONDS,
    OPEN,
    Case,
    Code,
    Now,
    Objection,
    Refuse,
    accepted,
    as_holder,
    commander,
    fence_epochs,
    fence_number,
    fence_term,
    is_alive,
    refuse_held,
    refuse_quarantined,
    run_parameters,
    signer_of,
    whole,
)
from gateway.state import Job, State
from gateway.view import Mandate, View
from workmoot.domain.commands import Command
from workmoot.domain.work import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Yes: what is to be written down, and by that done."""

    records: tuple[r.Record, ...]


def decide(state: State, view: View, command: Command, signer: str, now: Now) -> Allow | Refuse:
    """Whether the command stands."""
    try:
        worker = signer_of(view, command, signer, now)
        return Allow(
            records=_VERDICTS[command.action](Case(state=state, view=view, command=command, worker=worker, now=now))
        )
    except Objection as objection:
        return objection.verdict


def _acquire(case: Case) -> tuple[r.Record, ...]:
    mandate = commander(case, OPEN)
    fence_term(case)
    command, lease = case.command, case.lease
    alive = is_alive(case.state, case.view, command.robot, command.resource, case.now)
    if alive and lease.holder != case.worker:
        has = f"worker {lease.holder} has the lease for task {lease.task}"
        raise Objection(Code.BUSY, f"{lease.human} has the lease until {lease.until}" if lease.human else has)
    in_hand = case.state.job_on(command.robot, command.resource)
    if in_hand and in_hand.order.task != command.task:
        raise Objection(Code.BUSY, f"the robot has task {in_hand.order.task} in hand")
    return (
        r.LeaseGranted(
            robot=command.robot,
            resource=command.resource,
            term=lease.term + 1,
            worker=case.worker,
            task=command.task,
            epoch=mandate.epoch,
            robot_epoch=command.robot_epoch,
            seq=command.seq,
            until=case.now.unix_s + LEASE_SECONDS,
        ),
    )


def _run(case: Case) -> tuple[r.Record, ...]:
    mandate = commander(case, frozenset((Status.STARTED,)))
    fence_number(case)
    as_holder(case)
    job = case.state.jobs.get((case.command.task, case.command.robot))
    if job and job.order.run == mandate.run and job.state != "stopped":
        return (accepted(case), _resumed(case, job))
    if case.state.job_on(case.command.robot, case.command.resource):
        raise Objection(Code.BUSY, "the robot has another part in hand")
    return (accepted(case), _started(case, mandate))


def _resumed(case: Case, job: Job) -> r.JobResumed:
    if job.state == "running":
        raise Objection(Code.BUSY, "this part is running already")
    if job.state != "paused":
        raise Objection(Code.REPLAYED, f"this part of run {job.order.run} is {job.state}")
    command = case.command
    return r.JobResumed(
        task=command.task,
        robot=command.robot,
        epoch=command.task_epoch,
        robot_epoch=command.robot_epoch,
        mandate="0x" + command.mandate.hex(),
        tick=case.now.tick,
    )


def _started(case: Case, mandate: Mandate) -> r.JobStarted:
    command = case.command
    parameters = run_parameters(command.parameters)
    return r.JobStarted(
        task=command.task,
        robot=command.robot,
        resource=command.resource,
        run=mandate.run,
        attempt=mandate.attempt,
        worker=case.worker,
        capability=whole(parameters, "capability", 1, 255),
        work_ticks=whole(parameters, "work_ticks", 1, (1 << 32) - 1),
        part=str(parameters.get("part", ""))[:80],
        seed=mandate.seed,
        epoch=mandate.epoch,
        robot_epoch=command.robot_epoch,
        mandate=mandate.mandate,
        tick=case.now.tick,
    )


def _stop(case: Case) -> tuple[r.Record, ...]:
    """Passes under a hold and an old epoch: who moved the robot may always stop it, unless a human took it."""
    fence_number(case)
    if case.lease.human:
        raise Objection(Code.NOT_HOLDER, f"{case.lease.human} took the lease: it is for the human to say")
    job = case.state.jobs.get((case.command.task, case.command.robot))
    if job is None or not job.is_live:
        raise Objection(Code.NO_MANDATE, "nothing to stop")
    if job.order.worker != case.worker:
        raise Objection(Code.NOT_HOLDER, f"worker {job.order.worker} moves the robot")
    return (accepted(case), stopped(job, case.now.tick, f"worker {case.worker} stopped it"))


def _return(case: Case) -> tuple[r.Record, ...]:
    command = case.command
    refuse_held(case)
    fence_number(case)
    as_holder(case, fresh=False)
    if case.state.job_on(command.robot, command.resource):
        raise Objection(Code.BUSY, "the robot has a part in hand: stop it first")
    return (r.LeaseReturned(robot=command.robot, resource=command.resource, term=command.term),)


def _measure(case: Case) -> tuple[r.Record, ...]:
    """Allows it; what is measured is for the floor to say."""
    mandate = case.mandate
    refuse_held(case)
    refuse_quarantined(case)
    if mandate is None or mandate.status is not Status.SUBMITTED:
        raise Objection(Code.NO_MANDATE, f"task {case.command.task} has no result to inspect")
    if mandate.inspector != case.worker:
        raise Objection(Code.NOT_HOLDER, f"the inspector is {mandate.inspector or 'a human'}")
    fence_epochs(case, mandate)
    if not any(job.state == "done" for job in case.state.jobs_of(case.command.task, mandate.run)):
        raise Objection(Code.NO_MANDATE, "no robot made anything")
    last = max((m.seq for m in case.state.measurements.get(case.command.task, ())), default=0)
    if case.command.seq <= last:
        raise Objection(Code.REPLAYED, f"number {case.command.seq} is not above {last}")
    return ()


_VERDICTS: Mapping[str, Callable[[Case], tuple[r.Record, ...]]] = {
    "acquire": _acquire,
    "run": _run,
    "stop": _stop,
    "return": _return,
    "measure": _measure,
}


def stopped(job: Job, tick: int, why: str) -> r.JobEnded:
    """The end of a part without a result."""
    return r.JobEnded(task=job.order.task, robot=job.order.robot, state="stopped", tick=tick, why=why, result=None)
