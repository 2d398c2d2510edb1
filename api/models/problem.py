"""Errors on the wire."""

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One field that is wrong."""

    pointer: str | None = Field(
        default=None, description="Where in the body, as a JSON pointer (RFC 6901); empty: all of it."
    )
    parameter: str | None = Field(default=None, description="Or which parameter of the path, the query or the header.")
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
