"""What Claims says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Number, ProposalId, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRecorded(Event):
    """A tree passed: its leaves, which its proposal tells, can be claimed."""

    proposal: ProposalId
    root: bytes
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentClaimed(Event):
    """A lead claimed its leaf: the entry became the standing decision of its task."""

    proposal: ProposalId
    task: TaskId
    worker: Number
    entry: bytes
