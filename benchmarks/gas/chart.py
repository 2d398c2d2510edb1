"""The figures as a picture: gas by tasks, both in powers of ten, a panel for each number of members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from benchmarks.gas.report import AT_ONCE, DIRECT, OURS, Row

COLOURS = {
    "workmoot": "#0b7285",
    "workmoot-direct": "#2b8a3e",
    "workmoot-at-once": "#22b8cf",
    "oz-governor": "#c92a2a",
    "oz-governor-plain": "#ff8787",
    "safe": "#5f3dc4",
    "safe-plain": "#b197fc",
}
PANEL_WIDTH, PANEL_HEIGHT = 200, 260
LEFT, TOP, GAP, LEGEND = 60, 40, 24, 40
FONT = "font-family='sans-serif' font-size='12' fill='#343a40'"


def svg(rows: Sequence[Row]) -> str:
    """The picture's text."""
    panels = sorted({row.members for row in rows})
    scale = Scale(rows)
    width = LEFT + len(panels) * (PANEL_WIDTH + GAP)
    height = TOP + PANEL_HEIGHT + GAP + LEGEND
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img'>",
        "<title>Gas of one decision, from the proposal to the assignments on record</title>",
        f"<rect width='{width}' height='{height}' fill='white'/>",
        *_decades(scale),
        *(part for place, members in enumerate(panels) for part in _panel(rows, members, place, scale)),
        *_legend([system for system in COLOURS if any(row.system == system for row in rows)], height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class Scale:
    """Where a figure is drawn inside a panel."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.low = floor(log10(min(row.gas for row in rows)))
        self.high = ceil(log10(max(row.gas for row in rows)))
        self._tasks = max(1.0, log10(max(row.tasks for row in rows)))

    def x(self, tasks: int) -> float:
        """To the right with the tasks."""
        return log10(tasks) / self._tasks * PANEL_WIDTH

    def y(self, gas: float) -> float:
        """Upwards with the gas."""
        return TOP + PANEL_HEIGHT * (self.high - log10(gas)) / max(1, self.high - self.low)


def _decades(scale: Scale) -> Iterator[str]:
    for power in range(scale.low, scale.high + 1):
        y = scale.y(10**power) + 4
        yield f"<text x='{LEFT - 8}' y='{y:.1f}' text-anchor='end' {FONT}>{_short(10**power)}</text>"


def _panel(rows: Sequence[Row], members: int, place: int, scale: Scale) -> Iterator[str]:
    left = LEFT + place * (PANEL_WIDTH + GAP)
    mine = [row for row in rows if row.members == members]
    yield f"<g transform='translate({left} 0)'>"
    yield f"<rect y='{TOP}' width='{PANEL_WIDTH}' height='{PANEL_HEIGHT}' fill='none' stroke='#dee2e6'/>"
    yield f"<text x='0' y='{TOP - 10}' {FONT} font-weight='bold'>{members} members</text>"
    for tasks in sorted({row.tasks for row in mine}):
        at = f"x='{scale.x(tasks):.1f}' y='{TOP + PANEL_HEIGHT + 16}'"
        yield f"<text {at} text-anchor='middle' {FONT}>{_short(tasks)}</text>"
    for system, colour in COLOURS.items():
        places = [(scale.x(row.tasks), scale.y(row.gas)) for row in mine if row.system == system]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in sorted(places))
        width = 3 if system in (OURS, DIRECT, AT_ONCE) else 1.5
        yield f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='{width}'/>"
        yield from (f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.5' fill='{colour}'/>" for x, y in places)
    yield "</g>"


def _legend(systems: Sequence[str], height: int) -> Iterator[str]:
    y, x = height - 12, LEFT
    yield f"<text x='{x}' y='{y}' {FONT}>gas by tasks:</text>"
    for place, system in enumerate(systems):
        at = x + 90 + place * 150
        yield f"<rect x='{at}' y='{y - 9}' width='14' height='9' fill='{COLOURS[system]}'/>"
        yield f"<text x='{at + 20}' y='{y}' {FONT}>{escape(system)}</text>"


def _short(number: int) -> str:
    """1000000 as 1M."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number // size}{letter}"
    return str(number)
