"""A FlexVega plant in the middle of its work: the contracts in memory, and what the gateway would say of the robots."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from api.views.snapshot import GatewayWords
from workmoot.chain.connection import Contracts
from workmoot.chain.deployment import NAMES, Deployment
from workmoot.chain.memory import (
    ADDRESSES,
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
from workmoot.chain.memory.memory_chain import CHAIN_ID
from workmoot.chain.signer import Signer
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import NOBODY, Number, OrderId, ProposalId, TaskId, task_id
from workmoot.domain.ledger import Ledger, Task
from workmoot.domain.offers import Offer, RankedTask, pack_offers, pack_ranking
from workmoot.domain.overrides import (
    HumanOrder,
    OverrideKind,
    Reason,
    SubjectType,
    hash_of_orders,
    unordered_nonce,
)
from workmoot.domain.payloads import assign_payload
from workmoot.domain.plan import PlanEntry, claim_of, claim_proof, pack_plan, pack_tree
from workmoot.domain.proposals import Figures, Opening, Policy
from workmoot.domain.questions import Amount, Asked, Choice, Text, pack_question
from workmoot.domain.work import Limits, Status
from workmoot.domain.workers import Kind
from workmoot.plant.founding import admissions, bindings, grants
from workmoot.plant.packing import compact, pack_order
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import Scenario, load_scenario
from workmoot.plant.views import description

SCENARIO = Path(__file__).parents[2] / "scenarios" / "flexvega"
SPEED_MILLI = 10_000
STEPS = ("demand", "design", "plan", "process", "load", "grind", "glue", "attach", "unlast", "unload")
MIND, FLOOR = STEPS[:4], STEPS[4:]
LIMITS = Limits(acknowledge_seconds=600, heartbeat_seconds=600, inspect_seconds=600)
FORM = (
    Choice(name="verdict", options=("accept", "reject")),
    Amount(name="offset", least=-5, most=5, unit="µm"),
    Text(name="note", most=20),
)
POLICY = Policy(voting_seconds=60, open_limit=2)


@cache
def signer(name: str) -> Signer:
    """A person's key, made from the name."""
    return Signer(keccak(name.encode()))


def deployment_of_story() -> Deployment:
    """Where a story's contracts are."""
    return Deployment(chain_id=CHAIN_ID, block=0, **{field: ADDRESSES[name] for name, field in NAMES.items()})


@cache
def flexvega() -> Scenario:
    """The scenario as the repository has it."""
    return load_scenario(SCENARIO)


