"""A workshop on a development node, founded as the deployment does it, and a small story that has something of
everything."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scripts import nodes
from scripts.deploy_settings import ROOT
from tests.builders import an_opening
from tests.chain.moves import Drafted, Opened, opened_by
from workmoot.chain.connection import Connection, Contracts
from workmoot.chain.deployment import read_deployment
from workmoot.chain.node import Node
from workmoot.chain.signer import load_signer
from workmoot.domain.ballots import SignedBallot, pack_ballots
from workmoot.domain.events import HumansOrder, InstructionGiven, OverrideGiven, ProposalCreated
from workmoot.domain.ids import Number, ProposalId, TaskId, task_id
from workmoot.domain.instructions import INSTRUCTIONS
from workmoot.domain.motions import Motion, MotionKind, PolicyChange, StandingChange, motion_opening
from workmoot.domain.overrides import HumanOrder, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, assign_payload, plan_payload
from workmoot.domain.plan import PackedPlan, PlanEntry, claim_of, claim_proof, pack_plan, pack_tree
from workmoot.domain.proposals import Opening, Weights
from workmoot.domain.work import OnFailure, TaskSpec, pack_tasks
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import load_plant

WORKSHOP = ROOT / "scenarios" / "workshop"
QUOTING = 1
MADE, JOINT, DROPPED, IDLE = (task_id(1, index) for index in range(4))
DETAIL = json.dumps(
    {
        "name": "Ä",
        "customer": "=cmd|' /C calc'!A0",
        "products": [{"id": "P1", "name": "a bracket", "wishes": "shiny\x1b[2J"}],
        "tasks": [{"key": f"P1/{index}", "product": "P1"} for index in range(3)],
    }
)
"""Task 3 belongs to no product."""
EVIDENCE = b"\7" * 32


@dataclass(slots=True)
class Plant:
    """A workshop on a node, and its people's hands."""

    url: str
    folder: Path
    connection: Connection
    badges: dict[str, Number]
    hands: dict[str, Contracts] = field(default_factory=dict)
    nonce: int = 0

    def of(self, name: str) -> Contracts:
        if name not in self.hands:
            self.hands[name] = self.connection.contracts(load_signer(self.folder / "keys" / f"{name}.key"))
        return self.hands[name]

    def entry(self, task: TaskId, lead: str, *helpers: str, version: int = 1) -> PlanEntry:
        team = tuple(self.badges[name] for name in helpers)
        inspector = self.badges["checker"]
        return PlanEntry(task=task, version=version, lead=self.badges[lead], inspector=inspector, helpers=team)

    def propose(self, proposer: str, *entries: PlanEntry) -> Opened:
        return self.put_to_vote(proposer, pack_plan(entries))

    def put_to_vote(self, proposer: str, plan: PackedPlan) -> Opened:
        head = self.connection.node.block()
        assert head is not None
        self.mine()
        return self._open(proposer, an_opening(plan, read_at=head.number, read_hash=head.hash))

    def move(self, proposer: str, motion: Motion) -> Opened:
        head = self.connection.node.block()
        assert head is not None
        self.mine()
        return self._open(proposer, motion_opening(motion, "because", read_at=head.number, read_hash=head.hash))

    def _open(self, proposer: str, opening: Opening) -> Opened:
        dao = self.of(proposer).dao
        return opened_by(dao, dao.propose(opening).the(ProposalCreated))

    def vote(self, opened: Opened, **ballots: bool) -> None:
        for name, support in ballots.items():
            given = {"assignments": opened.assignments, "rest": opened.rest}
            self.of(name).dao.vote(opened.id, support=support, reason="", **given)

    def sign(self, opened: Opened | Drafted, name: str, *, support: bool) -> SignedBallot:
        signer, deployment = load_signer(self.folder / "keys" / f"{name}.key"), self.connection.deployment
        ballot = opened.ballot(support=support)
        signature = signer.sign_ballot(ballot, chain_id=deployment.chain_id, dao=deployment.allocation_dao)
        return SignedBallot(member=self.badges[name], support=support, signature=signature)

    def decide(self, opened: Opened, **ballots: bool) -> None:
        packed = pack_ballots(self.sign(opened, name, support=support) for name, support in ballots.items())
        self.of("owner").dao.decide(opened.id, opened.assignments, opened.rest, packed)

    def order(self, kind: OverrideKind, on: SubjectType, subject: int, **changes: Any) -> HumansOrder:
        self.nonce += 1
        signer = load_signer(self.folder / "keys" / "owner.key")
        values: dict[str, Any] = {"reason_code": 8, "reason": "a test", "valid_until": int(time.time()) + 3600}
        order = HumanOrder(
            kind=kind,
            subject_type=on,
            subject=subject,
            human=signer.address,
            nonce=self.nonce << 64,
            **values | changes,
        )
        deployment = self.connection.deployment
        receipt = self.of("owner").overrides.execute(order, signer.sign(deployment.humans_contracts.digest(order)))
        return receipt.the(InstructionGiven) if kind in INSTRUCTIONS else receipt.the(OverrideGiven)

    def epoch(self, task: TaskId) -> int:
        return self.of("owner").work_orders.task(task).epoch

    def do(self, task: TaskId, worker: str) -> None:
        work = self.of(worker).work_orders
        work.start(task, self.epoch(task))
        work.submit(task, self.epoch(task), 90, 1_000, EVIDENCE)

    def mine(self) -> None:
        self.connection.node.ask("evm_mine")


