"""A community on a node: a daemon of its own for each machine, as a plant runs them, on an Anvil of its own.

What is decided is read back from the chain's events. The clock begins at the block that announces all work orders,
when every daemon has said that it is ready.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import psutil
import yaml

from benchmarks.allocation.instances import Instance
from benchmarks.allocation.solo import Assignment
from benchmarks.allocation.work import SKILL, Decision, assignments_of, machines_of, orders_of, times_of
from scripts import nodes
from scripts.keys import key_file
from scripts.running.deploying import deploy, environment
from scripts.running.folder import RunFolder
from scripts.running.gas import gas_between
from scripts.running.processes import NotReady, Processes
from workmoot.chain.abi import abi_of
from workmoot.chain.connection import Connection, connect
from workmoot.chain.signer import load_signer
from workmoot.domain.events import Event
from workmoot.domain.ledger import Block, Ledger
from workmoot.domain.proposals import State
from workmoot.plant import views
from workmoot.plant.plant import Clock, DigitalWorker, Human, Limits, Plant, Policy, Skill, Station
from workmoot.plant.scenario import PLANT_FILE

SLOW = 0.001
"""A tick of simulated time takes a second, so that what the talk takes is far below a unit of the file's time."""
PATIENT = Limits(acknowledge_s=3_600, heartbeat_s=3_600, inspect_s=3_600)
ANNOUNCER = "planner"
READY_WITHIN_S = 120.0
LOOK_EVERY_S = 0.03
POSTING_GAS, FEE_WEI = 15_000_000, 100_000_000_000
BLOCK_GAS = 2_000_000_000
"""So that one block announces everything."""
MACHINE = "machine-"


def decide(instance: Instance, *, seconds: float, seed: int, policy: Policy) -> Decision:
    """What is decided in so many seconds after the work was announced."""
    with (
        tempfile.TemporaryDirectory(prefix="workmoot-bench-") as scratch,
        nodes.running("anvil", rules=nodes.Rules(block_gas=BLOCK_GAS)) as node,
    ):
        community = _Community(instance, RunFolder(Path(scratch)), node.url, seed, policy)
        with community.awake():
            return community.decide(node.process.pid, seconds)


