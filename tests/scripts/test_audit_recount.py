from typing import Any

import pytest

from scripts.audit_recount import Vote, recount, tasks_of
from scripts.audit_storage import Claim, compare, hash_faults
from scripts.audit_views import Ask
from tests.builders import FIRST_TASK, a_task, an_address, an_entry, an_opening, an_order
from workmoot.domain.events import (
    InForceChanged,
    OrderPosted,
    OverrideGiven,
    Place,
    PlanEnacted,
    ProposalOpened,
    ProposalSettled,
    TaskStarted,
    VoteCast,
)
from workmoot.domain.ids import Number, OrderId, OverrideId, ProposalId, TaskId, task_id
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload, cancel_payload, plan_payload
from workmoot.domain.plan import pack_plan
from workmoot.domain.proposals import State
from workmoot.domain.work import Status, pack_tasks

SECOND_TASK = task_id(1, 1)
PROPOSAL = ProposalId(1)
PLAN = pack_plan([an_entry(FIRST_TASK, 1), an_entry(SECOND_TASK, 2)])


def at(tx: str = "0x1") -> Place:
    return Place(block=1, log_index=0, tx=tx, timestamp=1_000)


def posted() -> OrderPosted:
    tasks = pack_tasks([a_task(), a_task()])
    return OrderPosted(at=at(), order=OrderId(1), by=an_address(9), tasks=tasks, detail="{}")


def opened(**changes) -> ProposalOpened:
    values: dict[str, Any] = {
        "id": PROPOSAL,
        "proposer": Number(1),
        "counters": ProposalId(0),
        "roster": 3,
        "members": 3,
    }
    values |= {"deadline": 2_000, "content_hash": b"\1" * 32, "particulars": b"\2" * 32, "opening": an_opening(PLAN)}
    return ProposalOpened(at=at(), **values | changes)


def cast(support: int) -> VoteCast:
    return VoteCast(at=at(), voter=an_address(1), proposal_id=PROPOSAL, support=support, weight=1, reason="")


def settled(state: State, *, yes: int, no: int = 0) -> ProposalSettled:
    return ProposalSettled(at=at(), id=PROPOSAL, state=state, yes=yes, no=no, members=3)


def enacted(plan: bytes = PLAN, skipped: bytes = b"\0", standing: bytes = b"\0") -> PlanEnacted:
    return PlanEnacted(at=at(), proposal=PROPOSAL, plan=plan, skipped=skipped, standing=standing)


def started(worker: int, task: TaskId = FIRST_TASK) -> TaskStarted:
    return TaskStarted(at=at(), task=task, worker=Number(worker), epoch=2, attempt=1, deadline=2_000)


def given(kind: OverrideKind, id_: int = 1, **changes) -> OverrideGiven:
    order = an_order(kind, **changes)
    return OverrideGiven(at=at("0x2"), id=OverrideId(id_), human=order.human, subject=order.subject,
                         displaced=Number(0), epoch=2, digest=bytes(32), order=order)  # fmt: skip


def in_force(task: int, worker: int) -> InForceChanged:
    values: dict[str, Any] = {"epoch": 2, "version": 1, "status": Status.ALLOCATED, "inspector": Number(0)}
    values |= {"worker": Number(worker), "overridden": True, "held": False}
    return InForceChanged(at=at("0x2"), task=TaskId(task), **values)


def what(events) -> list[str]:
    return [fault.what for fault in recount(events).faults]


@pytest.mark.parametrize(
    ("yes", "no", "barred", "state", "lawful"),
    [
        (2, 0, 0, State.PASSED, True),
        (2, 0, 0, State.ENACTED, True),
        (1, 0, 0, State.PASSED, False),
        (2, 2, 0, State.DEFEATED, True),
        (1, 1, 1, State.DEFEATED, True),
        (1, 1, 0, State.DEFEATED, False),
        (1, 1, 0, State.EXPIRED, True),
        (3, 0, 0, State.EXPIRED, False),
        (3, 0, 0, State.VETOED, True),
    ],
)
def test_lawful__four_members__by_heads_alone(yes, no, barred, state, lawful):
    members = 3 if state in (State.PASSED, State.ENACTED) else 4
    assert Vote(proposal=1, members=members, counters=0, yes=yes, no=no, barred=barred).lawful(state) is lawful


def test_recount__settled_with_a_majority__no_fault():
    assert what([opened(), cast(1), cast(1), settled(State.PASSED, yes=2)]) == []


def test_recount__passed_without_a_majority__is_a_fault():
    assert what([opened(), cast(1), settled(State.PASSED, yes=1)]) == ["state by its ballots"]


def test_recount__tally_is_not_the_ballots__is_a_fault():
    told = [opened(), cast(1), cast(1), settled(State.PASSED, yes=3)]
    assert what(told) == ["yes, no, members when it settled"]


def test_recount__another_plan_enacted__is_a_fault():
    assert what([posted(), opened(), enacted(pack_plan([an_entry()]))]) == ["plan enacted"]


def test_recount__started_by_whom_nobody_named__is_a_fault():
    assert what([posted(), opened(), enacted(), started(5)]) == ["who decided"]


def test_recount__entry_skipped__does_not_count():
    assert what([posted(), opened(), enacted(skipped=b"\1"), started(1)]) == ["who decided"]


def test_recount__started_after_enactment__the_proposal_decided():
    account = recount([posted(), opened(), enacted(), started(1)]).tasks[FIRST_TASK]
    assert (account.worker, account.proposal, account.order) == (1, 1, 0)


def test_recount__assigned_by_a_human__the_order_decided():
    order = given(OverrideKind.ASSIGN, payload=assign_payload(an_entry(lead=4)))
    account = recount([posted(), opened(), enacted(), order, started(4)]).tasks[FIRST_TASK]
    assert (account.worker, account.proposal, account.order, account.orders) == (4, 0, 1, [1])


def test_recount__plan_approved__decides_only_what_changed():
    approval: dict[str, Any] = {
        "subject_type": SubjectType.PROPOSAL,
        "subject": PROPOSAL,
        "payload": plan_payload(PLAN, bytes(32)),
    }
    events = [posted(), opened(), in_force(FIRST_TASK, 1), given(OverrideKind.APPROVE, **approval)]
    assert recount([*events, started(1)]).tasks[FIRST_TASK].order == 1
    assert what([*events, started(2, SECOND_TASK)]) == ["who decided"]


def test_tasks_of__cancel_with_a_mask__those_in_it():
    order = an_order(OverrideKind.CANCEL, payload=cancel_payload(0b11))
    assert tasks_of(order) == [FIRST_TASK, SECOND_TASK]


def test_tasks_of__order_about_the_plant__none():
    assert tasks_of(an_order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)) == []


def test_hash_faults__content_that_does_not_follow__both_hashes():
    found = hash_faults([opened()], chain_id=1, overrides=an_address(5))
    assert [fault.what for fault in found] == ["particulars recomputed", "content hash recomputed"]


class Answers:
    """Storage that answers the same to everything."""

    def __init__(self, *values: object) -> None:
        self.values = values

    def read_all(self, asks: list[Ask]):
        return iter([self.values] * len(asks))


def test_compare__not_told__is_not_compared():
    claim = Claim("slot", Ask("Overrides", "slot"), {"id": None, "held": True})
    assert compare([claim], Answers(7, True)) == (1, [])


def test_compare__another_value__is_named():
    compared, found = compare([Claim("plant", Ask("WorkOrders", "plant"), {"held": True})], Answers(False))
    assert (compared, [(item.subject, item.what, item.events, item.other) for item in found]) == (
        1,
        [("plant", "held", True, False)],
    )
