"""Ids of events, `block.logIndex-hash`: from the chain, the same after a restart and on every replica."""

import re
from typing import NamedTuple

from workmoot.domain.events import Place

MARK_BYTES = 4
"""Of the block's hash: an id of before a reorganisation is told from one of after it."""
_ID = re.compile(rf"([0-9]{{1,18}})\.([0-9]{{1,9}})(?:-([0-9a-f]{{{2 * MARK_BYTES}}}))?", re.ASCII)


class EventId(NamedTuple):
    """Where an event stands; without a mark whatever the block is now."""

    block: int
    log_index: int
    mark: str = ""

    @property
    def position(self) -> tuple[int, int]:
        """What orders events."""
        return self.block, self.log_index


def mark_of(place: Place) -> str:
    """What tells its block from others of that number."""
    return place.block_hash[:MARK_BYTES].hex()


def id_at(place: Place) -> str:
    """The id of the event at a place."""
    return f"{place.block}.{place.log_index}-{mark_of(place)}"


def read_id(text: str) -> EventId | None:
    """The id that a text is; None: it is none."""
    found = _ID.fullmatch(text)
    return EventId(int(found[1]), int(found[2]), found[3] or "") if found else None
