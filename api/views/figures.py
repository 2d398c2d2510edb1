"""The line of key figures: what a person must see in three seconds."""

from collections.abc import Iterator

from api.models.common import seconds
from api.models.plant import Figure
from api.views.snapshot import Snapshot
from api.views.tasks import is_finished, tasks_by_product, waits_for_a_human
from workmoot.domain.proposals import State
from workmoot.domain.work import Failure, Status

LATE_S = 30


def figures(snap: Snapshot) -> tuple[Figure, ...]:
    """The figures, from left to right."""
    return (_tasks(snap), _pairs(snap), _end(snap), _votes(snap), _failures(snap), _human(snap))


def _tasks(snap: Snapshot) -> Figure:
    tasks = snap.ledger.tasks.values()
    running = sum(task.status is Status.STARTED for task in tasks)
    done = sum(task.status.is_final for task in tasks)
    return Figure(id="tasks", label="Tasks done", value=f"{done} of {len(tasks)}", note=f"{running} running")


def _pairs(snap: Snapshot) -> Figure:
    pairs = [tasks for order in snap.ledger.orders.values() for tasks in tasks_by_product(snap, order).values()]
    finished = sum(map(is_finished, pairs))
    return Figure(
        id="pairs",
        label="Products finished",
        value=f"{finished} of {len(pairs)}",
        note=_count(len(snap.ledger.orders), "order"),
    )


def _end(snap: Snapshot) -> Figure:
    """When the plan in force, with what is late already, ends; beside it what was first promised."""
    ends = list(_ends(snap))
    first = next((p for p in snap.ledger.proposals.values() if p.state is State.ENACTED and p.entries), None)
    if not ends:
        return Figure(id="end", label="Planned end", value="open", note="no plan in force")
    end = max(ends)
    if first is None:
        return Figure(id="end", label="Planned end", value=_clock(end))
    promised = max(seconds(entry.start + entry.duration) for entry in first.entries)
    late = end - promised
    note = f"{'+' if late >= 0 else '-'}{_clock(abs(late))} to the first plan"
    return Figure(
        id="end", label="Planned end", value=_clock(end), note=note, attention=late > LATE_S and late > promised / 10
    )


def _ends(snap: Snapshot) -> Iterator[float]:
    for task in snap.ledger.tasks.values():
        if task.status.is_final and task.ended_at:
            yield snap.simulated(task.ended_at)
        elif task.entry and not task.status.is_final:
            yield max(seconds(task.entry.start + task.entry.duration), snap.simulated_s or 0.0)


def _votes(snap: Snapshot) -> Figure:
    states = [proposal.state for proposal in snap.ledger.proposals.values()]
    passed = sum(state in (State.PASSED, State.ENACTED) for state in states)
    still = sum(state is State.OPEN for state in states)
    note = f"{still} open, {sum(state is State.DEFEATED for state in states)} defeated"
    return Figure(id="votes", label="Proposals passed", value=str(passed), note=note)


def _failures(snap: Snapshot) -> Figure:
    runs = [run for task in snap.ledger.tasks.values() for run in task.runs]
    failed = sum(run.failure not in (Failure.NONE, Failure.OVERRIDDEN) for run in runs)
    return Figure(id="runs", label="Runs", value=str(len(runs)), note=f"{failed} failed or rejected")


def _human(snap: Snapshot) -> Figure:
    waiting = sum(waits_for_a_human(snap, task) for task in snap.ledger.tasks.values())
    note = f"{waiting} waiting now" if waiting else "nothing waits"
    return Figure(
        id="human", label="Human interventions", value=str(len(snap.ledger.overrides)), note=note, attention=waiting > 0
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{int(at_s) % 60:02}"
