"""A question's form, filled on the command line."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import typer


def question_path(id_: str) -> str:
    """Where the API has a question, whatever was typed for its id."""
    return f"questions/{quote(id_, safe='')}"


def filled_form(question: Mapping[str, Any], values: Iterable[str]) -> dict[str, str | int]:
    """NAME=VALUE for each field of the form; numbers as such. Whether they fit, the API says."""
    kinds = {field["name"]: field["type"] for field in question["fields"]}
    filled: dict[str, str | int] = {}
    for given in values:
        name, equals, value = given.partition("=")
        if not equals or name not in kinds:
            raise typer.BadParameter(f"{given!r} is no NAME=VALUE; the form has: {', '.join(kinds)}")
        filled[name] = _number(name, value) if kinds[name] == "number" else value
    return filled


def _number(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise typer.BadParameter(f"{name} is a whole number, not {value!r}") from None
