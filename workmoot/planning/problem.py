"""What there is to plan: the open tasks, the ways to do each, and what is busy until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workmoot.domain.ids import Number, TaskId
from workmoot.domain.offers import Offer
from workmoot.domain.proposals import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way to do a task: a worker's standing offer, alone or with confirmed helpers."""

    lead: Number
    offer: Offer

    @property
    def team(self) -> tuple[Number, ...]:
        """The lead and its helpers."""
        return (self.lead, *self.offer.helpers)

    @property
    def resources(self) -> tuple[Number, ...]:
        """What the task occupies: its robots, or its team where it needs none."""
        return self.offer.robots or self.team


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A task to be decided. `release` is the tick before which it cannot begin; `due` 0 means none."""

    task: TaskId
    version: int
    capability: int
    predecessors: tuple[TaskId, ...]
    """Those that are open too; all others count through `release`."""
    release: int
    due: int
    priority: int
    modes: tuple[Mode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One planning horizon, in ticks since the clock's origin.

    `base` is when its oldest order was posted, `now` the tick it is planned at, `handover` the ticks between the end
    of a task and the start of its successor: transactions take time.
    """

    base: int
    now: int
    handover: int
    tasks: Mapping[TaskId, OpenTask]
    busy: Mapping[Number, int]
    """Until when a robot or worker is taken by what is decided already."""
    inspectors: Mapping[int, tuple[Number, ...]]
    """Who could inspect a task of a capability, best first."""
    weights: Weights = field(default_factory=Weights)

    @property
    def plannable(self) -> tuple[TaskId, ...]:
        """The open tasks somebody can do, whose open predecessors can be done too; ascending."""
        doable = {task for task, found in self.tasks.items() if found.modes}
        while True:
            kept = {task for task in doable if all(before in doable for before in self.tasks[task].predecessors)}
            if kept == doable:
                return tuple(sorted(doable))
            doable = kept
