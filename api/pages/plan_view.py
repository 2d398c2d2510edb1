"""Where everything on the plan view stands, in drawing units; the stations keep the plant's own geometry."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

from api.models.plant import FloorOut, HumanOnFloor, PairOnFloor, RobotOnFloor, SensorOut, StationOut

CELL_WIDTH, CELL_HEIGHT = 172.0, 158.0
GAP, MARGIN = 30.0, 12.0
STRIP_HEIGHT, STRIP_GAP = 76.0, 26.0
ROBOT_STEP, SENSOR_STEP, PAIR_STEP, HUMAN_STEP = 54.0, 14.0, 32.0, 74.0
LARGEST_SCALE, NARROWEST, NARROWEST_STRIP = 4000.0, 900.0, 240.0
MIND = ("mind", "Before the floor: wishes, design, plans")
BENCH = ("bench", "Human's bench")
FINISHED = ("finished", "Finished")

T = TypeVar("T")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Generic[T]):
    """Something at a point of the drawing."""

    x: float
    y: float
    item: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
    """How many more pairs stand where there is no room to draw them."""

    x: float
    y: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A place off the line, below it: work of the mind, the human's bench where no station is one, what is finished."""

    id: str
    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The whole plan view."""

    width: float
    height: float
    strips: tuple[Strip, ...]
    stations: tuple[Placed[StationOut], ...]
    flows: tuple[tuple[float, float, float, float], ...]
    robots: tuple[Placed[RobotOnFloor], ...]
    sensors: tuple[Placed[SensorOut], ...]
    humans: tuple[Placed[HumanOnFloor], ...]
    pairs: tuple[Placed[PairOnFloor], ...]
    overflows: tuple[Overflow, ...]


def draw(floor: FloorOut) -> Drawing:
    """The plan view of a floor."""
    corners, width = _centred(station_corners(floor.stations))
    bench = next((h.station for h in floor.humans if h.station in corners), None)
    strips = _strips(corners, width, bench)
    bottoms = [y + CELL_HEIGHT for _, y in corners.values()] + [strip.y + strip.height for strip in strips]
    pairs, overflows = _pairs(floor.pairs, corners, strips, bench)
    return Drawing(
        width=_round(width),
        height=_round(max(bottoms) + MARGIN),
        strips=strips,
        stations=tuple(Placed(x=corners[s.id][0], y=corners[s.id][1], item=s) for s in floor.stations),
        flows=tuple(_flow(corners[a], corners[b]) for a, b in floor.flows if a in corners and b in corners and a != b),
        robots=_in_rows(floor.robots, lambda r: r.station, corners, first=(32.0, 66.0), step=ROBOT_STEP, in_row=3),
        sensors=_in_rows(floor.sensors, lambda s: s.station, corners, first=(18.0, 36.0), step=SENSOR_STEP, in_row=10),
        humans=_humans(floor.humans, corners, strips),
        pairs=pairs,
        overflows=overflows,
    )


def _centred(corners: Mapping[str, Point]) -> tuple[dict[str, Point], float]:
    """A line of few stations in the middle of a drawing that is wide enough for the strips' names; its width."""
    needed = max((x for x, _ in corners.values()), default=0.0) + CELL_WIDTH + MARGIN
    width = max(needed, NARROWEST)
    return {id_: (_round(x + (width - needed) / 2), y) for id_, (x, y) in corners.items()}, width


def _strips(corners: Mapping[str, Point], width: float, bench: str | None) -> tuple[Strip, ...]:
    """Beside the bench where it has a row of its own with room on both sides; else below the line."""
    if bench is not None and (beside := _beside(corners, width, corners[bench])):
        return beside
    names = [MIND, *([] if bench else [BENCH]), FINISHED]
    y = max((y for _, y in corners.values()), default=-CELL_HEIGHT) + CELL_HEIGHT + STRIP_GAP
    each = (width - 2 * MARGIN - GAP * (len(names) - 1)) / len(names)
    return tuple(_strip(name, MARGIN + i * (each + GAP), y, each) for i, name in enumerate(names))


def _beside(corners: Mapping[str, Point], width: float, bench: Point) -> tuple[Strip, ...]:
    alone = sum(abs(y - bench[1]) < CELL_HEIGHT for _, y in corners.values()) == 1
    left, right = bench[0] - GAP - MARGIN, width - MARGIN - (bench[0] + CELL_WIDTH + GAP)
    if not alone or min(left, right) < NARROWEST_STRIP:
        return ()
    y = bench[1] + CELL_HEIGHT - STRIP_HEIGHT
    return _strip(MIND, MARGIN, y, left), _strip(FINISHED, bench[0] + CELL_WIDTH + GAP, y, right)


def _strip(name: tuple[str, str], x: float, y: float, width: float) -> Strip:
    return Strip(id=name[0], name=name[1], x=_round(x), y=_round(y), width=_round(width), height=STRIP_HEIGHT)


