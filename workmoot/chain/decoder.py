"""Turns logs into the domain's events by their first topic; twenty times as fast as web3's way."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from functools import cache
from typing import Any, get_type_hints

from workmoot.chain.abi import DEPLOYED, EventForm, abi_of
from workmoot.chain.archive import RawLog
from workmoot.chain.words import WORD
from workmoot.domain import events
from workmoot.domain.events import Event, Place

RENAMED = {"from": "sender"}
Build = Callable[[Any], Any]
Put = Callable[[Event, Any], None]
_KNOWN: dict[type, dict[str, Build]] = {}


@dataclass(frozen=True, slots=True)
class _Making:
    """How an event is made of a log."""

    form: EventForm
    kind: type[Event]
    put_at: Put
    puts: tuple[Put, ...]
    """For the values as the log tells them."""


@cache
def _makings() -> dict[bytes, _Making]:
    """The events we know, by topic; others (Transfer, Locked) are left aside."""
    known = set(events.__all__)
    forms = [form for contract in DEPLOYED for form in abi_of(contract).events.values() if form.name in known]
    return {form.topic: _making(form) for form in forms}


def _making(form: EventForm) -> _Making:
    kind: type[Event] = getattr(events, form.name)
    names, builders = [snake_case(name) for name in form.told], _builders(kind)
    if {"at", *names} != {field.name for field in fields(kind)}:
        raise TypeError(f"{kind.__name__} has other fields than the contract's event")
    return _Making(form, kind, _put(kind, "at", _as_it_is), tuple(_put(kind, name, builders[name]) for name in names))


def _put(kind: type[Event], name: str, builder: Build) -> Put:
    """Sets a field of an event that is being made: its slot itself, in a third of the time its constructor takes."""
    put: Put = getattr(kind, name).__set__
    return put if builder is _as_it_is else lambda made, value: put(made, builder(value))


def decode_logs(logs: Iterable[RawLog]) -> Iterator[Event]:
    """The events that logs tell of, in the same order."""
    return (event for event in map(decode_log, logs) if event is not None)


def decode_log(log: RawLog) -> Event | None:
    """The event a log tells of; None for one we do not know."""
    making = _makings().get(log.topics[:WORD])
    if making is None:
        return None
    made = object.__new__(making.kind)
    block, log_index, block_hash, timestamp, tx, _, topics, data = log
    making.put_at(made, tuple.__new__(Place, (block, block_hash, log_index, "0x" + tx.hex(), timestamp)))
    for put, value in zip(making.puts, making.form.values(topics[WORD:], data), strict=True):
        put(made, value)
    return made


def snake_case(name: str) -> str:
    """A Solidity name as Python writes it."""
    return RENAMED.get(name) or re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def build(kind: type, values: tuple[Any, ...]) -> Any:
    """A frozen dataclass from a struct's values, in the struct's order, which is the dataclass's."""
    builders = _builders(kind)
    names = [field.name for field in fields(kind)]
    return kind(**{name: builders[name](value) for name, value in zip(names, values, strict=True)})


def _builders(kind: type) -> dict[str, Build]:
    found = _KNOWN.get(kind)
    if found is None:
        found = _KNOWN[kind] = {name: _builder(hint) for name, hint in get_type_hints(kind).items()}
    return found


def _builder(hint: Any) -> Build:
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda values: build(hint, values)
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return hint
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
