import pytest

from tests.builders import an_entry, an_order
from workmoot.domain.errors import Malformed
from workmoot.domain.overrides import (
    Level,
    OverrideKind,
    SubjectType,
    filled_level,
    own_level,
    unordered_nonce,
)
from workmoot.domain.payloads import (
    PlanPart,
    assign_payload,
    cancel_payload,
    parts_of,
    plan_payload,
    read_assign_payload,
    read_cancel_payload,
    read_plan_payload,
    release_payload,
)


def test_own_level__of_the_plant_is_1_of_all_else_8():
    assert [own_level(subject) for subject in SubjectType] == [8, 8, 8, 8, 8, 1]


@pytest.mark.parametrize(
    ("kind", "changes", "level"),
    [
        (OverrideKind.HOLD, {}, Level.HUMAN_HOLD),
        (OverrideKind.HOLD, {"level": 8}, Level.HUMAN_HOLD),
        (OverrideKind.HOLD, {"level": 5}, Level.MAINTENANCE),
        (OverrideKind.HOLD, {"subject_type": SubjectType.PLANT}, Level.PLANT_HOLD),
        (OverrideKind.ASSIGN, {}, Level.HUMAN),
    ],
)
def test_filled_level__by_kind_and_subject(kind, changes, level):
    assert filled_level(an_order(kind, **changes)) == level


def test_unordered_nonce__key_in_the_upper_192_bits():
    assert unordered_nonce(5) == 5 << 64


def test_assign_payload__and_back():
    entry = an_entry(helpers=(2,), robots=(9, 10))
    assert read_assign_payload(assign_payload(entry, "nobody else")) == (entry, "nobody else")
    assert read_assign_payload(assign_payload(entry)) == (entry, "")


def test_plan_payload__and_back():
    part = PlanPart(rest=b"\1" * 32, first=200, last=400, assignments=b"who does what")
    assert plan_payload(part) == b"\1" * 32 + b"\0\xc8\1\x90who does what"
    assert read_plan_payload(plan_payload(part)) == part


def test_read_plan_payload__cut_short__refused():
    with pytest.raises(Malformed):
        read_plan_payload(b"\1" * 35)


@pytest.mark.parametrize(
    ("entries", "parts"), [(1, [(0, 1)]), (200, [(0, 200)]), (401, [(0, 200), (200, 400), (400, 401)])]
)
def test_parts_of__as_many_as_it_takes(entries, parts):
    assert parts_of(entries) == parts


def test_cancel_payload__and_back():
    assert read_cancel_payload(cancel_payload(0b101)) == 0b101
    assert read_cancel_payload(b"") == 0


def test_release_payload__one_word():
    assert release_payload(hold_only=True) == b"\0" * 31 + b"\1"
