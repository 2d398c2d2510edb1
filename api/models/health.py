"""Whether the API can be relied on, on the wire."""

from typing import Literal

from api.models.common import Freshness, Head, Wire


class HealthOut(Wire):
    """The process lives."""

    status: Literal["ok"]


class ReadinessOut(Wire):
    """What is said here is how the chain is."""

    status: Literal["ready"]
    head: Head
    freshness: Freshness
