"""A plant on a development node: the contracts, the actors, and what each of them does in one line."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import count
from typing import Any

from brownie import (
    AllocationDAO,
    BallotAudit,
    Claims,
    Instructions,
    Members,
    Motions,
    Overrides,
    PlantAuthority,
    WorkOrders,
    accounts,
    chain,
    reverts,
    web3,
)
from eth_account import Account
from eth_account.signers.local import LocalAccount

from scripts.nodes import MNEMONIC
from tests.builders import an_entry, an_opening, an_order
from workmoot.domain.ballots import Ballot, SignedBallot, ballot_digest, pack_ballots
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number
from workmoot.domain.instructions import ONCE, SUBJECT_OF, HumansContracts, Instruction, instruction_of
from workmoot.domain.motions import Motion, motion_opening
from workmoot.domain.overrides import HumanOrder, Level, OverrideKind, SubjectType
from workmoot.domain.payloads import PlanPart, assign_payload, plan_payload
from workmoot.domain.plan import PlanEntry, pack_plan, unpack_assignments
from workmoot.domain.proposals import Opening, content_hash_of, pack_detail, rest_of
from workmoot.domain.work import TaskSpec, pack_tasks
from workmoot.domain.workers import Kind

Account.enable_unaudited_hdwallet_features()

SCAN, SPRAY, INSPECT = 1, 2, 3
SCANNER, SPRAYER, GLUER, PRESSER, PACKER, ROBOT = map(Number, range(1, 7))
NAMED = {"sprayer": SPRAYER, "gluer": GLUER, "presser": PRESSER, "packer": PACKER}
OPERATOR, PLANNER, SUPERVISOR, MAINTENANCE = 1, 2, 3, 4
ADMINISTRATOR, STRANGER, LATE = 0, 11, 12
FIRST_WORKER = 5
ACKNOWLEDGE_S, HEARTBEAT_S, INSPECT_S, VOTING_S, OPEN_LIMIT, ABSENT_AFTER = 20, 30, 40, 60, 2, 1
# Only the resumption of the plant takes two orders here.
HUMAN_POLICY = (1 << OverrideKind.RELEASE, 3_600, 20, 3_600)
WEIGHTS = (6_000, 2_000, 1_000, 1_000, 0)
NO_BITS = b"\0"
"""How brownie shows bytes that are empty."""
RESULT = keccak(b"result")
FINDINGS = keccak(b"findings")
WORDS = {"reason_code": 2, "reason": "the arm drips"}


def person(index: int) -> LocalAccount:
    """One of the node's accounts, with its key."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


HUMANS = {role: person(role) for role in (OPERATOR, PLANNER, SUPERVISOR, MAINTENANCE)}


