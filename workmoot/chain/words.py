"""Reads the simple types that most events are made of, a tenth of eth_abi's time; eth_abi reads the others."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import checksum_address

WORD = 32
ADDRESS_AT = 12
Reader = Callable[[bytes, int], Any]
"""The value whose word begins at a place in the content."""
Readers = tuple[tuple[int, Reader], ...]
"""Where each value's word begins and how it is read."""


@cache
def readers_of(types: Sequence[str]) -> Readers | None:
    """For these types; None where one of them is not simple."""
    found = [_NUMBER if kind.startswith("uint") and kind[4:].isdecimal() else _READERS.get(kind) for kind in types]
    simple = [reader for reader in found if reader is not None]
    return tuple((place * WORD, reader) for place, reader in enumerate(simple)) if len(simple) == len(found) else None


def read_values(readers: Readers, content: bytes) -> list[Any]:
    """The values, in order."""
    if len(content) < len(readers) * WORD:
        raise Malformed(f"{len(content)} bytes do not hold {len(readers)} values")
    return [read(content, at) for at, read in readers]


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + WORD], "big")


def _truth(content: bytes, at: int) -> bool:
    return any(content[at : at + WORD])


def _address(content: bytes, at: int) -> str:
    return checksum_address("0x" + content[at + ADDRESS_AT : at + WORD].hex())


def _word(content: bytes, at: int) -> bytes:
    return content[at : at + WORD]


def _bytes(content: bytes, at: int) -> bytes:
    """The word says where the length stands; the bytes follow it."""
    begin = _number(content, at)
    length, found = _number(content, begin), content[begin + WORD :]
    if len(found) < length:
        raise Malformed(f"{len(found)} bytes of {length} are there", offset=begin)
    return found[:length]


def _text(content: bytes, at: int) -> str:
    """A stranger's: what is no UTF-8 in it is replaced, so that nobody stops those who follow the chain."""
    return _bytes(content, at).decode(errors="replace")


_NUMBER: Reader = _number
_READERS: dict[str, Reader] = {
    "bool": _truth,
    "address": _address,
    "bytes32": _word,
    "bytes": _bytes,
    "string": _text,
}
