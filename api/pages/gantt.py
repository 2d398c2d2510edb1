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
    until = max(schedule.until_s, schedule.now_s or 0.0, 1.0)
    scale = (WIDTH - LABELS - 8) / until
    now = schedule.now_s or 0.0
    rows = tuple(_row(lane, index, scale, now) for index, lane in enumerate(schedule.lanes))
    return Gantt(
        width=WIDTH,
        height=AXIS_HEIGHT + LANE_HEIGHT * max(1, len(rows)) + 4,
        labels=LABELS,
        ticks=tuple((round(LABELS + at * scale, 1), clock(at)) for at in ticks(until)),
        now=None if schedule.now_s is None else round(LABELS + schedule.now_s * scale, 1),
        rows=rows,
    )


def ticks(until_s: float) -> tuple[int, ...]:
    """At most twelve round times from zero on."""
    step = next((step for step in STEPS_S if until_s / step <= 12), ceil(until_s / 12))
    return tuple(range(0, int(until_s) + 1, step))


def clock(at_s: float) -> str:
    """A simulated time as people read it."""
    minutes, seconds = divmod(int(at_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _row(lane: Lane, index: int, scale: float, now: float) -> Row:
    y = AXIS_HEIGHT + index * LANE_HEIGHT
    return Row(
        y=y,
        worker=lane.worker,
        planned=tuple(_bar(bar, y + 5, PLAN_HEIGHT, scale, now) for bar in lane.planned),
        actual=tuple(_bar(bar, y + 16, RUN_HEIGHT, scale, now) for bar in lane.actual),
    )


def _bar(bar: Bar, y: float, height: float, scale: float, now: float) -> Drawn:
    """What goes on ends now."""
    end = max(now, bar.span.start_s) if bar.span.end_s is None else bar.span.end_s
    width = max(2.0, (end - bar.span.start_s) * scale)
    fits = int((width - 8) / CHARACTER)
    label = bar.name if len(bar.name) <= fits else bar.name[: max(0, fits - 1)] + "…" if fits > 3 else ""
    return Drawn(
        x=round(LABELS + bar.span.start_s * scale, 1), y=y, width=round(width, 1), height=height, label=label, bar=bar
    )
