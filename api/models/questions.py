"""Questions to humans on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.models.common import Who, Wire
from workmoot.domain.questions import QuestionState


class FieldOut(Wire):
    """One field of the form that an answer fills."""

    name: str
    type: Literal["choice", "number", "text"]
    right: str = Field(description="What fits, in words.")
    options: tuple[str, ...] | None = Field(default=None, description="Of a choice.")
    least: int | None = Field(default=None, description="Of a number.")
    most: int | None = Field(default=None, description="Of a number, or how many characters of a text.")
    unit: str | None = Field(default=None, description="Of a number.")


class QuestionOut(Wire):
    """What a digital worker asks, and what became of it; the words are a stranger's."""

    id: str = Field(description="What an order to answer it names.")
    asker: Who | None
    words: str
    about: dict[str, Any]
    fields: tuple[FieldOut, ...]
    default: dict[str, str | int] = Field(description="What holds where nobody answers in time.")
    deadline: datetime = Field(description="The last second of the chain's time in which an answer counts.")
    state: QuestionState
    outcome: dict[str, str | int] | None = Field(
        description="What holds; none while the question is open, or where it was closed."
    )
    override: int | None = Field(description="The one answer that is on chain, whether it counts or not.")
    answered_by: Who | None
    at: datetime
    block: int
