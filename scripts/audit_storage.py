"""Whether the contracts keep what their events told: every value of every view that the ledger can foretell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any, Protocol

from scripts.audit_views import Ask
from workmoot.audit.difference import Difference
from workmoot.domain.events import Event, OrderPosted, RoleGranted, RoleRevoked
from workmoot.domain.hashing import ZERO_HASH, hash_of_words, keccak
from workmoot.domain.ids import Number
from workmoot.domain.instructions import INSTRUCTIONS
from workmoot.domain.ledger import Ledger, Proposal, Task
from workmoot.domain.overrides import PLANT, SubjectType
from workmoot.domain.proposals import Policy, State, content_id_of
from workmoot.domain.workers import Kind, Role, capabilities_in, roll_of

SAFE_STOP = 12
LEVELS = {
    SubjectType.TASK: (5, 7, 8, SAFE_STOP),
    SubjectType.ROBOT: (5, 7, 8),
    SubjectType.PROPOSAL: (8,),
    SubjectType.PLANT: (1,),
}


class Storage(Protocol):
    """Answers views; `scripts.audit_views.Views` does."""

    def read_all(self, asks: list[Ask]) -> Iterator[tuple[Any, ...]]:
        """The answers in the order of the questions."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the events say of a subject, in the order in which the view answers; None is not compared."""

    subject: str
    ask: Ask
    told: Mapping[str, Any]


def compare(claims: Iterable[Claim], storage: Storage) -> tuple[int, list[Difference]]:
    """How many values were compared, and those that differ."""
    listed = list(claims)
    compared, found = 0, []
    for claim, kept in zip(listed, storage.read_all([claim.ask for claim in listed]), strict=True):
        for (what, told), value in zip(claim.told.items(), kept, strict=True):
            if told is None:
                continue
            compared += 1
            if told != value:
                found.append(Difference(subject=claim.subject, what=what, events=told, other=value))
    return compared, found


def claims_of(ledger: Ledger, events: Sequence[Event]) -> Iterator[Claim]:
    """Everything that the events foretell of the contracts' storage."""
    yield from _members(ledger)
    yield from _roster(ledger)
    yield from _roles(ledger, events)
    yield from _orders(ledger, events)
    yield from _tasks(ledger)
    yield from _proposals(ledger)
    yield from _overrides(ledger)


# Who may act


def _members(ledger: Ledger) -> Iterator[Claim]:
    yield Claim("members", Ask("Members", "count"), {"count": len(ledger.members)})
    for number, member in ledger.members.items():
        subject = f"member {number}"
        told = {
            "account": member.account,
            "kind": member.kind,
            "standing": member.standing,
            "joined": member.joined,
            "capabilities": member.capabilities,
            "by human": member.by_human,
        }
        yield Claim(subject, Ask("Members", "member", (number,)), told)
        yield Claim(subject, Ask("Members", "numberOf", (member.account,)), {"number": number})
        if member.kind is Kind.DIGITAL:
            yield from _records(ledger, number, member.capabilities)


def _records(ledger: Ledger, number: Number, capabilities: int) -> Iterator[Claim]:
    known = {capability for worker, capability in ledger.records if worker == number}
    for capability in sorted(known.union(capabilities_in(capabilities))):
        record = ledger.record(number, capability)
        told = {"done": record.done, "failed": record.failed}
        yield Claim(f"member {number}, capability {capability}", Ask("Members", "record", (number, capability)), told)


def _roster(ledger: Ledger) -> Iterator[Claim]:
    yield Claim("roster", Ask("Members", "roster"), {"version": ledger.roster, "members": ledger.voters})
    yield Claim("roster", Ask("Members", "accounts"), {"accounts": roll_of(ledger.members.values())})
    for version, voters in ledger.voters_at.items():
        yield Claim(f"roster {version}", Ask("Members", "membersAt", (version,)), {"members": voters})


def _roles(ledger: Ledger, events: Iterable[Event]) -> Iterator[Claim]:
    """Since when each human has each role; 0: it has not."""
    people = [member.account for member in ledger.members.values() if member.kind is Kind.HUMAN]
    since: dict[tuple[int, str], int] = {(role, account): 0 for role in Role for account in people}
    for event in events:
        if isinstance(event, RoleGranted) and event.new_member:
            since[event.role_id, event.account] = event.since
        elif isinstance(event, RoleRevoked):
            since[event.role_id, event.account] = 0
    for (role, account), begin in since.items():
        told = {"since": begin, "delay": None, "pending delay": None, "effect": None}
        yield Claim(f"role {role} of {account}", Ask("AccessManager", "getAccess", (role, account)), told)


# What is to be done


def _orders(ledger: Ledger, events: Iterable[Event]) -> Iterator[Claim]:
    plant = {"orders": len(ledger.orders), "held": ledger.plant_held, "epoch": ledger.plant_epoch}
    yield Claim("plant", Ask("WorkOrders", "plant"), plant)
    for event in events:
        if isinstance(event, OrderPosted):
            spec_hash = hash_of_words(keccak(event.tasks), keccak(event.detail.encode()))
            order = ledger.orders[event.order]
            told = {"tasks": len(order.tasks), "posted at": order.posted_at, "spec hash": spec_hash}
            yield Claim(f"order {event.order}", Ask("WorkOrders", "order", (event.order,)), told)


