"""Events of the chain as the API tells them."""

from api.event_ids import id_at
from api.models.common import moment
from api.models.events import EventOut
from workmoot.audit.rows import said_by
from workmoot.domain.events import Event


def event_out(event: Event) -> EventOut:
    """An event on the wire."""
    return EventOut(
        id=id_at(event.at),
        name=type(event).__name__,
        at=moment(event.at.timestamp),
        block=event.at.block,
        tx=event.at.tx,
        said=said_by(event),
    )
