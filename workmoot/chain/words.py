"""Reads the simple types that most events are made of, a tenth of eth_abi's time; eth_abi reads the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import checksum_address

WORD = 32
SMALL_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """How the values of some types are read."""

    words: Struct
    """A word for each: numbers of up to 64 bits and truth values as such, of what is not static, where it stands."""
    of_bytes: tuple[tuple[int, Callable[[bytes], Any]], ...]
    """Which of the others are not the bytes themselves, and how each is read."""
    beyond: tuple[tuple[int, Callable[[bytes, int], Any]], ...]
    """Which values are not static, and how each is read from where it stands."""


@cache
def readers_of(types: Sequence[str]) -> Readers | None:
    """For these types; None where one of them is not simple."""
    if not all(_is_number(kind) or kind in _WHOLE or kind in _BEYOND for kind in types):
        return None
    return Readers(
        words=Struct(">" + "".join(map(_form, types))),
        of_bytes=tuple((place, _OF_BYTES[kind]) for place, kind in enumerate(map(_kind, types)) if kind in _OF_BYTES),
        beyond=tuple((place, _BEYOND[kind]) for place, kind in enumerate(types) if kind in _BEYOND),
    )


def read_values(readers: Readers, content: bytes, origin: int = 0) -> list[Any]:
    """The values, in order; what is not static stands so far behind `origin` as its word says."""
    if len(content) < readers.words.size:
        raise Malformed(f"{len(content)} bytes do not hold {readers.words.size // WORD} values")
    found: list[Any] = list(readers.words.unpack_from(content))
    for place, of_bytes in readers.of_bytes:
        found[place] = of_bytes(found[place])
    for place, read in readers.beyond:
        found[place] = read(content, origin + found[place])
    return found


def _is_number(kind: str) -> bool:
    return kind.startswith("uint") and kind[4:].isdecimal()


def _form(kind: str) -> str:
    """How the standard library reads a word; the contracts' compiler leaves nothing before a number."""
    return _FORMS.get(_kind(kind), f"{WORD}s")


def _kind(kind: str) -> str:
    """Numbers are small, as the standard library has one for, or large."""
    if kind in _BEYOND:
        return "place"
    if not _is_number(kind):
        return kind
    return "small" if int(kind[4:]) <= SMALL_BITS else "large"


def _address(found: bytes) -> str:
    return checksum_address("0x" + found.hex())


def _bytes(content: bytes, begin: int) -> bytes:
    """The length stands there, and the bytes after it."""
    length, found = int.from_bytes(content[begin : begin + WORD]), content[begin + WORD :]
    if len(found) < length:
        raise Malformed(f"{len(found)} bytes of {length} are there", offset=begin)
    return found[:length]


def _text(content: bytes, begin: int) -> str:
    """A stranger's: what is no UTF-8 in it is replaced, so that nobody stops those who follow the chain."""
    return _bytes(content, begin).decode(errors="replace")


_FORMS = {"small": "24xQ", "place": "24xQ", "bool": "31x?", "address": "12x20s"}
_OF_BYTES: dict[str, Callable[[bytes], Any]] = {"address": _address, "large": int.from_bytes}
_WHOLE = ("bool", "address", "bytes32")
_BEYOND: dict[str, Callable[[bytes, int], Any]] = {"bytes": _bytes, "string": _text}
