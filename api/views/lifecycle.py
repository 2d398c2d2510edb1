"""How far a human's order is: in a block, seen by whoever must obey it, in force. Commanded is not confirmed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from api.anchoring import Anchoring
from api.event_ids import id_at
from api.models.common import moment
from api.models.orders import SlotTimes
from api.steps import ACKNOWLEDGED, EFFECTIVE, NOWHERE, SUBMITTED, Step
from api.views.alarms import does_not_count
from api.views.snapshot import Snapshot
from workmoot.domain.ids import Number, ProposalId, TaskId
from workmoot.domain.instructions import INSTRUCTIONS, ONCE, meant_kind
from workmoot.domain.ledger import OverrideRecord
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.payloads import tasks_of
from workmoot.domain.proposals import State
from workmoot.domain.strangers import text
from workmoot.domain.workers import Kind

FLOOR_OBEYS = frozenset(
    (
        OverrideKind.HOLD,
        OverrideKind.RELEASE,
        OverrideKind.ASSIGN,
        OverrideKind.APPROVE,
        OverrideKind.VETO,
        OverrideKind.CANCEL,
        OverrideKind.REQUEUE,
        OverrideKind.SUSPEND,
        OverrideKind.REINSTATE,
        OverrideKind.QUARANTINE,
        OverrideKind.MAINTAIN,
    )
)
"""What changes who may command a robot. All else the contracts alone carry out: being in a block confirms it."""
VOID = "void"
"""On chain, and does not count. A word about an alarm may, once there is nobody else whose word would."""
ABOUT_PLANS = frozenset((OverrideKind.APPROVE, OverrideKind.VETO))
FINAL = frozenset(("released", "expired", "superseded", "done", "failed"))


def is_for_the_floor(snap: Snapshot, record: OverrideRecord) -> bool:
    """Whether robots have to obey it. What an order about a plan came to says so: a vote that it ended, the contracts
    alone end."""
    if record.order.kind in ABOUT_PLANS and not record.asked_until:
        return any(snap.is_for_robots(task) for task, _ in record.reached)
    return is_about_the_floor(snap, record.order)


def is_about_the_floor(snap: Snapshot, order: HumanOrder) -> bool:
    """Whether it is about the plant, a robot, work that robots do, or who may command them."""
    if meant_kind(order) not in FLOOR_OBEYS:
        return False
    if order.subject_type in (SubjectType.ROBOT, SubjectType.PLANT):
        return True
    if order.subject_type is SubjectType.WORKER:
        member = snap.ledger.members.get(Number(order.subject))
        return member is not None and member.kind is Kind.DIGITAL
    return any(snap.is_for_robots(task) for task in tasks_of(order))


def see(snap: Snapshot, records: Iterable[OverrideRecord]) -> None:
    """Notes what the gateway's last words confirm of orders on chain, and of those that act before they are."""
    for record in records:
        if record.asked_until or not is_for_the_floor(snap, record) or snap.orders_seen < record.place:
            continue
        _see(snap, record.digest, id_at(record.at), ACKNOWLEDGED)
        if _refutes_effect(snap, record.order) is None:
            _see(snap, record.digest, id_at(record.at), EFFECTIVE)
    for item in snap.anchoring:
        if item.order.kind is not OverrideKind.HOLD:
            continue
        _see(snap, item.digest, NOWHERE, ACKNOWLEDGED)
        if _refutes_hold(snap, item) is None:
            _see(snap, item.digest, NOWHERE, EFFECTIVE)


def times_of(snap: Snapshot, record: OverrideRecord) -> SlotTimes:
    """When each step was first seen; of those the chain confirms, its block's time."""
    mined = moment(record.at.timestamp)
    floor = is_for_the_floor(snap, record)
    return SlotTimes(
        submitted=_seen(snap, record.digest, SUBMITTED),
        mined=mined,
        acknowledged=_seen(snap, record.digest, ACKNOWLEDGED, id_at(record.at)) if floor else mined,
        effective=_effective(snap, record, floor=floor),
        ended=_ended(snap, record),
    )


def anchoring_times(snap: Snapshot, item: Anchoring) -> SlotTimes:
    """Of an order that is in no block: a hold acts at the gateway all the same."""
    return SlotTimes(
        submitted=_seen(snap, item.digest, SUBMITTED),
        mined=None,
        acknowledged=_seen(snap, item.digest, ACKNOWLEDGED),
        effective=_seen(snap, item.digest, EFFECTIVE),
    )


def state_of(snap: Snapshot, record: OverrideRecord, times: SlotTimes) -> str:
    """The last step it has reached."""
    if record.ended_by:
        return record.ended_by
    if void(snap, record):
        return VOID
    if is_over(snap, record):
        return "expired"
    if record.asked_until:
        return "asked" if is_asked(snap, record) else "done"
    filled, expires_at = record.id in snap.filled, record.order.expires_at
    if filled and expires_at and snap.now > expires_at:
        return "expiring"
    if times.effective:
        return "effective" if filled else "done"
    return "acknowledged" if times.acknowledged else "mined"


def void(snap: Snapshot, record: OverrideRecord) -> str | None:
    """Why it does not count, though it is on chain; None: it does."""
    if did_nothing(snap, record):
        return "Nothing was left of the plan to decide: its tasks had moved on, and nothing has changed."
    return does_not_count(snap, record)


def did_nothing(snap: Snapshot, record: OverrideRecord) -> bool:
    """Whether it is about a plan and found none of its tasks as the plan has them, nor a vote to end."""
    if record.order.kind not in ABOUT_PLANS or record.asked_until or record.reached or ended_the_vote(snap, record):
        return False
    proposal = snap.ledger.proposals.get(ProposalId(record.order.subject))
    return proposal is None or not proposal.is_tree


