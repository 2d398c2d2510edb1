"""Packed byte layouts: unsigned big-endian numbers in a row, as docs/specification.md draws them."""

from collections.abc import Iterable
from dataclasses import dataclass

from workmoot.domain.errors import Malformed


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a packed item, each with its width in bytes."""

    name: str
    fields: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of one item."""
        return sum(width for _, width in self.fields)

    def pack(self, item: object) -> bytes:
        """The bytes of an item that has the fields as attributes; refuses what does not fit."""
        return b"".join(_packed(self.name, field, getattr(item, field), width) for field, width in self.fields)

    def unpack(self, packed: bytes, offset: int = 0) -> dict[str, int]:
        """The item that begins at `offset`."""
        if len(packed) < offset + self.size:
            raise Malformed(f"{self.name}: cut short", offset=offset)
        values: dict[str, int] = {}
        for field, width in self.fields:
            values[field] = int.from_bytes(packed[offset : offset + width], "big")
            offset += width
        return values


@dataclass(frozen=True, slots=True)
class BitLayout:
    """The fields of one number of whole bytes, each with its width in bits, the highest first."""

    name: str
    fields: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of one item."""
        return sum(width for _, width in self.fields) // 8

    def pack(self, item: object) -> bytes:
        """The bytes of an item that has the fields as attributes; refuses what does not fit."""
        packed = 0
        for field, width in self.fields:
            value = int(getattr(item, field))
            if not 0 <= value < 1 << width:
                raise Malformed(f"{self.name}: {field} {value} is negative or over {width} bits")
            packed = packed << width | value
        return packed.to_bytes(self.size, "big")

    def unpack(self, packed: bytes, offset: int = 0) -> dict[str, int]:
        """The item that begins at `offset`."""
        if len(packed) < offset + self.size:
            raise Malformed(f"{self.name}: cut short", offset=offset)
        rest = int.from_bytes(packed[offset : offset + self.size], "big")
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
