"""Reads the simple types that most events are made of, a tenth of eth_abi's time; eth_abi reads the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import checksum_address

WORD = 32
ADDRESS_AT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """How the values of some types are read."""

    words: Struct
    """A word for each."""
    of_words: tuple[Callable[[bytes], Any], ...]
    """The value that a word is; of what is not static, where it stands."""
    beyond: tuple[tuple[int, Callable[[bytes, int], Any]], ...]
    """Which values are not static, and how each is read from where it stands."""


@cache
def readers_of(types: Sequence[str]) -> Readers | None:
    """For these types; None where one of them is not simple."""
    if not all(_is_number(kind) or kind in _OF_WORDS or kind in _BEYOND for kind in types):
        return None
    return Readers(
        words=Struct(f"{WORD}s" * len(types)),
        of_words=tuple(_OF_WORDS.get(kind, int.from_bytes) for kind in types),
        beyond=tuple((place, _BEYOND[kind]) for place, kind in enumerate(types) if kind in _BEYOND),
    )


def read_values(readers: Readers, content: bytes, origin: int = 0) -> list[Any]:
    """The values, in order; what is not static stands so far behind `origin` as its word says."""
    if len(content) < readers.words.size:
        raise Malformed(f"{len(content)} bytes do not hold {len(readers.of_words)} values")
    found = [read(word) for read, word in zip(readers.of_words, readers.words.unpack_from(content), strict=True)]
    for place, read in readers.beyond:
        found[place] = read(content, origin + found[place])
    return found


def _is_number(kind: str) -> bool:
    return kind.startswith("uint") and kind[4:].isdecimal()


def _address(word: bytes) -> str:
    return checksum_address("0x" + word[ADDRESS_AT:].hex())


def _bytes(content: bytes, begin: int) -> bytes:
    """The length stands there, and the bytes after it."""
    length, found = int.from_bytes(content[begin : begin + WORD]), content[begin + WORD :]
    if len(found) < length:
        raise Malformed(f"{len(found)} bytes of {length} are there", offset=begin)
    return found[:length]


def _text(content: bytes, begin: int) -> str:
    """A stranger's: what is no UTF-8 in it is replaced, so that nobody stops those who follow the chain."""
    return _bytes(content, begin).decode(errors="replace")


_OF_WORDS: dict[str, Callable[[bytes], Any]] = {"bool": any, "address": _address, "bytes32": bytes}
_BEYOND: dict[str, Callable[[bytes, int], Any]] = {"bytes": _bytes, "string": _text}
