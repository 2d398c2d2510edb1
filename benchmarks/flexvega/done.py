"""What came of a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.flexvega.world import Way, World
from workmoot.domain.ids import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run that was begun: when, and by whom."""

    tick: int
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """When each task was done with, its last run, and how often a human stepped in."""

    ends: Mapping[TaskId, int]
    last: Mapping[TaskId, Begun]
    humans: int
    decisions: int = 0

    @property
    def makespan(self) -> int:
        """Ticks from the first posting to the end of the last task."""
        return max(self.ends.values())

    def tardiness(self, world: World) -> int:
        """Ticks that what is due came too late, summed up."""
        late = ((end, world.due(task)) for task, end in self.ends.items())
        return sum(max(0, end - due) for end, due in late if due is not None)

    def weight(self, world: World) -> int:
        """Makespan and tardiness as the plant weighs them."""
        weights = world.plant.policy.weights
        return self.makespan * weights.makespan + self.tardiness(world) * weights.tardiness
