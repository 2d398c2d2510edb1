"""What every write carries, and how it may be answered."""

from typing import Annotated, Any

from fastapi import Header

from api.models.problem import ProblemOut
from api.problems import MEDIA_TYPE

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="A key of this write's own, for example a UUID. Asked again with it, it is done once and answered "
        "alike, marked `Idempotent-Replayed`; kept for a day.",
    ),
]
IF_MATCH = Header(description="The `etag` of the dry run: the state its human saw. For a hold, `*` will do.")


def refusals(**told: str) -> dict[int | str, dict[str, Any]]:
    """Problem documents by status: `_412="…"`."""
    return {
        int(status.removeprefix("_")): {"model": ProblemOut, "content": {MEDIA_TYPE: {}}, "description": words}
        for status, words in told.items()
    }


KEYED = refusals(_400="The Idempotency-Key is missing or no key.")
SEEN = refusals(
    _412="The subject changed since the dry run; `current` is how it is now.",
    _428="No If-Match: an order says what state its human saw.",
)
