"""Humans' orders on record: what they ask, what they displaced, how they ended."""

from collections import Counter
from itertools import chain
from typing import Any

from api.anchoring import Anchoring
from api.models.common import Who, moment
from api.models.orders import DisplacedOut, OverrideOut
from api.problems import Problem, not_found
from api.views.alarms import alarm_of, alarm_words
from api.views.lifecycle import (
    ABOUT_PLANS,
    anchoring_times,
    did_nothing,
    ended_the_vote,
    is_about_the_floor,
    is_asked,
    is_for_the_floor,
    is_same,
    state_of,
    times_of,
    unconfirmed,
    unconfirmed_hold,
    void,
)
from api.views.questions import question_words
from api.views.snapshot import Snapshot
from api.views.subjects import subject_of
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Address, Number, ProposalId
from workmoot.domain.instructions import INSTRUCTIONS, ONCE, meant_kind, subject_word
from workmoot.domain.ledger import OverrideRecord
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType, filled_level, reason_word
from workmoot.domain.payloads import cancelled_tasks, read_assign_payload, read_plan_payload
from workmoot.domain.plan import unpack_assignments
from workmoot.domain.questions import read_answer

SECOND_STEP = (
    "Nothing has changed yet: this was step 1 of 2. "
    "Send the same order once more, of another human where two may give it."
)
ON_RELEASE = "On release or expiry control goes back to the standing DAO decision"
IS_DONE = "This act is done once; nothing is to be released."
ON_LIFT = "Lifted or over, it is as before"


def override_out(snap: Snapshot, record: OverrideRecord) -> OverrideOut:
    """One order that is on chain."""
    times, why = times_of(snap, record), void(snap, record)
    return OverrideOut(
        **_order_fields(snap, record.order, floor=is_for_the_floor(snap, record)),
        id=record.id,
        state=state_of(snap, record, times),
        active=record.id in snap.filled and why is None,
        floor=unconfirmed(snap, record, times),
        void=why,
        times=times,
        displaced=_displaced(snap, record),
        epoch=record.epoch or None,
        tx=record.at.tx,
        block=record.at.block,
        digest="0x" + record.digest.hex(),
        ended_by=record.ended_by or None,
    )


def anchoring_out(snap: Snapshot, item: Anchoring) -> OverrideOut:
    """An order that acts on the floor and is not on chain yet."""
    times, refused = anchoring_times(snap, item), _refusal(snap, item)
    return OverrideOut(
        **_order_fields(snap, item.order, floor=is_about_the_floor(snap, item.order)),
        id=None,
        state=anchoring_state(snap, item),
        active=item.order.kind is OverrideKind.HOLD,
        floor=unconfirmed_hold(snap, item, times),
        void=None,
        times=times,
        displaced=DisplacedOut(
            what=f"Acts on the floor; the chain refused it: {refused}"
            if refused
            else "Acts on the floor; not on chain yet.",
            returns=_returns(item.order),
        ),
        epoch=None,
        tx=None,
        block=None,
        digest="0x" + item.digest.hex(),
        ended_by=None,
    )


def anchoring_state(snap: Snapshot, item: Anchoring) -> str:
    """Whether it still may come into a block."""
    return "submitted" if _refusal(snap, item) is None else "failed"


def _refusal(snap: Snapshot, item: Anchoring) -> object:
    """Why the chain refused what the gateway sent."""
    digest = "0x" + item.digest.hex()
    refused = (o for o in snap.gateway.orders if o.get("digest") == digest and o.get("state") == "refused")
    return next((order.get("reason") for order in refused), None)


def all_overrides(snap: Snapshot) -> tuple[OverrideOut, ...]:
    """Every order, the latest first; those not yet on chain before all."""
    waiting = (anchoring_out(snap, item) for item in snap.anchoring)
    given = (override_out(snap, record) for record in reversed(snap.ledger.overrides.values()))
    return (*waiting, *given)


def order_named(snap: Snapshot, id_: str) -> HumanOrder:
    """The order of that number or digest, on chain or not yet."""
    records = snap.ledger.overrides.values()
    given = (record.order for record in records if id_ in (str(record.id), "0x" + record.digest.hex()))
    waiting = (item.order for item in snap.anchoring if id_ == "0x" + item.digest.hex())
    order = next(chain(given, waiting), None)
    if order is None:
        raise no_override(id_)
    return order


def no_override(id_: str) -> Problem:
    """There is none of that number or digest."""
    return not_found("override", id_, "GET /api/v1/overrides lists them by number and digest.")


def _about(snap: Snapshot, order: HumanOrder) -> dict[str, Any]:
    """What any order is about: alarms and questions go by a hash."""
    if order.subject_type is not SubjectType.NONE:
        return subject_of(snap, order.subject_type, order.subject)
    alarm, question = alarm_of(snap, order.subject), snap.ledger.questions.get(order.subject)
    name = alarm_words(snap, alarm) if alarm else "what nobody knows of"
    name = question_words(snap, question) if question else name
    return {"type": subject_word(order), "id": f"0x{order.subject:064x}", "name": name}


def _order_fields(snap: Snapshot, order: HumanOrder, *, floor: bool) -> dict[str, Any]:
    return {
        "kind": order.kind.name.lower(),
        "level": None if order.kind in INSTRUCTIONS else int(filled_level(order)),
        "subject": _about(snap, order),
        "payload": payload_out(snap, order),
        "reason": {"code": reason_word(order.reason_code), "text": order.reason},
        "human": _human(snap, order.human),
        "account": order.human,
        "expires_at": moment(order.expires_at),
        "confirmed_by": "floor" if floor else "chain",
    }