@dataclass(slots=True)
class Plant:
    """Five digital workers, a robot and a human of each role; three votes pass a proposal."""

    authority: Any
    members: Any
    work: Any
    dao: Any
    overrides: Any
    motions: Any
    claims: Any
    audit: Any
    instructions: Any
    described: Any = None
    openings: dict[int, Opening] = field(default_factory=dict)
    keys: count = field(default_factory=lambda: count(1))

    # ORDERS AND TASKS

    def post(self, *tasks: TaskSpec) -> int:
        """The planner posts an order; its first task."""
        return int(self.work.post(pack_tasks(tasks), "{}", by(PLANNER)).events["OrderPosted"]["order"]) << 8

    def task(self, task: int) -> dict[str, Any]:
        """All there is to know about a task, by name."""
        abi = next(entry for entry in self.work.abi if entry.get("name") == "task")
        names = [component["name"] for component in abi["outputs"][0]["components"]]
        return dict(zip(names, self.work.task(task), strict=True))

    def epoch(self, task: int) -> int:
        return int(self.work.epochOf(task))

    # PLANS AND VOTES

    def entry(self, task: int, lead: Number, **changes: Any) -> PlanEntry:
        """An entry for the task as it stands; the packer inspects."""
        version = self.task(task)["version"]
        return an_entry(task, lead, **{"version": version, "sequence": 1, "inspector": PACKER} | changes)

    def opening(self, *entries: PlanEntry, **changes: Any) -> Opening:
        """A proposal that read its inputs at the head."""
        head = chain.height
        changes = {"read_at": head, "read_hash": bytes(web3.eth.get_block(head)["hash"])} | changes
        return an_opening(pack_plan(entries), **changes)

    def send(self, proposer: Number, opening: Opening) -> Any:
        return self.dao.propose(*parts_of(opening), by_worker(proposer))

    def propose(self, proposer: Number, *entries: PlanEntry) -> int:
        opening = self.opening(*entries)
        found = int(self.send(proposer, opening).events["ProposalCreated"]["proposalId"])
        self.openings[found] = opening
        return found

    def move(self, proposer: Number, motion: Motion) -> int:
        """Puts a motion to the vote."""
        head = chain.height
        read_hash = bytes(web3.eth.get_block(head)["hash"])
        opening = motion_opening(motion, "because", read_at=head, read_hash=read_hash)
        found = int(self.send(proposer, opening).events["ProposalCreated"]["proposalId"])
        self.openings[found] = opening
        return found

    def carry(self, motion: Motion) -> Any:
        """The scanner moves, three vote, the last with the motion."""
        proposal = self.move(SCANNER, motion)
        self.vote(proposal, SCANNER, SPRAYER)
        return self.vote_with_plan(proposal, GLUER)

    def content(self, proposal: int) -> tuple[bytes, bytes]:
        """The assignments and the hash of the rest, as Python computes it."""
        _, proposer, roster, members, _, _, _, deadline, _ = self.dao.proposal(proposal)
        opening = self.openings[proposal]
        rest = rest_of(opening, proposer=proposer, roster=roster, members=members, deadline=deadline)
        return opening.plan.assignments, rest

    def content_hash(self, proposal: int) -> bytes:
        return content_hash_of(*self.content(proposal))

    def vote(self, proposal: int, *members: Number, support: bool = True) -> Any:
        """Ballots without the plan; the last one's receipt."""
        for member in members:
            receipt = self.dao.vote(proposal, support, "", b"", bytes(32), by_worker(member))
        return receipt

    def enact(self, *entries: PlanEntry) -> int:
        """The scanner proposes, three vote, the last with the plan."""
        proposal = self.propose(SCANNER, *entries)
        self.vote(proposal, SCANNER, SPRAYER)
        self.vote_with_plan(proposal, GLUER)
        return proposal

    def vote_with_plan(self, proposal: int, member: Number) -> Any:
        return self.dao.vote(proposal, True, "", *self.content(proposal), by_worker(member))

    def ballot(self, proposal: int, member: Number, *, support: bool = True, **changes: Any) -> SignedBallot:
        """The member's, signed by its key; `changes` are in what it signs."""
        _, _, roster, _, _, _, _, deadline, _ = self.dao.proposal(proposal)
        values = {"content_hash": self.content_hash(proposal), "roster": roster, "deadline": deadline}
        return self.sign_ballot(Ballot(**{"proposal": proposal, "support": support, **values} | changes), member)

    def sign_ballot(self, ballot: Ballot, member: Number) -> SignedBallot:
        digest = ballot_digest(ballot, chain_id=chain.id, dao=self.dao.address)
        signature = bytes(key_of(member).unsafe_sign_hash(digest).signature)
        return SignedBallot(member=member, support=ballot.support, signature=signature)

    def decide(self, proposal: int, *ballots: SignedBallot) -> Any:
        """A stranger relays them all."""
        return self.dao.decide(proposal, *self.content(proposal), pack_ballots(ballots), by(STRANGER))

    def decide_at_once(self, proposal: int, deadline: int, opening: Opening, **voters: bool) -> Any:
        """The scanner sends what those members, by their names, signed beside its own yes."""
        roster, members = self.members.roster()
        rest = rest_of(opening, proposer=SCANNER, roster=roster, members=members, deadline=deadline)
        content_hash = content_hash_of(opening.plan.assignments, rest)
        bound = {"proposal": proposal, "content_hash": content_hash, "roster": roster, "deadline": deadline}
        signed = (self.sign_ballot(Ballot(support=yes, **bound), NAMED[name]) for name, yes in voters.items())
        ballots = pack_ballots([SignedBallot(member=SCANNER, support=True), *signed])
        self.openings[proposal] = opening
        return self.dao.decideAtOnce(proposal, deadline, parts_of(opening), ballots, by_worker(SCANNER))

    def allocate(self, task: int, worker: Number, **changes: Any) -> int:
        return self.enact(self.entry(task, worker, **changes))

    # A RUN

    def start(self, task: int, worker: Number) -> Any:
        return self.work.start(task, self.epoch(task), by_worker(worker))

    def submit(self, task: int, worker: Number) -> Any:
        return self.work.submit(task, self.epoch(task), 90, 1_234, RESULT, by_worker(worker))

    def inspect(self, task: int, inspector: Number, *, accepted: bool = True) -> Any:
        return self.work.inspect(task, self.epoch(task), RESULT, accepted, 80, FINDINGS, by_worker(inspector))

    def run(self, task: int, worker: Number) -> None:
        """From posted to submitted."""
        self.allocate(task, worker)
        self.start(task, worker)
        self.submit(task, worker)

    # HUMANS

    def order(self, kind: OverrideKind, subject: int, on: SubjectType = SubjectType.TASK, **changes: Any) -> HumanOrder:
        """A supervisor's order that ends, where it fills a slot, in an hour."""
        expires_at = chain.time() + 3_600
        nonce = next(self.keys) << 64
        values = {"human": HUMANS[SUPERVISOR].address, "expires_at": expires_at, "nonce": nonce, **WORDS}
        return an_order(kind, subject, subject_type=on, **values | changes)

    def assignment(self, task: int, worker: Number, second_reason: str = "", **changes: Any) -> HumanOrder:
        entry = self.entry(task, worker, **changes)
        return self.order(OverrideKind.ASSIGN, task, payload=assign_payload(entry, second_reason))

    def on_plan(self, kind: OverrideKind, proposal: int) -> HumanOrder:
        """Approve, or veto what was enacted."""
        assignments, rest = self.content(proposal)
        last = len(unpack_assignments(assignments))
        payload = plan_payload(PlanPart(rest=rest, first=0, last=last, assignments=assignments))
        return self.order(kind, proposal, SubjectType.PROPOSAL, payload=payload)

    def on_plant(self, kind: OverrideKind) -> HumanOrder:
        return self.order(kind, 0, SubjectType.PLANT, expires_at=0)

    def digest(self, order: HumanOrder) -> bytes:
        """As Python computes it."""
        at = {"overrides": self.overrides.address, "instructions": self.instructions.address}
        return HumansContracts(chain_id=chain.id, **at).digest(order)

    def sign(self, order: HumanOrder) -> bytes:
        """With the key of the human it names."""
        signer = next(human for human in HUMANS.values() if human.address == order.human)
        return bytes(signer.unsafe_sign_hash(self.digest(order)).signature)

    def execute(self, order: HumanOrder, signature: bytes | None = None) -> Any:
        """A stranger relays it."""
        return self.overrides.execute(as_tuple(order), signature or self.sign(order), by(STRANGER))

    def instruct(self, kind: OverrideKind, subject: int, role: int = SUPERVISOR, **changes: Any) -> Any:
        """A human of the role instructs, for an hour where it lasts; a stranger relays it."""
        lasts = {"expires_at": 0} if kind in ONCE else {}
        changes = {"on": SUBJECT_OF.get(kind), **lasts} | changes
        order = by_human(self.order(kind, subject, **changes), role)
        return self.instructions.give(as_tuple(instruction_of(order)), self.sign(order), by(STRANGER))

    def give(self, kind: OverrideKind, subject: int, on: SubjectType = SubjectType.TASK, **changes: Any) -> Any:
        return self.execute(self.order(kind, subject, on, **changes))

    def hold_for_maintenance(self, task: int) -> Any:
        return self.execute(by_human(self.order(OverrideKind.HOLD, task, level=Level.MAINTENANCE), MAINTENANCE))


