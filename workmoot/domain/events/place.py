"""Where an event stands on the chain, and what every event has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A log's place; `timestamp` is the block's, in Unix seconds."""

    block: int
    log_index: int
    tx: str
    timestamp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, as a contract said it."""

    at: Place
