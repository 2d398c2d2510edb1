"""How a run goes, told on standard error: a live table on a terminal, else a line whenever something changed."""

import sys
import time
from collections import Counter

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scripts.running.summary import finished_products
from workmoot.domain.ids import index_of, order_of
from workmoot.domain.ledger import Ledger
from workmoot.domain.proposals import State
from workmoot.domain.work import Status

LINE_EVERY_S = 3.0


class Progress:
    """Tells how far a run is."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._said = ""
        self._said_at = 0.0
        self._began = time.monotonic()

    def step(self, words: str) -> None:
        """One step of the start or the end."""
        self._console.print(Text(self._elapsed(), style="dim"), Text(words), soft_wrap=True)

    def show(self, ledger: Ledger, page: str) -> None:
        """The plant as it stands."""
        if sys.stderr.isatty():
            if self._live is None:
                self._live = Live(console=self._console, refresh_per_second=4, transient=True)
                self._live.start()
            self._live.update(_table(ledger, page))
            return
        line = _line(ledger)
        if line != self._said and time.monotonic() - self._said_at > LINE_EVERY_S:
            self._said, self._said_at = line, time.monotonic()
            self.step(line)

    def done(self) -> None:
        """Nothing more to show live."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._began:6.1f} s"


def _line(ledger: Ledger) -> str:
    tasks = list(ledger.tasks.values())
    done, pairs = finished_products(ledger)
    ended = sum(task.status.is_final for task in tasks)
    states = Counter(task.status for task in tasks if not task.status.is_final)
    rest = ", ".join(f"{count} {status.name.lower()}" for status, count in sorted(states.items()))
    votes = sum(len(proposal.votes) for proposal in ledger.proposals.values())
    late = sum(proposal.state is State.EXPIRED for proposal in ledger.proposals.values())
    parts = [
        f"{ended} of {len(tasks)} tasks, {done} of {pairs} products",
        rest,
        f"{_count(len(ledger.proposals), 'proposal')}{f' ({late} ran out of time)' if late else ''}, "
        f"{_count(votes, 'vote')}",
        _count(len(ledger.overrides), "override"),
    ]
    return " · ".join(part for part in parts if part)


def _table(ledger: Ledger, page: str) -> Group:
    tasks = list(ledger.tasks.values())
    ended = sum(task.status.is_final for task in tasks)
    table = Table.grid(padding=(0, 2))
    for member in ledger.voting_members():
        busy = [
            task for task in tasks if task.status is Status.STARTED and task.entry and member.number in task.entry.team
        ]
        words = Text(", ".join(_name(ledger, task.id) for task in busy)) if busy else Text("idle", style="dim")
        table.add_row(Text(member.id, style="bold"), words)
    bar = Table.grid()  # a bar alone ends no line
    bar.add_row(ProgressBar(total=max(1, len(tasks)), completed=ended, width=60))
    return Group(Text(page, style="bold"), bar, Text(_line(ledger)), table)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _name(ledger: Ledger, task: int) -> str:
    return str(ledger.orders[order_of(task)].item(index_of(task)).get("key", task))