class Story:
    """The plant, and what happens in it. `ledger` is up to date after every act."""

    def __init__(self, *, ago_s: int = 60, ballots: str = "direct") -> None:
        plant, self.orders = flexvega().plant, flexvega().orders
        self.plant = plant.model_copy(update={"policy": plant.policy.model_copy(update={"ballots": ballots})})
        self.badge = {id_: Number(number) for id_, number in numbers(self.plant).items()}
        now = int(time.time()) - ago_s
        self.chain = MemoryChain(signer("administrator").address, limits=LIMITS, policy=POLICY, now=now)
        self._follower = MemoryFollower(self.chain)
        self._found(now)

    @property
    def ledger(self) -> Ledger:
        self._follower.catch_up()
        return self._follower.ledger

    def by(self, name: str) -> Contracts:
        """The contracts as that member calls them."""
        account = signer(name).address
        return Contracts(
            members=MemoryMembers(self.chain, account),
            work_orders=MemoryWorkOrders(self.chain, account),
            dao=MemoryAllocationDao(self.chain, account),
            overrides=MemoryOverrides(self.chain, account),
            motions=MemoryMotions(self.chain, account),
            claims=MemoryClaims(self.chain, account),
            ballot_audit=MemoryBallotAudit(self.chain, account),
        )

    def name_of(self, number: Number) -> str:
        """A member's id by badge."""
        return next(id_ for id_, badge in self.badge.items() if badge == number)

    def _found(self, now: int) -> None:
        administrator = self.by("administrator")
        accounts = {id_: signer(id_).address for id_ in self.badge}
        gateway = signer("gateway").address
        told = description(self.plant, gateway_url="http://127.0.0.1:1", gateway_address=gateway, accounts=accounts)
        administrator.work_orders.describe(compact(told), len(self.plant.capabilities), now * 1000, SPEED_MILLI)
        for role, human in grants(self.plant):
            self.chain.grant(signer("administrator").address, role, accounts[human])
        for member in admissions(self.plant):
            administrator.members.admit(accounts[member.id], member.kind, member.capabilities, member.profile)
        for bound in bindings(self.plant):
            administrator.members.bind(bound.robot, bound.worker, bound.resource, bound.scope)

    # Deciding

    def post(self) -> None:
        packed = pack_order(self.orders[0], self.plant.capabilities)
        self.by("technician").work_orders.post(packed.tasks, packed.detail)

    def offer(self, name: str) -> None:
        """Offers for, and a ranking of, everything the worker can do."""
        worker = self.ledger.members[self.badge[name]]
        tasks = [task for task in self.ledger.open_tasks() if worker.is_capable(task.spec.capability)]
        offers = [
            Offer(
                task=task.id,
                version=task.version,
                sequence=1,
                valid_until=int(time.time()) + 3600,
                earliest=0,
                p50=task.spec.work,
                p90=task.spec.work * 12 // 10,
                robots=self.robots_for(worker.number, task),
            )
            for task in tasks
        ]
        ranking = [_ranked(task, place) for place, task in enumerate(tasks)]
        self.by(name).dao.offer(pack_offers(offers), pack_ranking(ranking))

    def robots_for(self, worker: Number, task: Task) -> tuple[Number, ...]:
        """One robot that can do it, one of the worker's own where it has such."""
        members = self.ledger.members.values()
        able = [m.number for m in members if m.kind is Kind.ROBOTIC and m.capabilities >> task.spec.capability & 1]
        bound = {binding.robot for binding in self.ledger.bindings.values() if binding.worker == worker}
        return tuple(sorted(able, key=lambda robot: robot not in bound)[:1])

    def plan(self, *, shift: int = 0) -> tuple[PlanEntry, ...]:
        """Every open task to whoever is free first; `shift` makes another plan of it."""
        free: dict[Number, int] = {}
        done: dict[TaskId, int] = {}
        entries = []
        for task in self.ledger.open_tasks():
            able = [m.number for m in self.ledger.voting_members() if m.is_capable(task.spec.capability)]
            able = able[shift % len(able) :] + able[: shift % len(able)]
            lead = min(able, key=lambda number: free.get(number, 0))
            ready = max((done[before] for before in self.ledger.predecessors(task) if before in done), default=0)
            start = max(ready, free.get(lead, 0))
            done[task.id] = free[lead] = start + task.spec.work
            entry = PlanEntry(
                task=task.id,
                version=task.version,
                lead=lead,
                sequence=1,
                inspector=next((number for number in able if number != lead), NOBODY),
                start=start,
                duration=task.spec.work,
                robots=self.robots_for(lead, task),
            )
            entries.append(entry)
        return tuple(entries)

    def propose(
        self, name: str, entries: Iterable[PlanEntry], *, words: str, counters: int = 0, as_tree: bool = False
    ) -> ProposalId:
        opening = self.opening(entries, words=words, counters=counters, as_tree=as_tree)
        self.chain.advance(1)
        self.by(name).dao.propose(opening)
        return ProposalId(len(self.ledger.proposals))

    def opening(
        self, entries: Iterable[PlanEntry], *, words: str = "quickest", counters: int = 0, as_tree: bool = False
    ) -> Opening:
        """A plan with made-up figures, of the present block."""
        listed = tuple(entries)
        read_at = self.chain.head
        return Opening(
            plan=pack_tree(listed) if as_tree else pack_plan(listed),
            offers=keccak(b"offers"),
            evidence=keccak(b"evidence"),
            figures=Figures(
                makespan=max(entry.start + entry.duration for entry in listed),
                tardiness=12_000,
                energy=4_200,
                cost=31_500_000,
            ),
            counters=ProposalId(counters),
            read_at=read_at.number,
            read_hash=read_at.hash,
            words=words,
        )

    def review(self, proposal: ProposalId, name: str, *, support: bool, words: str) -> None:
        self.by(name).dao.review(proposal, support=support, makespan=333_000, findings=b"", words=words)

    def vote(self, proposal: ProposalId, **ballots: bool) -> None:
        """Ballots in this order, until the vote is decided."""
        found = self.ledger.proposals[proposal]
        for name, support in ballots.items():
            reason = "the figures hold" if support else "too slow at the press"
            plan = {"assignments": found.opening.plan.assignments, "rest": found.rest}
            self.by(name).dao.vote(proposal, support=support, reason=reason, **plan)

    def claim(self, proposal: ProposalId, index: int) -> TaskId:
        """Its lead claims an entry of a tree; its task."""
        entries = self.ledger.proposals[proposal].entries
        entry, proof = entries[index], claim_proof(entries, index)
        self.by(self.name_of(entry.lead)).claims.claim(proposal, claim_of(entry), proof)
        return entry.task

    def ask(self, name: str, task: TaskId) -> None:
        """A worker asks humans about a task; they have ten minutes."""
        asked = Asked(
            words="Is it good <b>enough</b>?",
            fields=FORM,
            default={"verdict": "reject", "offset": 0, "note": ""},
            deadline=int(time.time()) + 600,
            about_type=SubjectType.TASK,
            about=task,
        )
        self.by(name).dao.say(NOBODY, task, pack_question(asked))

    # Working

    def task(self, product: str, step: str) -> TaskId:
        """A task by its names in the order."""
        tasks: Any = self.ledger.orders[OrderId(1)].detail["tasks"]
        return task_id(1, [item["key"] for item in tasks].index(f"{product}/{step}"))

    def start(self, task: TaskId) -> None:
        found = self.ledger.tasks[task]
        self.by(self.name_of(found.worker)).work_orders.start(task, found.epoch)

    def submit(self, task: TaskId, *, grade: int = 96) -> None:
        found = self.ledger.tasks[task]
        worker = self.by(self.name_of(found.worker)).work_orders
        worker.submit(task, found.epoch, grade, found.spec.work, keccak(b"part"))

    def inspect(self, task: TaskId, *, accepted: bool = True) -> None:
        found = self.ledger.tasks[task]
        inspector = self.by(self.name_of(found.inspector)).work_orders
        inspector.inspect(
            task, found.epoch, found.evidence, accepted=accepted, grade=found.grade, findings=keccak(b"seen")
        )

    def do(self, task: TaskId, *, seconds: int = 1) -> None:
        """A run from its start to its acceptance."""
        self.start(task)
        self.chain.advance(seconds)
        self.submit(task)
        self.inspect(task)

    def order(self, kind: OverrideKind, subject_type: SubjectType, subject: int, *, why: str, **more: Any) -> None:
        """A human's order, signed and executed."""
        order = HumanOrder(
            kind=kind,
            subject_type=subject_type,
            subject=subject,
            reason_code=Reason.QUALITY,
            reason=why,
            valid_until=int(time.time()) + 300,
            human=signer("technician").address,
            nonce=unordered_nonce(len(self.ledger.overrides) + 1),
            **more,
        )
        signed = signer("technician").sign(contracts_of(self.chain.chain_id).digest(order))
        self.by("relay").overrides.execute(order, signed)

    def reassign(self, task: TaskId, *, why: str) -> None:
        """Another capable worker gets it, by a human's word, for half an hour."""
        found = self.ledger.tasks[task]
        others = (m for m in self.ledger.voting_members() if m.is_capable(found.spec.capability))
        other = next(member.number for member in others if member.number != found.worker)
        assert found.entry is not None
        entry = replace(found.entry, lead=other, version=found.version, inspector=NOBODY)
        until = int(time.time()) + 1800
        payload = assign_payload(entry)
        self.order(OverrideKind.ASSIGN, SubjectType.TASK, task, why=why, payload=payload, expires_at=until)


