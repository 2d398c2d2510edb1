"""What two accounts of the plant do not agree on."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that two accounts of the plant do not agree on."""

    subject: str
    what: str
    events: Any
    other: Any

    def as_object(self) -> dict[str, Any]:
        """The difference as JSON has it."""
        return {
            "subject": self.subject,
            "what": self.what,
            "events": as_value(self.events),
            "other": as_value(self.other),
        }


def as_value(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [as_value(item) for item in value] if isinstance(value, tuple) else value
