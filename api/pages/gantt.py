"""The schedule as bars: for each worker a thin row for the plan in force and a full row for what really happened."""

from dataclasses import dataclass
from math import ceil

from api.models.common import Who
from api.models.plant import Bar, Lane, ScheduleOut

WIDTH, LABELS = 1180.0, 132.0
PLAN_HEIGHT, RUN_HEIGHT, LANE_HEIGHT, AXIS_HEIGHT = 9.0, 20.0, 42.0, 26.0
CHARACTER = 6.6
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One bar, with the words that fit on it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One worker's lane."""

    y: float
    worker: Who
    planned: tuple[Drawn, ...]
    actual: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """The whole chart. Times are simulated seconds."""

    width: float
    height: float
    labels: float
    ticks: tuple[tuple[float, str], ...]
    now: float | None
    rows: tuple[Row, ...]


def draw(schedule: ScheduleOut) -> Gantt:
    """The chart of a schedule."""
    until = max(schedule.until_s, schedule.now_s or 0.0)
    axis = _Axis(begins=schedule.from_s, until=until, now=schedule.now_s or schedule.from_s)
    rows = tuple(_row(lane, index, axis) for index, lane in enumerate(schedule.lanes))
    return Gantt(
        width=WIDTH,
        height=AXIS_HEIGHT + LANE_HEIGHT * max(1, len(rows)) + 4,
        labels=LABELS,
        ticks=tuple((axis.x(at), clock(at)) for at in ticks(schedule.from_s, until)),
        now=None if schedule.now_s is None else axis.x(schedule.now_s),
        rows=rows,
    )


def ticks(from_s: float, until_s: float) -> tuple[int, ...]:
    """Round times, at most a dozen or so."""
    span = until_s - from_s
    step = next((step for step in STEPS_S if span / step <= 12), ceil(span / 12))
    return tuple(range(ceil(from_s / step) * step, int(until_s) + 1, step))


def clock(at_s: float) -> str:
    """A simulated time as people read it."""
    minutes, seconds = divmod(int(at_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Simulated seconds along the width."""

    begins: float
    until: float
    now: float

    @property
    def scale(self) -> float:
        """Drawing units for a second."""
        return (WIDTH - LABELS - 8) / max(1.0, self.until - self.begins)

    def x(self, at_s: float) -> float:
        """Where a moment stands."""
        return round(LABELS + (max(at_s, self.begins) - self.begins) * self.scale, 1)


def _row(lane: Lane, index: int, axis: _Axis) -> Row:
    y = AXIS_HEIGHT + index * LANE_HEIGHT
    return Row(
        y=y,
        worker=lane.worker,
        planned=tuple(_bar(bar, y + 5, PLAN_HEIGHT, axis) for bar in lane.planned),
        actual=tuple(_bar(bar, y + 16, RUN_HEIGHT, axis) for bar in lane.actual),
    )


def _bar(bar: Bar, y: float, height: float, axis: _Axis) -> Drawn:
    """What goes on ends now."""
    end = max(axis.now, bar.span.start_s) if bar.span.end_s is None else bar.span.end_s
    x = axis.x(bar.span.start_s)
    width = round(max(2.0, axis.x(end) - x), 1)
    return Drawn(x=x, y=y, width=width, height=height, label="" if bar.helper else _fitting(bar.name, width), bar=bar)


def _fitting(name: str, width: float) -> str:
    """As much of a name as stands on a bar."""
    fits = int((width - 8) / CHARACTER)
    if len(name) <= fits:
        return name
    return name[: fits - 1] + "…" if fits > 3 else ""
