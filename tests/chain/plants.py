"""The same small plant on memory, Anvil and Ganache: deployed, founded, and with a clock that tests move."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from eth_abi.abi import encode
from eth_account import Account

from scripts.nodes import MNEMONIC
from tests.builders import INSPECT, SCAN, SPRAY
from workmoot.chain.abi import type_of
from workmoot.chain.connection import Connection, Contracts
from workmoot.chain.deployment import Deployment
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
from workmoot.chain.memory.state import State
from workmoot.chain.node import Node
from workmoot.chain.sender import Sender
from workmoot.chain.signer import Signer
from workmoot.domain.events import Event
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address, Number
from workmoot.domain.ledger import Block, Ledger
from workmoot.domain.overrides import STRICT, HumanPolicy, OverrideKind, kinds_mask
from workmoot.domain.proposals import Policy
from workmoot.domain.work import Limits
from workmoot.domain.workers import Kind, Role, Scope, capability_mask, resource_bytes

BUILD = Path(__file__).resolve().parents[2] / "build" / "contracts"
LIMITS = Limits(acknowledge_seconds=20, heartbeat_seconds=30, inspect_seconds=40)
POLICY = Policy(voting_seconds=60, open_limit=2, absent_after=2)
HUMAN_POLICY = replace(STRICT, cosigned=kinds_mask(OverrideKind.RELEASE))
"""Only the plant takes two orders; tests about second orders deploy `STRICT`."""
CAPABILITIES = 3
DESCRIPTION = {"name": "tests", "capabilities": ["scanning", "spraying", "inspecting"]}
PEOPLE = (
    "administrator",
    "scanner",
    "sprayer",
    "finisher",
    "arm",
    "supervisor",
    "planner",
    "operator",
    "mechanic",
    "stranger",
    "latecomer",
)
WORKERS = {"scanner": (SCAN, INSPECT), "sprayer": (SPRAY,), "finisher": (SPRAY, INSPECT)}
ROLES = {
    "supervisor": Role.SUPERVISOR,
    "planner": Role.PLANNER,
    "operator": Role.OPERATOR,
    "mechanic": Role.MAINTENANCE,
}
SCANNER, SPRAYER, FINISHER, ARM = Number(1), Number(2), Number(3), Number(4)
RESOURCE = resource_bytes("arm")


class Follower(Protocol):
    """What both followers promise."""

    ledger: Ledger

    def catch_up(self) -> tuple[Event, ...]: ...


class Plant(Protocol):
    """One deployment with people in it."""

    chain_id: int
    addresses: dict[str, Address]

    def by(self, name: str) -> Contracts:
        """The contracts as that person calls them."""

    def advance(self, seconds: int) -> None:
        """Lets time pass, and a block."""

    def head(self) -> Block:
        """The last block."""

    def follower(self) -> Follower:
        """A new projection."""

    def grant(self, role: Role, account: Address, *, delay: int = 0) -> None:
        """The administrator gives a role, whose acts are delayed by so many seconds."""

    def revoke(self, role: Role, account: Address, *, by: str = "administrator") -> None:
        """An administrator takes a role, or what was to become one."""

    def set_grant_delay(self, role: Role, seconds: int) -> None:
        """From five days on, new grants of the role wait so long."""


def key(name: str) -> bytes:
    """A person's key: one of the development nodes' well-known accounts."""
    Account.enable_unaudited_hdwallet_features()
    path = f"m/44'/60'/0'/0/{PEOPLE.index(name)}"
    return bytes(Account.from_mnemonic(MNEMONIC, account_path=path).key)


@cache
def signer(name: str) -> Signer:
    return Signer(key(name))


def account(name: str) -> Address:
    return signer(name).address


def found(plant: Plant, *, origin_ms: int = 1_000, **described: Any) -> None:
    """Describes the plant, and what else is `described`, whose clock starts then; admits the workers and a robot; gives
    the humans their roles."""
    contracts = plant.by("administrator")
    contracts.work_orders.describe(json.dumps(DESCRIPTION | described), CAPABILITIES, origin_ms, 20_000)
    for name, capabilities in WORKERS.items():
        contracts.members.admit(account(name), Kind.DIGITAL, capability_mask(capabilities), json.dumps({"id": name}))
    contracts.members.admit(account("arm"), Kind.ROBOTIC, 0, "{}")
    contracts.members.bind(ARM, SPRAYER, RESOURCE, Scope.COMMAND)
    for name, role in ROLES.items():
        plant.grant(role, account(name))


def found_with_humans(plant: Plant) -> None:
    """The same, and badges for the humans, 5 to 8 in the order of `ROLES`; the planner supervises too."""
    found(plant)
    for name in ROLES:
        plant.by("administrator").members.admit(account(name), Kind.HUMAN, 0, "{}")
    plant.grant(Role.SUPERVISOR, account("planner"))


class MemoryPlant:
    """The contracts in memory."""

    def __init__(self, humans: HumanPolicy = HUMAN_POLICY, *, now: int = 1_800_000_000) -> None:
        self._chain = MemoryChain(account("administrator"), limits=LIMITS, policy=POLICY, human_policy=humans, now=now)
        self.chain_id = self._chain.chain_id
        self.addresses = ADDRESSES
        self.followed = MemoryFollower(self._chain)

    def by(self, name: str) -> Contracts:
        who = account(name)
        return Contracts(
            members=MemoryMembers(self._chain, who),
            work_orders=MemoryWorkOrders(self._chain, who),
            dao=MemoryAllocationDao(self._chain, who),
            overrides=MemoryOverrides(self._chain, who),
            motions=MemoryMotions(self._chain, who),
            claims=MemoryClaims(self._chain, who),
            ballot_audit=MemoryBallotAudit(self._chain, who),
        )

    def advance(self, seconds: int) -> None:
        self._chain.advance(seconds)

    def set_time(self, unix_s: int) -> None:
        self._chain.set_time(unix_s)

    def advance_from_head(self, seconds: int) -> None:
        """A block so many seconds after the last one."""
        self._chain.advance(self.head().timestamp + seconds - self._chain.now)

    def head(self) -> Block:
        return self._chain.head

    def block(self, number: int) -> Block:
        """A block of the past."""
        return self._chain.blocks[number]

    def follower(self) -> MemoryFollower:
        return MemoryFollower(self._chain)

    def grant(self, role: Role, account: Address, *, delay: int = 0) -> None:
        self._chain.grant(signer("administrator").address, role, account, delay=delay)

    def revoke(self, role: Role, account: Address, *, by: str = "administrator") -> None:
        self._chain.revoke(signer(by).address, role, account)

    def set_grant_delay(self, role: Role, seconds: int) -> None:
        self._chain.set_grant_delay(signer("administrator").address, role, seconds)

    @property
    def state(self) -> State:
        """What the contracts store."""
        return self._chain.state

    @property
    def events(self) -> Sequence[Event]:
        """What they said."""
        return self._chain.events


class NodePlant:
    """The contracts on a node."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.node = connection.node
        self.chain_id = connection.deployment.chain_id
        self.addresses = connection.deployment.addresses
        self._held: dict[str, Contracts] = {}

    def by(self, name: str) -> Contracts:
        if name not in self._held:
            self._held[name] = self.connection.contracts(signer(name))
        return self._held[name]

    def advance(self, seconds: int) -> None:
        self.node.ask("evm_increaseTime", seconds)
        self.node.ask("evm_mine")

    def head(self) -> Block:
        head = self.node.block()
        assert head is not None
        return head

    def follower(self) -> Any:
        return self.connection.follower()

    def grant(self, role: Role, account: Address, *, delay: int = 0) -> None:
        self._ask_authority("administrator", "grantRole(uint64,address,uint32)", int(role), account, delay)

    def revoke(self, role: Role, account: Address, *, by: str = "administrator") -> None:
        self._ask_authority(by, "revokeRole(uint64,address)", int(role), account)

    def set_grant_delay(self, role: Role, seconds: int) -> None:
        self._ask_authority("administrator", "setGrantDelay(uint64,uint32)", int(role), seconds)

    def _ask_authority(self, by: str, function: str, *arguments: object) -> None:
        types = function[function.index("(") + 1 : -1].split(",")
        content = keccak(function.encode())[:4] + encode(types, arguments)
        Sender(self.node, signer(by), chain_id=self.chain_id).send(self.addresses["AccessManager"], content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What the compiler made of a contract."""

    constructor: tuple[str, ...]
    code: str


@cache
def artifact(name: str) -> Artifact:
    build = json.loads((BUILD / f"{name}.json").read_text())
    constructors = [entry["inputs"] for entry in build["abi"] if entry["type"] == "constructor"]
    types = tuple(type_of(entry) for entry in (constructors[0] if constructors else []))
    return Artifact(constructor=types, code=build["bytecode"].removeprefix("0x"))


def deploy(node: Node, humans: HumanPolicy = HUMAN_POLICY) -> Connection:
    """Puts the contracts on a node, as scripts/deploy.py does, in a tenth of the time."""
    deployer = account("administrator")
    nonce = int(node.ask("eth_getTransactionCount", deployer, "latest"), 16)
    places = (created_address(deployer, nonce + i) for i in range(9))
    authority, members, work_orders, dao, overrides, motions, claims, ballot_audit, instructions = places
    limits = (LIMITS.acknowledge_seconds, LIMITS.heartbeat_seconds, LIMITS.inspect_seconds)
    block = int(node.ask("eth_blockNumber"), 16) + 1
    _create(node, "PlantAuthority", deployer, members, overrides, astuple(humans))
    _create(node, "Members", authority, work_orders, dao, overrides, motions)
    _create(node, "WorkOrders", authority, members, dao, overrides, limits)
    _create(node, "AllocationDAO", members, work_orders, overrides, motions, claims)
    _create(node, "Overrides", authority, members, work_orders, dao)
    _create(node, "Motions", members, dao, astuple(POLICY))
    _create(node, "Claims", members, work_orders, dao, overrides)
    _create(node, "BallotAudit", members, dao)
    _create(node, "Instructions", authority, members, work_orders)
    deployment = Deployment(
        chain_id=node.chain_id(),
        block=block,
        access_manager=authority,
        members=members,
        work_orders=work_orders,
        allocation_dao=dao,
        overrides=overrides,
        motions=motions,
        claims=claims,
        ballot_audit=ballot_audit,
        instructions=instructions,
    )
    return Connection(node=node, deployment=deployment)


def _create(node: Node, name: str, *arguments: object) -> None:
    built = artifact(name)
    content = "0x" + built.code + encode(built.constructor, arguments).hex()
    transaction = {"from": account("administrator"), "data": content, "gas": hex(16_000_000)}
    tx = node.ask("eth_sendTransaction", transaction)
    receipt = None
    while receipt is None:
        receipt = node.ask("eth_getTransactionReceipt", tx)
    assert receipt["status"] == "0x1", name


def created_address(creator: Address, nonce: int) -> Address:
    """Where an account's next contract will be: RLP of two short strings."""
    number = b"\x80" if nonce == 0 else bytes((nonce,)) if nonce < 128 else b"\x81" + bytes((nonce,))
    content = b"\x94" + bytes.fromhex(creator[2:]) + number
    return Address(checksum_address("0x" + keccak(bytes((192 + len(content),)) + content)[12:].hex()))
