"""From an event to the log that a contract would write of it: the decoder's reverse."""

from dataclasses import astuple, is_dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from eth_abi.abi import encode

from workmoot.chain.abi import DEPLOYED, EventForm, abi_of
from workmoot.chain.decoder import snake_case
from workmoot.domain.events import Event


class Written(NamedTuple):
    """What a contract gives the machine to write down."""

    contract: str
    topics: tuple[bytes, ...]
    content: bytes


@lru_cache(maxsize=64)
def written(event: Event) -> Written:
    """The event as its contract writes it."""
    contract, form = _forms()[type(event).__name__]
    values = [_plain(getattr(event, snake_case(field))) for field in form.fields]
    fields = list(zip(form.types, form.indexed, values, strict=True))
    topics = (form.topic, *(encode([kind], [value]) for kind, indexed, value in fields if indexed))
    loose = [(kind, value) for kind, indexed, value in fields if not indexed]
    return Written(contract, topics, encode([kind for kind, _ in loose], [value for _, value in loose]))


@cache
def _forms() -> dict[str, tuple[str, EventForm]]:
    return {form.name: (contract, form) for contract in DEPLOYED for form in abi_of(contract).events.values()}


def _plain(value: Any) -> Any:
    return astuple(value) if is_dataclass(value) and not isinstance(value, type) else value