@dataclass(frozen=True, slots=True)
class FloorWords:
    """What the gateway would say of the robots and sensors now."""

    story: Story

    def words(self) -> GatewayWords:
        ledger = self.story.ledger
        at_work = {r: t for t in ledger.tasks.values() if t.status is Status.STARTED for r in t.robots}
        robots = {
            int(m.number): self._robot(m.number, at_work) for m in ledger.members.values() if m.kind is Kind.ROBOTIC
        }
        sensors = {sensor.id: _sensor(sensor.id) for sensor in self.story.plant.sensors}
        given = ledger.overrides.values()
        return GatewayWords(
            robots=robots,
            sensors=sensors,
            block=ledger.head.number,
            orders_count=len(given),
            orders_hash=hash_of_orders(record.digest for record in given),
            read_s_ago=0.3,
            trouble=None,
        )

    def robot(self, number: int) -> Mapping[str, Any]:
        """What it would say of one."""
        return self.words().robots[number]

    def guide(self, guidance: Mapping[str, Any], signature: str) -> Mapping[str, Any]:
        """Nothing moves in a story."""
        raise GatewayRefused("NOT_HELD", f"{guidance['action']} with {signature[:4]}: nothing moves in a story")

    def _robot(self, number: Number, at_work: Mapping[Number, Task]) -> dict[str, Any]:
        held = self.story.ledger.is_robot_out(number, self.story.ledger.now)
        mode = "held" if held else "running" if number in at_work else "idle"
        said: dict[str, Any] = {
            "number": number,
            "held": held,
            "contact": True,
            "answered": True,
            "mode": mode,
            "resources": {},
            "job": None,
        }
        if task := at_work.get(number):
            said["job"] = {"task": task.id, "worker": task.worker, "progress": 0.45}
        return said


