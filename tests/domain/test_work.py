import pytest

from tests.builders import a_task
from workmoot.domain.errors import Malformed
from workmoot.domain.work import (
    TASK,
    Status,
    mask_of,
    pack_task,
    pack_tasks,
    predecessors_of,
    unpack_task,
    unpack_tasks,
)


def test_task_layout__is_52_bytes():
    assert TASK.size == 52
    assert len(pack_task(a_task())) == 52


def test_unpack_tasks__as_packed__the_same():
    specs = (a_task(), a_task(predecessors=1, budget=5), a_task(priority=9, due=60_000))
    assert unpack_tasks(pack_tasks(specs)) == specs


@pytest.mark.parametrize("changes", [{"work": -1}, {"work": 2**32}, {"budget": 2**48}, {"priority": 256}])
def test_pack_task__value_that_does_not_fit__names_the_field(changes):
    (field,) = changes
    with pytest.raises(Malformed, match=field):
        pack_task(a_task(**changes))


def test_unpack_tasks__not_whole_tasks__refused():
    with pytest.raises(Malformed, match="52"):
        unpack_tasks(b"\0" * 51)


@pytest.mark.parametrize(("at", "value"), [(33, 0), (33, 6), (34, 4)])
def test_unpack_task__unknown_stage_or_failure__refused(at, value):
    packed = bytearray(pack_task(a_task()))
    packed[at] = value
    with pytest.raises(Malformed, match="not a valid"):
        unpack_task(bytes(packed))


def test_mask_of__indexes__and_back():
    assert mask_of([0, 2, 2]) == 0b101
    assert predecessors_of(0b101) == (0, 2)


def test_status__groups__as_the_contract_has_them():
    assert [status for status in Status if status.is_final] == [Status.ACCEPTED, Status.REWORKED, Status.CANCELLED]
    assert [status for status in Status if status.is_done] == [Status.ACCEPTED, Status.REWORKED]
    assert [status for status in Status if status.waits_for_a_human] == [Status.REWORK, Status.FAILED]
