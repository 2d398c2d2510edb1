"""Errors on the wire."""

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One field that is wrong."""

    pointer: str = Field(description="Where, as a JSON pointer into the body (`query:`, `path:` before it elsewhere).")
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None
