"""Instances of the flexible job shop as their collections write them, and the best known bounds of their makespans."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from workmoot.domain.errors import Malformed

Row = Iterator[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Operations in the file's order: what each waits for, and on which machines it takes how long; all from 0."""

    before: tuple[tuple[int, ...], ...]
    ways: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def jobs(self) -> tuple[tuple[int, ...], ...]:
        """The operations that hang together, the job of the first operation first."""
        job = list(range(len(self.before)))
        for operation, others in enumerate(self.before):
            for other in others:
                former, latter = sorted((job[operation], job[other]))
                job = [former if found == latter else found for found in job]
        return tuple(tuple(it for it, of in enumerate(job) if of == first) for first in sorted(set(job)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is known of an instance: no plan is shorter than `lower`, one of `upper` has been found."""

    name: str
    form: str
    path: Path
    lower: int
    upper: int

    def gap_pct(self, makespan: int) -> float:
        """How much longer a plan is than the best that is known; negative where it is better."""
        return 100 * (makespan - self.upper) / self.upper


def read_bounds(table: Path, instances: Path) -> list[Bounds]:
    """The rows of a table with the columns name, format, file, lb and ub."""
    try:
        with table.open(newline="") as lines:
            return [
                Bounds(
                    name=row["name"],
                    form=row["format"],
                    path=instances / row["file"],
                    lower=int(row["lb"]),
                    upper=int(row["ub"]),
                )
                for row in csv.DictReader(lines)
            ]
    except OSError as wrong:
        raise Malformed(f"{table}: {wrong.strerror}") from None
    except (KeyError, ValueError) as wrong:
        raise Malformed(f"{table}: {wrong}") from None


def read_instance(path: Path, form: str) -> Instance:
    """The instance in a file; `form` is fjs or fajs."""
    if form not in READERS:
        raise Malformed(f"{path}: its format is none of {', '.join(READERS)}: {form}")
    try:
        lines = path.read_text().splitlines()
        head, *rows = (iter(_numbers(line)) for line in lines if line.strip() and not line.startswith("#"))
        found = READERS[form](head, iter(rows))
    except OSError as wrong:
        raise Malformed(f"{path}: {wrong.strerror}") from None
    except ValueError as wrong:
        raise Malformed(f"{path}: {wrong}") from None
    except (StopIteration, RuntimeError):
        raise Malformed(f"{path}: it ends too early") from None
    _check(path, found)
    return found


def _numbers(line: str) -> list[int]:
    """The mean number of alternatives in a head may be a fraction: it is not used."""
    return [int(float(word)) for word in line.split()]


def _fjs(head: Row, rows: Iterator[Row]) -> Instance:
    before: list[tuple[int, ...]] = []
    ways = []
    for _ in range(next(head)):
        row = next(rows)
        for place in range(next(row)):
            before.append((len(before) - 1,) if place else ())
            ways.append(_ways(row))
    return Instance(before=tuple(before), ways=tuple(ways))


def _fajs(head: Row, rows: Iterator[Row]) -> Instance:
    operations, arcs = next(head), next(head)
    before: list[list[int]] = [[] for _ in range(operations)]
    for _ in range(arcs):
        former, latter = next(rows)
        if not 0 <= former < operations or not 0 <= latter < operations:
            raise ValueError(f"there is no arc from {former} to {latter} among {operations} operations")
        before[latter].append(former)
    return Instance(before=tuple(map(tuple, before)), ways=tuple(_ways(next(rows)) for _ in range(operations)))


READERS: dict[str, Callable[[Row, Iterator[Row]], Instance]] = {"fjs": _fjs, "fajs": _fajs}


def _ways(row: Row) -> tuple[tuple[int, int], ...]:
    return tuple((next(row), next(row)) for _ in range(next(row)))


def _check(path: Path, found: Instance) -> None:
    for operation, ways in enumerate(found.ways):
        if not ways or any(machine < 0 or duration < 0 for machine, duration in ways):
            raise Malformed(f"{path}: no machine can do operation {operation}")
    try:
        TopologicalSorter(dict(enumerate(found.before))).prepare()
    except CycleError as cycle:
        raise Malformed(f"{path}: operations wait for each other: {cycle.args[1]}") from None
