"""The measurement: days drawn by seeds, each worked through by four policies, all of which meet the same events."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from benchmarks.flexvega.community import Stuck, problem_of, work_through
from benchmarks.flexvega.done import Day
from benchmarks.flexvega.others import SILENT, clairvoyant
from benchmarks.flexvega.world import World
from workmoot.domain.clock import TICKS_A_SECOND

Say = Callable[[str], None]
COMMUNITY, CLAIRVOYANT = "community", "clairvoyant"
POLICIES = (COMMUNITY, *SILENT, CLAIRVOYANT)
FIGURES = ("mean_makespan_s", "p95_makespan_s", "mean_tardiness_s", "p95_tardiness_s")
P95 = 95
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of one day, in simulated seconds."""

    makespan_s: float
    tardiness_s: float
    humans: int
    decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All days, by policy; `stuck` are those that the community did not end, which count for nobody."""

    days: tuple[dict[str, Figures], ...]
    stuck: int

    def as_object(self) -> dict[str, Any]:
        """As it is printed."""
        rows = [self._row(policy) for policy in POLICIES] if self.days else []
        closeness = self._closeness({row["policy"]: row for row in rows}) if rows else {}
        return {
            "seeds": len(self.days) + self.stuck,
            "stuck": self.stuck,
            "rows": rows,
            "closeness": closeness,
            "closer_to_clairvoyant": bool(rows) and not self.stuck and all(it > HALF for it in closeness.values()),
        }

    def lines(self) -> list[str]:
        """A line for each policy, and how close the community comes."""
        told = self.as_object()
        lines = [
            f"{row['policy']:<12}" + "".join(f" {name} {row[name]:>8.1f}" for name in (*FIGURES, "humans"))
            for row in told["rows"]
        ]
        close = ", ".join(f"{name} {value:.2f}" for name, value in told["closeness"].items())
        return [*lines, f"closer to the clairvoyant: {told['closer_to_clairvoyant']} ({close})"]

    def _row(self, policy: str) -> dict[str, Any]:
        found = [day[policy] for day in self.days]
        makespans, tardiness = [it.makespan_s for it in found], [it.tardiness_s for it in found]
        return {
            "policy": policy,
            "mean_makespan_s": round(fmean(makespans), 1),
            "p95_makespan_s": round(_p95(makespans), 1),
            "mean_tardiness_s": round(fmean(tardiness), 1),
            "p95_tardiness_s": round(_p95(tardiness), 1),
            "humans": round(fmean(it.humans for it in found), 2),
            "decisions": round(fmean(it.decisions for it in found), 2),
        }

    def _closeness(self, row: dict[str, dict[str, Any]]) -> dict[str, float]:
        """Of the way from the better of the two others (0) to the clairvoyant (1), how far the community is; where
        there is no way to go, 1 for who is there."""
        found = {}
        for name in FIGURES:
            other, best = min(row[it][name] for it in SILENT), row[CLAIRVOYANT][name]
            gained = other - row[COMMUNITY][name]
            found[name] = round(gained / (other - best), 3) if other > best else float(gained >= 0)
        return found


def measure(seeds: Sequence[int], *, disturbed: bool, misreporting: bool, say: Say) -> Report:
    """A day for each seed, by each policy."""
    found = list(_days(seeds, disturbed=disturbed, misreporting=misreporting, say=say))
    days = tuple(day for day in found if day is not None)
    return Report(days=days, stuck=len(found) - len(days))


def _days(
    seeds: Sequence[int], *, disturbed: bool, misreporting: bool, say: Say
) -> Iterator[dict[str, Figures] | None]:
    for seed in seeds:
        world = World(seed, disturbed=disturbed, misreporting=misreporting)
        try:
            day = _day(world)
        except Stuck as stuck:
            say(str(stuck))
            yield None
            continue
        told = ", ".join(f"{policy} {it.makespan_s:.0f} s, {it.tardiness_s:.0f} s late" for policy, it in day.items())
        say(f"seed {seed}: {told}")
        yield day


def _day(world: World) -> dict[str, Figures]:
    problem = problem_of(world)
    days = {COMMUNITY: work_through(world)} | {name: decide(world, problem) for name, decide in SILENT.items()}
    days[CLAIRVOYANT] = clairvoyant(world, problem, days.values())
    return {policy: _figures(world, day) for policy, day in days.items()}


def _figures(world: World, day: Day) -> Figures:
    return Figures(
        makespan_s=day.makespan / TICKS_A_SECOND,
        tardiness_s=day.tardiness(world) / TICKS_A_SECOND,
        humans=day.humans,
        decisions=day.decisions,
    )


def _p95(values: list[float]) -> float:
    """The nearest rank: the least that 95 of 100 do not exceed."""
    ranked = sorted(values)
    return ranked[-(-P95 * len(ranked) // 100) - 1]
