"""From the ledger to a planning problem: what is open, who offers what, and what is taken until when."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from workmoot.domain.clock import Clock
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import NOBODY, Number, TaskId, order_of
from workmoot.domain.instructions import WITHDRAWS
from workmoot.domain.ledger import Leaf, Ledger, OfferRecord, Proposal, Task
from workmoot.domain.plan import LAST_VERSION
from workmoot.domain.proposals import Weights
from workmoot.domain.work import Status
from workmoot.domain.workers import Member
from workmoot.planning.problem import Mode, OpenTask, Problem

HANDOVER_MS = 800
"""Wall milliseconds that transactions take between a task and the next, where the policy does not say."""
HUMAN_MS = 60_000
"""Simulated milliseconds a human's correction is expected to take, where nobody knows."""
MOST_WALL_S = 86_400
"""No pause of the policy is longer."""
CLAIM_S = 60.0
"""Wall seconds past its planned start after which a ready task whose lead has not claimed it is planned anew."""


def problem_at(ledger: Ledger, now: int, *, wall_s: float, anew: Container[TaskId] = ()) -> Problem:
    """The problem of all posted tasks that no human's slot decides, at tick `now`, and of those decided `anew`."""
    tasks = {
        task.id: task
        for task in ledger.tasks.values()
        if (is_to_decide(ledger, task, wall_s) or (task.id in anew and may_be_decided_anew(task)))
        and not _is_left(ledger, task, wall_s)
    }
    ends = expected_ends(ledger, now, tasks)
    opened = {task.id: _open_task(ledger, task, tasks, ends, wall_s=wall_s) for task in tasks.values()}
    return Problem(
        base=base_of(ledger, opened),
        now=now,
        handover=handover(ledger),
        tasks=opened,
        busy=_busy(ledger, ends),
        inspectors=_inspectors(ledger, {found.capability for found in opened.values()}, wall_s),
        weights=weights(ledger),
    )


def with_offers_of(ledger: Ledger, problem: Problem, proposal: Proposal, *, wall_s: float) -> Problem:
    """The problem with the offers that a plan takes, also those that were renewed since, as long as they stand."""
    tasks = dict(problem.tasks)
    for entry in proposal.entries:
        found, record = tasks.get(entry.task), ledger.offer_of(entry, proposal.opening.read_at)
        if found is None or record is None or _is_blocked(ledger, entry.task):
            continue
        if ledger.stands(record) and is_backed(ledger, record) and _is_at_hand(ledger, record, wall_s):
            taken = Mode(lead=record.worker, offer=record.offer)
            others = (mode for mode in found.modes if (mode.lead, mode.offer.sequence) != (taken.lead, entry.sequence))
            tasks[entry.task] = replace(found, modes=(taken, *others))
    return replace(problem, tasks=tasks)


def is_undecided(task: Task) -> bool:
    """Whether the DAO may decide who does it now."""
    return task.status is Status.POSTED and not task.slot_filled and task.version <= LAST_VERSION


def is_to_decide(ledger: Ledger, task: Task, wall_s: float) -> bool:
    """Whether plans may name it: nobody has it, or it has not begun and may be decided anew."""
    return is_undecided(task) or is_let_go(ledger, task, wall_s) or is_ripening(ledger, task, wall_s)


def is_let_go(ledger: Ledger, task: Task, wall_s: float) -> bool:
    """Whether it has not begun and a human withdrew somebody of its team."""
    return (
        may_be_decided_anew(task)
        and withdrawn(ledger, task.entry.team if task.entry else (task.worker,), wall_s) is not None
    )


def is_ripening(ledger: Ledger, task: Task, wall_s: float) -> bool:
    """Whether it is decided, and time is left to decide it better before it begins."""
    return may_be_decided_anew(task) and wall_s < ripe_at(ledger, task)


def ripe_at(ledger: Ledger, task: Task) -> float:
    """The wall second from which on what is decided of a task is carried out: `think_s` after it was posted."""
    return ledger.orders[order_of(task.id)].posted_at + think_s(ledger)


def may_be_decided_anew(task: Task) -> bool:
    """Whether it is decided and has not begun, and no human decided it."""
    return task.status is Status.ALLOCATED and not task.slot_filled and task.version <= LAST_VERSION


def withdrawn(ledger: Ledger, members: Iterable[Number], wall_s: float) -> Number | None:
    """The first of the members that a human had drained or quarantined."""
    if not ledger.instructions:
        return None
    return next((number for number in members if ledger.is_withdrawn(number, wall_s)), None)


def withdrawn_at(ledger: Ledger, task: Task, wall_s: float) -> float:
    """When a human opened the task anew by withdrawing somebody of its team; 0 where nobody is withdrawn."""
    member = withdrawn(ledger, task.entry.team, wall_s) if task.entry else None
    said = (ledger.instruction(kind, member).id for kind in WITHDRAWS if member)
    return max((float(ledger.overrides[id_].at.timestamp) for id_ in said if id_), default=0.0)


