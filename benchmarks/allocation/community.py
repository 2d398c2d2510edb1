"""A community without a node: a daemon for each machine, the same policy as everywhere, on the contracts in memory.

The daemons take turns in one process, so the clock is that of one processor: it runs while one of them thinks, and
jumps over the pauses in which none does. It begins when all are awake and the last work order is posted.
"""

import json
from dataclasses import dataclass
from functools import cache
from time import process_time

from agents.daemon import Daemon, Self
from agents.execution import Hands
from agents.gateway import Gateway
from agents.pen import Pen
from agents.profile import Profile, Skill
from benchmarks.allocation.instances import Instance
from benchmarks.allocation.solo import Assignment
from workmoot.ballots.boxes import Boxes
from workmoot.ballots.poll import Notary
from workmoot.chain.memory import (
    MemoryAllocationDao,
    MemoryChain,
    MemoryClaims,
    MemoryFollower,
    MemoryMembers,
    MemoryMotions,
    MemoryOverrides,
    MemoryWorkOrders,
)
from workmoot.chain.memory.memory_chain import ADDRESSES, made_up
from workmoot.chain.signatures import is_signed_by
from workmoot.chain.signer import Signer
from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import TASKS_PER_ORDER, TaskId, index_of, order_of
from workmoot.domain.ledger import Block, Ledger
from workmoot.domain.proposals import Policy, State, Weights
from workmoot.domain.work import Limits, Status, TaskSpec, mask_of, pack_tasks
from workmoot.domain.workers import Kind, Role, capability_mask

