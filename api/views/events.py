"""Events of the chain as the API tells them."""

from api.event_ids import id_at
from api.models.common import moment
from api.models.events import EventOut
from workmoot.audit.rows import said_by
from workmoot.domain.events import Event, InstructionGiven, MessageSent
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.questions import is_question, question_id


def event_out(event: Event) -> EventOut:
    """An event on the wire."""
    return EventOut(
        id=id_at(event.at),
        name=type(event).__name__,
        at=moment(event.at.timestamp),
        block=event.at.block,
        tx=event.at.tx,
        said=said_by(event) | _question(event),
    )


def _question(event: Event) -> dict[str, str]:
    """The id of the question that an event asks, or answers; by its bytes alone, so that there may be no such one."""
    if isinstance(event, InstructionGiven) and event.order.kind is OverrideKind.ANSWER:
        return {"question": f"0x{event.subject:064x}"}
    if isinstance(event, MessageSent) and is_question(event.message):
        return {"question": f"0x{question_id(event.sender, event.about, event.message):064x}"}
    return {}
