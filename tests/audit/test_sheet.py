"""The rows for spreadsheets: every cell is text, and none is a formula."""

import csv
from io import StringIO
from typing import Any

import pytest

from workmoot.audit.sheet import sheet

ROW: dict[str, Any] = {
    "id": "12.3",
    "at": "2026-11-22T10:00:00Z",
    "block": 12,
    "tx": "0x01",
    "by": {"number": 8, "id": "owner", "account": "0x02", "kind": "human"},
    "act": "OverrideGiven",
    "subject": {"type": "plant", "id": None},
    "reason": {"code": "SAFETY", "words": 'says "stop"\r\nat once'},
    "displaced": None,
    "effect": ["held", "plant: held: yes"],
    "digest": None,
}


def read(row: dict[str, Any]) -> dict[str, str]:
    [cells] = csv.DictReader(StringIO("".join(sheet([row])), newline=""))
    return cells


def test_sheet__a_row__one_column_for_each_part():
    cells = read(ROW)
    assert (cells["id"], cells["by_id"], cells["by_kind"], cells["subject_type"]) == ("12.3", "owner", "human", "plant")
    assert (cells["subject_id"], cells["displaced_id"], cells["digest"]) == ("", "", "")
    assert cells["reason_words"] == 'says "stop"\r\nat once'
    assert cells["effect"] == "held; plant: held: yes"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_sheet__words_that_begin_a_formula__are_text(begin: str):
    words = f"{begin}cmd|' /C calc'!A0"
    assert read({**ROW, "reason": {"code": None, "words": words}})["reason_words"] == f"'{words}"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("begin", ["=", "-", "＠"])  # noqa: RUF001
@pytest.mark.parametrize("border", ["", ";", "\t", "\r", "\n", "\r\n", ";;", "x;", "x; ", "x\n ", 'x;"', 'x; "'])
def test_sheet__a_formula_where_a_cell_may_begin__is_text_whatever_divides_the_cells(border, begin, delimiter):
    words = f"{border}{begin}cmd"
    lines = "".join(sheet([{**ROW, "reason": {"code": None, "words": words}, "effect": ["held", f"{begin}cmd"]}]))
    cells = [cell for line in csv.reader(StringIO(lines, newline=""), delimiter=delimiter) for cell in line]
    assert [cell for cell in cells if cell.strip(' "').startswith(begin)] == []
    assert sum(f"'{begin}cmd" in cell for cell in cells) >= 1


def test_sheet__control_characters_in_a_strangers_words__are_blanks():
    words = "a\x00b\x1b[2Jc\x9bd\te\r\nf"
    assert read({**ROW, "reason": {"code": None, "words": words}})["reason_words"] == "a b [2Jc d\te\r\nf"


def test_sheet__signs_within_words__stay():
    words = "from 3-5 on; a=b"
    assert read({**ROW, "reason": {"code": None, "words": words}})["reason_words"] == words


def test_sheet__no_rows__the_columns_names():
    assert list(sheet([])) == [",".join(read(ROW)) + "\r\n"]
