from dataclasses import replace
from typing import Any

import pytest

from tests.builders import an_entry, an_opening
from workmoot.domain.errors import Malformed
from workmoot.domain.plan import pack_plan
from workmoot.domain.proposals import Figures, content_hash_of, pack_detail, rest_of, unpack_detail

OPENING = an_opening(pack_plan([an_entry(helpers=(2,))]), counters=7)
WHEN: dict[str, Any] = {"proposer": 1, "roster": 3, "members": 3, "deadline": 60}


def test_pack_detail__and_back():
    assert len(pack_detail(OPENING)) == 144
    assert unpack_detail(pack_detail(OPENING), plan=OPENING.plan, words=OPENING.words) == OPENING


def test_pack_detail__a_hash_of_another_length__refused():
    with pytest.raises(Malformed, match="32 bytes"):
        pack_detail(replace(OPENING, evidence=b"\1"))


def test_pack_detail__a_figure_below_zero__refused():
    with pytest.raises(Malformed, match="makespan"):
        pack_detail(replace(OPENING, figures=Figures(makespan=-1, tardiness=0, energy=0, cost=0)))


@pytest.mark.parametrize("size", [0, 143, 145])
def test_unpack_detail__of_another_length__refused(size):
    with pytest.raises(Malformed, match=f"{size} bytes"):
        unpack_detail(bytes(size), plan=OPENING.plan, words="")


@pytest.mark.parametrize(
    "other",
    [
        {"words": "slowest"},
        {"counters": 8},
        {"plan": replace(OPENING.plan, teams=b"")},
        {"plan": replace(OPENING.plan, timetable=b"")},
    ],
)
def test_rest_of__anything_else__is_another(other):
    assert rest_of(replace(OPENING, **other), **WHEN) != rest_of(OPENING, **WHEN)


def test_rest_of__other_assignments__are_no_part_of_it():
    other = replace(OPENING, plan=replace(OPENING.plan, assignments=b"\1"))
    rest = rest_of(OPENING, **WHEN)
    assert rest_of(other, **WHEN) == rest
    assert content_hash_of(other.plan.assignments, rest) != content_hash_of(OPENING.plan.assignments, rest)
