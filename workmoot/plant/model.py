"""What every part of a document has in common: frozen, no unknown fields, no silent conversions."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from workmoot.plant.findings import nearest

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, le=1)]

# The longest a 32-bit count of milliseconds can say is 49 days.
Seconds = Annotated[Number, Field(gt=0, le=4_000_000)]


_URL = re.compile(r"https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?")


def url(text: str) -> str:
    """The address of a service, as it is."""
    if not _URL.fullmatch(text):
        raise PydanticCustomError("no_url", "no address")
    return text


class Part(BaseModel):
    """One part of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, given: Any) -> Any:
        unknown = [name for name in given if name not in cls.model_fields] if isinstance(given, dict) else []
        if unknown:
            words = {"name": str(unknown[0]), "known": nearest(str(unknown[0]), cls.model_fields)}
            raise PydanticCustomError("unknown_field", "`{name}` is no field of this", words)
        return given
