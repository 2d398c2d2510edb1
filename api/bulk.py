"""The same act on many tasks: chosen by what is true of them, counted and foreseen, then an order of a human each."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from http import HTTPStatus
from itertools import groupby

from api.assignment import member_by
from api.desk import Desk, Signed, as_sent, as_signed
from api.drafts import Draft
from api.errands import Errand
from api.models.bulk import (
    MOST_TASKS,
    BulkGiven,
    BulkIn,
    BulkOrder,
    BulkOutcome,
    BulkPreview,
    ChosenTask,
    SignedOrder,
    TasksWhere,
)
from api.models.orders import Kind, OverrideIn, SubjectIn, SubjectType
from api.order_json import order_from, order_json
from api.preconditions import etag_of, etag_of_tasks, require_match
from api.problems import Problem, unprocessable
from api.projection import Projection
from api.turns import Turns
from api.views.snapshot import Snapshot
from workmoot.domain.ids import TaskId, order_of
from workmoot.domain.ledger import Task
from workmoot.domain.overrides import HumanOrder
from workmoot.domain.payloads import tasks_of
from workmoot.domain.workers import Kind as MemberKind

SENT_AT_ONCE = 8
"""Orders of one bulk that are waited for together; the one account they are sent from sends one after the other."""
BULKS_AT_ONCE, BULKS_WAITING = 2, 4
REFUSED = "refused"


class BulkDesk:
    """Chooses, counts and sends; each order goes the way that every order goes."""

    def __init__(self, projection: Projection, desk: Desk) -> None:
        self._projection = projection
        self._desk = desk
        self._turns = Turns(at_once=BULKS_AT_ONCE, waiting=BULKS_WAITING)

    def preview(self, asked: BulkIn) -> BulkPreview:
        """How many and which tasks, what all of it would bring, and the exact orders to sign. Nothing is sent."""
        with self._desk.foreseeing() as snap:
            chosen = tasks_where(snap, asked.where)
            drafts = self._desk.draft_all(snap, list(_each(asked, [task.id for task in chosen]))) if chosen else []
            self._desk.keep_shown(drafts)
            return BulkPreview(
                head=snap.head,
                count=len(chosen),
                tasks=tuple(_chosen_out(snap, task) for task in chosen),
                forecast=drafts[0].forecast if drafts else None,
                etag=_tag(snap, asked, chosen),
                orders=tuple(map(self._order_out, drafts)),
                banner=self._desk.keys.banner,
            )

    def give(self, asked: BulkIn, errand: Errand, if_match: str | None, *, may_read: bool) -> BulkGiven:
        """Sends an order for each of the tasks that were previewed, if they are still those, and as they were.

        What the contracts refuse keeps nothing else from being sent. Where the chain is away, whoever asks again with
        the same key has the rest sent.
        """
        kept = errand.once(lambda: [one.as_json() for one in self._sign(asked, if_match, may_read=may_read)])
        signed = [Signed.from_json(one) for one in kept]
        self._desk.act_on_floor(signed)
        send = partial(self._send, may_read=may_read, anchored_by=self._desk.patience())
        with ThreadPoolExecutor(SENT_AT_ONCE) as pool:
            sent = [pool.submit(copy_context().run, send, one) for one in signed]
            items = [one.result() for one in sent]
        refused = sum(item.state == REFUSED for item in items)
        banner = self._desk.keys.banner
        return BulkGiven(given=len(items) - refused, refused=refused, items=tuple(items), banner=banner)

    def _sign(self, asked: BulkIn, if_match: str | None, *, may_read: bool) -> list[Signed]:
        """The orders as they are to be sent. What a human signed is looked at once every signature is known to be the
        human's: whoever brings another is not told how the plant is."""
        signatures = [
            self._desk.signature_of(one.signature, order_from(one.order), f"/signed/{place}/signature")
            for place, one in enumerate(asked.signed or ())
        ]
        with self._turns.take():
            with self._desk.drafting(asked.kind, is_exact=asked.signed is not None) as snap:
                ids = self._as_previewed(snap, asked, if_match, may_read=may_read)
                drafts = self._drafts(snap, asked, ids, may_read=may_read)
                tags = [etag_of(snap, drafted.order.subject_type, drafted.order.subject) for drafted in drafts]
            _require_each_once([drafted.order for drafted in drafts], ids)
            if asked.signed is None:
                signatures = [self._desk.signed_here(drafted.order) for drafted in drafts]
            self._desk.require_previewed(drafts)
            return [as_sent(*each) for each in zip(drafts, signatures, tags, strict=True)]

    @staticmethod
    def _as_previewed(snap: Snapshot, asked: BulkIn, if_match: str | None, *, may_read: bool) -> list[TaskId]:
        """The tasks, which are those that the human saw."""
        chosen = tasks_where(snap, asked.where)
        seen, ids = _tag(snap, asked, chosen), [task.id for task in chosen]
        current = {"count": len(ids), "tasks": ids} if may_read else None
        require_match("What these tasks are", seen, if_match, current, any_will_do=False)
        if not ids:
            raise unprocessable("/where", "There is no such task now: nothing is to be done.")
        return ids

    def _drafts(self, snap: Snapshot, asked: BulkIn, chosen: Sequence[TaskId], *, may_read: bool) -> list[Draft]:
        """Those that the human signed, or those that a development key is to sign."""
        if asked.signed is None:
            return self._desk.draft_all(snap, list(_each(asked, chosen)))
        return [as_signed(snap, _as_one(asked, one), may_read=may_read) for one in asked.signed]

    def _send(self, signed: Signed, *, may_read: bool, anchored_by: float) -> BulkOutcome:
        tasks, digest = tasks_of(signed.order), "0x" + self._desk.digest_of(signed.order).hex()
        try:
            given = self._desk.send(signed, may_read=may_read, anchored_by=anchored_by)
        except Problem as problem:
            if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return BulkOutcome(tasks=tasks, id=None, digest=digest, state=REFUSED, refusal=problem.detail)
        return BulkOutcome(tasks=tasks, id=given.id, digest=digest, state=given.state, refusal=None)

    def _order_out(self, drafted: Draft) -> BulkOrder:
        return BulkOrder(
            tasks=tasks_of(drafted.order),
            displaces=drafted.displaces,
            order=order_json(drafted.order),
            typed_data=self._desk.typed_data_of(drafted.order),
            digest="0x" + self._desk.digest_of(drafted.order).hex(),
            filled=drafted.filled,
            warnings=drafted.warnings,
        )


