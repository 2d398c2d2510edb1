"""Where everything stands on the plan view."""

from itertools import combinations

import pytest

from api.models.common import Head
from api.models.plant import FloorOut, HumanOnFloor, PairOnFloor, StationOut
from api.pages.plan_view import CELL_HEIGHT, CELL_WIDTH, draw, station_corners


def a_station(name: str, x: float, y: float) -> StationOut:
    return StationOut(id=name, name=name, x=x, y=y, capabilities=())


def a_pair(number: int, **more: str) -> PairOnFloor:
    place = {"station": "a", "state": "waiting"} | more
    return PairOnFloor(id=f"P{number}", order=1, task=None, task_name=None, **place)


def a_floor(*stations: StationOut, pairs: tuple[PairOnFloor, ...] = (), bench: str | None = None) -> FloorOut:
    head = Head(chain_id=1, block=1, hash="0x", at=None, behind_blocks=0, behind_s=0)
    human = HumanOnFloor(number=1, id="h", name="H", roles=(), station=bench, waiting=0)
    return FloorOut(
        head=head,
        plant="made up",
        held=False,
        resume_asked=False,
        simulated_s=None,
        gateway="ok",
        gateway_read_s_ago=None,
        figures=(),
        stations=stations,
        flows=(),
        robots=(),
        sensors=(),
        humans=(human,),
        pairs=pairs,
    )


@pytest.mark.parametrize("spread", [1.0, 0.3, 40.0])
def test_station_corners__any_geometry__no_two_touch(spread: float) -> None:
    places = [(0, 0), (1, 0), (2, 0.5), (0, 2), (2, 2)]
    stations = [a_station(str(n), x * spread, y * spread) for n, (x, y) in enumerate(places)]
    corners = station_corners(stations).values()
    for (ax, ay), (bx, by) in combinations(corners, 2):
        assert abs(ax - bx) >= CELL_WIDTH or abs(ay - by) >= CELL_HEIGHT


def test_station_corners__higher_y__stands_further_up() -> None:
    corners = station_corners([a_station("low", 0, 0), a_station("high", 0, 5)])
    assert corners["high"][1] < corners["low"][1]


def test_draw__no_stations__still_has_a_place_for_everything() -> None:
    drawing = draw(a_floor(pairs=(a_pair(1, station="nowhere"),)))
    assert [strip.id for strip in drawing.strips] == ["mind", "bench", "finished"]
    assert drawing.height > 0


def test_draw__one_station__stands_in_the_middle_of_a_drawing_wide_enough_for_the_strips() -> None:
    drawing = draw(a_floor(a_station("a", 0, 0)))
    assert drawing.stations[0].x + CELL_WIDTH / 2 == drawing.width / 2
    assert min(strip.width for strip in drawing.strips) >= 260


def test_draw__more_pairs_than_room__counts_the_rest() -> None:
    drawing = draw(a_floor(a_station("a", 0, 0), pairs=tuple(a_pair(n) for n in range(8))))
    assert [more.count for more in drawing.overflows] == [3]


def test_draw__pair_waits_for_a_human__stands_at_the_humans_station() -> None:
    stations = (a_station("a", 0, 0), a_station("bench", 5, 0))
    drawing = draw(a_floor(*stations, pairs=(a_pair(1, state="attention"),), bench="bench"))
    bench = next(placed for placed in drawing.stations if placed.item.id == "bench")
    assert bench.x < drawing.pairs[0].x < bench.x + CELL_WIDTH
