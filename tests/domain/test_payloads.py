"""What the orders of humans carry, and which tasks they are about."""

import pytest

from tests.builders import FIRST_TASK, an_entry, an_order
from workmoot.domain.ids import task_id
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, cancel_payload, plan_payload, tasks_of
from workmoot.domain.plan import pack_plan

SECOND_TASK = task_id(1, 1)
PLAN = pack_plan([an_entry(FIRST_TASK, 1), an_entry(SECOND_TASK, 2)])


def a_veto(payload: bytes) -> tuple[int, ...]:
    return tasks_of(an_order(OverrideKind.VETO, 1, subject_type=SubjectType.PROPOSAL, payload=payload))


def test_tasks_of__cancel_with_a_mask__those_in_it():
    order = an_order(OverrideKind.CANCEL, payload=cancel_payload(0b11))
    assert tasks_of(order) == (FIRST_TASK, SECOND_TASK)


def test_tasks_of__order_without_a_payload__its_subject():
    assert tasks_of(an_order(OverrideKind.CANCEL)) == (FIRST_TASK,)


def test_tasks_of__order_about_the_plant__none():
    assert tasks_of(an_order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)) == ()


def test_tasks_of__part_of_a_plan__those_in_it():
    payload = plan_payload(PlanPart(rest=bytes(32), first=1, last=2, assignments=PLAN.assignments))
    assert a_veto(payload) == (SECOND_TASK,)


@pytest.mark.parametrize("payload", [b"", b"junk", b"junk" * 20, bytes(100)])
def test_tasks_of__payload_that_is_no_part_of_a_plan__none(payload: bytes):
    assert a_veto(payload) == ()
