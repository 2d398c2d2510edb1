from math import hypot
from typing import Any

import pytest

from tests.skills.orders import TASK, a_pair, an_order_of
from workmoot.skills.shoes import (
    GLUE_INSET_UM,
    GLUE_UG_PER_MM,
    POINTS,
    design,
    glue_path,
    material,
    product_of,
    requirements,
)


def outline(wishes: str = "", **attributes: Any) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = design(an_order_of(a_pair(wishes, **attributes)), TASK)["outline_um"]
    return found


def width(points: list[tuple[int, int]]) -> int:
    return max(y for _, y in points) - min(y for _, y in points)


def test_requirements__wishes__the_features_they_ask_for_in_order():
    wishes = "A LIGHT shoe for the road, with wide toes"
    assert requirements(an_order_of(a_pair(wishes)), TASK)["features"] == ["outsole", "toe-box", "weight"]


def test_requirements__no_wishes__no_features():
    assert requirements(an_order_of(), TASK)["features"] == []


@pytest.mark.parametrize(("size", "length_um"), [(42, 280_000), (39, 260_000), (40.5, 270_000)])
def test_requirements__size__two_thirds_of_a_centimetre_of_last_each(size: float, length_um: int):
    assert requirements(an_order_of(a_pair(size=size)), TASK)["last_length_um"] == length_um


@pytest.mark.parametrize("size", ["large", None, [], float("nan"), float("inf"), 10**400, 0, -3])
def test_requirements__size_is_no_size__the_standard_one(size: object):
    assert requirements(an_order_of(a_pair(size=size)), TASK)["last_length_um"] == 280_000


@pytest.mark.parametrize("order", [{}, {"products": None}, {"products": ["shoe"]}, an_order_of(a_pair() | {"id": "x"})])
def test_product_of__order_does_not_describe_it__nothing(order: dict[str, Any]):
    assert product_of(order, TASK) == {}


def test_design__size__the_outline_is_as_long_as_the_last():
    along = [x for x, _ in outline(size=45)]
    assert (len(along), max(along) - min(along)) == (POINTS, 300_000)


def test_design__sole__broader_at_the_toes_than_at_the_heel():
    points = outline()
    toes, heel = ([y for x, y in points if x * side > 0] for side in (1, -1))
    assert max(toes) > max(heel)


def test_design__wide_toes_wished__wider():
    assert width(outline("wide toes, please")) > width(outline())


def test_glue_path__any_point__inside_the_outline():
    edge, path = outline(), glue_path(an_order_of(), TASK)["path"]
    insets = [hypot(x, y) - hypot(px, py) for (x, y), (px, py, _) in zip(edge, path, strict=True)]
    assert all(abs(inset - GLUE_INSET_UM) < 2 for inset in insets)


def test_glue_path__direction__tenths_of_a_degree_outwards():
    path = glue_path(an_order_of(), TASK)["path"]
    assert (path[0][2], path[POINTS // 2][2]) == (0, 1_800)


def test_glue_path__length__of_the_closed_line_and_shorter_than_the_edge():
    edge, found = outline(), glue_path(an_order_of(), TASK)
    round_the_edge = sum(hypot(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in zip(edge, edge[1:] + edge[:1], strict=True))
    assert 0.9 * round_the_edge < found["length_um"] < round_the_edge


def test_material__pair__glue_for_both_shoes():
    path = glue_path(an_order_of(), TASK)
    expected = 2 * path["length_um"] * GLUE_UG_PER_MM // 1_000
    assert material(an_order_of(), TASK)["glue_ug"] == expected


def test_material__longer_last__more_sole():
    small, large = (material(an_order_of(a_pair(size=size)), TASK)["sole_area_mm2"] for size in (38, 46))
    assert 15_000 < small < large < 35_000
