"""What every write carries, and how it may be answered."""

from typing import Annotated

from fastapi import Header

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A key of this write's own, for example a UUID. Asked again with it, it is done once and answered "
        "alike, marked `Idempotent-Replayed`; kept for a day.",
    ),
]
IF_MATCH = Header(
    alias="If-Match", description="The `etag` of the dry run: the state its human saw. For a hold, `*` will do."
)
KEYED = ("idempotency-key-missing", "idempotency-key-malformed", "idempotency-mismatch", "request-in-flight")
"""What can be wrong with a write's key."""
SEEN = ("stale-version", "precondition-required")
"""What can be wrong with what its human saw."""
