"""Whether the events hold together: digests follow from orders, and what is counted again is what the ledger has."""

from collections.abc import Iterable, Iterator, Sequence

from workmoot.audit.difference import Difference
from workmoot.audit.recount import Recount
from workmoot.chain.deployment import Deployment
from workmoot.domain.events import HUMANS_ORDERS, Event
from workmoot.domain.instructions import HumansContracts
from workmoot.domain.ledger import Ledger

REPLACED = "\ufffd"
"""What stands in a text for bytes that were no UTF-8, which are lost."""


def judge(events: Sequence[Event], ledger: Ledger, found: Recount, deployment: Deployment) -> list[Difference]:
    """What the events contradict themselves in, and where the ledger and the recount part."""
    return [
        *hash_faults(events, deployment.humans_contracts),
        *found.faults,
        *_against_ledger(ledger, found),
    ]


def hash_faults(events: Iterable[Event], contracts: HumansContracts) -> Iterator[Difference]:
    """The digests in events that do not follow from the same events; none does where a reason was no UTF-8."""
    for event in events:
        if isinstance(event, HUMANS_ORDERS) and REPLACED not in event.order.reason:
            digest = contracts.digest(event.order)
            yield from _unequal(f"override {event.id}", "digest recomputed", event.digest, digest)


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
