"""A small workshop on the contracts in memory: three digital workers, two robots, two humans, a clock that tests move.

One wall second is one simulated second, so a tick is a millisecond of both; the clock's origin is the first block.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from agents.ballots import Known
from agents.profile import Profile, Skill
from agents.view import View
from tests.builders import an_address, an_offer, an_order
from workmoot.chain.connection import Contracts
from workmoot.chain.memory import (
    MemoryAllocationDao,
    MemoryBallotAudit,
    MemoryChain,
    MemoryClaims,
    MemoryFollower,
    MemoryMembers,
    MemoryMotions,
    MemoryOverrides,
    MemoryWorkOrders,
)
from workmoot.chain.memory.instructions import contracts_of
from workmoot.chain.signer import Signer
from workmoot.domain.events import Event, OrderPosted, ProposalCreated
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Address, Number, ProposalId, TaskId, task_id
from workmoot.domain.ledger import Ledger, Proposal, Task
from workmoot.domain.motions import Motion, motion_opening
from workmoot.domain.offers import Offer, RankedTask, pack_offers, pack_ranking
from workmoot.domain.overrides import OverrideKind, SubjectType, unordered_nonce
from workmoot.domain.plan import PlanEntry, pack_tree
from workmoot.domain.proposals import Opening, Policy
from workmoot.domain.work import Limits, TaskSpec, pack_tasks
from workmoot.domain.workers import Kind, Role, capability_mask
from workmoot.planning.beliefs import Finding, pack_findings
from workmoot.planning.validity import opening_for

SCAN, SPRAY, INSPECT = 1, 2, 3
SCANNER, SPRAYER, FINISHER, ARM, NOZZLE = (Number(number) for number in range(1, 6))
WORKERS = {"scanner": (SCAN,), "sprayer": (SPRAY,), "finisher": (SCAN, SPRAY)}
ROBOTS = {"arm": ARM, "nozzle": NOZZLE}
ABILITIES = {"arm": ["spraying"], "nozzle": ["spraying", "inspecting"]}
BADGES = {"scanner": SCANNER, "sprayer": SPRAYER, "finisher": FINISHER, **ROBOTS}
COMMANDS = {"sprayer": [ARM], "finisher": [NOZZLE]}
START_S = 1_800_000_000
HANDOVER = 100
LIMITS = Limits(acknowledge_seconds=20, heartbeat_seconds=30, inspect_seconds=40)
VOTING = Policy(voting_seconds=60, open_limit=2)
SEED = keccak(b"round")
ABLE = Skill(pace=1.0)
NO_BALLOTS = Known(heard={}, said={}, drafts=(), woke_block=0, woke_s=0.0)


class Workshop:
    """The workshop, and what happens in it; `policy` is the description's."""

    def __init__(self, *, absent_after: int = VOTING.absent_after, **policy: Any) -> None:
        administrator = account("administrator")
        self.chain = MemoryChain(
            administrator, limits=LIMITS, policy=replace(VOTING, absent_after=absent_after), now=START_S
        )
        self.events: list[Event] = []
        self._follower = MemoryFollower(self.chain)
        told = json.dumps(_description(policy))
        self.by("administrator").work_orders.describe(told, len(_CAPABILITIES), START_S * 1000, 1_000)
        for name, badge in BADGES.items():
            self.admit(name, *WORKERS.get(name, ()), kind=Kind.DIGITAL if name in WORKERS else Kind.ROBOTIC)
            assert self.ledger.numbers[account(name)] == badge
        self.chain.grant(administrator, Role.PLANNER, account("planner"))

    @property
    def ledger(self) -> Ledger:
        """As of the last block."""
        self.events += self._follower.catch_up()
        return self._follower.ledger

    @property
    def now_s(self) -> int:
        return self.chain.head.timestamp

    def by(self, name: str) -> Contracts:
        """The contracts as that person calls them."""
        who = account(name)
        return Contracts(
            members=MemoryMembers(self.chain, who),
            work_orders=MemoryWorkOrders(self.chain, who),
            dao=MemoryAllocationDao(self.chain, who),
            overrides=MemoryOverrides(self.chain, who),
            motions=MemoryMotions(self.chain, who),
            claims=MemoryClaims(self.chain, who),
            ballot_audit=MemoryBallotAudit(self.chain, who),
        )

    def admit(self, name: str, *capabilities: int, kind: Kind = Kind.DIGITAL, robots: object = ()) -> None:
        profile = json.dumps({"id": name, "robots": COMMANDS.get(name, robots)})
        self.by("administrator").members.admit(account(name), kind, capability_mask(capabilities), profile)

    def suspend(self, name: str) -> None:
        self.by("administrator").members.suspend(self.ledger.numbers[account(name)])

    def post(self, *specs: TaskSpec, **detail: Any) -> tuple[TaskId, ...]:
        """Posts an order; the ids of its tasks."""
        receipt = self.by("planner").work_orders.post(pack_tasks(specs), json.dumps(detail))
        return tuple(task_id(receipt.the(OrderPosted).order, index) for index in range(len(specs)))

    def task(self, task: TaskId) -> Task:
        return self.ledger.tasks[task]

    # Deciding

    def offer(self, name: str, *offers: Offer, ranking: Iterable[RankedTask] = ()) -> None:
        """Publishes a batch of offers."""
        self.by(name).dao.offer(pack_offers(offers), pack_ranking(tuple(ranking)))

    def confirm(self, name: str, lead: Number, offer: Offer) -> None:
        self.by(name).dao.confirm([offer.task], [offer.version], [lead], [offer.sequence])

    def opening(self, *entries: PlanEntry, counters: int = 0) -> Opening:
        """An honest opening of these entries: digest, figures and evidence as everyone computes them.

        An entry without an offer, which no member would believe, gets a made-up one.
        """
        ledger, head = self.ledger, self.chain.head
        found = [(entry, ledger.offer_of(entry, head.number)) for entry in entries]
        offers = [record.offer if record else an_offer(entry.task) for entry, record in found]
        read = (head.number, head.hash)
        return opening_for(ledger, entries, offers, read=read, seed=SEED, counters=counters, words="quickest")

    def propose(self, name: str, *entries: PlanEntry, counters: int = 0) -> ProposalId:
        """Puts an honest plan to the vote."""
        opening = self.opening(*entries, counters=counters)
        return self.by(name).dao.propose(opening).the(ProposalCreated).id

    def let_run_out(self, *entries: PlanEntry) -> ProposalId:
        """A proposal on which nobody voted in time."""
        proposal = self.propose("scanner", *entries)
        self.chain.advance(VOTING.voting_seconds + 1)
        self.by("scanner").dao.poke(proposal)
        return proposal

    def move(self, name: str, motion: Motion, words: str = "for the good of the plant") -> ProposalId:
        """Puts a motion to the vote."""
        head = self.chain.head
        opening = motion_opening(motion, words, read_at=head.number, read_hash=head.hash)
        return self.by(name).dao.propose(opening).the(ProposalCreated).id

    def carry(self, motion: Motion) -> ProposalId:
        """The scanner moves, and two of three say yes."""
        proposal = self.move("scanner", motion)
        for name in ("scanner", "sprayer"):
            self.vote(name, proposal)
        return proposal

    def proposal(self, proposal: ProposalId) -> Proposal:
        return self.ledger.proposals[proposal]

    def review(
        self, name: str, proposal: ProposalId, *findings: Finding, support: bool = True, packed: bytes = b""
    ) -> None:
        told = packed or pack_findings(findings)
        self.by(name).dao.review(proposal, support=support, makespan=1_000, findings=told, words="as I see it")

    def vote(self, name: str, proposal: ProposalId, *, support: bool = True) -> None:
        """Votes with the plan at hand, so that a deciding ballot enacts."""
        found = self.proposal(proposal)
        told = {"assignments": found.opening.plan.assignments, "rest": found.rest}
        self.by(name).dao.vote(proposal, support=support, reason="because", **told)

    def decide(self, *entries: PlanEntry) -> ProposalId:
        """The scanner proposes, and two of three say yes."""
        proposal = self.propose("scanner", *entries)
        for name in ("scanner", "sprayer"):
            self.vote(name, proposal)
        return proposal

    def pass_tree(self, *entries: PlanEntry) -> ProposalId:
        """The scanner proposes that their leads claim the entries one by one, and two of three say yes."""
        opening = replace(self.opening(*entries), plan=pack_tree(entries))
        proposal = self.by("scanner").dao.propose(opening).the(ProposalCreated).id
        for name in ("scanner", "sprayer"):
            self.vote(name, proposal)
        return proposal

    def allocate(self, task: TaskId, name: str, **changes: Any) -> None:
        """The DAO gives a task to a worker as it offers: by default one second, alone, inspected by the scanner."""
        found = self.task(task)
        inspector = SCANNER if name != "scanner" else FINISHER
        values = {"task": task, "version": found.version, "lead": BADGES[name], "inspector": inspector}
        entry = PlanEntry(**{"duration": 1_000, **values, **changes})
        if self.ledger.offer_of(entry, self.chain.head.number) is None:
            promised = {"sequence": entry.sequence, "p50": entry.duration}
            with_whom = {"helpers": entry.helpers, "robots": entry.robots}
            self.offer(name, an_offer(task, version=found.version, **promised, **with_whom))
        self.decide(entry)

    # Working

    def start(self, task: TaskId) -> None:
        self._as_worker(task).work_orders.start(task, self.task(task).epoch)

    def submit(self, task: TaskId, *, busy_ticks: int = 1_000, evidence: bytes = b"\7" * 32, grade: int = 90) -> None:
        self._as_worker(task).work_orders.submit(task, self.task(task).epoch, grade, busy_ticks, evidence)

    def fail(self, task: TaskId) -> None:
        self._as_worker(task).work_orders.fail(task, self.task(task).epoch)

    def inspect(self, task: TaskId, *, accepted: bool = True) -> None:
        found = self.task(task)
        work = self.by(_name_of(found.inspector)).work_orders
        work.inspect(task, found.epoch, found.evidence, accepted=accepted, grade=90, findings=b"\5" * 32)

    def do(self, task: TaskId, *, busy_ticks: int = 1_000) -> None:
        """A run from its start to its acceptance."""
        self.start(task)
        self.submit(task, busy_ticks=busy_ticks)
        self.inspect(task)

    def order(self, kind: OverrideKind, subject: int, *, human: str = "supervisor", **changes: Any) -> None:
        """A supervisor's signed order, or instruction."""
        supervisor, overrides = key(human), self.by("stranger").overrides
        self.chain.grant(account("administrator"), Role.SUPERVISOR, supervisor.address)
        nonce = unordered_nonce(overrides.count() + overrides.instruction_count() + 1)
        order = an_order(kind, subject, human=supervisor.address, nonce=nonce, **changes)
        overrides.execute(order, supervisor.sign(contracts_of(self.chain.chain_id).digest(order)))

    def withdraw(self, kind: OverrideKind, name: str, *, for_s: int = 600) -> None:
        """The supervisor has a worker drained or quarantined for so long."""
        self.order(kind, BADGES[name], subject_type=SubjectType.WORKER, expires_at=self.now_s + for_s)

    def lift(self, kind: OverrideKind, name: str) -> None:
        """The supervisor takes that back."""
        self.order(OverrideKind.LIFT, BADGES[name], subject_type=SubjectType.WORKER, payload=bytes((kind,)))

    # Looking

    def view(self, name: str, **changes: Any) -> View:
        """What that worker sees now; everything was seen first when the workshop opened."""
        ledger, head = self.ledger, self.chain.head
        values: dict[str, Any] = {
            "ledger": ledger,
            "me": BADGES[name],
            "profile": Profile(skills={_CAPABILITIES[number - 1]: ABLE for number in WORKERS[name]}),
            "now_s": float(head.timestamp),
            "read": (head.number, head.hash),
            "seeing_since": 0.0,
            "seed": 1,
            "round_seeds": {order.at.block: SEED for order in ledger.orders.values()},
            "seen": {(task.id, task.version): float(START_S) for task in ledger.tasks.values()},
            "drafted": {},
            "running_since": {},
            "parts": {},
            "ballots": NO_BALLOTS,
        }
        return View(**values | changes)

    def _as_worker(self, task: TaskId) -> Contracts:
        return self.by(_name_of(self.task(task).worker))


def account(name: str) -> Address:
    """A worker's is its key's; the others are made up: they sign nothing here."""
    return key(name).address if name in WORKERS else an_address(BADGES.get(name) or 90 + _OTHERS.index(name))


@cache
def key(name: str) -> Signer:
    """The key of a worker or of a human, made from the name."""
    return Signer(keccak(name.encode()))


_CAPABILITIES = ("scanning", "spraying", "inspecting")
_OTHERS = ("administrator", "planner", "latecomer", "stranger", "relay")


def _name_of(number: Number) -> str:
    return next(name for name, badge in BADGES.items() if badge == number)


def _description(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "workshop",
        "capabilities": _CAPABILITIES,
        "robots": [{"number": badge, "id": name, "capabilities": ABILITIES[name]} for name, badge in ROBOTS.items()],
        "policy": {"handover_ms": HANDOVER, "talk_s": 2.0, "margin_bps": 200} | dict(policy),
    }