def tasks_where(snap: Snapshot, where: TasksWhere) -> list[Task]:
    """The tasks of which all of it is true, by id."""
    if where.all == where.is_narrow:
        raise unprocessable(
            "/where", "Say which tasks: by order, status, worker or capability; or all, and nothing else."
        )
    worker = None if where.worker is None else member_by(snap, where.worker, MemberKind.DIGITAL, "/where/worker").number
    capability = _capability(snap, where.capability)

    def is_meant(task: Task) -> bool:
        is_at = not task.status.is_final if where.status is None else task.status.name.lower() == where.status
        is_of = where.order in (None, order_of(task.id)) and worker in (None, task.worker)
        return is_at and is_of and capability in (None, task.spec.capability)

    found = [task for _, task in sorted(snap.ledger.tasks.items()) if is_meant(task)]
    if len(found) > MOST_TASKS:
        told = f"These are {len(found)} tasks; one bulk takes {MOST_TASKS} at most: narrow it, for example by order."
        raise unprocessable("/where", told)
    return found


def _tag(snap: Snapshot, asked: BulkIn, chosen: Sequence[Task]) -> str:
    return etag_of_tasks(snap, chosen, holds=asked.kind is Kind.HOLD)


def _capability(snap: Snapshot, name: str | None) -> int | None:
    if name is None or name in snap.capabilities:
        return None if name is None else snap.capabilities.index(name) + 1
    known = ", ".join(snap.capabilities)
    raise unprocessable("/where/capability", f"There is no capability {name!r}; there are: {known or 'none'}.")


def _each(asked: BulkIn, chosen: Sequence[TaskId]) -> Iterator[OverrideIn]:
    """One order for each task; cancelled are an order's tasks in one."""
    if asked.kind is not Kind.CANCEL:
        yield from (_one(asked, task) for task in chosen)
        return
    for _, tasks in groupby(chosen, key=order_of):
        first, *others = tasks
        yield _one(asked, first, **({"tasks": [first, *others]} if others else {}))


def _one(asked: BulkIn, task: TaskId, **payload: object) -> OverrideIn:
    return OverrideIn(
        kind=asked.kind,
        subject=SubjectIn(type=SubjectType.TASK, id=task),
        payload={**asked.payload, **payload},
        reason=asked.reason,
        expires_at=asked.expires_at,
        level=asked.level,
        human=asked.human,
    )


def _as_one(asked: BulkIn, signed: SignedOrder) -> OverrideIn:
    """Which tasks it is for is looked at for all of them together; a cancellation's payload says nothing else."""
    said = {} if asked.kind is Kind.CANCEL or "payload" not in asked.model_fields_set else {"payload": asked.payload}
    return OverrideIn(
        kind=asked.kind,
        subject=SubjectIn(type=SubjectType.TASK),
        reason=asked.reason,
        expires_at=asked.expires_at,
        level=asked.level,
        human=asked.human,
        order=signed.order,
        signature=signed.signature,
        **said,
    )


def _require_each_once(orders: Sequence[HumanOrder], chosen: Sequence[TaskId]) -> None:
    """The orders are for the tasks that were previewed: for all of them, and for no other."""
    named = sorted(task for order in orders for task in tasks_of(order))
    if named != list(chosen):
        odd = sorted(set(named) ^ set(chosen)) or [task for task in named if named.count(task) > 1]
        told = (
            f"Bring every order of the preview and no other, for {len(chosen)} tasks; compare those for task {odd[0]}."
        )
        raise unprocessable("/signed", told)


def _chosen_out(snap: Snapshot, task: Task) -> ChosenTask:
    status = task.status.name.lower()
    return ChosenTask(id=task.id, name=snap.task_name(task.id), status=status, worker=snap.who(task.worker))