def tell_story(plant: Plant) -> None:
    """One task done by the DAO's decision, one jointly decided, failed and given to another by a human, and so on."""
    spec = TaskSpec(capability=QUOTING, work=1_000, on_failure=OnFailure.REALLOCATE)
    plant.of("owner").work_orders.post(pack_tasks([spec] * 4), DETAIL)
    plant.of("clerk").dao.confirm([JOINT], [1], [plant.badges["driller"]], [0])
    agreed = plant.propose("cutter", plant.entry(MADE, "cutter"), plant.entry(JOINT, "driller", "clerk"))
    plant.vote(agreed, cutter=True, driller=True, checker=False, clerk=True)
    plant.do(MADE, "cutter")
    inspection = plant.of("checker").work_orders
    inspection.inspect(MADE, plant.epoch(MADE), EVIDENCE, accepted=True, grade=88, findings=b"\1" * 32)
    plant.of("driller").work_orders.start(JOINT, plant.epoch(JOINT))
    plant.of("driller").work_orders.fail(JOINT, plant.epoch(JOINT))
    payload = assign_payload(plant.entry(JOINT, "clerk", version=3))
    until = int(time.time()) + 3600
    plant.order(OverrideKind.ASSIGN, SubjectType.TASK, JOINT, payload=payload, expires_at=until)
    plant.do(JOINT, "clerk")
    plant.order(OverrideKind.ACCEPT, SubjectType.TASK, JOINT)
    plant.order(OverrideKind.CANCEL, SubjectType.TASK, DROPPED)
    beaten = plant.propose("driller", plant.entry(IDLE, "driller"))
    plant.vote(beaten, cutter=False, checker=False)
    vetoed = plant.propose("clerk", plant.entry(IDLE, "clerk"))
    plant.order(OverrideKind.VETO, SubjectType.PROPOSAL, vetoed.id)
    plant.order(OverrideKind.HOLD, SubjectType.TASK, IDLE)
    plant.order(OverrideKind.HOLD, SubjectType.ROBOT, plant.badges["saw-1"])
    plant.order(OverrideKind.HOLD, SubjectType.PLANT, 0)
    plant.order(OverrideKind.SUSPEND, SubjectType.WORKER, plant.badges["clerk"])


def instruct(plant: Plant) -> None:
    """A worker is quarantined, a task is given another priority, and the first is lifted."""
    worker, ends_at = plant.badges["cutter"], {"expires_at": int(time.time()) + 5_000}
    plant.order(OverrideKind.QUARANTINE, SubjectType.WORKER, worker, **ends_at)
    plant.order(OverrideKind.REPRIORITISE, SubjectType.TASK, IDLE, payload=b"\7", **ends_at)
    plant.order(OverrideKind.LIFT, SubjectType.WORKER, worker, payload=bytes((OverrideKind.QUARANTINE,)))


def suspend_at_once(plant: Plant) -> None:
    """The fourth proposal: what two of three signed before."""
    motion = StandingChange(kind=MotionKind.SUSPEND, member=plant.badges["driller"])
    head, owner = plant.connection.node.block(), plant.of("owner")
    assert head is not None
    plant.mine()
    roster, members = owner.members.roster()
    drafted = Drafted(
        proposal=ProposalId(4),
        opening=motion_opening(motion, "because", read_at=head.number, read_hash=head.hash),
        proposer=plant.badges["cutter"],
        roster=roster,
        members=members,
        deadline=int(time.time()) + owner.motions.policy().voting_seconds // 2,
    )
    ballots = pack_ballots(plant.sign(drafted, name, support=True) for name in ("cutter", "checker"))
    plant.of("cutter").dao.decide_at_once(drafted.id, drafted.deadline, drafted.opening, ballots)


