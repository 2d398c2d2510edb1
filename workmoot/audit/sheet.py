"""The rows as a spreadsheet takes them: CSV, in which no cell is a formula. It proves nothing."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

ACTOR, SUBJECT, REASON = ("number", "id", "account", "kind"), ("type", "id"), ("code", "words")
PARTS = {"by": ACTOR, "subject": SUBJECT, "reason": REASON, "displaced": ACTOR}
PLAIN = ("id", "at", "block", "tx", "by", "act", "subject", "reason", "displaced", "effect", "digest")
FORMULA = re.compile(r'((?:\A|[;\t\r\n])[ \xa0"]*)([=+\-@＝＋－＠])')  # noqa: RUF001 (the wide ones count too)
"""Where a cell may begin, elsewhere also after `;`, a tab or a line's end; and what makes it a formula."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""But for the tab and the ends of lines, which a cell may have."""


def sheet(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines, the columns' names first (RFC 4180)."""
    yield _line([name for column in PLAIN for name in _names(column)])
    for row in rows:
        yield _line([cell for column in PLAIN for cell in _cells(column, row[column])])


def _names(column: str) -> list[str]:
    return [f"{column}_{part}" for part in PARTS[column]] if column in PARTS else [column]


def _cells(column: str, value: Any) -> list[str]:
    if column in PARTS:
        return [_cell((value or {}).get(part)) for part in PARTS[column]]
    return [_cell("; ".join(value) if column == "effect" else value)]


def _cell(value: object) -> str:
    """A cell as text: what a spreadsheet would work out gets an apostrophe, what moves a cursor is a blank."""
    text = FORMULA.sub(r"\1'\2", CONTROL.sub(" ", "" if value is None else str(value)))
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) else text


def _line(cells: Iterable[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
