"""How the ledger tells that an instruction ended."""

import pytest

from tests.workshop import Workshop
from workmoot.domain.overrides import OverrideKind, SubjectType

ALARM = 7 << 200


@pytest.mark.parametrize(
    ("first", "lasts_s", "ended_by"),
    [
        (OverrideKind.ACKNOWLEDGE, 1, "superseded"),
        (OverrideKind.SHELVE, 60, "superseded"),
        (OverrideKind.SHELVE, 20, "expired"),
    ],
    ids=["has no end, whatever its order says", "stood", "was over"],
)
def test_given__another_takes_its_place__ended_as_it_stood(first: OverrideKind, lasts_s: int, ended_by: str):
    workshop = Workshop()
    workshop.order(first, ALARM, subject_type=SubjectType.NONE, expires_at=workshop.now_s + lasts_s)
    workshop.chain.advance(30)
    workshop.order(OverrideKind.SHELVE, ALARM, subject_type=SubjectType.NONE, expires_at=workshop.now_s + 600)
    assert [record.ended_by for record in workshop.ledger.overrides.values()] == [ended_by, ""]
