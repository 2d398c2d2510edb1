"""Rows of the audit, and products, on the wire."""

from typing import Any

from pydantic import Field

from api.models.common import Head, Wire
from api.models.work import TaskOut


class ActorOut(Wire):
    """Who acted, or was displaced."""

    number: int | None = Field(description="The badge; nothing for an account without one.")
    id: str | None
    account: str | None
    kind: str | None = Field(description="digital, robotic or human.")


class SubjectOut(Wire):
    """What it is about."""

    type: str
    id: int | None = Field(description="None for the plant.")


class WhyOut(Wire):
    """A human order's reason code, and the words of who acted: a stranger's."""

    code: str | None
    words: str


class AuditRowOut(Wire):
    """One act, as one event of the chain tells it; the id is `block.logIndex`."""

    id: str
    at: str = Field(description="The block's time, RFC 3339.", examples=["2026-11-22T10:00:00Z"])
    block: int
    tx: str
    by: ActorOut | None = Field(description="Nobody: the contracts themselves.")
    act: str = Field(description="The event's name.")
    subject: SubjectOut
    reason: WhyOut | None
    displaced: ActorOut | None = Field(description="Who was in force before a human's order.")
    effect: tuple[str, ...] = Field(description="What it did; of a human's order, also what changed by it.")
    digest: str | None = Field(description="What a human signed, or the hash of a result's evidence.")


class ProductOut(Wire):
    """One thing that a customer ordered, and the tasks that make it."""

    head: Head
    id: str = Field(description="ORDER.PRODUCT", examples=["1.P1"])
    order: int
    name: str
    document: dict[str, Any] = Field(description="What the order's document says of it: a stranger's text.")
    tasks: tuple[TaskOut, ...]
    history: str = Field(description="Where its history is, row by row.")
    file: str = Field(description="Where the file is that proves it.")
