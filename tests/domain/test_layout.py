from typing import NamedTuple

import pytest

from workmoot.domain.errors import Malformed
from workmoot.domain.layout import BitLayout, unpack_numbers
from workmoot.domain.work import TASK

PAIR = BitLayout("pair", (("high", 3), ("low", 9)))


class Pair(NamedTuple):
    high: int
    low: int


def test_unpack__cut_short__says_where():
    with pytest.raises(Malformed, match="cut short at byte 3") as caught:
        TASK.unpack(b"\0" * 54, 3)
    assert caught.value.offset == 3


def test_unpack_numbers__cut_short__refused():
    with pytest.raises(Malformed):
        unpack_numbers("offer", b"\0\1\0", 0, 2)


def test_bits__items_in_a_row__follow_without_a_gap_and_are_filled_up():
    packed = PAIR.pack_all([Pair(5, 3), Pair(7, 511), Pair(0, 1)])
    assert packed == bytes.fromhex("a03 fff 001 0".replace(" ", ""))
    assert PAIR.unpack_all(packed, 3, offset=0) == [
        {"high": 5, "low": 3},
        {"high": 7, "low": 511},
        {"high": 0, "low": 1},
    ]


@pytest.mark.parametrize("pair", [Pair(8, 0), Pair(0, 512), Pair(0, -1)])
def test_bits__more_than_fit__refused(pair):
    with pytest.raises(Malformed, match="bits"):
        PAIR.pack(pair)


def test_bits__filled_up_with_more_than_zeros__says_where():
    with pytest.raises(Malformed, match="nobody's at byte 7"):
        PAIR.unpack_all(bytes.fromhex("a031"), 1, offset=7)


def test_bits__cut_short__says_where():
    with pytest.raises(Malformed, match="cut short at byte 1"):
        PAIR.unpack(b"\0\0", 1)