def _tasks(ledger: Ledger) -> Iterator[Claim]:
    workers = [number for number, member in ledger.members.items() if member.kind is Kind.DIGITAL]
    for number, task in ledger.tasks.items():
        yield Claim(f"task {number}", Ask("WorkOrders", "task", (number,)), _task(task))
        for worker in workers:
            told = {f"excludes {worker}": worker in task.excluded}
            yield Claim(f"task {number}", Ask("WorkOrders", "isExcluded", (number, worker)), told)


def _task(task: Task) -> dict[str, Any]:
    return {
        "status": task.status,
        "worker": task.worker,
        "inspector": task.inspector,
        "epoch": task.epoch,
        "version": task.version,
        "overridden": task.overridden,
        "held": task.held,
        "capability": task.spec.capability,
        "retries": task.spec.retries,
        "attempt": task.attempt,
        "deadline": task.deadline,
        "evidence": task.evidence,
        "predecessors": task.spec.predecessors,
        "standing worker": task.standing_worker,
        "standing inspector": task.standing_inspector,
    }


# What was decided


def _proposals(ledger: Ledger) -> Iterator[Claim]:
    if ledger.policy is not None:
        yield Claim("policy", Ask("Motions", "policy"), _policy(ledger.policy))
    yield Claim("proposals", Ask("AllocationDAO", "proposalCount"), {"count": len(ledger.proposals)})
    for found in ledger.proposals.values():
        subject = f"proposal {found.id}"
        yield Claim(subject, Ask("AllocationDAO", "proposal", (found.id,)), _proposal(found))
        progress = 0 if found.state is State.ENACTED else found.progress
        yield Claim(subject, Ask("AllocationDAO", "progress", (found.id,)), {"entries enacted": progress})
        yield from _ballots(ledger, found)
        if found.is_tree:
            recorded = found.state is State.ENACTED
            root = found.opening.plan.root if recorded else ZERO_HASH
            yield Claim(subject, Ask("Claims", "rootOf", (found.id,)), {"root": root})
        for entry in found.entries:
            for helper in entry.helpers:
                help_ = (entry.task, entry.version, entry.lead, entry.sequence, helper)
                told = {f"helper {helper} of {entry.lead} for task {entry.task}": ledger.is_confirmed(*help_)}
                yield Claim(subject, Ask("AllocationDAO", "isConfirmed", help_), told)


def _policy(found: Policy) -> dict[str, Any]:
    return {
        "voting seconds": found.voting_seconds,
        "open limit": found.open_limit,
        "absent after": found.absent_after,
        "weights": astuple(found.weights),
    }


def _proposal(found: Proposal) -> dict[str, Any]:
    return {
        "state": found.state,
        "proposer": found.proposer,
        "roster": found.roster,
        "members": found.members,
        "yes": found.yes,
        "no": found.no,
        "barred": len(found.barred),
        "deadline": found.deadline,
        "content id": content_id_of(found.content_hash),
    }


def _ballots(ledger: Ledger, found: Proposal) -> Iterator[Claim]:
    """Who voted itself, for every worker; and that who voted or was barred belonged to the electorate."""
    subject = f"proposal {found.id}"
    heard = {vote.member for vote in found.votes}
    itself = {vote.member for vote in found.votes if not vote.presented}
    for number, member in ledger.members.items():
        if member.kind is Kind.DIGITAL:
            told = {f"member {number} voted": number in itself}
            yield Claim(subject, Ask("AllocationDAO", "hasVoted", (found.id, member.account)), told)
    for number in sorted(heard.union(found.barred)):
        told = {f"member {number} belongs to its electorate": True}
        yield Claim(subject, Ask("Members", "belonged", (number, found.roster)), told)


# What humans said


def _overrides(ledger: Ledger) -> Iterator[Claim]:
    instructed = sum(record.order.kind in INSTRUCTIONS for record in ledger.overrides.values())
    yield Claim("overrides", Ask("Overrides", "count"), {"count": len(ledger.overrides) - instructed})
    yield Claim("instructions", Ask("Instructions", "count"), {"count": instructed})
    for (group, subject), standing in ledger.instructions.items():
        ask = Ask("Instructions", "standing", (group, subject))
        yield Claim(f"instruction {group} about {subject}", ask, asdict(standing))
    robots = [number for number, member in ledger.members.items() if member.kind is Kind.ROBOTIC]
    for robot in robots:
        told = {"epoch": ledger.robot_epoch(robot), "held": ledger.is_robot_held(robot)}
        yield Claim(f"robot {robot}", Ask("Overrides", "robot", (robot,)), told)
    tasks, robot_subjects = (
        ((SubjectType.TASK, task) for task in ledger.tasks),
        ((SubjectType.ROBOT, r) for r in robots),
    )
    trees = ((SubjectType.PROPOSAL, found.id) for found in ledger.proposals.values() if found.is_tree)
    for on, number in (*tasks, *robot_subjects, *trees, (SubjectType.PLANT, PLANT)):
        for level in LEVELS[on]:
            yield _slot(ledger, on, number, level)


def _slot(ledger: Ledger, on: SubjectType, number: int, level: int) -> Claim:
    """An empty slot may keep the name of who filled it last, and a safe stop names its worker."""
    slot = ledger.slot(on, number, level)
    filled = slot.held or slot.fixes
    named = filled and level != SAFE_STOP
    told = {
        "id": slot.id if filled else None,
        "expires at": slot.expires_at if filled else None,
        "held": slot.held,
        "fixes": slot.fixes,
        "worker": slot.worker if named else None,
        "inspector": slot.inspector if named else None,
    }
    return Claim(f"{on.name.lower()} {number}, level {level}", Ask("Overrides", "slot", (on, number, level)), told)
