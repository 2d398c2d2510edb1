"""What is posted: an event as CloudEvents 1.0 in JSON, signed as Standard Webhooks has it."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.event_ids import id_at
from api.models.common import moment
from api.views.events import event_out
from workmoot.domain.events import Event

PREFIX = "whsec_"
SECRET_BYTES = 32
DOMAIN = "org.workmoot"
REORGANISED = f"{DOMAIN}.reorganised"
MEDIA_TYPE = "application/cloudevents+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to be told; `id` is the same however often it is sent."""

    id: str
    type: str
    body: str


def told_of(event: Event, *, source: str, generation: int) -> Message:
    """An event of the chain, told in that generation: what a reorganisation undid may come again by the same id."""
    name = id_at(event.at)
    at = moment(event.at.timestamp)
    data = event_out(event).model_dump(mode="json")
    more = {"time": at.isoformat().replace("+00:00", "Z")} if at else {}
    kind = f"{DOMAIN}.{type(event).__name__}"
    return Message(id=f"{generation}.{name}", type=kind, body=_envelope(name, source, kind, data, **more))


def told_undone(stands: Event | None, *, source: str, generation: int) -> Message:
    """That what was told after an event is undone; none: all of it."""
    name = f"reorganised.{generation}"
    after = id_at(stands.at) if stands else None
    return Message(id=name, type=REORGANISED, body=_envelope(name, source, REORGANISED, {"after": after}))


def headers_for(message: Message, secret: str, *, at_s: int) -> dict[str, str]:
    """The headers that it is sent with; the signature is over exactly the body's bytes."""
    return {
        "Content-Type": MEDIA_TYPE,
        "webhook-id": message.id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(message, secret, at_s=at_s),
    }


def signature(message: Message, secret: str, *, at_s: int) -> str:
    """HMAC-SHA256 over id, second and body, as `v1,` and base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message.id}.{at_s}.{message.body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def new_signing_secret() -> str:
    """What both sides sign with."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _envelope(id_: str, source: str, type_: str, data: Mapping[str, Any], **more: str) -> str:
    named = {"specversion": "1.0", "id": id_, "source": source, "type": type_, **more}
    return json.dumps({**named, "datacontenttype": "application/json", "data": data}, ensure_ascii=False)
