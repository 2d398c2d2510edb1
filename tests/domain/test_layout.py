import pytest

from workmoot.domain.errors import Malformed
from workmoot.domain.layout import unpack_numbers
from workmoot.domain.work import TASK


def test_unpack__cut_short__says_where():
    with pytest.raises(Malformed, match="cut short at byte 3") as caught:
        TASK.unpack(b"\0" * 54, 3)
    assert caught.value.offset == 3


def test_unpack_numbers__cut_short__refused():
    with pytest.raises(Malformed):
        unpack_numbers("offer", b"\0\1\0", 0, 2)
