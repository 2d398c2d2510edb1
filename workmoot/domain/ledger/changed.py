"""A record with some of its fields changed, without initialising it anew: most of what entering an event costs."""

from typing import Any, TypeVar

R = TypeVar("R")


def changed(record: R, **changes: Any) -> R:
    """A copy of a frozen record that has no slots; the fields named are its own."""
    fields = record.__dict__.copy()
    fields.update(changes)
    if len(fields) != len(record.__dict__):
        raise TypeError(f"{type(record).__name__} has no {', '.join(changes.keys() - record.__dict__.keys())}")
    made = object.__new__(type(record))
    object.__setattr__(made, "__dict__", fields)
    return made