START_S = 1_800_000_000
ADMINISTRATOR = made_up("administrator")
SKILL = "work"
SLOW = 1
"""Of a thousand: a tick takes a second, so that what the talk takes is far below a unit of the file's time."""
PAUSE_S = 0.1
TALK_S = 0.2
ROUNDS_PER_S, CROWD = 28_000, 15_000
"""Of an own search for each second there is: so many by few members for few tasks, half of them where the product of
the two is the crowd's, whose talk takes as long."""
JUDGES_PART = 10
"""Of an own search's rounds the judges, who make three searches each, share the tenth."""
LIMITS = Limits(acknowledge_seconds=3_600, heartbeat_seconds=3_600, inspect_seconds=3_600)
MEASURED = Policy(voting_seconds=3_600, open_limit=2, weights=Weights(makespan=10_000, tardiness=0, energy=0, cost=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the community decided; no assignments: nothing in time."""

    assignments: tuple[Assignment, ...]
    decision_s: float
    members: int
    proposals: int
    passed: int
    cpu_s: float

    @property
    def makespan(self) -> int | None:
        """When the last operation ends."""
        return max((end for *_, end in self.assignments), default=None)


def decide(instance: Instance, *, seconds: float, seed: int) -> Decision:
    """What is decided in so many seconds after the last work order was posted."""
    plant = _Plant(instance, seconds, seed)
    began, skipped = process_time(), 0.0
    while (now := process_time() - began + skipped) < seconds and not plant.has_decided:
        if not plant.round(now):
            skipped += PAUSE_S
    return plant.decision(now, process_time() - began)


class _Plant:
    """The contracts, the work and the daemons."""

    def __init__(self, instance: Instance, seconds: float, seed: int) -> None:
        self._instance, self._seconds = instance, seconds
        self._chain = MemoryChain(ADMINISTRATOR, limits=LIMITS, policy=MEASURED, now=START_S)
        self._machines = sorted({machine for ways in instance.ways for machine, _ in ways})
        self._eyes = _Eyes(self._chain)
        self._now = 0.0
        self._describe(round(seconds * ROUNDS_PER_S * CROWD / (CROWD + len(self._machines) * len(instance.ways))))
        self._daemons = [self._daemon(machine, seed) for machine in self._machines]
        self.round(0.0)
        self._post()

    @property
    def has_decided(self) -> bool:
        """Whether somebody has each task."""
        return all(task.status is not Status.POSTED for task in self._eyes.seen.tasks.values())

    def round(self, now: float) -> bool:
        """A cycle of each daemon; whether anything came of it."""
        before, began = len(self._chain.events), process_time()
        for daemon in self._daemons:
            self._now = now + process_time() - began
            self._chain.set_time(START_S + int(self._now))
            daemon.cycle()
        return len(self._chain.events) > before

    def decision(self, now: float, cpu_s: float) -> Decision:
        """What has come of it."""
        ledger = self._eyes.seen
        proposals = ledger.proposals.values()
        return Decision(
            assignments=self._assignments(ledger) if self.has_decided and now <= self._seconds else (),
            decision_s=now,
            members=len(self._machines),
            proposals=len(proposals),
            passed=sum(proposal.state in (State.PASSED, State.ENACTED) for proposal in proposals),
            cpu_s=cpu_s,
        )

    def _describe(self, own: int) -> None:
        policy = {
            "handover_ms": 0,
            "talk_s": TALK_S,
            "margin_bps": 100,
            "own_rounds": max(1, own),
            "judge_rounds": max(1, own // (JUDGES_PART * len(self._machines))),
        }
        told = json.dumps({"name": "bench", "capabilities": [SKILL], "robots": [], "policy": policy})
        MemoryWorkOrders(self._chain, ADMINISTRATOR).describe(told, 1, START_S * 1_000, SLOW)
        members = MemoryMembers(self._chain, ADMINISTRATOR)
        for machine in self._machines:
            profile = json.dumps({"id": f"machine-{machine}", "robots": []})
            members.admit(_signer(machine).address, Kind.DIGITAL, capability_mask((1,)), profile)
        self._chain.grant(ADMINISTRATOR, Role.PLANNER, ADMINISTRATOR)

    def _post(self) -> None:
        work_orders = MemoryWorkOrders(self._chain, ADMINISTRATOR)
        for job in self._instance.jobs:
            if len(job) > TASKS_PER_ORDER:
                raise Malformed(f"a job of {len(job)} operations: a work order has at most {TASKS_PER_ORDER} tasks")
            detail = {"tasks": [{"key": _key(operation)} for operation in job]}
            work_orders.post(pack_tasks([self._spec(operation, job) for operation in job]), json.dumps(detail))

    def _spec(self, operation: int, job: tuple[int, ...]) -> TaskSpec:
        """Its nominal work is what it takes the quickest."""
        quickest = min(time for _, time in self._instance.ways[operation])
        before = mask_of([job.index(other) for other in self._instance.before[operation]])
        return TaskSpec(capability=1, work=max(1, quickest * TICKS_A_SECOND), predecessors=before)

    def _daemon(self, machine: int, seed: int) -> Daemon:
        times = {
            _key(operation): float(time)
            for operation, ways in enumerate(self._instance.ways)
            for other, time in ways
            if other == machine
        }
        who = Self(
            account=_signer(machine).address,
            profile=Profile(skills={SKILL: Skill(pace=1.0, times=times)}),
            seed=seed,
            chain_id=self._chain.chain_id,
            dao=ADDRESSES["AllocationDAO"],
        )
        return Daemon(who, _Eyes(self._chain), lambda ledger: self._hands(machine, ledger), self._now_s)

    def _hands(self, machine: int, ledger: Ledger) -> Hands:
        """As a worker's; it finds no gateway and asks no box, as its plant has no robots and votes directly."""
        chain, chain_id, signer = self._chain, self._chain.chain_id, _signer(machine)
        notary = Notary(chain_id=chain_id, dao=ADDRESSES["AllocationDAO"], verify=is_signed_by)
        return Hands(
            dao=MemoryAllocationDao(chain, signer.address),
            work=MemoryWorkOrders(chain, signer.address),
            overrides=MemoryOverrides(chain, signer.address),
            members=MemoryMembers(chain, signer.address),
            motions=MemoryMotions(chain, signer.address),
            claims=MemoryClaims(chain, signer.address),
            robots=Gateway(ledger, signer.sign, chain_id=chain_id, now_s=self._now_s),
            ballots=Pen(
                signer.address, signer.sign, notary, lambda _: Boxes([], notary, now_s=self._now_s), now_s=self._now_s
            ),
        )

    def _now_s(self) -> float:
        return START_S + self._now

    def _assignments(self, ledger: Ledger) -> tuple[Assignment, ...]:
        """Each machine's tasks in the plan's turn, as early as they can be, in the file's unit of time."""
        machine = {ledger.numbers[_signer(it).address]: it for it in self._machines}
        chosen = sorted(
            (entry.start, self._operation(task.id), machine[entry.lead])
            for task in ledger.tasks.values()
            if (entry := task.entry) is not None
        )
        ends: dict[int, int] = {}
        free: dict[int, int] = {}
        found = []
        for _, operation, who in chosen:
            ready = max((ends[before] for before in self._instance.before[operation]), default=0)
            start = max(ready, free.get(who, 0))
            free[who] = ends[operation] = start + dict(self._instance.ways[operation])[who]
            found.append((operation, who, start, ends[operation]))
        return tuple(sorted(found))

    def _operation(self, task: TaskId) -> int:
        return self._instance.jobs[order_of(task) - 1][index_of(task)]


class _Eyes:
    """The chain in memory, followed."""

    def __init__(self, chain: MemoryChain) -> None:
        self._chain = chain
        self._follower = MemoryFollower(chain)

    @property
    def ledger(self) -> Ledger:
        """As of the last look."""
        return self._follower.ledger

    @property
    def seen(self) -> Ledger:
        """As of now."""
        self._follower.catch_up()
        return self._follower.ledger

    def look(self) -> Block:
        """Up to the head."""
        return self.seen.head

    def block_hash(self, number: int) -> bytes:
        """Of a block that is there."""
        return self._chain.blocks[number].hash


@cache
def _signer(machine: int) -> Signer:
    return Signer(keccak(f"machine {machine}".encode()))


def _key(operation: int) -> str:
    return str(operation)