def _human(snap: Snapshot, account: str) -> Who | None:
    member = snap.ledger.member_of(account)
    return snap.who(member.number) if member else None


def payload_out(snap: Snapshot, order: HumanOrder) -> dict[str, Any]:
    """An order's payload in words; bytes that follow no layout are shown as they are."""
    try:
        return _payload(snap, order)
    except Malformed as fault:
        return {"bytes": "0x" + order.payload.hex(), "malformed": str(fault)}


def _payload(snap: Snapshot, order: HumanOrder) -> dict[str, Any]:
    if not order.payload:
        return {}
    if order.kind is OverrideKind.ASSIGN:
        return _assignment(snap, order.payload)
    if order.kind in (OverrideKind.APPROVE, OverrideKind.VETO):
        part = read_plan_payload(order.payload)
        entries = unpack_assignments(part.assignments)
        meant = [assigned.task for assigned in entries[part.first : part.last]]
        return {"tasks": meant, "of": len(entries), "rest": "0x" + part.rest.hex()}
    if order.kind is OverrideKind.CANCEL:
        return {"tasks": list(cancelled_tasks(order.subject, order.payload))}
    if order.kind is OverrideKind.RELEASE:
        return {"hold_only": any(order.payload)}
    return _instructed(snap, order)


def _instructed(snap: Snapshot, order: HumanOrder) -> dict[str, Any]:
    if order.kind is OverrideKind.REPRIORITISE:
        return {"priority": order.payload[0]}
    if order.kind is OverrideKind.ANSWER and (question := snap.ledger.questions.get(order.subject)):
        return {"answer": read_answer(question.asked, order.payload)}
    if order.kind is OverrideKind.LIFT and meant_kind(order) in INSTRUCTIONS:
        return {"kind": OverrideKind(meant_kind(order)).name.lower()}
    return {"bytes": "0x" + order.payload.hex()}


def _assignment(snap: Snapshot, payload: bytes) -> dict[str, Any]:
    entry, second_reason = read_assign_payload(payload)
    worker = snap.who(entry.lead)
    shown: dict[str, Any] = {
        "worker": entry.lead,
        "worker_name": worker.name if worker else None,
        "helpers": list(entry.helpers),
        "robots": list(entry.robots),
        "inspector": entry.inspector or None,
        "start_s": entry.start / 1000,
        "duration_s": entry.duration / 1000,
    }
    return {**shown, "second_reason": second_reason} if second_reason else shown


def who_asked(snap: Snapshot, order: HumanOrder) -> frozenset[Address]:
    """The humans whose order for the same waits for a second one."""
    return frozenset(
        record.human
        for record in snap.ledger.overrides.values()
        if is_same(record.order, order) and is_asked(snap, record)
    )


def _displaced(snap: Snapshot, record: OverrideRecord) -> DisplacedOut:
    worker, order = snap.who(record.displaced), record.order
    if order.kind in INSTRUCTIONS:
        return DisplacedOut(what="nobody: an instruction fills no slot", returns=_returns(order))
    if order.kind in ABOUT_PLANS:
        return _displaced_of_plan(snap, record)
    task = snap.ledger.tasks.get(order.subject) if order.subject_type is SubjectType.TASK else None  # type: ignore[call-overload]
    nobody = _WITHOUT_A_WORKER.get(order.subject_type, "nobody")
    if order.kind is OverrideKind.RELEASE:
        nobody = "nobody: a release gives back"
    what = f"{worker.name}, who had the task" if worker else nobody
    return DisplacedOut(
        what=what,
        worker=worker,
        proposal=(task.decided_by or None) if task else None,
        returns=_returns(order),
    )


def _displaced_of_plan(snap: Snapshot, record: OverrideRecord) -> DisplacedOut:
    """Whom an approval or a veto displaced, as it came to be."""
    if record.reached:
        returns = f"{ON_RELEASE}, task by task."
    elif record.asked_until or did_nothing(snap, record) or ended_the_vote(snap, record):
        returns = IS_DONE
    else:
        returns = f"{ON_RELEASE}: the leads."
    return DisplacedOut(
        what=_plan_words(snap, record),
        proposal=ProposalId(record.order.subject),
        tasks=tuple(task for task, _ in record.reached),
        returns=returns,
    )


def _plan_words(snap: Snapshot, record: OverrideRecord) -> str:
    if record.asked_until:
        return "nobody: it was the first of two orders"
    if did_nothing(snap, record):
        return "nobody: nothing was left of the plan to decide"
    had = Counter(worker for _, worker in record.reached)
    workers = ", ".join(f"{who.name} ({had[Number(who.number)]})" for who in snap.team(had))
    overrules = record.order.kind is OverrideKind.APPROVE or ended_the_vote(snap, record)
    told = ["the vote of the members"] if overrules else []
    if record.reached:
        told.append(f"who had its tasks: {workers or 'nobody'}")
    return "; ".join(told) or "the leads, who may claim no more of its tasks"


def _returns(order: HumanOrder) -> str:
    if order.kind in FILL_A_SLOT:
        return f"{ON_RELEASE}."
    if order.kind in INSTRUCTIONS - ONCE:
        return f"{ON_LIFT}."
    return IS_DONE


FILL_A_SLOT = frozenset((OverrideKind.HOLD, OverrideKind.ASSIGN, OverrideKind.APPROVE, OverrideKind.VETO))
_WITHOUT_A_WORKER = {
    SubjectType.TASK: "nobody: the task had no worker",
    SubjectType.WORKER: "the worker's own standing",
    SubjectType.ROBOT: "the worker that commands the robot",
    SubjectType.PLANT: "every digital worker",
}
