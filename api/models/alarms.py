"""Alarms on the wire."""

from datetime import datetime

from pydantic import Field

from api.models.common import Who, Wire
from workmoot.domain.alarms import AlarmState


class AlarmOut(Wire):
    """An alarm that the contracts raised, and how far humans have seen to it."""

    id: str = Field(description="What an order to acknowledge or shelve it names.")
    says: str = Field(description="One sentence for people.")
    human: Who | None = Field(description="Whose orders raised it.")
    account: str
    orders: int
    since: datetime = Field(description="When the first of these orders was given.")
    at: datetime
    block: int
    state: AlarmState
    shelved_until: datetime | None
    override: int | None = Field(description="The human's order by which it is so.")