def _humans(
    humans: Sequence[HumanOnFloor], corners: Mapping[str, Point], strips: Sequence[Strip]
) -> tuple[Placed[HumanOnFloor], ...]:
    """At their station, else at the right end of the bench."""
    bench = next((strip for strip in strips if strip.id == BENCH[0]), strips[-1])
    homes = {**corners, "": (bench.x + bench.width - 170, bench.y - 36)}
    return _in_rows(humans, lambda h: h.station, homes, first=(86.0, 74.0), step=HUMAN_STEP, in_row=2)


def station_corners(stations: Sequence[StationOut]) -> dict[str, Point]:
    """Top left corners: the plant's geometry, scaled until no two stations touch; its y points up, a drawing's down."""
    if not stations:
        return {}
    scale = max((_clearance(a, b) for a, b in combinations(stations, 2)), default=1.0)
    left, top = min(s.x for s in stations), max(s.y for s in stations)
    return {s.id: (_round(MARGIN + (s.x - left) * scale), _round(MARGIN + (top - s.y) * scale)) for s in stations}


def _clearance(a: StationOut, b: StationOut) -> float:
    """The scale at which two stations stand clear of each other; stations on one point stay there."""
    dx, dy = abs(a.x - b.x), abs(a.y - b.y)
    across = (CELL_WIDTH + GAP) / dx if dx else LARGEST_SCALE
    down = (CELL_HEIGHT + GAP) / dy if dy else LARGEST_SCALE
    return min(across, down, LARGEST_SCALE)


def _flow(a: Point, b: Point) -> tuple[float, float, float, float]:
    """A line between the middles of two stations, cut at their borders."""
    ax, ay, bx, by = (*_middle(a), *_middle(b))
    reach = min(
        (CELL_WIDTH / 2 + 4) / abs(bx - ax) if bx != ax else 1.0,
        (CELL_HEIGHT / 2 + 4) / abs(by - ay) if by != ay else 1.0,
    )
    if reach >= 0.5:
        return ax, ay, ax, ay
    cut_x, cut_y = (bx - ax) * reach, (by - ay) * reach
    return _round(ax + cut_x), _round(ay + cut_y), _round(bx - cut_x), _round(by - cut_y)


def _middle(corner: Point) -> Point:
    return corner[0] + CELL_WIDTH / 2, corner[1] + CELL_HEIGHT / 2


def _in_rows(
    items: Iterable[T],
    station_of: Callable[[T], str | None],
    corners: Mapping[str, Point],
    *,
    first: Point,
    step: float,
    in_row: int,
) -> tuple[Placed[T], ...]:
    """Items side by side in their station; those of no known station along the top edge."""
    taken: dict[str, int] = defaultdict(int)
    placed = []
    for item in items:
        station = station_of(item) or ""
        station = station if station in corners else ""
        row, column = divmod(taken[station], in_row)
        taken[station] += 1
        x, y = corners.get(station, (0.0, 0.0))
        placed.append(Placed(x=_round(x + first[0] + column * step), y=_round(y + first[1] + row * step), item=item))
    return tuple(placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Where pairs of one place stand: from where, and how many in a row."""

    x: float
    y: float
    in_row: int


def _room(pair: PairOnFloor, corners: Mapping[str, Point], strips: Mapping[str, Strip], bench: str | None) -> _Room:
    """Where a pair is: what waits for a human is with the human, what is finished has left the line."""
    if pair.state == "finished":
        return _in_strip(strips["finished"])
    if pair.state == "attention":
        return _in_strip(strips["bench"]) if bench is None else _in_station(corners[bench])
    corner = corners.get(pair.station or "")
    return _in_strip(strips["mind"]) if corner is None else _in_station(corner)


def _in_strip(strip: Strip) -> _Room:
    return _Room(x=strip.x + 28, y=strip.y + 48, in_row=max(1, int((strip.width - 40) // PAIR_STEP)))


def _in_station(corner: Point) -> _Room:
    return _Room(x=corner[0] + 22, y=corner[1] + 138, in_row=5)


def _pairs(
    pairs: Sequence[PairOnFloor], corners: Mapping[str, Point], strips: Sequence[Strip], bench: str | None
) -> tuple[tuple[Placed[PairOnFloor], ...], tuple[Overflow, ...]]:
    """Pairs side by side; those beyond the room stand on its last place, counted."""
    by_id = {strip.id: strip for strip in strips}
    taken: dict[_Room, int] = defaultdict(int)
    placed = []
    for pair in pairs:
        room = _room(pair, corners, by_id, bench)
        spot = min(taken[room], room.in_row - 1)
        taken[room] += 1
        placed.append(Placed(x=_round(room.x + spot * PAIR_STEP), y=_round(room.y), item=pair))
    more = tuple(
        Overflow(x=_round(room.x + (room.in_row - 1) * PAIR_STEP), y=_round(room.y - 13), count=count - room.in_row)
        for room, count in taken.items()
        if count > room.in_row
    )
    return tuple(placed), more


def _round(value: float) -> float:
    return round(value, 1)
