"""The rules of WorkOrders: the life of a task."""

from dataclasses import dataclass

from tests.model.law import NOBODY, Entry, Law, No, Order, Plan, Task, require
from tests.model.members import active_worker, grow
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.work import Failure, OnFailure, Status
from workmoot.domain.workers import Role

NOTHING = 0
LAST_ATTEMPT = 255
IDLE = (Status.POSTED, Status.ALLOCATED)
BUSY = (Status.ALLOCATED, Status.STARTED, Status.SUBMITTED)
WAITING = (Status.REWORK, Status.FAILED)
FINAL = (Status.ACCEPTED, Status.REWORKED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Ask:
    """A task as it is posted."""

    capability: int
    predecessors: int = 0
    stage: int = 5
    on_failure: int = OnFailure.REALLOCATE
    retries: int = 0
    priority: int = 0
    team: int = 1
    work: int = 1_000
    due: int = 0
    budget: int = 0


# Orders


def post(law: Law, by: str, asked: tuple[Ask, ...], packed: bytes, detail: str) -> None:
    """`packed` are the bytes of what is asked, or bytes that follow no layout."""
    plans = (by, Role.PLANNER) in law.roles or (by, Role.SUPERVISOR) in law.roles
    require(plans and not law.is_suspended(by), "NotThePlanner")
    require(1 <= len(asked) <= 256 and len(packed) == 52 * len(asked), "MalformedOrder")
    order = len(law.orders) + 1
    law.orders[order] = Order(len(asked), law.now, hash_of_words(keccak(packed), keccak(detail.encode())))
    for index, ask in enumerate(asked):
        require(ask.predecessors < 1 << index, "PredecessorNotBefore")
        require(1 <= ask.capability <= law.capabilities, "UnknownCapability")
        sound = 1 <= ask.stage <= 5 and ask.on_failure <= OnFailure.ABORT and ask.retries <= 63
        require(sound and ask.team and ask.work, "MalformedTask")
        law.tasks[order << 8 | index] = Task(ask.capability, OnFailure(ask.on_failure), ask.retries, ask.predecessors)


def post_by_sig(
    law: Law, human: str, asked: tuple[Ask, ...], packed: bytes, detail: str, count: int, until: int, *, signed: bool
) -> None:
    """`signed`: the human signed just this."""
    require(law.now <= until, "PostExpired")
    require(signed, "BadSignature")
    law.use_nonce("WorkOrders", human, 0, count)
    post(law, human, asked, packed, detail)


def describe_again(law: Law, by: str) -> None:
    """A plant is described once, when it is founded."""
    require((by, Role.ADMIN) in law.roles, "NotThePlanner")
    raise No("AlreadySet")


# Decisions


def require_open(law: Law, plan: Plan) -> None:
    """What clients ask before they propose."""
    for entry in plan:
        task = law.task(entry.task)
        require(task.status in IDLE and task.version == entry.version, "TaskMovedOn")


def take(law: Law, entry: Entry) -> None:
    """One entry of a plan that passed: in force, waiting under a human's slot, or skipped; of those who vote alone."""
    task = law.tasks.get(entry.task)
    if task is None or task.status not in IDLE or task.version != entry.version or entry.lead in task.excluded:
        return
    may_inspect = entry.inspector == NOBODY or law.votes(entry.inspector)
    if entry.lead == entry.inspector or not law.votes(entry.lead) or not may_inspect:
        return
    task = law.task(entry.task)
    task.version += 1
    if task.overridden:
        task.standing = (entry.lead, entry.inspector)
        return
    task.status, task.worker, task.inspector = Status.ALLOCATED, entry.lead, entry.inspector
    task.summoned = task.acknowledged = False
    task.epoch += 1


# A run


def acknowledge(law: Law, by: str, number: int, epoch: int) -> None:
    task = _as_assignee(law, by, number, epoch, Status.ALLOCATED)
    _require_may_start(law, number, task)
    require(not task.acknowledged, "AlreadyAcknowledged")
    task.acknowledged, task.summoned = True, False
    task.deadline = law.now + law.limits.heartbeat_seconds


def decline(law: Law, by: str, number: int, epoch: int) -> None:
    _end_run(law, number, _as_assignee(law, by, number, epoch, Status.ALLOCATED), Failure.DECLINED)


def start(law: Law, by: str, number: int, epoch: int) -> None:
    task = _as_assignee(law, by, number, epoch, Status.ALLOCATED)
    _require_may_start(law, number, task)
    task.status, task.attempt = Status.STARTED, min(task.attempt + 1, LAST_ATTEMPT)
    task.summoned = task.acknowledged = False
    task.deadline = law.now + law.limits.heartbeat_seconds


def heartbeat(law: Law, by: str, number: int, epoch: int) -> None:
    task = _as_assignee(law, by, number, epoch, Status.STARTED)
    task.deadline = law.now + law.limits.heartbeat_seconds


def submit(law: Law, by: str, number: int, epoch: int, grade: int, evidence: int) -> None:
    task = _as_assignee(law, by, number, epoch, Status.STARTED)
    require(grade <= 100, "GradeTooHigh")
    require(evidence, "EvidenceMissing")
    task.status, task.evidence = Status.SUBMITTED, evidence
    task.deadline = law.now + law.limits.inspect_seconds


def fail(law: Law, by: str, number: int, epoch: int) -> None:
    _end_run(law, number, _as_assignee(law, by, number, epoch, Status.STARTED), Failure.REPORTED)


def inspect(law: Law, by: str, number: int, epoch: int, evidence: int, *, accepted: bool, grade: int) -> None:
    caller = active_worker(law, by)
    task = _present(law, number, epoch, Status.SUBMITTED)
    require(task.inspector == caller and task.worker != caller, "NotTheInspector")
    require(task.evidence == evidence, "OtherEvidence")
    require(grade <= 100, "GradeTooHigh")
    if accepted:
        accept(law, number, task)
    else:
        _end_run(law, number, task, Failure.REJECTED)


def poke(law: Law, number: int) -> None:
    task = law.task(number)
    require(not task.held and not law.plant_held, "Held")
    if task.status is Status.SUBMITTED:
        _poke_inspection(law, task)
        return
    require(task.status in (Status.ALLOCATED, Status.STARTED), "WrongStatus")
    if not _may_work(law, task):
        _end_run(law, number, task, Failure.WORKER_GONE)
    elif task.status is Status.ALLOCATED and not task.summoned and not task.acknowledged:
        _require_ready(law, number, task)
        task.summoned, task.deadline = True, law.now + law.limits.acknowledge_seconds
    else:
        _require_overdue(law, task)
        _end_run(law, number, task, Failure.OVERDUE)


def accept(law: Law, number: int, task: Task) -> None:
    grow(law, task.worker, task.capability, done=True)
    finish(law, number, task, Status.ACCEPTED)


def finish(law: Law, number: int, task: Task, status: Status) -> None:
    """Successors may start."""
    task.status = status
    order = law.orders[number >> 8]
    law.orders[number >> 8] = Order(order.tasks, order.posted_at, order.spec_hash, order.done | 1 << (number & 255))


def repost(task: Task) -> None:
    """Nobody has it, a life cycle later; the epoch rises where somebody had."""
    task.epoch += task.worker != NOBODY
    task.version += 1
    task.status, task.worker, task.inspector = Status.POSTED, NOBODY, NOBODY
    task.summoned = task.acknowledged = False


def _poke_inspection(law: Law, task: Task) -> None:
    """A late or absent inspector's task is inspected by a human, and nothing is overdue then."""
    require(task.inspector != NOBODY, "NotOverdue")
    if law.is_active(task.inspector):
        _require_overdue(law, task)
    task.inspector, task.deadline = NOBODY, 0
    task.epoch += 1


def _end_run(law: Law, number: int, task: Task, failure: Failure) -> None:
    """Without blame where the worker is gone."""
    following = _after(task, failure)
    blamed = failure is not Failure.WORKER_GONE
    if blamed:
        grow(law, task.worker, task.capability, done=False)
    if following is Status.POSTED:
        if blamed:
            task.excluded |= {task.worker}
        repost(task)
        return
    task.status = following
    task.version += following is Status.ALLOCATED
    task.summoned = task.acknowledged = False


def _after(task: Task, failure: Failure) -> Status:
    """Under a human's slot every failure waits for a human; else as the task says."""
    for_a_human = Status.REWORK if failure is Failure.REJECTED else Status.FAILED
    if task.overridden:
        return for_a_human
    if failure not in (Failure.REPORTED, Failure.REJECTED):
        return Status.POSTED
    again = Status.ALLOCATED if task.attempt <= task.retries else Status.POSTED
    return {
        OnFailure.HUMAN: for_a_human,
        OnFailure.REALLOCATE: Status.POSTED,
        OnFailure.RETRY: again,
        OnFailure.ABORT: Status.FAILED,
    }[task.on_failure]


def _as_assignee(law: Law, by: str, number: int, epoch: int, expected: Status) -> Task:
    caller = active_worker(law, by)
    task = _present(law, number, epoch, expected)
    require(task.worker == caller, "NotTheAssignee")
    return task


def _present(law: Law, number: int, epoch: int, expected: Status) -> Task:
    """Fenced first: who acts on an old epoch learns nothing else."""
    require(law.epoch_of(number) == epoch, "Fenced")
    task = law.task(number)
    require(not task.held and not law.plant_held, "Held")
    require(task.status is expected, "WrongStatus")
    return task


def _require_may_start(law: Law, number: int, task: Task) -> None:
    _require_ready(law, number, task)
    require(_may_work(law, task), "NotCapable")


def _require_ready(law: Law, number: int, task: Task) -> None:
    require(task.predecessors & ~law.orders[number >> 8].done == NOTHING, "NotReady")


def _may_work(law: Law, task: Task) -> bool:
    """Whom a human named needs no capability."""
    return law.is_active(task.worker) if task.overridden else law.is_capable(task.worker, task.capability)


def _require_overdue(law: Law, task: Task) -> None:
    """The end of a plant's hold grants everybody a heartbeat's time."""
    granted = law.resumed_at + law.limits.heartbeat_seconds if law.resumed_at else 0
    require(law.now > max(task.deadline, granted), "NotOverdue")
