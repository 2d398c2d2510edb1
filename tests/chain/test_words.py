"""The quick reader of events against eth_abi, which reads everything."""

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from workmoot.chain.abi import values_of
from workmoot.chain.words import read_values, readers_of
from workmoot.domain.errors import Malformed

VALUES = {
    "uint8": st.integers(0, 2**8 - 1),
    "uint48": st.integers(0, 2**48 - 1),
    "uint256": st.integers(0, 2**256 - 1),
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20).map(lambda found: "0x" + found.hex()),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes": st.binary(max_size=100),
    "string": st.text(max_size=50),
}
FIELDS = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])), max_size=8
)


@given(fields=FIELDS)
def test_read_values__simple_types__are_what_eth_abi_reads(fields):
    types, values = tuple(kind for kind, _ in fields), [value for _, value in fields]
    content, readers = encode(types, values), readers_of(types)
    assert readers is not None
    assert tuple(read_values(readers, content)) == values_of(types, content)


@pytest.mark.parametrize("kind", ["address[]", "(uint8,bool)", "int8", "bytes4", "uint8[2]"])
def test_readers_of__a_type_that_is_not_simple__are_none(kind):
    assert readers_of(("uint8", kind)) is None


@given(fields=FIELDS.filter(bool), cut=st.integers(1, 31))
def test_read_values__content_cut_short__is_malformed(fields, cut):
    types = tuple(kind for kind, _ in fields)
    readers = readers_of(types)
    assert readers is not None
    head = encode(types, [value for _, value in fields])[: 32 * len(fields) - cut]
    with pytest.raises(Malformed):
        read_values(readers, head)


def test_read_values__bytes_beyond_the_end__are_malformed():
    content = encode(("bytes",), (b"x" * 40,))
    readers = readers_of(("bytes",))
    assert readers is not None
    with pytest.raises(Malformed, match="of 40 are there"):
        read_values(readers, content[:-32])


def test_read_values__text_that_is_no_utf_8__is_read_all_the_same():
    readers = readers_of(("string",))
    assert readers is not None
    assert read_values(readers, encode(("bytes",), (b"glue \xff",))) == ["glue \ufffd"]


@given(fields=FIELDS)
def test_read_values__from_an_origin_on__are_the_same(fields):
    types = ("bytes32",) * 2 + tuple(kind for kind, _ in fields)
    content = encode(types[2:], [value for _, value in fields])
    readers = readers_of(types)
    assert readers is not None
    found = read_values(readers, bytes(64) + content, 64)
    assert tuple(found[2:]) == values_of(types[2:], content)
