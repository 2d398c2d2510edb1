"""What strangers wrote, as a terminal may show it."""


def plain(words: str) -> str:
    """What a stranger wrote, so that it cannot move the cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