def _sensor(id_: str) -> dict[str, Any]:
    off = 1.6 if id_ == "V-13" else 0.42
    return {"id": id_, "last": {"error_mm": off, "criterion_mm": 1.0, "within_criterion": off <= 1}}


def _ranked(task: Task, place: int) -> RankedTask:
    together = task.spec.work * 6 // 10 if task.spec.team > 1 else 0
    numbers = {"energy": 12, "cost": 250_000, "success": 9_700}
    return RankedTask(task=task.id, score=100 + 7 * place, alone=task.spec.work, together=together, **numbers)


def a_decided_plant() -> Story:
    """An order posted, a proposal defeated, its counter-proposal enacted; nothing has started."""
    story = Story()
    story.post()
    for name in ("loader", "grinder", "sprayer", "assembler", "finisher"):
        story.offer(name)
    first = story.propose("analyst", story.plan(shift=1), words="Quickest first; both presses shared.")
    slow = "<b>R-8</b> took 1.5 times what it promised, seven times out of seven."
    second = story.propose("loader", story.plan(), words="The second press is slow: use R-7 more.", counters=1)
    story.review(first, "assembler", support=True, words="Fine by me.")
    story.review(first, "loader", support=False, words=slow)
    story.vote(first, analyst=True, loader=False, sprayer=False, assembler=False, grinder=False)
    story.vote(second, loader=True, grinder=True, designer=False, sprayer=True, assembler=True)
    return story


def a_running_plant() -> Story:
    """Some work done, one pair waiting for a human, one task reassigned by a human, one robot held."""
    story = a_decided_plant()
    for product in ("P1", "P2", "P3"):
        for step in MIND:
            story.do(story.task(product, step))
    for step in FLOOR:
        story.do(story.task("P1", step), seconds=2)
    for step in ("load", "grind"):
        story.do(story.task("P2", step), seconds=2)
    story.start(story.task("P2", "glue"))
    story.chain.advance(3)
    story.submit(story.task("P2", "glue"), grade=31)
    story.inspect(story.task("P2", "glue"), accepted=False)
    story.do(story.task("P3", "load"))
    story.start(story.task("P3", "grind"))
    story.do(story.task("P4", "demand"))
    story.start(story.task("P4", "design"))
    story.reassign(story.task("P3", "attach"), why="the customer asked for this worker")
    story.order(OverrideKind.HOLD, SubjectType.ROBOT, story.badge["R-6"], why="nozzle looks clogged")
    return story
