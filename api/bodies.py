"""An answer's body, if it comes to an end: what others send is read no further than it may be large."""

from collections.abc import AsyncIterator


class TooLarge(ValueError):
    """The body goes on beyond what is taken."""


async def whole(parts: AsyncIterator[bytes], *, most: int) -> bytes:
    """All of it; raises TooLarge beyond `most` bytes."""
    body = b""
    async for part in parts:
        body += part
        if len(body) > most:
            raise TooLarge(f"more than {most} bytes")
    return body
