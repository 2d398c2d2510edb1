"""Where an event stands on the chain, and what every event has."""

from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A log's place; `timestamp` is the block's, in Unix seconds. Each event has one, and nothing is made faster."""

    block: int
    block_hash: bytes
    log_index: int
    tx: str
    timestamp: int

    @property
    def position(self) -> tuple[int, int]:
        """Block and log index: what orders events, on every node alike."""
        return self.block, self.log_index


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, as a contract said it."""

    at: Place
