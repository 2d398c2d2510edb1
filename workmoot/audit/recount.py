"""Counts again, from the events and without the ledger: each vote; by whom each task ended, decided by whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workmoot.audit.difference import Difference
from workmoot.domain.ballots import unpack_counted
from workmoot.domain.errors import Malformed
from workmoot.domain.events import (
    AssignmentClaimed,
    BallotsCounted,
    Event,
    HumansOrder,
    InForceChanged,
    InstructionGiven,
    OrderPosted,
    OverrideGiven,
    PlanEnacted,
    ProposalCreated,
    ProposalExecuted,
    ProposalSettled,
    ResultSubmitted,
    RosterChanged,
    TaskAccepted,
    TaskCancelled,
    TaskFailed,
    TaskReworked,
    TaskStarted,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.motions import is_motion
from workmoot.domain.overrides import OverrideKind
from workmoot.domain.payloads import tasks_of
from workmoot.domain.plan import (
    PackedPlan,
    PlanEntry,
    bare_entry,
    unpack_assignments,
    unpack_entry,
    unpack_plan,
)
from workmoot.domain.proposals import State
from workmoot.domain.work import TASK, Failure, Status

PASSED = (State.PASSED, State.ENACTED)


@dataclass(slots=True, kw_only=True)
class Vote:
    """One proposal's ballots, counted one by one."""

    proposal: int
    members: int
    counters: int
    is_motion: bool = False
    state: State = State.OPEN
    yes: int = 0
    no: int = 0
    barred: int = 0

    def lawful(self, state: State) -> bool:
        """Whether these ballots allow that state. A human may veto whatever the tally."""
        passes = 2 * self.yes > self.members
        beaten = 2 * (self.members - self.no - self.barred) <= self.members
        if state in PASSED:
            return passes
        if state is State.EXPIRED and self.is_motion and self.state is State.PASSED:
            # It was not carried out in time.
            return passes
        if state is State.DEFEATED:
            return beaten and not passes
        return state is State.VETOED or not (passes or beaten)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who decided that a worker has a task: a proposal or a human's order, the other 0."""

    entry: PlanEntry
    proposal: int = 0
    order: int = 0


@dataclass(slots=True, kw_only=True)
class Account:
    """What the events tell of one task."""

    task: int
    status: Status = Status.POSTED
    worker: int = 0
    helpers: tuple[int, ...] = ()
    proposal: int = 0
    order: int = 0
    ended_by: str = ""
    attempts: int = 0
    failures: list[Failure] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    """The human orders that are about it."""
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Recount:
    """All votes, all tasks, all humans' orders."""

    votes: dict[int, Vote] = field(default_factory=dict)
    tasks: dict[int, Account] = field(default_factory=dict)
    orders: dict[int, HumansOrder] = field(default_factory=dict)
    members: int = 0
    """Who may vote by now."""
    plans: dict[int, tuple[PlanEntry, ...]] = field(default_factory=dict)
    trees: set[int] = field(default_factory=set)
    """The proposals whose entries are claimed one by one."""
    reallocated: int = 0
    faults: list[Difference] = field(default_factory=list)
    changed_in: str = ""
    """The transaction that changed `changed`: an order about a plan does not say which tasks it still found open."""
    changed: set[int] = field(default_factory=set)
    stands: bool = False
    """Whether the entry of the claim under way waits under a human's slot."""

    def counts(self) -> dict[str, int]:
        """The figures of the whole, as a run's summary names them."""
        statuses = [account.status for account in self.tasks.values()]
        states = [vote.state for vote in self.votes.values()]
        ended = sum(status.is_final for status in statuses)
        return {
            "tasks": ended,
            "accepted": statuses.count(Status.ACCEPTED),
            "reworked": statuses.count(Status.REWORKED),
            "cancelled": statuses.count(Status.CANCELLED),
            "unfinished": len(statuses) - ended,
            "proposals": len(states),
            "passed": sum(state in PASSED for state in states),
            "defeated": states.count(State.DEFEATED),
            "expired": states.count(State.EXPIRED),
            "vetoed": states.count(State.VETOED),
            "open": states.count(State.OPEN),
            "counter_passed": sum(vote.counters > 0 and vote.state in PASSED for vote in self.votes.values()),
            "votes": sum(vote.yes + vote.no for vote in self.votes.values()),
            "votes_for": sum(vote.yes for vote in self.votes.values()),
            "votes_against": sum(vote.no for vote in self.votes.values()),
            "joint": sum(bool(account.helpers) for account in self.tasks.values() if account.status.is_done),
            "overrides": len(self.orders),
            "reallocated": self.reallocated,
        }


def recount(events: Iterable[Event]) -> Recount:
    """Everything, in the order of the chain."""
    found = Recount()
    for event in events:
        enter = _ENTRIES.get(type(event))
        if enter is not None:
            enter(found, event)
    return found


# Votes


def _roster_changed(found: Recount, event: RosterChanged) -> None:
    found.members = event.members


def _created(found: Recount, event: ProposalCreated) -> None:
    opening, moves = event.opening, is_motion(event.opening.plan.assignments)
    vote = Vote(proposal=event.id, members=found.members, counters=opening.counters, is_motion=moves)
    found.votes[event.id] = vote
    found.plans[event.id] = () if moves else _entries_of(opening.plan)
    if opening.plan.is_tree:
        found.trees.add(event.id)


def _entries_of(plan: PackedPlan) -> tuple[PlanEntry, ...]:
    """Of a malformed plan, what a decision reads of it; nothing of a malformed tree."""
    try:
        return unpack_plan(plan)
    except Malformed:
        return () if plan.is_tree else tuple(bare_entry(assigned) for assigned in unpack_assignments(plan.assignments))


