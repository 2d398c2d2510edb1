"""The chart's axis and bars."""

import pytest

from api.models.common import Head, Span, Who
from api.models.plant import Bar, Lane, ScheduleOut
from api.pages.gantt import LABELS, WIDTH, clock, draw, ticks

WORKER = Who(number=1, id="w", name="W")


def a_bar(start_s: float, end_s: float | None, **more: bool) -> Bar:
    flags = {"overridden": False, "helper": False} | more
    return Bar(task=256, name="Grind", span=Span(start_s=start_s, end_s=end_s), status="started", robots=(), **flags)


def a_schedule(*actual: Bar, from_s: float = 100, now_s: float = 150, until_s: float = 200) -> ScheduleOut:
    head = Head(chain_id=1, block=1, hash="0x", at=None, behind_blocks=0, behind_s=0)
    lane = Lane(worker=WORKER, planned=(), actual=actual)
    return ScheduleOut(head=head, from_s=from_s, now_s=now_s, until_s=until_s, lanes=(lane,))


@pytest.mark.parametrize(("from_s", "until_s"), [(0, 60), (7, 61), (100, 5_000), (0, 500_000)])
def test_ticks__any_span__are_round_and_few(from_s: float, until_s: float) -> None:
    found = ticks(from_s, until_s)
    assert 2 <= len(found) <= 14
    assert from_s <= found[0] <= found[-1] <= until_s


@pytest.mark.parametrize(("at_s", "words"), [(0, "0:00"), (61.9, "1:01"), (3_725, "1:02:05")])
def test_clock__any__reads_as_people_read_it(at_s: float, words: str) -> None:
    assert clock(at_s) == words


def test_draw__first_bar__begins_at_the_left_edge() -> None:
    [row] = draw(a_schedule(a_bar(100, 120))).rows
    assert row.actual[0].x == LABELS


def test_draw__bar_without_an_end__ends_now() -> None:
    gantt = draw(a_schedule(a_bar(100, None)))
    bar = gantt.rows[0].actual[0]
    assert bar.x + bar.width == gantt.now
    assert gantt.now is not None
    assert gantt.now < WIDTH


def test_draw__helpers_bar__has_no_label() -> None:
    labels = [drawn.label for drawn in draw(a_schedule(a_bar(100, 190), a_bar(100, 190, helper=True))).rows[0].actual]
    assert labels == ["Grind", ""]
