"""The names of things: numbers counted from 1, zero means none."""

from typing import NewType

Number = NewType("Number", int)
"""A member's badge, 1 to 1023, all kinds in one sequence."""
OrderId = NewType("OrderId", int)
TaskId = NewType("TaskId", int)
"""`order << 8 | index in the order`."""
ProposalId = NewType("ProposalId", int)
OverrideId = NewType("OverrideId", int)
Address = NewType("Address", str)
"""In EIP-55's mixed case."""

NOBODY = Number(0)
LAST_NUMBER = 1023
TASKS_PER_ORDER = 256
ZERO_ADDRESS = Address("0x" + "0" * 40)


def task_id(order: int, index: int) -> TaskId:
    """The id of the task at `index` of `order`."""
    return TaskId(order << 8 | index)


def order_of(task: int) -> OrderId:
    """The order a task belongs to."""
    return OrderId(task >> 8)


def index_of(task: int) -> int:
    """A task's place in its order."""
    return task & 0xFF
