"""Packed byte layouts: unsigned big-endian numbers in a row, as docs/specification.md draws them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any

from workmoot.domain.errors import Malformed

CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a packed item, each with its width in bytes."""

    name: str
    fields: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of one item."""
        return _form(self.fields).packed.size

    def pack(self, item: object) -> bytes:
        """The bytes of an item that has the fields as attributes; refuses what does not fit."""
        return b"".join(_packed(self.name, field, getattr(item, field), width) for field, width in self.fields)

    def unpack(self, packed: bytes, offset: int = 0) -> dict[str, int]:
        """The item that begins at `offset`."""
        if len(packed) < offset + self.size:
            raise Malformed(f"{self.name}: cut short", offset=offset)
        form = _form(self.fields)
        values: dict[str, Any] = dict(zip(form.names, form.packed.unpack_from(packed, offset), strict=True))
        for field in form.odd:
            values[field] = int.from_bytes(values[field], "big")
        return values


@dataclass(frozen=True, slots=True)
class _Form:
    """How the standard library reads a layout; fields of odd widths come as bytes."""

    names: tuple[str, ...]
    packed: Struct
    odd: tuple[str, ...]


@cache
def _form(fields: tuple[tuple[str, int], ...]) -> _Form:
    codes = (CODES.get(width, f"{width}s") for _, width in fields)
    odd = tuple(field for field, width in fields if width not in CODES)
    return _Form(names=tuple(field for field, _ in fields), packed=Struct(">" + "".join(codes)), odd=odd)


@dataclass(frozen=True, slots=True)
class BitLayout:
    """The fields of a number of bits, each with its width, the highest first. Items in a row follow without a gap."""

    name: str
    fields: tuple[tuple[str, int], ...]

    @property
    def bits(self) -> int:
        """Bits of one item."""
        return sum(width for _, width in self.fields)

    @property
    def size(self) -> int:
        """Bytes of one item."""
        return self.size_of(1)

    def size_of(self, count: int) -> int:
        """Bytes of so many items in a row: the last one may be filled up."""
        return (self.bits * count + 7) // 8

    def pack(self, item: object) -> bytes:
        """The bytes of an item that has the fields as attributes; refuses what does not fit."""
        return self.pack_all([item])

    def pack_all(self, items: Sequence[object]) -> bytes:
        """The bytes of items in a row, filled up with zeros."""
        packed = 0
        for item in items:
            packed = packed << self.bits | self._packed(item)
        size = self.size_of(len(items))
        return (packed << 8 * size - self.bits * len(items)).to_bytes(size, "big")

    def unpack(self, packed: bytes, offset: int = 0) -> dict[str, int]:
        """The item that begins at `offset`."""
        if len(packed) < offset + self.size:
            raise Malformed(f"{self.name}: cut short", offset=offset)
        return self.unpack_all(packed[offset : offset + self.size], 1, offset=offset)[0]

    def unpack_all(self, packed: bytes, count: int, *, offset: int) -> list[dict[str, int]]:
        """The items that so many bytes are; refuses what they are filled up with, unless it is zero."""
        filling = 8 * len(packed) - self.bits * count
        whole = int.from_bytes(packed, "big")
        if whole & (1 << filling) - 1:
            raise Malformed(f"{self.name}: bits that are nobody's", offset=offset)
        places = range(filling + self.bits * (count - 1), filling - 1, -self.bits)
        return [self._unpacked(whole >> place) for place in places]

    def _packed(self, item: object) -> int:
        packed = 0
        for field, width in self.fields:
            value = int(getattr(item, field))
            if not 0 <= value < 1 << width:
                raise Malformed(f"{self.name}: {field} {value} is negative or over {width} bits")
            packed = packed << width | value
        return packed

    def _unpacked(self, rest: int) -> dict[str, int]:
        values: dict[str, int] = {}
        for field, width in reversed(self.fields):
            values[field], rest = rest & (1 << width) - 1, rest >> width
        return values


def pack_numbers(name: str, numbers: Iterable[int]) -> bytes:
    """Badge numbers in a row, two bytes each."""
    return b"".join(_packed(name, "number", number, 2) for number in numbers)


def unpack_numbers(name: str, packed: bytes, offset: int, count: int) -> tuple[int, ...]:
    """`count` badge numbers from `offset` on."""
    if len(packed) < offset + 2 * count:
        raise Malformed(f"{name}: cut short", offset=offset)
    return tuple(int.from_bytes(packed[at : at + 2], "big") for at in range(offset, offset + 2 * count, 2))


def _packed(name: str, field: str, value: int, width: int) -> bytes:
    try:
        return int(value).to_bytes(width, "big")
    except OverflowError:
        raise Malformed(f"{name}: {field} {value} is negative or over {width} bytes") from None