def ended_the_vote(snap: Snapshot, record: OverrideRecord) -> bool:
    """Whether it is the veto by which a proposal was not decided, or not enacted any further."""
    proposal = snap.ledger.proposals.get(ProposalId(record.order.subject))
    if record.order.kind is not OverrideKind.VETO or proposal is None or proposal.settled_at is None:
        return False
    return proposal.state is State.VETOED and proposal.settled_at.tx == record.at.tx


def is_over(snap: Snapshot, record: OverrideRecord) -> bool:
    """Whether it is an instruction whose time is: nobody has to say so."""
    lasts = record.order.kind in INSTRUCTIONS - ONCE
    return lasts and 0 < record.order.expires_at < snap.now


def is_asked(snap: Snapshot, record: OverrideRecord) -> bool:
    """Whether it waits for a second order."""
    return record.asked_until >= snap.now and not any(
        other.id > record.id and is_same(other.order, record.order) and not other.asked_until
        for other in snap.ledger.overrides.values()
    )


def is_same(one: HumanOrder, other: HumanOrder) -> bool:
    """Whether two orders want the same."""
    return (one.kind, one.subject_type, one.subject, one.payload) == (
        other.kind,
        other.subject_type,
        other.subject,
        other.payload,
    )


def unconfirmed(snap: Snapshot, record: OverrideRecord, times: SlotTimes) -> str | None:
    """Why the floor has not confirmed it; None: it has, or is not asked."""
    if times.effective or record.ended_by or record.asked_until or void(snap, record) or is_over(snap, record):
        return None
    if times.acknowledged:
        return _not_confirmed(_refutes_effect(snap, record.order) or "it is about to")
    if snap.gateway.trouble:
        return _not_confirmed(snap.gateway.trouble)
    return _not_confirmed(
        f"the gateway has read the chain to block {snap.gateway.block}, the order is in block {record.at.block}"
    )


def unconfirmed_hold(snap: Snapshot, item: Anchoring, times: SlotTimes) -> str | None:
    """The same of an order that is in no block."""
    if times.effective:
        return None
    return _not_confirmed(snap.gateway.trouble or _refutes_hold(snap, item) or "it waits for the chain")


def _not_confirmed(why: str) -> str:
    return f"The floor has not confirmed it: {why}."


def _ended(snap: Snapshot, record: OverrideRecord) -> datetime | None:
    if record.ended_at is None:
        return moment(record.order.expires_at) if is_over(snap, record) else None
    over = record.ended_by == "expired" and record.order.kind in INSTRUCTIONS
    return moment(record.order.expires_at if over else record.ended_at.timestamp)


def _effective(snap: Snapshot, record: OverrideRecord, *, floor: bool) -> datetime | None:
    if record.asked_until or void(snap, record):
        return None
    return _seen(snap, record.digest, EFFECTIVE, id_at(record.at)) if floor else moment(record.at.timestamp)


def _seen(snap: Snapshot, digest: bytes, step: str, at: str = NOWHERE) -> datetime | None:
    """In that block, or before the order was in any."""
    found = [snap.steps.at(Step(digest, place, step)) for place in {NOWHERE, at}]
    return moment(min((seen_at for seen_at in found if seen_at is not None), default=None))


def _see(snap: Snapshot, digest: bytes, at: str, step: str) -> None:
    snap.steps.see(Step(digest, at, step), snap.now)


def _refutes_effect(snap: Snapshot, order: HumanOrder) -> str | None:
    """What the gateway says against a hold or maintenance being in effect; other orders are, once it has read them."""
    if order.kind not in (OverrideKind.HOLD, OverrideKind.MAINTAIN):
        return None
    return next(_robots_astir(snap, order), None)


def _refutes_hold(snap: Snapshot, item: Anchoring) -> str | None:
    """The same of a hold that is in no block: what the gateway said before it took the hold confirms nothing."""
    name = "0x" + item.digest.hex()
    if all(order.get("digest") != name for order in snap.gateway.orders):
        return "the gateway has not spoken since it took the hold"
    return _refutes_effect(snap, item.order)


def _robots_astir(snap: Snapshot, order: HumanOrder) -> Iterator[str]:
    """The robots that are not known to stand still, and why."""
    for number in _robots_of(snap, order):
        name = text(snap.robots.get(number, {}).get("id")) or f"robot {number}"
        said = snap.gateway.robots.get(number)
        if said is None:
            yield snap.gateway.trouble or f"the gateway says nothing of {name}"
        elif said.get("contact") is not True:
            yield f"{name} is out of contact"
        elif said.get("answered") is not True:
            yield f"{name} has not answered what it was told last"
        elif order.subject_type is not SubjectType.TASK and said.get("held") is not True:
            yield f"{name} is not reported as held"
        elif _moves(said, order):
            yield f"{name} is reported as moving"


def _robots_of(snap: Snapshot, order: HumanOrder) -> Iterable[int]:
    if order.subject_type is SubjectType.ROBOT:
        return (order.subject,)
    if order.subject_type is SubjectType.PLANT:
        return snap.robots
    task = snap.ledger.tasks.get(TaskId(order.subject))
    return task.robots if task else ()


def _moves(said: Mapping[str, Any], order: HumanOrder) -> bool:
    """Whether the robot has a part in hand that runs; for a task's hold, of this task."""
    job = said.get("job")
    if not isinstance(job, dict) or job.get("state") != "running":
        return False
    return order.subject_type is not SubjectType.TASK or job.get("task") == order.subject