def let_time_run_out(plant: Plant) -> None:
    """Late inspectors, late and stopped workers, ended slots, expired votes, and what humans do about them."""
    for _ in range(2):
        plant.order(OverrideKind.RELEASE, SubjectType.PLANT, 0)
    for _ in range(2):
        plant.order(OverrideKind.REINSTATE, SubjectType.WORKER, plant.badges["clerk"])
    spec = TaskSpec(capability=QUOTING, work=1_000, on_failure=OnFailure.RETRY, retries=1)
    plant.of("owner").work_orders.post(pack_tasks([spec] * 5), "{}")
    seen, late, stopped, named, again = (task_id(2, index) for index in range(5))
    agreed = plant.propose("cutter", *(plant.entry(task, "cutter") for task in (seen, late, stopped, named)))
    plant.vote(agreed, cutter=True)
    plant.decide(agreed, driller=True, clerk=True, checker=False)
    plant.do(seen, "cutter")
    plant.of("cutter").work_orders.start(stopped, plant.epoch(stopped))
    plant.of("cutter").overrides.safe_stop(stopped, stopped=True)
    payload = assign_payload(plant.entry(named, "driller"))
    plant.order(OverrideKind.ASSIGN, SubjectType.TASK, named, payload=payload, expires_at=int(time.time()) + 60)
    plant.order(OverrideKind.ASSIGN, SubjectType.TASK, again, payload=assign_payload(plant.entry(again, "clerk")),
                expires_at=int(time.time()) + 5_000)  # fmt: skip
    work = plant.of("clerk").work_orders
    work.start(again, plant.epoch(again))
    work.fail(again, plant.epoch(again))
    plant.order(OverrideKind.REQUEUE, SubjectType.TASK, again)
    open_ = plant.propose(
        "driller", plant.entry(again, "driller", version=plant.of("owner").work_orders.task(again).version)
    )
    work.poke(late)
    plant.connection.node.ask("evm_increaseTime", 400)
    plant.mine()
    for task in (seen, late):
        work.poke(task)
    plant.of("clerk").dao.poke(open_.id)
    plant.of("clerk").overrides.poke(SubjectType.TASK, named, 8)
    plant.of("clerk").overrides.poke(SubjectType.TASK, stopped, 12)
    plant.connection.node.ask("evm_increaseTime", 60)
    plant.mine()
    work.poke(stopped)
    plant.order(OverrideKind.REWORK, SubjectType.TASK, seen)
    plant.order(OverrideKind.ACCEPT, SubjectType.TASK, seen)
    let_claim(plant, late, stopped)
    plant.of("owner").members.retire(plant.badges["driller"])


def let_claim(plant: Plant, claimed: TaskId, left: TaskId) -> None:
    """A tree passes, its first entry is claimed and done, then a human vetoes it."""
    state = plant.of("owner").work_orders.task
    entries = [plant.entry(task, "clerk", version=state(task).version) for task in (claimed, left)]
    tree = plant.put_to_vote("cutter", pack_tree(entries))
    plant.vote(tree, cutter=True, clerk=True, driller=True)
    plant.of("clerk").claims.claim(tree.id, claim_of(entries[0]), claim_proof(entries, 0))
    plant.do(claimed, "clerk")
    part = PlanPart(rest=tree.rest, first=0, last=0, assignments=tree.assignments)
    plant.order(OverrideKind.VETO, SubjectType.PROPOSAL, tree.id, payload=plan_payload(part))


def decide_who_belongs(plant: Plant) -> None:
    """By vote: another policy, a suspension and its end, what comes too late; and one is left out for its silence."""
    suspension = StandingChange(kind=MotionKind.SUSPEND, member=plant.badges["driller"])
    policy = replace(plant.of("owner").motions.policy(), absent_after=1, weights=Weights(risk=3))
    for motion in (PolicyChange(policy=policy), suspension, replace(suspension, kind=MotionKind.REINSTATE)):
        plant.vote(plant.move("cutter", motion), cutter=True, checker=True)
    late = plant.move("cutter", suspension)
    for name in ("cutter", "checker"):
        plant.of(name).dao.vote(late.id, support=True, reason="")
    plant.move("cutter", suspension)
    plant.connection.node.ask("evm_increaseTime", 4_000)
    plant.mine()
    plant.of("owner").dao.enact(late.id, late.assignments, late.rest, words=0)
    plant.of("owner").motions.leave_out(plant.badges["driller"])
    plant.of("owner").motions.leave_out(plant.badges["checker"])
    plant.of("checker").members.come_back()


@contextmanager
def running_workshop(kind: nodes.Kind, folder: Path) -> Iterator[Plant]:
    """The story on a node of its own."""
    with nodes.running(kind) as node:
        told = {"KEYS": f"{folder}/keys", "DEPLOYMENT": f"{folder}/here.json", "SCENARIO": str(WORKSHOP)}
        environment = {**os.environ, **{f"WORKMOOT_{name}": value for name, value in told.items()}}
        command = [sys.executable, "-m", "scripts.deploy", "--rpc", node.url]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, timeout=300)
        connection = Connection(node=Node(node.url), deployment=read_deployment(folder / "here.json"))
        badges = numbers(load_plant(WORKSHOP / "plant.yaml"))
        plant = Plant(node.url, folder, connection, {name: Number(number) for name, number in badges.items()})
        tell_story(plant)
        yield plant


@contextmanager
def undone(plant: Plant) -> Iterator[Plant]:
    """What is done to the chain is taken back."""
    snapshot = plant.connection.node.ask("evm_snapshot")
    try:
        yield plant
    finally:
        plant.connection.node.ask("evm_revert", snapshot)
