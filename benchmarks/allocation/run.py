"""The measurement: every instance of a table of bounds, and how far what is found lies from the best known."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.allocation import community, daemons
from benchmarks.allocation.contract_net import contract_net
from benchmarks.allocation.instances import Bounds, Instance, read_bounds, read_instance
from benchmarks.allocation.solo import Assignment, solve
from benchmarks.allocation.work import Decision, policy_of

Say = Callable[[str], None]
Decide = Callable[..., Decision]
UNDECIDED_PCT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance, and what was found for it; 100 % where nothing was."""

    name: str
    makespan: int | None
    lb: int
    ub: int
    gap_pct: float
    tasks: int
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow(Row):
    """One instance, decided by many, beside what one process finds in the same processor time and the contract net."""

    first_decision_s: float | None
    first_gap_pct: float
    members: int
    proposals: int
    passed: int
    gas: int | None
    """None on the contracts in memory."""
    contract_net_gap_pct: float
    solo_gap_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All instances."""

    rows: tuple[Row, ...]

    def as_object(self) -> dict[str, Any]:
        """As it is printed."""
        rows = [asdict(row) for row in self.rows]
        figures = [name for name in (rows[0] if rows else ()) if name.endswith(("gap_pct", "first_decision_s"))]
        means = {f"mean_{name}": _mean(row[name] for row in rows) for name in figures if _has(rows, name)}
        return {"rows": rows, "mean_gap_pct": self.mean_gap_pct, **means}

    def lines(self) -> list[str]:
        """A line for each instance, and the mean."""
        told = (f"{_line(row)} best known {row.ub:>9,} {row.gap_pct:>8.2f} %" for row in self.rows)
        return [*told, f"{'mean':<47} {self.mean_gap_pct:>8.2f} %"]

    @property
    def mean_gap_pct(self) -> float:
        """The mean of the gaps; of no instance, 0."""
        return _mean(row.gap_pct for row in self.rows)


def _has(rows: list[dict[str, Any]], name: str) -> bool:
    """Whether every row tells it."""
    return all(row.get(name) is not None for row in rows)


def _mean(gaps: Iterable[float]) -> float:
    found = list(gaps)
    return round(fmean(found), 3) if found else 0.0


def _line(row: Row) -> str:
    return f"{row.name:<16} {row.makespan:>9,} " if row.makespan is not None else f"{row.name:<16} {'nothing':>9} "


def measure_solo(instances: Path, bounds: Path, *, seconds: float, seed: int, out: Path | None, say: Say) -> Report:
    """What one process finds in so many seconds of processor time for each instance."""

    def row(known: Bounds, instance: Instance) -> Row:
        found = solve(instance, seconds=seconds, seed=seed)
        _write(out, known, found.assignments)
        return Row(**_common(known, instance, found.makespan, found.cpu_s))

    return Report(rows=tuple(_rows(instances, bounds, row, say)))


def measure_daemons(instances: Path, bounds: Path, *, seconds: float, seed: int, out: Path | None, say: Say) -> Report:
    """What a daemon for each machine decides within so many seconds, on a node."""
    return _measure(daemons.decide, instances, bounds, seconds=seconds, seed=seed, out=out, say=say)


def measure_community(
    instances: Path, bounds: Path, *, seconds: float, seed: int, out: Path | None, say: Say
) -> Report:
    """What they decide on the contracts in memory, all in one process."""
    return _measure(community.decide, instances, bounds, seconds=seconds, seed=seed, out=out, say=say)


def _measure(
    decide: Decide, instances: Path, bounds: Path, *, seconds: float, seed: int, out: Path | None, say: Say
) -> Report:
    def row(known: Bounds, instance: Instance) -> Row:
        found = decide(instance, seconds=seconds, seed=seed, policy=policy_of(seconds))
        _write(out, known, found.assignments)
        return CommunityRow(
            **_common(known, instance, found.makespan, found.cpu_s),
            first_decision_s=None if found.first_s is None else round(found.first_s, 3),
            first_gap_pct=_gap(known, found.first_makespan),
            members=found.members,
            proposals=found.proposals,
            passed=found.passed,
            gas=found.gas,
            contract_net_gap_pct=round(known.gap_pct(contract_net(instance)), 3),
            solo_gap_pct=round(known.gap_pct(solve(instance, seconds=found.cpu_s, seed=seed).makespan), 3),
        )

    return Report(rows=tuple(_rows(instances, bounds, row, say)))


def _rows(instances: Path, bounds: Path, row: Callable[[Bounds, Instance], Row], say: Say) -> Iterator[Row]:
    for known in read_bounds(bounds, instances):
        found = row(known, read_instance(known.path, known.form))
        say(f"{known.name}: {found.makespan or 'nothing in time'}, best known {known.upper}")
        yield found


def _common(known: Bounds, instance: Instance, makespan: int | None, cpu_s: float) -> dict[str, Any]:
    return {
        "name": known.name,
        "makespan": makespan,
        "lb": known.lower,
        "ub": known.upper,
        "gap_pct": _gap(known, makespan),
        "tasks": len(instance.ways),
        "cpu_s": round(cpu_s, 3),
    }


def _gap(known: Bounds, makespan: int | None) -> float:
    return UNDECIDED_PCT if makespan is None else round(known.gap_pct(makespan), 3)


def _write(folder: Path | None, known: Bounds, assignments: tuple[Assignment, ...]) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        told = {"name": known.name, "assignments": assignments}
        (folder / f"{known.name}.json").write_text(json.dumps(told) + "\n")
