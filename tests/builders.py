"""Values for tests: say only what the test is about."""

from typing import Any

from workmoot.domain.ids import Address, Number, TaskId, task_id
from workmoot.domain.offers import Offer
from workmoot.domain.overrides import HumanOrder, OverrideKind, Reason, SubjectType
from workmoot.domain.plan import PackedPlan, PlanEntry
from workmoot.domain.proposals import Figures, Opening
from workmoot.domain.work import TaskSpec

SCAN, SPRAY, INSPECT = 1, 2, 3
FIRST_TASK = task_id(1, 0)


def an_address(number: int) -> Address:
    """A made-up account that needs no mixed case."""
    return Address("0x" + f"{number:040d}")


def a_task(capability: int = SPRAY, **changes: Any) -> TaskSpec:
    """A task of one second."""
    return TaskSpec(**{"capability": capability, "work": 1_000} | changes)


def an_entry(task: TaskId = FIRST_TASK, lead: int = 1, **changes: Any) -> PlanEntry:
    """The lead does the task alone, nobody inspects."""
    return PlanEntry(**{"task": task, "version": 1, "lead": Number(lead), "duration": 1_000} | changes)


def an_offer(task: TaskId = FIRST_TASK, **changes: Any) -> Offer:
    """One second, alone."""
    values: dict[str, Any] = {"task": task, "version": 1, "sequence": 1, "valid_until": 2**40}
    return Offer(**values | {"earliest": 0, "p50": 1_000, "p90": 1_200} | changes)


def an_opening(plan: PackedPlan, *, read_at: int = 1, read_hash: bytes = bytes(32), **changes: Any) -> Opening:
    """A proposal with figures nobody checks."""
    values: dict[str, Any] = {
        "plan": plan,
        "offers": bytes(32),
        "evidence": b"\1" * 32,
        "figures": Figures(makespan=1_000, tardiness=0, energy=5, cost=7),
        "read_at": read_at,
        "read_hash": read_hash,
        "words": "quickest",
    }
    return Opening(**values | changes)


def an_order(kind: OverrideKind, subject: int = FIRST_TASK, **changes: Any) -> HumanOrder:
    """A supervisor's order about a task, valid for long."""
    values: dict[str, Any] = {
        "kind": kind,
        "subject_type": SubjectType.TASK,
        "subject": subject,
        "reason_code": Reason.TEST,
        "reason": "a test",
        "valid_until": 2**40,
        "human": an_address(9),
    }
    return HumanOrder(**values | changes)