def _cast(found: Recount, event: VoteCast) -> None:
    _count(found.votes[event.proposal_id], support=event.support == 1)


def _counted(found: Recount, event: BallotsCounted) -> None:
    for _, support in unpack_counted(event.ballots):
        _count(found.votes[event.id], support=support)


def _count(vote: Vote, *, support: bool) -> None:
    if support:
        vote.yes += 1
    else:
        vote.no += 1


def _barred(found: Recount, event: VoterBarred) -> None:
    found.votes[event.id].barred += 1


def _settled(found: Recount, event: ProposalSettled) -> None:
    vote = found.votes[event.id]
    counted, told = (vote.yes, vote.no), (event.yes, event.no)
    if counted != told:
        found.faults.append(_fault(event.id, "yes, no when it settled", told, counted))
    _move(found, event.id, event.state)


def _executed(found: Recount, event: ProposalExecuted) -> None:
    _move(found, event.proposal_id, State.ENACTED)


def _move(found: Recount, proposal: int, state: State) -> None:
    vote = found.votes[proposal]
    if not vote.lawful(state):
        tally = f"{vote.yes} yes, {vote.no} no, {vote.barred} barred of {vote.members}"
        found.faults.append(_fault(proposal, "state by its ballots", state.name.lower(), tally))
    vote.state = state


def _fault(proposal: int, what: str, told: object, counted: object) -> Difference:
    return Difference(subject=f"proposal {proposal}", what=what, events=told, other=counted)


# Tasks


def _posted(found: Recount, event: OrderPosted) -> None:
    for index in range(len(event.tasks) // TASK.size):
        task = event.order << 8 | index
        found.tasks[task] = Account(task=task)


def _enacted(found: Recount, event: PlanEnacted) -> None:
    if event.proposal in found.trees:
        found.stands = event.is_standing(0)
        return
    plan = found.plans[event.proposal]
    for index in event.indices:
        if not event.is_skipped(index):
            account = found.tasks[plan[index].task]
            account.sources.append(Source(entry=plan[index], proposal=event.proposal))
            if not event.is_standing(index):
                account.status = Status.ALLOCATED


def _claimed(found: Recount, event: AssignmentClaimed) -> None:
    account = found.tasks[event.task]
    account.sources.append(Source(entry=unpack_entry(event.entry)[0], proposal=event.proposal))
    if not found.stands:
        account.status = Status.ALLOCATED


def _changed(found: Recount, event: InForceChanged) -> None:
    found.tasks[event.task].status = event.status
    if found.changed_in != event.at.tx:
        found.changed_in, found.changed = event.at.tx, set()
    found.changed.add(event.task)


def _given(found: Recount, event: HumansOrder) -> None:
    found.orders[event.id] = event
    for task in tasks_of(event.order):
        account = found.tasks.get(task)
        if account is not None:
            account.orders.append(event.id)
    for entry in _named(found, event):
        found.tasks[entry.task].sources.append(Source(entry=entry, order=event.id))


def _named(found: Recount, event: HumansOrder) -> list[PlanEntry]:
    """The assignments an order made: approving a plan does so only for what it still found open."""
    if event.order.kind is OverrideKind.ASSIGN:
        return [unpack_entry(event.order.payload)[0]]
    if event.order.kind is not OverrideKind.APPROVE or found.changed_in != event.at.tx:
        return []
    meant = set(tasks_of(event.order)) & found.changed
    return [entry for entry in found.plans[event.order.subject] if entry.task in meant]


def _started(found: Recount, event: TaskStarted) -> None:
    account = found.tasks[event.task]
    account.status, account.worker, account.attempts = Status.STARTED, event.worker, event.attempt
    source = next((source for source in reversed(account.sources) if source.entry.lead == event.worker), None)
    if source is None:
        told = f"worker {event.worker} started it"
        fault = Difference(subject=f"task {event.task}", what="who decided", events=told, other="nobody")
        found.faults.append(fault)
        return
    account.helpers, account.proposal, account.order = source.entry.helpers, source.proposal, source.order


def _submitted(found: Recount, event: ResultSubmitted) -> None:
    found.tasks[event.task].status = Status.SUBMITTED


def _failed(found: Recount, event: TaskFailed) -> None:
    found.tasks[event.task].failures.append(event.failure)
    found.reallocated += event.next is Status.POSTED and event.failure is not Failure.OVERRIDDEN


def _ended(found: Recount, event: TaskAccepted | TaskReworked | TaskCancelled) -> None:
    account = found.tasks[event.task]
    account.status, account.ended_by = _FINAL[type(event)], event.by


_FINAL: Mapping[type, Status] = {
    TaskAccepted: Status.ACCEPTED,
    TaskReworked: Status.REWORKED,
    TaskCancelled: Status.CANCELLED,
}
_ENTRIES: Mapping[type, Any] = {
    OrderPosted: _posted,
    RosterChanged: _roster_changed,
    ProposalCreated: _created,
    VoteCast: _cast,
    BallotsCounted: _counted,
    VoterBarred: _barred,
    ProposalSettled: _settled,
    ProposalExecuted: _executed,
    PlanEnacted: _enacted,
    AssignmentClaimed: _claimed,
    InForceChanged: _changed,
    OverrideGiven: _given,
    InstructionGiven: _given,
    TaskStarted: _started,
    ResultSubmitted: _submitted,
    TaskFailed: _failed,
    TaskAccepted: _ended,
    TaskReworked: _ended,
    TaskCancelled: _ended,
}
