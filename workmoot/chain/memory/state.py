"""What the contracts store, as frozen records in plain mappings, so that a refused transaction leaves no trace."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any

from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import NOBODY, ZERO_ADDRESS, Address, Number, OrderId, ProposalId, TaskId
from workmoot.domain.instructions import Standing
from workmoot.domain.overrides import Slot, SubjectType
from workmoot.domain.proposals import Policy, ProposalState
from workmoot.domain.work import OnFailure, Status
from workmoot.domain.workers import Member, Record, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, from `since` on; what its holder does elsewhere than in the contracts waits for `delay` seconds."""

    since: int
    delay: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who gave the first of two orders, and until when the second counts."""

    human: Address = ZERO_ADDRESS
    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many orders a human gave since the window began."""

    since: int = 0
    orders: int = 0


class Notice(IntEnum):
    """Whether the assignee of an idle task was told to start, or said that it will."""

    NONE = 0
    SUMMONED = 1
    ACKNOWLEDGED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One task: what it was posted as, who has it, how far it is; epoch, overridden and held are its own."""

    capability: int
    on_failure: OnFailure
    retries: int
    predecessors: int
    status: Status = Status.POSTED
    worker: Number = NOBODY
    inspector: Number = NOBODY
    version: int = 1
    epoch: int = 1
    overridden: bool = False
    held: bool = False
    deadline: int = 0
    attempt: int = 0
    notice: Notice = Notice.NONE
    excluded: frozenset[Number] = frozenset()
    evidence: bytes = ZERO_HASH
    standing_worker: Number = NOBODY
    standing_inspector: Number = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One order; `done` has a bit for each task that is."""

    task_count: int
    posted_at: int
    spec_hash: bytes
    done: int = 0


NO_POLICY = Policy(voting_seconds=0, open_limit=0, absent_after=0)


@dataclass(slots=True)
class State:
    """The storage of all contracts."""

    grants: dict[tuple[Role, Address], Grant] = field(default_factory=dict)
    grant_delays: dict[Role, tuple[int, int, int]] = field(default_factory=dict)
    """Before, after, and when it changes."""
    asked: dict[bytes, Asked] = field(default_factory=dict)
    paces: dict[Address, Pace] = field(default_factory=dict)
    suspends_from: dict[Address, int] = field(default_factory=dict)
    """When each human may suspend another again."""
    members: dict[Number, Member] = field(default_factory=dict)
    numbers: dict[Address, Number] = field(default_factory=dict)
    records: dict[tuple[Number, int], Record] = field(default_factory=dict)
    commanders: dict[tuple[Number, bytes], Number] = field(default_factory=dict)
    memberships: dict[tuple[Number, int], bool] = field(default_factory=dict)
    rosters: dict[int, int] = field(default_factory=dict)
    roll: Address = ZERO_ADDRESS
    """Where the present roster's accounts are written; nowhere until somebody needs them."""
    capabilities: int = 0
    orders: dict[OrderId, Posted] = field(default_factory=dict)
    cells: dict[TaskId, Cell] = field(default_factory=dict)
    plant_held: bool = False
    plant_epoch: int = 0
    resumed_at: int = 0
    proposals: dict[ProposalId, ProposalState] = field(default_factory=dict)
    progress: dict[ProposalId, int] = field(default_factory=dict)
    """How many entries are enacted of a plan that is not to its end."""
    ballots: dict[tuple[ProposalId, Number], bool] = field(default_factory=dict)
    bars: dict[tuple[ProposalId, Number], bool] = field(default_factory=dict)
    recent: dict[Number, tuple[ProposalId, ...]] = field(default_factory=dict)
    """Each member's latest proposals, the newest first; those beyond the limit are of a policy of the past."""
    policy: Policy = NO_POLICY
    voting_seconds: dict[ProposalId, int] = field(default_factory=dict)
    """From which proposal on they are open how long."""
    confirmed: dict[tuple[int, int, int, int, int], bool] = field(default_factory=dict)
    roots: dict[ProposalId, bytes] = field(default_factory=dict)
    """Of the trees that passed."""
    overrides_given: int = 0
    slots: dict[tuple[SubjectType, int, int], Slot] = field(default_factory=dict)
    instructions_given: int = 0
    instructions: dict[tuple[int, int], Standing] = field(default_factory=dict)
    """By group and subject."""
    robot_epochs: dict[Number, int] = field(default_factory=dict)
    nonces: dict[tuple[str, Address, int], int] = field(default_factory=dict)

    @property
    def roster(self) -> int:
        """The present roster version."""
        return len(self.rosters)

    def copy(self) -> State:
        """The same records in mappings of its own."""
        kept: dict[str, Any] = {item.name: _copied(getattr(self, item.name)) for item in fields(self)}
        return State(**kept)


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value
