"""Events of the chain as the API tells them."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from api.models.common import moment
from api.models.events import EventOut
from workmoot.domain.events import Event


def event_id(event: Event) -> str:
    """An event's id, from its place on the chain."""
    return f"{event.at.block}.{event.at.log_index}"


def event_out(event: Event) -> EventOut:
    """An event on the wire."""
    said = {f.name: _shown(getattr(event, f.name)) for f in fields(event) if f.name != "at"}
    return EventOut(
        id=event_id(event),
        name=type(event).__name__,
        at=moment(event.at.timestamp),
        block=event.at.block,
        tx=event.at.tx,
        said=said,
    )


def _shown(value: object) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if is_dataclass(value):
        return {f.name: _shown(getattr(value, f.name)) for f in fields(value)}
    return [_shown(item) for item in value] if isinstance(value, tuple) else value
