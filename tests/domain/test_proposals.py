from dataclasses import replace
from typing import Any

import pytest

from tests.builders import an_entry, an_opening
from workmoot.domain.errors import Malformed
from workmoot.domain.plan import pack_plan
from workmoot.domain.proposals import (
    DETAIL_SIZE,
    Figures,
    content_hash_of,
    pack_detail,
    rest_of,
    unpack_detail,
)

OPENING = an_opening(pack_plan([an_entry(helpers=(2,))]), counters=7)
WHEN: dict[str, Any] = {"proposer": 1, "roster": 3, "members": 3, "deadline": 60}


def test_pack_detail__and_back():
    plan = OPENING.plan
    assert len(pack_detail(OPENING)) == DETAIL_SIZE + len(plan.teams + plan.timetable) == 147 + 15 + 8
    assert unpack_detail(pack_detail(OPENING), assignments=plan.assignments, words=OPENING.words) == OPENING


def test_pack_detail__the_same_bytes_as_other_teams__another_detail():
    joined = OPENING.plan.teams + OPENING.plan.timetable
    other = replace(OPENING, plan=replace(OPENING.plan, teams=b"", timetable=joined))
    assert pack_detail(other) != pack_detail(OPENING)


def test_pack_detail__teams_too_long_to_be_told__refused():
    with pytest.raises(Malformed, match="teams_size"):
        pack_detail(replace(OPENING, plan=replace(OPENING.plan, teams=bytes(2**24))))


def test_pack_detail__a_hash_of_another_length__refused():
    with pytest.raises(Malformed, match="32 bytes"):
        pack_detail(replace(OPENING, evidence=b"\1"))


def test_pack_detail__a_figure_below_zero__refused():
    with pytest.raises(Malformed, match="makespan"):
        pack_detail(replace(OPENING, figures=Figures(makespan=-1, tardiness=0, energy=0, cost=0)))


@pytest.mark.parametrize("size", [0, 143, 146])
def test_unpack_detail__shorter_than_its_fields__refused(size):
    with pytest.raises(Malformed, match="detail: cut short"):
        unpack_detail(bytes(size), assignments=b"", words="")


def test_unpack_detail__shorter_than_its_teams__says_where_they_should_end():
    detail = pack_detail(replace(OPENING, plan=replace(OPENING.plan, timetable=b"")))
    assert unpack_detail(detail, assignments=b"", words="").plan.teams == OPENING.plan.teams
    with pytest.raises(Malformed, match="161 bytes, its teams end at 162"):
        unpack_detail(detail[:-1], assignments=b"", words="")


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
