"""The measurement: every instance of a table of bounds, and how far what is found lies from the best known."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.allocation.instances import Bounds, read_bounds, read_instance
from benchmarks.allocation.solo import Solution, solve

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance."""

    name: str
    makespan: int
    lb: int
    ub: int
    gap_pct: float
    tasks: int
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All instances."""

    rows: tuple[Row, ...]

    def as_object(self) -> dict[str, Any]:
        """As it is printed."""
        return {"rows": [asdict(row) for row in self.rows], "mean_gap_pct": self.mean_gap_pct}

    def lines(self) -> list[str]:
        """A line for each instance, and the mean."""
        told = (f"{it.name:<16} {it.makespan:>9,}  best known {it.ub:>9,} {it.gap_pct:>8.2f} %" for it in self.rows)
        return [*told, f"{'mean':<47} {self.mean_gap_pct:>8.2f} %"]

    @property
    def mean_gap_pct(self) -> float:
        """The mean of the gaps; of no instance, 0."""
        return round(fmean(row.gap_pct for row in self.rows), 3) if self.rows else 0.0


def measure_solo(instances: Path, bounds: Path, *, seconds: float, seed: int, out: Path | None, say: Say) -> Report:
    """What one process finds in so many seconds of processor time for each instance."""
    return Report(rows=tuple(_solo(instances, bounds, seconds, seed, out, say)))


def _solo(instances: Path, bounds: Path, seconds: float, seed: int, out: Path | None, say: Say) -> Iterator[Row]:
    for known in read_bounds(bounds, instances):
        found = solve(read_instance(known.path, known.form), seconds=seconds, seed=seed)
        say(f"{known.name}: {found.makespan}, best known {known.upper}")
        if out:
            _write(out, known, found)
        yield Row(
            name=known.name,
            makespan=found.makespan,
            lb=known.lower,
            ub=known.upper,
            gap_pct=round(known.gap_pct(found.makespan), 3),
            tasks=len(found.assignments),
            cpu_s=round(found.cpu_s, 3),
        )


def _write(folder: Path, known: Bounds, found: Solution) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {"name": known.name, "assignments": found.assignments}
    (folder / f"{known.name}.json").write_text(json.dumps(told) + "\n")
