"""Events of the chain on the wire."""

from datetime import datetime
from typing import Any

from api.models.common import Wire


class EventOut(Wire):
    """Something a contract said; the id is `block.logIndex-hash`, of the block's hash the first digits."""

    id: str
    name: str
    at: datetime | None
    block: int
    tx: str
    said: dict[str, Any]
