"""What a digital worker asks humans: the question's bytes, the form an answer has to fill, and when one fits."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import Number
from workmoot.domain.instructions import LONGEST_ANSWER
from workmoot.domain.overrides import SubjectType

FORMAT = "workmoot/question/1"
LONGEST_QUESTION = 4_096
"""Bytes."""
LONGEST_WORDS, LONGEST_OPTION, LONGEST_UNIT, LONGEST_TEXT = 500, 40, 16, 300
"""Characters."""
MOST_FIELDS, MOST_OPTIONS = 4, 8
LARGEST = 10**12
SHORTEST_S, LONGEST_S = 10, 7 * 24 * 3_600
"""Wall seconds from the block that has the question to its deadline."""
MOST_OPEN = 8
"""Of one member; what it asks beyond that is no question."""
_ODD = (
    ("\0", "\x1f"),
    ("\x7f", "\x9f"),
    ("\u200b", "\u200f"),
    ("\u2028", "\u202e"),
    ("\u2066", "\u2069"),
    ("\ud800", "\udfff"),
)
"""From which character to which no text has any: control characters, what nobody sees, breaks of lines, what turns the
direction of writing, halves of characters."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
Values = Mapping[str, str | int]
"""What a form is filled with, by the fields' names."""


class QuestionState(StrEnum):
    """How far a question is."""

    OPEN = "open"
    ANSWERED = "answered"
    DEFAULTED = "defaulted"
    """Nobody gave an answer that counts: what the question named as its default holds."""
    CLOSED = "closed"
    """Its task failed, was put back or done with before anybody answered: nothing holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several named options."""

    name: str
    options: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether there is something to choose from."""
        words = all(_is_text(option, LONGEST_OPTION) for option in self.options)
        return words and 1 < len(set(self.options)) == len(self.options) <= MOST_OPTIONS

    def fits(self, value: object) -> bool:
        """Whether it is one of them."""
        return isinstance(value, str) and value in self.options

    @property
    def right(self) -> str:
        """What would fit, in words."""
        return f"one of: {', '.join(self.options)}"

    def as_json(self) -> dict[str, Any]:
        """As the question's bytes have it."""
        return {"type": "choice", "name": self.name, "options": list(self.options)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A whole number of some unit, within bounds."""

    name: str
    least: int
    most: int
    unit: str

    @property
    def is_sound(self) -> bool:
        """Whether the bounds hold a number, and the unit is one."""
        whole = _is_whole(self.least) and _is_whole(self.most)
        return whole and -LARGEST <= self.least <= self.most <= LARGEST and _is_text(self.unit, LONGEST_UNIT)

    def fits(self, value: object) -> bool:
        """Whether it is within the bounds."""
        return _is_whole(value) and self.least <= value <= self.most  # type: ignore[operator]  # looked at just now

    @property
    def right(self) -> str:
        """What would fit, in words."""
        return f"a whole number of {self.unit} from {self.least} to {self.most}"

    def as_json(self) -> dict[str, Any]:
        """As the question's bytes have it."""
        return {"type": "number", "name": self.name, "least": self.least, "most": self.most, "unit": self.unit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words of the human's own."""

    name: str
    most: int

    @property
    def is_sound(self) -> bool:
        """Whether so many characters may be asked for."""
        return _is_whole(self.most) and 0 < self.most <= LONGEST_TEXT

    def fits(self, value: object) -> bool:
        """Whether it is no longer than asked for."""
        return value == "" or _is_text(value, self.most)

    @property
    def right(self) -> str:
        """What would fit, in words."""
        return f"text of at most {self.most} characters in one line"

    def as_json(self) -> dict[str, Any]:
        """As the question's bytes have it."""
        return {"type": "text", "name": self.name, "most": self.most}


Field = Choice | Amount | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as its bytes have it; all of it is a stranger's."""

    words: str
    fields: tuple[Field, ...]
    default: Values
    deadline: int
    """The last second of the chain in which an answer counts."""
    about_type: SubjectType
    about: int


def question_id(sender: Number, about: int, message: bytes) -> int:
    """What an answer names: the hash of who said what about what. Who signs the answer binds chain and contract."""
    return int.from_bytes(hash_of_words(sender, about, keccak(message)), "big")


def pack_question(asked: Asked) -> bytes:
    """The one way to write it."""
    return canonical(
        {
            "format": FORMAT,
            "words": asked.words,
            "fields": [field.as_json() for field in asked.fields],
            "default": dict(asked.default),
            "deadline": asked.deadline,
            "about": {"type": asked.about_type.name.lower(), "id": asked.about},
        }
    )


def read_question(message: bytes) -> Asked:
    """The question that these bytes are; refuses what is none, or is written in another way."""
    asked = _asked(_parsed(message, LONGEST_QUESTION, "question"))
    if not _is_sound(asked):
        raise Malformed("question: beyond its limits, or its default does not fit")
    if pack_question(asked) != message:
        raise Malformed("question: not written in its one way")
    return asked


def is_question(message: bytes) -> bool:
    """Whether these bytes have a question's form."""
    try:
        read_question(message)
    except Malformed:
        return False
    return True


def pack_answer(values: Values) -> bytes:
    """The one way to write an answer."""
    return canonical(dict(values))


def read_answer(asked: Asked, payload: bytes) -> Values:
    """What a human's answer fills the form with; refuses what does not fit."""
    values = _parsed(payload, LONGEST_ANSWER, "answer")
    if not isinstance(values, dict):
        raise Malformed("answer: not an object")
    for name, right in misfits(asked, values):
        raise Malformed(f"answer: {name} is {right}")
    if pack_answer(values) != payload:
        raise Malformed("answer: not written in its one way")
    return values


def misfits(asked: Asked, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The fields that values do not fill as asked for, and what would be right."""
    for field in asked.fields:
        if not field.fits(values.get(field.name)):
            yield field.name, field.right
    known = {field.name for field in asked.fields}
    for name in values:
        if name not in known:
            yield name, f"not asked for; asked for: {', '.join(sorted(known))}"


def in_words(values: Mapping[str, object]) -> str:
    """What a form is filled with, for people."""
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def canonical(value: object) -> bytes:
    """JSON in ASCII without blanks, names in order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _parsed(content: bytes, longest: int, what: str) -> Any:
    if len(content) > longest:
        raise Malformed(f"{what}: over {longest} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Malformed(f"{what}: not JSON") from None


def _asked(found: Any) -> Asked:
    try:
        about = found["about"]
        return Asked(
            words=found["words"],
            fields=tuple(_READERS[field["type"]](field) for field in found["fields"]),
            default=dict(found["default"]),
            deadline=found["deadline"],
            about_type=_ABOUT[about["type"]],
            about=about["id"],
        )
    except (TypeError, KeyError, ValueError):
        raise Malformed("question: not of this form") from None


def _is_sound(asked: Asked) -> bool:
    names = [field.name for field in asked.fields]
    whole = _is_whole(asked.deadline) and _is_whole(asked.about)
    return (
        whole
        and _is_text(asked.words, LONGEST_WORDS)
        and all(_is_name(field.name) and field.is_sound for field in asked.fields)
        and 0 < len(set(names)) == len(names) <= MOST_FIELDS
        and not any(misfits(asked, asked.default))
        and len(pack_answer(asked.default)) <= LONGEST_ANSWER
    )


def _listed(found: object) -> tuple[Any, ...]:
    if not isinstance(found, list):
        raise TypeError
    return tuple(found)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _is_whole(value: object) -> bool:
    return type(value) is int


def _is_text(value: object, longest: int) -> bool:
    """Whether it is text in one line that every encoding carries and that reads as it is written."""
    return isinstance(value, str) and 0 < len(value) <= longest and not any(map(_is_odd, value))


def _is_odd(letter: str) -> bool:
    return any(first <= letter <= last for first, last in _ODD)


_ABOUT = {word.name.lower(): word for word in (SubjectType.TASK, SubjectType.PROPOSAL, SubjectType.ROBOT)}
_READERS: dict[str, Any] = {
    "choice": lambda found: Choice(name=found["name"], options=_listed(found["options"])),
    "number": lambda found: Amount(name=found["name"], least=found["least"], most=found["most"], unit=found["unit"]),
    "text": lambda found: Text(name=found["name"], most=found["most"]),
}
