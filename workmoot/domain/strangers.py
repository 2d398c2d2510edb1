"""What strangers wrote, as text that can be shown and passed on."""

LONGEST_NAME = 120


def text(value: object) -> str:
    """A stranger's text at a bearable length, without what no encoding can carry; what is no text is empty."""
    return value[:LONGEST_NAME].encode(errors="replace").decode() if isinstance(value, str) else ""
