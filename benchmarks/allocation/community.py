"""A community without a node: a daemon for each machine, the same policy as everywhere, on the contracts in memory.

The daemons take turns in one process, so the clock is that of one processor: it runs while one of them thinks, and
jumps over the pauses in which none does. It begins when all are awake and the last work order is posted.
"""

import json
from functools import cache
from time import process_time

from agents.daemon import LIVELY, Daemon, Self
from agents.execution import Hands
from agents.gateway import Gateway
from agents.pen import Pen
from agents.profile import Profile, Skill
from benchmarks.allocation.instances import Instance
from benchmarks.allocation.solo import Assignment
from benchmarks.allocation.work import SKILL, Decision, assignments_of, machines_of, orders_of, times_of
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
from workmoot.domain.hashing import keccak
from workmoot.domain.ledger import Block, Ledger
from workmoot.domain.proposals import Policy as Voting
from workmoot.domain.proposals import State, Weights
from workmoot.domain.work import Limits
from workmoot.domain.workers import Kind, Role, capability_mask
from workmoot.plant.plant import Policy

START_S = 1_800_000_000
ADMINISTRATOR = made_up("administrator")
SLOW = 1
"""Of a thousand: a tick takes a second, so that what the talk takes is far below a unit of the file's time."""
PAUSE_S = 0.1
LIMITS = Limits(acknowledge_seconds=3_600, heartbeat_seconds=3_600, inspect_seconds=3_600)


def decide(instance: Instance, *, seconds: float, seed: int, policy: Policy) -> Decision:
    """What is decided in so many seconds after the last work order was posted."""
    plant = _Plant(instance, seed, policy)
    began, skipped = process_time(), 0.0
    while (now := process_time() - began + skipped) < seconds:
        if not plant.round(now):
            skipped += PAUSE_S
    return plant.decision(process_time() - began)


class _Plant:
    """The contracts, the work and the daemons."""

    def __init__(self, instance: Instance, seed: int, policy: Policy) -> None:
        self._instance, self._policy = instance, policy
        weights = Weights(**policy.weights.model_dump())
        founding = Voting(voting_seconds=policy.voting_s, open_limit=policy.open_limit, weights=weights)
        self._chain = MemoryChain(ADMINISTRATOR, limits=LIMITS, policy=founding, now=START_S)
        self._machines = machines_of(instance)
        self._eyes = Eyes(self._chain)
        self._now = 0.0
        self._thought_s = PAUSE_S
        self._first: tuple[float, tuple[Assignment, ...]] | None = None
        self._describe()
        self._daemons = [self._daemon(machine, seed) for machine in self._machines]
        self.round(0.0)
        self._post()

    def round(self, now: float) -> bool:
        """A cycle of each daemon, and a while to think; whether anything came of it."""
        before, began = len(self._chain.events), process_time()
        busy = False
        for daemon in self._daemons:
            self._now = now + process_time() - began
            self._chain.set_time(START_S + int(self._now))
            daemon.cycle()
            busy = daemon.think(self._thought_s) or busy
        if self._first is None and len(self._chain.events) > before and (found := self._assignments()):
            self._first = self._now, found
        has_news = len(self._chain.events) > before
        self._thought_s = PAUSE_S * (LIVELY if has_news else 1)
        return busy or has_news

    def decision(self, cpu_s: float) -> Decision:
        """What has come of it."""
        proposals = self._eyes.seen.proposals.values()
        return Decision(
            assignments=self._assignments(),
            first=self._first[1] if self._first else (),
            first_s=self._first[0] if self._first else None,
            members=len(self._machines),
            proposals=len(proposals),
            passed=sum(proposal.state in (State.PASSED, State.ENACTED) for proposal in proposals),
            gas=None,
            cpu_s=cpu_s,
        )

    def _assignments(self) -> tuple[Assignment, ...]:
        ledger = self._eyes.seen
        machine = {ledger.numbers[_signer(it).address]: it for it in self._machines}
        return assignments_of(self._instance, ledger, lambda number: machine[number])

    def _describe(self) -> None:
        policy = self._policy.model_dump(mode="json")
        told = json.dumps({"name": "bench", "capabilities": [SKILL], "robots": [], "policy": policy})
        MemoryWorkOrders(self._chain, ADMINISTRATOR).describe(told, 1, START_S * 1_000, SLOW)
        members = MemoryMembers(self._chain, ADMINISTRATOR)
        for machine in self._machines:
            profile = json.dumps({"id": f"machine-{machine}", "robots": []})
            members.admit(_signer(machine).address, Kind.DIGITAL, capability_mask((1,)), profile)
        self._chain.grant(ADMINISTRATOR, Role.PLANNER, ADMINISTRATOR)

    def _post(self) -> None:
        work_orders = MemoryWorkOrders(self._chain, ADMINISTRATOR)
        for order in orders_of(self._instance):
            work_orders.post(*order)

    def _daemon(self, machine: int, seed: int) -> Daemon:
        who = Self(
            account=_signer(machine).address,
            profile=Profile(skills={SKILL: Skill(pace=1.0, times=times_of(self._instance, machine))}),
            seed=seed,
            chain_id=self._chain.chain_id,
            dao=ADDRESSES["AllocationDAO"],
        )
        return Daemon(who, Eyes(self._chain), lambda ledger: self._hands(machine, ledger), self._now_s)

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


class Eyes:
    """The chain in memory, followed; a daemon's eyes."""

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