def deploy() -> Plant:
    """The contracts know each other by the addresses they will have."""
    administrator = accounts[ADMINISTRATOR]
    at = [administrator.get_deployment_address(administrator.nonce + i) for i in range(9)]
    limits, policy = (ACKNOWLEDGE_S, HEARTBEAT_S, INSPECT_S), (VOTING_S, OPEN_LIMIT, ABSENT_AFTER, WEIGHTS)
    plant = Plant(
        PlantAuthority.deploy(administrator, at[1], at[4], HUMAN_POLICY, by(ADMINISTRATOR)),
        Members.deploy(at[0], at[2], at[3], at[4], at[5], by(ADMINISTRATOR)),
        WorkOrders.deploy(at[0], at[1], at[3], at[4], limits, by(ADMINISTRATOR)),
        AllocationDAO.deploy(at[1], at[2], at[4], at[5], at[6], by(ADMINISTRATOR)),
        Overrides.deploy(at[0], at[1], at[2], at[3], by(ADMINISTRATOR)),
        Motions.deploy(at[1], at[3], policy, by(ADMINISTRATOR)),
        Claims.deploy(at[1], at[2], at[3], at[4], by(ADMINISTRATOR)),
        BallotAudit.deploy(at[1], at[3], by(ADMINISTRATOR)),
        Instructions.deploy(at[0], at[1], at[2], by(ADMINISTRATOR)),
    )
    for role in HUMANS:
        plant.authority.grantRole(role, accounts[role], 0, by(ADMINISTRATOR))
    for worker in (SCANNER, SPRAYER, GLUER, PRESSER, PACKER):
        plant.members.admit(account_of(worker), Kind.DIGITAL, 1 << SCAN | 1 << SPRAY, "{}", by(ADMINISTRATOR))
    plant.members.admit(account_of(ROBOT), Kind.ROBOTIC, 1 << SPRAY, "{}", by(ADMINISTRATOR))
    plant.described = plant.work.describe('{"name":"a plant"}', 3, 5, 1_000, by(ADMINISTRATOR))
    return plant


