"""Webhooks on the wire."""

import json
from datetime import datetime
from typing import Any

from pydantic import Field, field_validator

from api.models.common import Wire
from workmoot.domain import events

NAMES = frozenset(
    name
    for name in events.__all__
    if isinstance(kind := getattr(events, name), type) and issubclass(kind, events.Event) and kind is not events.Event
)
"""Every event of the contracts."""


class WebhookIn(Wire):
    """Where to, and which events: all of those named, or any, that are about what is given."""

    url: str = Field(max_length=2048, examples=["https://mes.example/workmoot"])
    events: tuple[str, ...] = Field(default=(), max_length=64, examples=[["TaskAccepted", "TaskFailed"]])
    task: int | None = Field(default=None, ge=1, lt=2**32)
    order: int | None = Field(default=None, ge=1, lt=2**32, description="Its tasks' events too.")
    worker: int | None = Field(default=None, ge=1, lt=2**16, description="A member's badge number.")

    @field_validator("events")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(names) - NAMES)
        if unknown:
            raise ValueError(f"no contract says {', '.join(unknown)}; for example TaskAccepted")
        return tuple(dict.fromkeys(names))


class WebhookOut(Wire):
    """A webhook, without its secret."""

    id: int
    url: str
    events: tuple[str, ...]
    task: int | None
    order: int | None
    worker: int | None
    created_at: datetime | None
    told_to: str | None = Field(description="The event that it was told last, or that it begins after.")
    delivered_at: datetime | None
    attempts: int = Field(description="How often what comes next was tried in vain.")
    next_at: datetime | None = Field(description="When it is tried again, where it failed.")
    trouble: str | None
    reorganisations: int = Field(description="How often the chain went another way since it was made.")


class WebhookMade(WebhookOut):
    """A new webhook."""

    secret: str = Field(description="What signatures are made with; shown this once.")


class WebhooksOut(Wire):
    """One's own webhooks."""

    items: tuple[WebhookOut, ...]


class DeadLetterOut(Wire):
    """A message that was not taken however often it was tried."""

    id: int
    message: str = Field(description="Its `webhook-id`.")
    type: str
    event: dict[str, Any] = Field(description="The CloudEvent as it was sent.")
    failed_at: datetime | None
    reason: str
    redelivering: bool

    @field_validator("event", mode="before")
    @classmethod
    def _read(cls, body: str) -> Any:
        return json.loads(body)


class DeadLettersOut(Wire):
    """A webhook's dead letters, the oldest first."""

    items: tuple[DeadLetterOut, ...]
