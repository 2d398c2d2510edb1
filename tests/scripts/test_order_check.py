"""What a human's key refuses to sign although an API drafted it."""

from typing import Any

import pytest

from scripts.order_check import differences, in_words
from tests.builders import an_order
from workmoot.domain.overrides import OverrideKind, SubjectType

NOW = 1_800_000_000
TYPES = {"worker": SubjectType.WORKER, "robot": SubjectType.ROBOT, "task": SubjectType.TASK, "alarm": SubjectType.NONE}


def lift_differs(payload: bytes, type_: str = "worker", **named: str) -> list[str]:
    """In what a drafted order to lift is another than was asked for."""
    asked: dict[str, Any] = {"kind": "lift", "subject": {"type": type_, "id": "2"}, "payload": named}
    asked["reason"] = {"code": "OTHER", "text": "mended"}
    words: dict[str, Any] = {"reason_code": 99, "reason": "mended", "valid_until": NOW + 100}
    order = an_order(OverrideKind.LIFT, 2, subject_type=TYPES[type_], payload=payload, **words)
    return list(differences(asked, order, now=NOW))


@pytest.mark.parametrize("kind", [OverrideKind.DRAIN, OverrideKind.QUARANTINE])
def test_differences__lift_of_a_worker__only_the_kind_that_was_named(kind: OverrideKind):
    assert lift_differs(bytes((kind,)), kind="drain") == ([] if kind is OverrideKind.DRAIN else ["payload"])
    assert lift_differs(bytes((kind,))) == ["payload"]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [("robot", OverrideKind.MAINTAIN), ("task", OverrideKind.REPRIORITISE), ("alarm", OverrideKind.SHELVE)],
)
def test_differences__lift_where_there_is_but_one_kind__none_has_to_be_named(type_: str, kind: OverrideKind):
    assert lift_differs(bytes((kind,)), type_) == []
    assert "payload" in lift_differs(bytes((OverrideKind.DRAIN,)), type_)


QUESTION = 0x9A << 244
HEX = f"{QUESTION:064x}"


@pytest.mark.parametrize("id_", [f"0x{HEX}", HEX, HEX.upper(), f"0X{HEX.upper()}"])
@pytest.mark.parametrize(("number", "others"), [(QUESTION, []), (QUESTION + 1, ["subject"])], ids=["it", "another"])
def test_differences__answer__only_to_the_question_that_was_named(id_: str, number: int, others: list[str]):
    assert answer_differs(number, id_) == others


def answer_differs(number: int, id_: str) -> list[str]:
    """In what a drafted answer is another than was asked for."""
    asked = {"kind": "answer", "subject": {"type": "question", "id": id_}, "payload": {"answer": {"verdict": "accept"}}}
    words: dict[str, Any] = {"reason_code": 99, "reason": "seen", "valid_until": NOW + 100}
    words |= {"subject_type": SubjectType.NONE, "payload": b'{"verdict":"accept"}'}
    order = an_order(OverrideKind.ANSWER, number, **words)
    return list(differences(asked | {"reason": {"code": "OTHER", "text": "seen"}}, order, now=NOW))


@pytest.mark.parametrize("id_", ["0x1", "the question", f"{HEX} ", ""])
def test_differences__answer_to_what_is_no_question__is_another(id_: str):
    assert answer_differs(QUESTION, id_) == ["subject"]


@pytest.mark.parametrize("payload", [b"", b"\xc8", b"\x0c\x0c", b"\x00"])
def test_differences__lift_of_odd_bytes__is_another(payload: bytes):
    assert lift_differs(payload, kind="drain") == ["payload"]
    assert lift_differs(payload, "robot") == ["payload"]


def test_in_words__of_the_plant__neither_a_number_nor_a_level_that_is_none():
    held = an_order(OverrideKind.HOLD, 0, subject_type=SubjectType.PLANT)
    assert in_words(held) == "hold plant, level of its kind"