def account_of(member: Number) -> Any:
    return accounts[FIRST_WORKER + member - 1]


def key_of(member: Number) -> LocalAccount:
    """A worker's key."""
    return person(FIRST_WORKER + member - 1)


def by(index: int) -> dict[str, Any]:
    return {"from": accounts[index]}


def by_worker(member: Number) -> dict[str, Any]:
    return {"from": account_of(member)}


def by_human(order: HumanOrder, role: int) -> HumanOrder:
    return replace(order, human=HUMANS[role].address)


def as_tuple(order: HumanOrder | Instruction) -> tuple[Any, ...]:
    """As brownie takes a struct: its fields in their order, which is the contract's."""
    return tuple(getattr(order, name) for name in order.__slots__)


def parts_of(opening: Opening) -> tuple[bytes, bytes, str]:
    """What `propose` takes."""
    return opening.plan.assignments, pack_detail(opening), opening.words


def refused(name: str, *values: object) -> AbstractContextManager[None]:
    """Expects the custom error with exactly these values."""
    return reverts(f"{name}: {', '.join(_shown(value) for value in values)}")


def _shown(value: object) -> str:
    if isinstance(value, IntEnum):
        return str(int(value))
    return str(value) if isinstance(value, int | bytes) else str(value).lower()


def told(receipt: Any, event: str, **values: object) -> None:
    """Asserts that the transaction told of this once, with exactly these values."""
    assert len(receipt.events[event]) == 1
    found = {name: _plain(value) for name, value in receipt.events[event][0].items()}
    assert found == {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    if isinstance(value, str) and value.startswith("0x"):
        return bytes.fromhex(value[2:])
    return value if isinstance(value, bool | int | str) else _plain(str(value))
