"""The audit's findings: what was compared, what differs, and by whom each task ended, in words and numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.audit_recount import Account, Recount, recount
from scripts.audit_storage import Difference, claims_of, compare, hash_faults
from scripts.audit_views import Views
from workmoot.chain.connection import Connection
from workmoot.domain.errors import ChainError
from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger

ATTEMPTS = 3


class ChainMoved(ChainError):
    """The chain was reorganised while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One audit, at one block."""

    ledger: Ledger
    found: Recount
    addresses: dict[str, Any]
    events: int
    compared: int
    differences: list[Difference]

    def verdict(self) -> str:
        """The last line."""
        what = f"{self.events} events up to block {self.ledger.head.number}, {self.compared} values compared"
        differing = len(self.differences)
        return f"{what}: {differing} difference{'s' * (differing != 1)}" if differing else f"{what}: all agree"

    def tables(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """What people see, a title and rows each."""
        ended = {account.task for account in self.found.tasks.values() if account.status.is_final}
        yield "Tasks that ended", [task_line(row) for row in self.tasks() if row["task"] in ended]
        yield "Proposals", self.proposals()
        yield "Differences", [difference_row(difference) for difference in self.differences]

    def tasks(self) -> list[dict[str, Any]]:
        """Each task: by whom it was done, decided by which majority, overridden by whom."""
        return [self._task(account) for account in self.found.tasks.values()]

    def proposals(self) -> list[dict[str, Any]]:
        """Each proposal and its ballots."""
        return [
            {
                "proposal": vote.proposal,
                "counters": vote.counters or None,
                "state": vote.state.name.lower(),
                "yes": vote.yes,
                "no": vote.no,
                "barred": vote.barred,
                "members": vote.members,
            }
            for vote in self.found.votes.values()
        ]

    def _task(self, account: Account) -> dict[str, Any]:
        vote = self.found.votes.get(account.proposal)
        return {
            "task": account.task,
            "outcome": account.status.name.lower(),
            "done_by": self._name(account.worker),
            "with": [self._name(helper) for helper in account.helpers],
            "proposal": account.proposal or None,
            "majority": f"{vote.yes} of {vote.members}" if vote else None,
            "order": account.order or None,
            "overridden_by": [self._order(order) for order in account.orders],
            "ended_by": self._who(account.ended_by),
            "attempts": account.attempts,
            "failures": [failure.name.lower() for failure in account.failures],
        }

    def _order(self, order: int) -> str:
        given = self.found.orders[order]
        return f"{given.order.kind.name.lower()} by {self._who(given.human)}"

    def _name(self, number: int) -> str | None:
        member = self.ledger.members.get(number)  # type: ignore[call-overload]
        return member.id if member else None

    def _who(self, account: str) -> str | None:
        member = self.ledger.member_of(account) if account else None
        return member.id if member else account or None


def report_of(connection: Connection) -> Report:
    """Reads the chain and judges it; once more where it changes meanwhile."""
    for _ in range(ATTEMPTS):
        follower = connection.follower()
        events = follower.catch_up()
        ledger = follower.ledger
        views = Views(connection.node, connection.deployment, ledger.head.number)
        found = recount(events)
        compared, differences = compare(claims_of(ledger, events), views)
        if connection.node.block(ledger.head.number) == ledger.head:
            addresses: dict[str, Any] = {"chain_id": connection.deployment.chain_id, **connection.deployment.addresses}
            differences += judge(events, ledger, found, addresses)
            return Report(
                ledger=ledger,
                found=found,
                addresses=addresses,
                events=len(events),
                compared=compared,
                differences=differences,
            )
    raise ChainMoved(f"{connection.node.url} was reorganised {ATTEMPTS} times while it was read; try again")


def judge(events: Sequence[Event], ledger: Ledger, found: Recount, addresses: dict[str, Any]) -> list[Difference]:
    """What the events contradict themselves in, and where the ledger and the recount part."""
    return [
        *hash_faults(events, chain_id=addresses["chain_id"], overrides=addresses["Overrides"]),
        *found.faults,
        *_against_ledger(ledger, found),
    ]


def _against_ledger(ledger: Ledger, found: Recount) -> Iterator[Difference]:
    for number, account in found.tasks.items():
        task = ledger.tasks[number]  # type: ignore[index]
        yield from _unequal(f"task {number}", "status recounted", account.status, task.status)
        done = [run.worker for run in task.runs]
        yield from _unequal(f"task {number}", "last worker recounted", account.worker, done[-1] if done else 0)
    for number, vote in found.votes.items():
        proposal = ledger.proposals[number]  # type: ignore[index]
        yield from _unequal(f"proposal {number}", "yes recounted", vote.yes, proposal.yes)
        yield from _unequal(f"proposal {number}", "no recounted", vote.no, proposal.no)
        yield from _unequal(f"proposal {number}", "state recounted", vote.state, proposal.state)


def _unequal(subject: str, what: str, told: object, other: object) -> Iterator[Difference]:
    if told != other:
        yield Difference(subject=subject, what=what, events=told, other=other)


def as_object(report: Report) -> dict[str, Any]:
    """The whole report as JSON has it."""
    head = report.ledger.head
    return {
        "ok": not report.differences,
        "block": head.number,
        "block_hash": "0x" + head.hash.hex(),
        "events": report.events,
        "compared": report.compared,
        "differences": [difference_row(difference) for difference in report.differences],
        "counts": report.found.counts(),
        "tasks": report.tasks(),
        "proposals": report.proposals(),
        "deployment": report.addresses,
    }


def task_line(row: dict[str, Any]) -> dict[str, Any]:
    """One task in as many columns as a terminal has room for."""
    decided = f"{row['proposal']}: {row['majority']}" if row["proposal"] else ""
    return {
        "task": row["task"],
        "outcome": row["outcome"],
        "done by": " + ".join(filter(None, (row["done_by"], *row["with"]))),
        "proposal: yes": f"order {row['order']}" if row["order"] else decided,
        "overridden": row["overridden_by"],
        "ended by": row["ended_by"],
    }


def difference_row(difference: Difference) -> dict[str, Any]:
    """One difference."""
    return {
        "subject": difference.subject,
        "what": difference.what,
        "events": as_value(difference.events),
        "other": as_value(difference.other),
    }


def as_value(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [as_value(item) for item in value] if isinstance(value, tuple) else value


def as_text(value: Any) -> str:
    """A value as a table has it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
