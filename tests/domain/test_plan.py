import pytest

from tests.builders import an_entry
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import index_of, order_of, task_id
from workmoot.domain.plan import ENTRY, is_bit_set, mandate_of, pack_entry, pack_plan, unpack_entry, unpack_plan

FIRST, SECOND = task_id(1, 0), task_id(2, 7)


def test_task_id__order_and_index__and_back():
    assert (order_of(SECOND), index_of(SECOND)) == (2, 7)


def test_entry_layout__is_24_bytes_and_two_for_each_helper_and_robot():
    assert ENTRY.size == 24
    assert len(pack_entry(an_entry(helpers=(2, 3), robots=(9,)))) == 30


def test_pack_plan__any_order__ascends_by_task():
    plan = pack_plan([an_entry(SECOND), an_entry(FIRST)])
    assert [entry.task for entry in unpack_plan(plan)] == [FIRST, SECOND]


def test_pack_plan__task_twice__refused():
    with pytest.raises(Malformed, match="task 256 twice"):
        pack_plan([an_entry(FIRST), an_entry(FIRST, lead=2)])


def test_unpack_plan__empty__refused():
    with pytest.raises(Malformed, match="empty"):
        unpack_plan(b"")


def test_unpack_plan__not_ascending__says_where():
    with pytest.raises(Malformed, match="ascending") as caught:
        unpack_plan(pack_entry(an_entry(SECOND)) + pack_entry(an_entry(FIRST)))
    assert caught.value.offset == 24


def test_unpack_plan__nobody_leads__refused():
    with pytest.raises(Malformed, match="nobody leads"):
        unpack_plan(pack_entry(an_entry(lead=0)))


@pytest.mark.parametrize("cut", [1, 2, 3, 27])
def test_unpack_plan__cut_short__refused(cut):
    with pytest.raises(Malformed, match="cut short"):
        unpack_plan(pack_entry(an_entry(helpers=(2,), robots=(9,)))[:-cut])


def test_unpack_entry__with_more_behind__says_where_it_ends():
    packed = pack_entry(an_entry(helpers=(2,)))
    assert unpack_entry(packed + b"why") == (an_entry(helpers=(2,)), 26)


def test_mandate_of__other_robots__another_mandate():
    assert mandate_of(an_entry(robots=(9,))) != mandate_of(an_entry(robots=(10,)))


def test_is_bit_set__little_end_first_within_a_byte():
    assert [index for index in range(20) if is_bit_set(b"\x05\x80", index)] == [0, 2, 15]


def test_team__lead_first():
    assert an_entry(lead=2, helpers=(3, 4)).team == (2, 3, 4)