class _Community:
    """The plant on chain and its daemons."""

    def __init__(self, instance: Instance, folder: RunFolder, rpc: str, seed: int, policy: Policy) -> None:
        self._instance, self._folder, self._rpc, self._seed = instance, folder, rpc, seed
        self._machines = machines_of(instance)
        self._plant = _plant(instance, self._machines, policy)
        self._processes = Processes([sys.executable, "-m", "scripts"], environment())
        self._connection = self._deploy()

    @contextmanager
    def awake(self) -> Iterator[None]:
        """With every daemon ready."""
        try:
            for place, worker in enumerate(self._plant.workers):
                self._start(place, worker)
            for worker in self._plant.workers:
                self._processes.wait_for(worker.id, self._is_awake(worker), within_s=READY_WITHIN_S)
            yield
        finally:
            self._processes.stop_all()

    def decide(self, node: int, seconds: float) -> Decision:
        """Announces the work and waits."""
        awake = [psutil.Process(pid) for pid in (node, *self._processes.pids.values())]
        before = sum(map(_cpu_s, awake))
        announced, began = self._announce()
        heads = self._watch(began, seconds)
        cpu_s = sum(map(_cpu_s, awake)) - before
        self._processes.stop_all()
        events = self._connection.follower().catch_up()
        last = heads[-1].number
        first, then = self._as_of(events, last)
        proposals = then.proposals.values()
        gas = gas_between(self._connection.node, self._connection.deployment, announced + 1, last)
        return Decision(
            assignments=self._assignments(then),
            first=self._assignments(first) if first else (),
            first_s=next((seen.at_s for seen in heads if first and seen.number >= first.head.number), None),
            members=len(self._machines),
            proposals=len(proposals),
            passed=sum(proposal.state in (State.PASSED, State.ENACTED) for proposal in proposals),
            gas=gas.total,
            cpu_s=cpu_s,
        )

    def _deploy(self) -> Connection:
        """As a plant is founded, by the brownie script."""
        scenario = self._folder.path / "scenario"
        scenario.mkdir()
        self._folder.log("deploy").parent.mkdir()
        content = self._plant.model_dump(mode="json", exclude_none=True)
        (scenario / PLANT_FILE).write_text(yaml.safe_dump(content))
        told = {
            "WORKMOOT_SCENARIO": str(scenario),
            "WORKMOOT_KEYS": str(self._folder.keys),
            "WORKMOOT_DEPLOYMENT": str(self._folder.deployment),
        }
        log = self._folder.log("deploy")
        deploy(self._rpc, told, log)
        return connect(self._rpc, deployment=self._folder.deployment)

    def _is_awake(self, worker: DigitalWorker) -> Callable[[], bool]:
        return lambda: "awake as" in self._folder.log(worker.id).read_text()

    def _start(self, place: int, worker: DigitalWorker) -> None:
        profile = self._folder.write(f"profiles/{worker.id}.json", views.private_profile(worker))
        told = ["--rpc", self._rpc, "--deployment", str(self._folder.deployment), "--profile", str(profile)]
        told += ["--key", str(key_file(self._folder.keys, worker.id)), "--seed", str(self._seed * 1000 + place)]
        self._processes.start(worker.id, ["worker", "run", *told], self._folder.log(worker.id))

    def _announce(self) -> tuple[int, float]:
        """All work orders in one block: its number, and when it was mined."""
        node, signer = self._connection.node, load_signer(key_file(self._folder.keys, ANNOUNCER))
        nonce = int(node.ask("eth_getTransactionCount", signer.address, "latest"), 16)
        signed = [
            signer.sign_transaction(self._posting(nonce + place, *order))[0]
            for place, order in enumerate(orders_of(self._instance))
        ]
        node.ask("evm_setAutomine", False)  # noqa: FBT003 - the node's own parameter
        sent = node.ask_all([("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in signed])
        began = time.monotonic()
        node.ask("evm_mine")
        node.ask("evm_setAutomine", True)  # noqa: FBT003
        receipts = node.ask_all([("eth_getTransactionReceipt", [tx]) for tx in sent])
        if any(receipt is None or int(receipt["status"], 16) != 1 for receipt in receipts):
            raise NotReady("not every work order came into the one block")
        return int(receipts[-1]["blockNumber"], 16), began

    def _posting(self, nonce: int, tasks: bytes, detail: str) -> dict[str, Any]:
        content = abi_of("WorkOrders").functions["post"].call(tasks, detail)
        return {
            "type": 2,
            "chainId": self._connection.deployment.chain_id,
            "nonce": nonce,
            "to": self._connection.deployment.work_orders,
            "value": 0,
            "data": content,
            "gas": POSTING_GAS,
            "maxFeePerGas": FEE_WEI,
            "maxPriorityFeePerGas": 0,
        }

    def _watch(self, began: float, seconds: float) -> list[_Seen]:
        """The heads that were seen in time, and when first."""
        heads: list[_Seen] = []
        while (passed := time.monotonic() - began) < seconds:
            head = int(self._connection.node.ask("eth_blockNumber"), 16)
            if not heads or head > heads[-1].number:
                heads.append(_Seen(number=head, at_s=time.monotonic() - began))
            time.sleep(max(0.0, min(LOOK_EVERY_S, seconds - passed)))
        return heads

    def _as_of(self, events: tuple[Event, ...], last: int) -> tuple[Ledger | None, Ledger]:
        """What the chain tells up to the first whole decision, and up to a block."""
        ledger, first = Ledger(), None
        for number, told in groupby(
            (event for event in events if event.at.block <= last), lambda event: event.at.block
        ):
            ledger.apply_all(told)
            if first is None and self._assignments(ledger):
                first = ledger.copy()
                first.head = Block(number=number, hash=b"", timestamp=0)
        return first, ledger

    def _assignments(self, ledger: Ledger) -> tuple[Assignment, ...]:
        return assignments_of(
            self._instance, ledger, lambda number: int(ledger.members[number].id.removeprefix(MACHINE))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A head, and how long after the announcement it was first seen."""

    number: int
    at_s: float


def _plant(instance: Instance, machines: list[int], policy: Policy) -> Plant:
    return Plant(
        format="workmoot/plant/1",
        name="Benchmark",
        clock=Clock(speed=SLOW),
        policy=policy,
        limits=PATIENT,
        capabilities=(SKILL,),
        stations=(Station(id="floor", name="Floor", x=0.0, y=0.0),),
        workers=tuple(_worker(instance, machine) for machine in machines),
        humans=(Human(id=ANNOUNCER, name="Planner", roles=("planner",)),),
    )


def _worker(instance: Instance, machine: int) -> DigitalWorker:
    skill = Skill(pace=1.0, times=times_of(instance, machine))
    return DigitalWorker(id=f"{MACHINE}{machine}", name=f"Machine {machine}", skills={SKILL: skill})


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
