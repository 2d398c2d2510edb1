"""Our own contracts, deployed as `workmoot up` deploys them and used as our own clients use them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.gas.chain import Chain, Cost, Decision, NotMeasured
from benchmarks.gas.systems import assignee, key_of, majority_of, signer_of
from scripts.keys import key_file
from scripts.setup import ROOT
from workmoot.chain.abi import abi_of
from workmoot.chain.connection import Connection, connect
from workmoot.chain.signer import Signer, write_key
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, pack_ballots
from workmoot.domain.events import OrderPosted
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, ProposalId, TaskId, order_of, task_id
from workmoot.domain.plan import PlanEntry, pack_plan
from workmoot.domain.proposals import Figures, Opening, State, content_hash_of, rest_of
from workmoot.domain.work import TaskSpec, pack_tasks
from workmoot.plant.plant import numbers
from workmoot.plant.scenario import PLANT_FILE, load_plant
from workmoot.plant.staffing import staffed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workmoot.domain.ports import AllocationDao, Receipt
    from workmoot.plant.plant import Plant

SCENARIO = ROOT / "scenarios" / "workshop"
DEPLOYER = "deployer"
DEPLOYED_WITHIN_S = 300
TASKS_AN_ORDER = 250
HORIZON_MS = 4_000_000
WORDS = "quickest of three, saw and drill in turn"
AGREED = "as I found it"
"""The reason of a yes."""
FOR = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """A digital worker with its badge."""

    number: Number
    signer: Signer


class Workmoot:
    """A deployment with so many digital workers."""

    def __init__(self, chain: Chain, members: int) -> None:
        plant = staffed(load_plant(SCENARIO / PLANT_FILE), members)
        self._chain = chain
        self._connection = deployed(chain.url, plant)
        badges = numbers(plant)
        self._voters = [
            Voter(number=Number(badges[worker.id]), signer=signer_of(worker.id)) for worker in plant.workers
        ]
        self._robots = [Number(badges[robot.id]) for robot in plant.robots]
        self._capabilities = len(plant.capabilities)
        self._planner = signer_of(next(human.id for human in plant.humans if "planner" in human.roles))
        self._reader = self._connection.contracts()

    def decide(self, tasks: int) -> Decision:
        """Posted before; then everything that the proposer sends, last a majority's ballots."""
        entries = self._entries(self._post(tasks))
        sent = self._settle(self._opening(entries))
        self._require_recorded(ProposalId(self._reader.dao.proposal_count()), entries)
        return Decision(costs=tuple(self._cost(receipt) for receipt in sent))

    def open(self) -> None:
        """A proposal to be voted on."""
        self._proposer.propose(self._opening(self._entries(self._post(1))))

    def vote(self, place: int) -> Cost:
        """A yes to the newest proposal."""
        content = abi_of("AllocationDAO").functions["castVote"].call(self._reader.dao.proposal_count(), FOR)
        dao = self._connection.deployment.allocation_dao
        return self._chain.send(self._voters[place].signer.address, dao, content)

    @property
    def _proposer(self) -> AllocationDao:
        return self._connection.contracts(self._voters[0].signer).dao

    def _settle(self, opening: Opening) -> Sequence[Receipt]:
        """Propose, and one `decide`."""
        proposed = self._proposer.propose(opening)
        id_ = ProposalId(self._reader.dao.proposal_count())
        deadline = self._reader.dao.proposal(id_).deadline
        rest, ballots = self._rest(opening, deadline), self._ballots(id_, opening, deadline)
        return proposed, self._proposer.decide(id_, opening.plan.assignments, rest, ballots)

    def _post(self, tasks: int) -> list[TaskId]:
        planner = self._connection.contracts(self._planner).work_orders
        posted: list[TaskId] = []
        while len(posted) < tasks:
            specs = [self._spec(index) for index in range(min(TASKS_AN_ORDER, tasks - len(posted)))]
            order = planner.post(pack_tasks(specs), '{"name": "benchmark"}').the(OrderPosted).order
            posted += [task_id(order, index) for index in range(len(specs))]
        return posted

    def _spec(self, index: int) -> TaskSpec:
        return TaskSpec(capability=1 + index % self._capabilities, work=45_000 + 1_000 * (index % 30), retries=1)

    def _entries(self, tasks: Sequence[TaskId]) -> list[PlanEntry]:
        return [self._entry(task, place) for place, task in enumerate(tasks)]

    def _entry(self, task: TaskId, place: int) -> PlanEntry:
        lead = assignee(place, len(self._voters))
        return PlanEntry(
            task=task,
            version=1,
            lead=self._voters[lead].number,
            sequence=1 + place * 37 % 300,
            inspector=self._voters[(lead + 1) % len(self._voters)].number,
            start=1_000_000 + place * 7_919 % HORIZON_MS,
            robots=(self._robots[place % len(self._robots)],),
        )

    def _opening(self, entries: Sequence[PlanEntry]) -> Opening:
        plan = pack_plan(entries)
        head = self._chain.node.block()
        assert head is not None  # noqa: S101 - a node always has a last block
        return Opening(
            plan=plan,
            offers=keccak(b"offers" + plan.assignments),
            evidence=keccak(plan.content),
            figures=Figures(makespan=4_123_456, tardiness=61_234, energy=5_432, cost=8_765_432),
            read_at=head.number,
            read_hash=head.hash,
            words=WORDS,
        )

    @property
    def _majority(self) -> list[Voter]:
        return self._voters[: majority_of(len(self._voters))]

    def _rest(self, opening: Opening, deadline: int) -> bytes:
        """The hash of what is not enacted."""
        roster, members = self._reader.members.roster()
        proposer = self._voters[0].number
        return rest_of(opening, proposer=proposer, roster=roster, members=members, deadline=deadline)

    def _ballots(self, id_: ProposalId, opening: Opening, deadline: int) -> bytes:
        """A majority's ballots; the sender's own needs no signature."""
        sender, *others = self._majority
        roster, _ = self._reader.members.roster()
        content_hash = content_hash_of(opening.plan.assignments, self._rest(opening, deadline))
        ballot = Ballot(proposal=id_, content_hash=content_hash, roster=roster, deadline=deadline, support=True)
        deployment = self._connection.deployment
        digest = ballot_digest(ballot, chain_id=deployment.chain_id, dao=deployment.allocation_dao)
        signed = [
            SignedBallot(member=voter.number, support=True, signature=voter.signer.sign(digest)) for voter in others
        ]
        return pack_ballots([SignedBallot(member=sender.number, support=True), *signed])

    def _require_recorded(self, id_: ProposalId, entries: Sequence[PlanEntry]) -> None:
        """A figure counts only where the assignments are in force."""
        if self._reader.dao.proposal(id_).state is not State.ENACTED:
            raise NotMeasured(f"proposal {id_} was not enacted")
        states = [
            found
            for order in sorted({order_of(entry.task) for entry in entries})
            for found in self._reader.work_orders.tasks(order, 0, TASKS_AN_ORDER)
        ]
        given = [(found.worker, found.inspector) for found in states]
        if given != [(entry.lead, entry.inspector) for entry in entries]:
            raise NotMeasured("WorkOrders does not hold the assignments that were decided")

    def _cost(self, receipt: Receipt) -> Cost:
        sent = self._chain.node.ask("eth_getTransactionByHash", receipt.tx)
        return Cost(gas=receipt.gas_used, calldata=len(sent["input"]) // 2 - 1)


class WorkmootDirect(Workmoot):
    """The same, whose members vote by a transaction each, as they do unless the plant's policy says otherwise."""

    def _settle(self, opening: Opening) -> Sequence[Receipt]:
        """Propose, and votes until the one that makes the majority, which alone brings the assignments and enacts."""
        proposed = self._proposer.propose(opening)
        id_ = ProposalId(self._reader.dao.proposal_count())
        rest = self._rest(opening, self._reader.dao.proposal(id_).deadline)
        content_hash = content_hash_of(opening.plan.assignments, rest)
        *before, last = [self._connection.contracts(voter.signer).dao for voter in self._majority]
        with self._chain.standing_still():
            votes = [dao.vote(id_, support=True, reason=AGREED, rest=content_hash) for dao in before]
        assignments = opening.plan.assignments
        return proposed, *votes, last.vote(id_, support=True, reason=AGREED, assignments=assignments, rest=rest)


class WorkmootAtOnce(Workmoot):
    """The same, whose members sign before a proposal is opened."""

    def _settle(self, opening: Opening) -> Sequence[Receipt]:
        """One `decideAtOnce`."""
        head = self._chain.node.block()
        assert head is not None  # noqa: S101 - a node always has a last block
        id_ = ProposalId(self._reader.dao.proposal_count() + 1)
        deadline = head.timestamp + self._reader.motions.policy().voting_seconds
        return [self._proposer.decide_at_once(id_, deadline, opening, self._ballots(id_, opening, deadline))]


def deployed(url: str, plant: Plant) -> Connection:
    """The contracts and the plant's members on a node, by the deployment's own script; its keys are the benchmark's."""
    with TemporaryDirectory() as folder:
        keys, file = Path(folder, "keys"), Path(folder, "deployment.json")
        keys.mkdir()
        for name in (DEPLOYER, *(member.id for group in (plant.workers, plant.humans) for member in group)):
            write_key(key_file(keys, name), key_of(name))
        told = {"SCENARIO": SCENARIO, "KEYS": keys, "DEPLOYMENT": file, "WORKERS": len(plant.workers)}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WORKMOOT_")}
        done = subprocess.run(
            [sys.executable, "-m", "scripts.deploy", "--rpc", url],
            cwd=ROOT,
            env=environment | {f"WORKMOOT_{name}": str(value) for name, value in told.items()},
            capture_output=True,
            text=True,
            timeout=DEPLOYED_WITHIN_S,
            check=False,
        )
        if done.returncode:
            raise NotMeasured(f"the deployment ended with code {done.returncode}:\n{done.stdout}{done.stderr}"[-3_000:])
        return connect(url, deployment=file)
