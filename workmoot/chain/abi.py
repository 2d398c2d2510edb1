"""The contracts' interfaces, read once from abi/*.json: how calls are written, answers, events and errors are read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import encode
from eth_abi.codec import ABICodec
from eth_abi.decoding import StringDecoder
from eth_abi.registry import BaseEquals, registry

from workmoot.chain.words import Readers, read_values, readers_of
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import checksum_address, keccak

Entry = dict[str, Any]

CONTRACTS = (
    "PlantAuthority",
    "Members",
    "WorkOrders",
    "AllocationDAO",
    "Overrides",
    "Motions",
    "Claims",
    "BallotAudit",
)
"""Those that the exact model of the law knows."""
DEPLOYED = (*CONTRACTS, "Instructions")
"""All of a deployment."""


class _Text(StringDecoder):
    """A stranger's text: what is no UTF-8 in it is replaced, so that nobody stops those who follow the chain."""

    def __init__(self) -> None:
        super().__init__(handle_string_errors="replace")  # type: ignore[no-untyped-call]  # eth_abi has no types here


def _lenient() -> ABICodec:
    kinds = registry.copy()  # type: ignore[no-untyped-call]  # eth_abi has no types here
    kinds.unregister_decoder("string")
    kinds.register_decoder(BaseEquals("string", with_sub=False), _Text, label="string")  # type: ignore[no-untyped-call]  # untyped there
    return ABICodec(kinds)


_CODEC = _lenient()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of a contract."""

    name: str
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def call(self, *arguments: object) -> bytes:
        """The call's bytes."""
        return self.selector + encode(self.inputs, arguments)

    def answer(self, returned: bytes) -> tuple[Any, ...]:
        """The values it returned."""
        return values_of(self.outputs, returned)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventForm:
    """One event of a contract: its fields in order, by name, and where they are kept."""

    name: str
    topic: bytes
    fields: tuple[str, ...]
    types: tuple[str, ...]
    indexed: tuple[bool, ...]
    told: tuple[str, ...]
    """The fields as a log has them: those of the topics first."""
    topics: Readers
    """Of the indexed fields, after the topic that names the event; ours are static, so the topics carry them."""
    simple: Readers | None
    """Of all, where the topics and the content are one; None: some are not simple."""
    content_types: tuple[str, ...]

    def values(self, topics: bytes, content: bytes) -> list[Any]:
        """The values of the fields as they are told."""
        if self.simple is None:
            return [*read_values(self.topics, topics), *values_of(self.content_types, content)]
        if len(topics) != self.topics.words.size:
            raise Malformed(f"{len(topics)} bytes are not the topics of {self.name}")
        return read_values(self.simple, topics + content, len(topics))


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorForm:
    """One custom error."""

    name: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abi:
    """One contract's interface."""

    functions: dict[str, Function]
    events: dict[bytes, EventForm]
    errors: dict[bytes, ErrorForm]


@cache
def abi_of(contract: str) -> Abi:
    """The interface of a contract by its name."""
    entries: list[Entry] = json.loads(files("workmoot.chain").joinpath("abi", f"{contract}.json").read_text())
    return Abi(
        functions={entry["name"]: _function(entry) for entry in entries if entry["type"] == "function"},
        events={_topic(entry): _event(entry) for entry in entries if entry["type"] == "event"},
        errors={_topic(entry)[:4]: _error(entry) for entry in entries if entry["type"] == "error"},
    )


@cache
def all_errors() -> dict[bytes, ErrorForm]:
    """Every error any of the contracts may pass on, by selector."""
    found = {
        keccak(b"Error(string)")[:4]: ErrorForm(name="Error", types=("string",)),
        keccak(b"Panic(uint256)")[:4]: ErrorForm(name="Panic", types=("uint256",)),
    }
    for contract in DEPLOYED:
        found |= abi_of(contract).errors
    return found


def values_of(types: Sequence[str], content: bytes) -> tuple[Any, ...]:
    """The values behind these types, addresses in EIP-55's mixed case."""
    return tuple(_mixed_case(kind, value) for kind, value in zip(types, _CODEC.decode(types, content), strict=True))


def type_of(entry: Entry) -> str:
    """A parameter's type as signatures spell it; structs become tuples."""
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(type_of(part) for part in entry['components'])}){kind.removeprefix('tuple')}"


def _mixed_case(kind: str, value: Any) -> Any:
    if kind == "address":
        return checksum_address(value)
    if kind.endswith("[]"):
        return tuple(_mixed_case(kind[:-2], item) for item in value)
    if kind.startswith("(") and kind.endswith(")"):
        return tuple(_mixed_case(part, item) for part, item in zip(_parts(kind), value, strict=True))
    return value


@cache
def _parts(kind: str) -> tuple[str, ...]:
    """The types inside a tuple's type."""
    parts, depth, begin = [], 0, 1
    for index, letter in enumerate(kind):
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(kind[begin:index])
            begin = index + 1
    return tuple(parts)


def _types(entries: list[Entry]) -> tuple[str, ...]:
    return tuple(type_of(entry) for entry in entries)


def _topic(entry: Entry) -> bytes:
    return keccak(f"{entry['name']}({','.join(_types(entry['inputs']))})".encode())


def _function(entry: Entry) -> Function:
    inputs, outputs = _types(entry["inputs"]), _types(entry["outputs"])
    return Function(name=entry["name"], selector=_topic(entry)[:4], inputs=inputs, outputs=outputs)


def _event(entry: Entry) -> EventForm:
    inputs = entry["inputs"]
    indexed, others = (
        [field for field in inputs if field["indexed"]],
        [field for field in inputs if not field["indexed"]],
    )
    topics = readers_of(_types(indexed))
    if topics is None:
        raise Malformed(f"{entry['name']}: an indexed field is not static")
    return EventForm(
        name=entry["name"],
        topic=_topic(entry),
        fields=tuple(field["name"] for field in inputs),
        types=_types(inputs),
        indexed=tuple(field["indexed"] for field in inputs),
        told=tuple(field["name"] for field in (*indexed, *others)),
        topics=topics,
        simple=readers_of(_types([*indexed, *others])),
        content_types=_types(others),
    )


def _error(entry: Entry) -> ErrorForm:
    return ErrorForm(name=entry["name"], types=_types(entry["inputs"]))