def can_lead(ledger: Ledger, leaf: Leaf) -> bool:
    """Whether the lead of a tree's entry may still take it, its inspector inspect, and every helper has confirmed."""
    entry, task = leaf.entry, ledger.tasks[leaf.entry.task]
    lead, inspector = ledger.members.get(entry.lead), ledger.members.get(entry.inspector)
    able = lead is not None and _can_take(lead, task)
    inspects = entry.inspector == NOBODY or (inspector is not None and inspector.is_active_worker)
    offer = (entry.task, entry.version, entry.lead, entry.sequence)
    return able and inspects and all(ledger.is_confirmed(*offer, helper) for helper in entry.helpers)


def _can_take(worker: Member, task: Task) -> bool:
    """Whether a decision may give it the task: an absent worker is given no new one."""
    able = worker.is_active_worker and worker.is_capable(task.spec.capability)
    return able and worker.number not in task.excluded


def _is_left(ledger: Ledger, task: Task, wall_s: float) -> bool:
    """Whether a tree that passed leaves the task to a lead that will yet claim it, or to who vetoes the tree."""
    if ledger.is_vetoed(task):
        return True
    leaf = ledger.leaf_of(task)
    if leaf is None or not can_lead(ledger, leaf) or withdrawn(ledger, leaf.entry.team, wall_s):
        return False
    if not ledger.is_ready(task):
        return True
    done = (float(ledger.tasks[before].ended_at or 0) for before in ledger.predecessors(task))
    return wall_s <= max(clock_of(ledger).unix_ms(leaf.entry.start) / 1000, *done, 0.0) + CLAIM_S


def base_of(ledger: Ledger, tasks: Mapping[TaskId, object] | tuple[TaskId, ...]) -> int:
    """The tick at which the oldest order among these tasks was posted."""
    orders = {order_of(task) for task in tasks}
    return min((clock_of(ledger).ticks_at(ledger.orders[order].posted_at) for order in orders), default=0)


def due_of(ledger: Ledger, task: Task) -> int:
    """The tick at which a task is due, 0 for none."""
    posted = clock_of(ledger).ticks_at(ledger.orders[order_of(task.id)].posted_at)
    return posted + task.spec.due if task.spec.due else 0


def clock_of(ledger: Ledger) -> Clock:
    """The plant's clock; a plant that is not described yet has none."""
    if ledger.clock is None:
        raise Malformed("the plant has not been described on chain yet: its clock does not run")
    return ledger.clock


def policy(ledger: Ledger) -> Mapping[str, Any]:
    """The plant's policy, as described on chain."""
    found = (ledger.description or {}).get("policy")
    return found if isinstance(found, dict) else {}


def votes_by_signature(ledger: Ledger) -> bool:
    """Whether members sign ballots, and one of them sends what decides."""
    return policy(ledger).get("ballots") in ("signed", "at-once")


def decides_at_once(ledger: Ledger) -> bool:
    """Whether members sign plans before they are opened, too, and one transaction opens and decides them."""
    return policy(ledger).get("ballots") == "at-once"


def ballot_boxes(ledger: Ledger) -> tuple[str, ...]:
    """Where signed ballots are put and read."""
    listed = policy(ledger).get("ballot_boxes")
    return tuple(url for url in listed if isinstance(url, str)) if isinstance(listed, list) else ()


def told(ledger: Ledger, name: str, usual: float, *, most: float) -> float:
    """A number of the policy, as the plant's description tells it on chain: what is none there counts as not told."""
    found = policy(ledger).get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        return usual
    return min(max(found, 0), most)


def handover(ledger: Ledger) -> int:
    """The ticks that transactions take between two tasks."""
    wall_ms = int(told(ledger, "handover_ms", HANDOVER_MS, most=MOST_WALL_S * 1000))
    return wall_ms * clock_of(ledger).speed_milli // 1000


def think_s(ledger: Ledger) -> float:
    """How long after its posting work is decided better and better before it begins, wall seconds."""
    return told(ledger, "think_s", 0, most=MOST_WALL_S)


def weights(ledger: Ledger) -> Weights:
    """The policy's objective."""
    return ledger.policy.weights if ledger.policy else Weights()


def standing_offers(ledger: Ledger, task: TaskId) -> list[OfferRecord]:
    """The offers a plan may use: each worker's newest batch, as far as it stands, helpers confirmed."""
    return [record for record in ledger.offers.get(task, ()) if ledger.stands(record) and is_backed(ledger, record)]


def is_backed(ledger: Ledger, record: OfferRecord) -> bool:
    """Whether its worker may take the task and every helper has confirmed."""
    return _lacks(ledger, record) is None


def hindrance(ledger: Ledger, record: OfferRecord, *, wall_s: float) -> str | None:
    """Why no plan may take an offer, in words; none where one may."""
    return _lacks(ledger, record) or _is_away(ledger, record, wall_s)


