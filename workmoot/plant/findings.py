"""What is wrong with a document, where, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workmoot.domain.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. `path` is the place in the document, such as `robots[2].station`."""

    path: str
    wrong: str
    right: str
    line: int = 0

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line else ""
        return f"{self.path or 'document'}{line}: {self.wrong}. {self.right}."


class BadDocument(Malformed):
    """A plant or an order that cannot be used, with everything that is wrong with it."""

    def __init__(self, source: str, findings: Iterable[Finding]) -> None:
        self.source = source
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{source}: {finding}" for finding in self.findings))


def path_of(steps: Iterable[str | int]) -> str:
    """`("robots", 2, "station")` as people write it."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def nearest(word: str, known: Iterable[str]) -> str:
    """What is known, the likeliest first: the second half of every message about a name."""
    names = list(known)
    close = get_close_matches(word, names, n=1)
    listing = ", ".join(names) or "none"
    return f"Did you mean {close[0]}? Known: {listing}" if close else f"Known: {listing}"


def of_validation(error: ValidationError) -> tuple[Finding, ...]:
    """pydantic's errors in our words."""
    return tuple(_finding(details) for details in error.errors(include_url=False))


def _finding(details: ErrorDetails) -> Finding:
    steps = [step for step in details["loc"] if step != "[key]"]
    wrong, right = _words(details)
    return Finding(path=path_of(steps), wrong=wrong, right=right)


def _words(details: ErrorDetails) -> tuple[str, str]:
    wrong, right = WORDS.get(details["type"], OTHERWISE)
    values = {"given": repr(details["input"])[:60], "msg": details["msg"], **details.get("ctx", {})}
    return wrong.format_map(values), right.format_map(values)


# What is wrong and what would be right, by pydantic's name of the error.
WORDS = {
    "missing": ("it is missing", "Every entry of this kind needs it"),
    "unknown_field": ("`{name}` is no field of this", "{known}"),
    "greater_than_equal": ("{given} is too small", "It is at least {ge}"),
    "greater_than": ("{given} is too small", "It is more than {gt}"),
    "less_than_equal": ("{given} is too large", "It is at most {le}"),
    "less_than": ("{given} is too large", "It is less than {lt}"),
    "finite_number": ("{given} is not finite", "Write a number"),
    "string_type": ("{given} is not text", "Put it in quotes"),
    "string_pattern_mismatch": (
        "{given} is not an id",
        "Ids are 1 to 32 letters, digits, `-`, `_` or `.`, the first a letter or digit",
    ),
    "no_url": ("{given} is not an address", "Write http://HOST:PORT"),
    "too_short": ("it has {actual_length} entries", "It needs at least {min_length}"),
    "too_long": ("it has too many entries", "At most {max_length}"),
    "string_too_short": ("it is empty", "Write something"),
    "string_too_long": ("it is too long", "At most {max_length} letters"),
    "literal_error": ("{given} is none of the possible values", "It is one of {expected}"),
    "int_type": ("{given} is not a whole number", "Write it with digits alone, without quotes"),
    "float_type": ("{given} is not a number", "Write it without quotes and without a unit"),
    "tuple_type": ("{given} is not a list", "Write a list: [a, b]"),
    "dict_type": ("{given} is not a group of fields", "Write `field: value` lines"),
    "model_type": ("{given} is not a group of fields", "Write `field: value` lines"),
}
OTHERWISE = ("{given} cannot stand here", "{msg}")
