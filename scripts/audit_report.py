"""The audit's findings: what was compared, what differs, and by whom each task ended, in words and numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.audit_storage import claims_of, compare
from scripts.audit_views import Views
from workmoot.audit.difference import Difference
from workmoot.audit.judge import judge
from workmoot.audit.recount import Account, Recount, recount
from workmoot.chain.connection import Connection
from workmoot.chain.deployment import Deployment
from workmoot.domain.errors import ChainError
from workmoot.domain.ledger import Ledger

ATTEMPTS = 3


class ChainMoved(ChainError):
    """The chain was reorganised while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One audit, at one block."""

    ledger: Ledger
    found: Recount
    deployment: Deployment
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
        yield "Differences", [difference.as_object() for difference in self.differences]

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
            differences += judge(events, ledger, found, connection.deployment)
            return Report(
                ledger=ledger,
                found=found,
                deployment=connection.deployment,
                events=len(events),
                compared=compared,
                differences=differences,
            )
    raise ChainMoved(f"{connection.node.url} was reorganised {ATTEMPTS} times while it was read; try again")


def as_object(report: Report) -> dict[str, Any]:
    """The whole report as JSON has it."""
    head = report.ledger.head
    return {
        "ok": not report.differences,
        "block": head.number,
        "block_hash": "0x" + head.hash.hex(),
        "events": report.events,
        "compared": report.compared,
        "differences": [difference.as_object() for difference in report.differences],
        "counts": report.found.counts(),
        "tasks": report.tasks(),
        "proposals": report.proposals(),
        "deployment": deployment_object(report.deployment),
    }


def deployment_object(deployment: Deployment) -> dict[str, Any]:
    """Where the contracts are, as JSON has it."""
    return {"chain_id": deployment.chain_id, "block": deployment.block, **deployment.addresses}


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


def as_text(value: Any) -> str:
    """A value as a table has it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
