"""What is known of the request that is being answered, wherever the code is that learns of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Known = dict[str, Any]
_PRESENT: ContextVar[Known | None] = ContextVar("request", default=None)


@contextmanager
def answering(known: Known) -> Iterator[None]:
    """The request, while it is answered; the threads that help share it."""
    token = _PRESENT.set(known)
    try:
        yield
    finally:
        _PRESENT.reset(token)


def note(**more: object) -> None:
    """Adds to what the log says of the request. Never a secret: no key, cookie, password or signature."""
    if (known := _PRESENT.get()) is not None:
        known.update(more)


def known() -> Known:
    """What the log says of the request; nothing where none is answered."""
    return _PRESENT.get() or {}