def _lacks(ledger: Ledger, record: OfferRecord) -> str | None:
    worker = ledger.members.get(record.worker)
    if worker is None or not _can_take(worker, ledger.tasks[record.offer.task]):
        return "its worker may not take the task"
    silent = (helper for helper in record.offer.helpers if not _has_confirmed(ledger, record, helper))
    return next((f"member {helper} has not confirmed that it helps" for helper in silent), None)


def _has_confirmed(ledger: Ledger, record: OfferRecord, helper: Number) -> bool:
    offer = record.offer
    member = ledger.members.get(helper)
    confirmed = ledger.is_confirmed(offer.task, offer.version, record.worker, offer.sequence, helper)
    return member is not None and member.is_active_worker and confirmed


def _open_task(
    ledger: Ledger, task: Task, opened: Mapping[TaskId, Task], ends: Mapping[TaskId, int], *, wall_s: float
) -> OpenTask:
    before = ledger.predecessors(task)
    decided = [ends[other] + handover(ledger) for other in before if other in ends]
    return OpenTask(
        task=task.id,
        version=task.version,
        capability=task.spec.capability,
        predecessors=tuple(other for other in before if other in opened),
        release=max(decided, default=0),
        due=due_of(ledger, task),
        priority=ledger.priority_of(task, wall_s),
        modes=() if _is_blocked(ledger, task.id) else _modes(ledger, task.id, wall_s=wall_s),
    )


def _modes(ledger: Ledger, task: TaskId, *, wall_s: float) -> tuple[Mode, ...]:
    records = sorted(standing_offers(ledger, task), key=lambda record: (record.worker, record.offer.sequence))
    return tuple(
        Mode(lead=record.worker, offer=record.offer) for record in records if _is_at_hand(ledger, record, wall_s)
    )


def _is_at_hand(ledger: Ledger, record: OfferRecord, wall_s: float) -> bool:
    return _is_away(ledger, record, wall_s) is None


def _is_away(ledger: Ledger, record: OfferRecord, wall_s: float) -> str | None:
    if record.offer.valid_until < wall_s:
        return "it was good for a time that is over"
    if member := withdrawn(ledger, (record.worker, *record.offer.helpers), wall_s):
        return f"member {member} is drained or quarantined by a human"
    out = (robot for robot in record.offer.robots if ledger.is_robot_out(robot, wall_s))
    words = {robot: "held" if ledger.is_robot_held(robot) else "in maintenance" for robot in out}
    return next((f"robot {robot} is {word}" for robot, word in words.items()), None)


def _is_blocked(ledger: Ledger, task: TaskId) -> bool:
    return any(ledger.tasks[other].status is Status.CANCELLED for other in ledger.predecessors(ledger.tasks[task]))


def expected_ends(ledger: Ledger, now: int, undecided: Container[TaskId]) -> dict[TaskId, int]:
    """When what is decided or waits for a human will end, as far as anyone can tell, ascending by task."""
    ends: dict[TaskId, int] = {}
    for task in sorted(ledger.tasks.values(), key=lambda task: task.id):
        if task.status.is_final or task.id in undecided:
            continue
        ready = max((ends[before] for before in ledger.predecessors(task) if before in ends), default=now)
        ends[task.id] = _expected_end(ledger, task, max(now, ready))
    return ends


def _expected_end(ledger: Ledger, task: Task, ready: int) -> int:
    run, entry = task.run, ledger.decided_entry(task)
    if task.status in (Status.SUBMITTED, Status.REWORK, Status.FAILED):
        return ready + (HUMAN_MS if task.status.waits_for_a_human else 0)
    if task.status is Status.STARTED and run is not None and entry is not None:
        return max(ready, clock_of(ledger).ticks_at(run.started_at) + entry.duration)
    return max(ready, entry.start) + entry.duration if entry is not None else ready + task.spec.work


def _busy(ledger: Ledger, ends: Mapping[TaskId, int]) -> dict[Number, int]:
    busy: dict[Number, int] = {}
    for task, end in ends.items():
        found = ledger.tasks[task]
        entry = ledger.decided_entry(found)
        if entry is not None and found.status in (Status.POSTED, Status.ALLOCATED, Status.STARTED):
            for resource in entry.resources:
                busy[resource] = max(busy.get(resource, 0), end + handover(ledger))
    return busy


def _inspectors(ledger: Ledger, capabilities: set[int], wall_s: float) -> dict[int, tuple[Number, ...]]:
    """Those who know the work inspect it; where there are too few, everyone may."""
    numbers = (member.number for member in ledger.voting_members())
    active = sorted(number for number in numbers if not ledger.is_withdrawn(number, wall_s))
    found = {}
    for capability in capabilities:
        capable = tuple(number for number in active if ledger.members[number].is_capable(capability))
        found[capability] = capable if len(capable) > 2 else tuple(active)
    return found
