"""What came of a run: counted from the chain's events alone, and from what its transactions cost."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from workmoot.domain.events import HUMANS_ORDERS, Event, TaskFailed
from workmoot.domain.ledger import Ledger, Proposal, Task, TaskRun, WorkOrder
from workmoot.domain.proposals import State
from workmoot.domain.work import Failure, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Gas:
    """What the transactions of a run cost: all of them, and those to the DAO by which tasks were decided."""

    total: int = 0
    deciding: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of a run; durations in seconds, simulated ones but for `wall_s`."""

    tasks: int
    accepted: int
    reworked: int
    cancelled: int
    pairs: int
    pairs_finished: int
    proposals: int
    passed: int
    defeated: int
    expired: int
    vetoed: int
    open: int
    counter_passed: int
    votes: int
    votes_for: int
    votes_against: int
    votes_changed: int
    split_decisions: int
    joint: int
    overrides: int
    reallocated: int
    makespan_s: float
    predicted_makespan_s: float
    chain_overhead_s: float
    speed: float
    gas_total: int
    gas_per_decided_task: int
    wall_s: float

    @property
    def hint(self) -> str | None:
        """What to do next, where more votes ran out of time than came to a decision."""
        if self.expired <= self.passed + self.defeated:
            return None
        return (
            f"{self.expired} of {self.proposals} votes ran out of time: give them more by `workmoot motion policy "
            "--set voting_seconds=SECONDS --by KEY --reason TEXT`, or let less run beside the plant"
        )

    def as_json(self) -> dict[str, object]:
        """One flat object."""
        return asdict(self) | {"hint": self.hint}


def summarize(ledger: Ledger, events: Sequence[Event], gas: Gas, *, wall_s: float) -> Summary:
    """The figures of everything on the ledger."""
    tasks, proposals = list(ledger.tasks.values()), list(ledger.proposals.values())
    decided = sum(_taken(proposal) for proposal in proposals)
    return Summary(
        **_of_tasks(ledger, tasks),
        **_of_proposals(proposals),
        joint=sum(bool(task.helpers) for task in tasks if task.status.is_done and task.runs),
        overrides=sum(isinstance(event, HUMANS_ORDERS) for event in events),
        reallocated=sum(isinstance(event, TaskFailed) and _is_reallocation(event) for event in events),
        makespan_s=_makespan(ledger, tasks),
        predicted_makespan_s=_predicted(proposals),
        chain_overhead_s=_overhead(ledger, tasks),
        speed=ledger.clock.speed_milli / 1000 if ledger.clock else 0.0,
        gas_total=gas.total,
        gas_per_decided_task=gas.deciding // decided if decided else 0,
        wall_s=round(wall_s, 1),
    )


def is_over(ledger: Ledger) -> bool:
    """Whether every task of every order has ended."""
    return bool(ledger.tasks) and all(task.status.is_final for task in ledger.tasks.values())


def products(order: WorkOrder) -> dict[str, list[int]]:
    """The tasks of each product of an order, by their place in it."""
    found: dict[str, list[int]] = {}
    for index in range(len(order.tasks)):
        product = order.item(index).get("product")
        if product:
            found.setdefault(str(product), []).append(index)
    return found


def finished_products(ledger: Ledger) -> tuple[int, int]:
    """How many products are done, of how many."""
    groups = [(order, places) for order in ledger.orders.values() for places in products(order).values()]
    done = sum(all(ledger.tasks[order.tasks[place]].status.is_done for place in places) for order, places in groups)
    return done, len(groups)


def _of_tasks(ledger: Ledger, tasks: Iterable[Task]) -> dict[str, int]:
    """Accepted without rework, accepted after rework, cancelled: each task once."""
    statuses = [task.status for task in tasks]
    accepted, reworked = statuses.count(Status.ACCEPTED), statuses.count(Status.REWORKED)
    cancelled = statuses.count(Status.CANCELLED)
    done, pairs = finished_products(ledger)
    return {
        "tasks": accepted + reworked + cancelled,
        "accepted": accepted,
        "reworked": reworked,
        "cancelled": cancelled,
        "pairs": pairs,
        "pairs_finished": done,
    }


def _of_proposals(proposals: Sequence[Proposal]) -> dict[str, int]:
    states = [proposal.state for proposal in proposals]
    passed = [proposal for proposal in proposals if proposal.state in (State.PASSED, State.ENACTED)]
    votes_for, votes_against = sum(p.yes for p in proposals), sum(p.no for p in proposals)
    return {
        "proposals": len(proposals),
        "passed": len(passed),
        "defeated": states.count(State.DEFEATED),
        "expired": states.count(State.EXPIRED),
        "vetoed": states.count(State.VETOED),
        "open": states.count(State.OPEN),
        "counter_passed": sum(bool(proposal.counters) for proposal in passed),
        "votes": votes_for + votes_against,
        "votes_for": votes_for,
        "votes_against": votes_against,
        "votes_changed": sum(len(_changed(proposal)) for proposal in proposals),
        "split_decisions": sum(bool(proposal.yes and proposal.no) for proposal in proposals),
    }


def _changed(proposal: Proposal) -> list[int]:
    """The members whose ballot is not what their own review of the same proposal leaned to."""
    reviews = {review.member: review.support for review in reversed(proposal.reviews)}
    return [vote.member for vote in proposal.votes if reviews.get(vote.member, vote.support) != vote.support]


def _taken(proposal: Proposal) -> int:
    taken = [index for part in proposal.parts for index in part.indices if not part.is_skipped(index)]
    return len(taken) + len(proposal.claimed)


def _is_reallocation(event: TaskFailed) -> bool:
    return event.next is Status.POSTED and event.failure is not Failure.OVERRIDDEN


def _makespan(ledger: Ledger, tasks: Sequence[Task]) -> float:
    """From the first order's posting to the last task's end, simulated."""
    ends = [task.ended_at for task in tasks if task.ended_at is not None]
    posted = [order.posted_at for order in ledger.orders.values()]
    if not ends or ledger.clock is None:
        return 0.0
    return (max(ends) - min(posted)) * ledger.clock.speed_milli / 1000


def _predicted(proposals: Sequence[Proposal]) -> float:
    """What the first plan that was enacted promised."""
    enacted = [proposal for proposal in proposals if proposal.state is State.ENACTED]
    return enacted[0].opening.figures.makespan / 1000 if enacted else 0.0


def _overhead(ledger: Ledger, tasks: Sequence[Task]) -> float:
    """The mean simulated time that a decided, ready task waited for its start's transaction."""
    if ledger.clock is None:
        return 0.0
    waits = [_wait(ledger, task) for task in tasks if task.runs and task.decided_by]
    return round(sum(waits) / len(waits) * ledger.clock.speed_milli / 1000, 1) if waits else 0.0


def _wait(ledger: Ledger, task: Task) -> int:
    """Wall seconds from when it was decided, its predecessors done and what it occupies free, to its start."""
    run = task.runs[0]
    decision = ledger.proposals[task.decided_by].settled_at
    ready = [ledger.tasks[before].ended_at or 0 for before in ledger.predecessors(task)]
    occupied = _occupied(run)
    others = (other for each in ledger.tasks.values() for other in each.runs if other.started_at < run.started_at)
    freed = [other.ended_at for other in others if other.ended_at and occupied & _occupied(other)]
    return max(0, run.started_at - max([*ready, *freed, decision.timestamp if decision else 0]))


def _occupied(run: TaskRun) -> set[int]:
    """The robots a run takes, or its team where it needs none."""
    return set(run.entry.resources) if run.entry else {run.worker}
