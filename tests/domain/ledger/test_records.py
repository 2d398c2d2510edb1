from typing import Any

import pytest

from tests.builders import a_task
from tests.workshop import Workshop
from workmoot.domain.ids import OrderId


def item(index: int, **detail: Any) -> object:
    """What the order's detail says of the task there."""
    workshop = Workshop()
    workshop.post(a_task(), a_task(), **detail)
    return workshop.ledger.orders[OrderId(1)].item(index)


def test_item__listed__what_is_said_of_that_task():
    assert item(1, tasks=[{"key": "scan"}, {"key": "spray"}]) == {"key": "spray"}


@pytest.mark.parametrize("listed", [None, [], [{}], "two", {"1": {}}, [{}, "spray"]])
def test_item__a_stranger_said_something_else__nothing(listed: object):
    assert item(1, tasks=listed) == {}
