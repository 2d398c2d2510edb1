"""The summary of a run, for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.running.summary import Summary


def print_summary(summary: Summary, more: dict[str, Any], *, page: str, stays: bool) -> None:
    """One table on standard output."""
    table = Table(title="What came of it", show_header=False, title_justify="left")
    for name, value in _rows(summary, more):
        table.add_row(name, value)
    console = Console()
    console.print(table)
    if summary.hint:
        console.print(f"[yellow]{summary.hint}[/yellow]", soft_wrap=True)
    if stays:
        console.print(f"The plant goes on: {page}  (Ctrl-C ends it)")


def _rows(summary: Summary, more: dict[str, Any]) -> list[tuple[str, str]]:
    s = summary
    human = "the demo supervisor, a program that uses the public API" if more["demo_supervisor"] else "a human"
    return [
        ("tasks", f"{s.tasks}: {s.accepted} accepted, {s.reworked} reworked by {human}, {s.cancelled} cancelled"),
        ("products finished", f"{s.pairs_finished} of {s.pairs}"),
        (
            "makespan",
            f"{s.makespan_s:.0f} s, predicted {s.predicted_makespan_s:.0f} s (simulated, {s.speed:g} times wall time)",
        ),
        ("chain overhead", f"{s.chain_overhead_s:.1f} s (simulated) from ready to started, mean of the tasks"),
        (
            "proposals",
            f"{s.proposals}: {s.passed} passed ({s.counter_passed} counter-proposals), {s.defeated} defeated, "
            f"{s.expired} expired, {s.vetoed} vetoed, {s.open} open",
        ),
        ("votes", f"{s.votes}: {s.votes_for} for, {s.votes_against} against; {s.votes_changed} changed by reviews"),
        ("done jointly", f"{s.joint} tasks"),
        ("reallocations", str(s.reallocated)),
        ("overrides", f"{s.overrides}, all by {human}" if s.overrides else "0"),
        ("gas", f"{s.gas_total:,} in all, {s.gas_per_decided_task:,} a decided task"),
        ("wall time", f"{s.wall_s:.0f} s"),
        *((f"{name} restarted", f"{count} times") for name, count in more["restarts"].items()),
    ]
