"""The contracts in memory and the contracts on an Ethereum machine, asked and acted on in the same words."""

from collections.abc import Callable, Iterable
from dataclasses import astuple, fields
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Protocol

from eth_abi.abi import encode
from pyrevm import EVM, BlockEnv, CfgEnv, Env

from tests.chain.plants import LIMITS, POLICY, MemoryPlant, account, created_address, signer
from tests.model.compiler import Artifacts, lens
from tests.model.facts import Fact, Question, Words
from tests.model.payloads import Put, effect_hash
from tests.model.plants import Setup
from workmoot.chain.abi import abi_of
from workmoot.chain.allocation_dao import ChainAllocationDao
from workmoot.chain.ballot_audit import ChainBallotAudit
from workmoot.chain.claims import ChainClaims
from workmoot.chain.connection import Contracts
from workmoot.chain.instructions import ChainInstructions
from workmoot.chain.members import ChainMembers
from workmoot.chain.memory.state import Asked
from workmoot.chain.motions import ChainMotions
from workmoot.chain.node import Node
from workmoot.chain.overrides import ChainOverrides
from workmoot.chain.refusals import refusal_of
from workmoot.chain.sender import SPARE_GAS, Sender
from workmoot.chain.work_orders import ChainWorkOrders
from workmoot.domain.errors import Refused
from workmoot.domain.events import AlarmRaised
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import ZERO_ADDRESS, Address
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import Opening, content_hash_of, content_id_of, rest_of
from workmoot.domain.workers import Role

CHAIN_ID = 1337
GAS = 60_000_000
NOTHING = Receipt(tx="", block=0, gas_used=0, events=())
ALARM = next(topic for topic, form in abi_of("PlantAuthority").events.items() if form.name == "AlarmRaised")


class World(Protocol):
    """One plant under test."""

    addresses: dict[str, Address]
    put: dict[int, Put]

    @property
    def alarms(self) -> int:
        """How many were raised."""

    def by(self, name: str) -> Contracts: ...

    def grant(self, role: Role, account: Address) -> None: ...

    def revoke(self, role: Role, account: Address, *, by: str) -> None: ...

    def block_hash(self, number: int) -> bytes: ...

    def set_block(self, number: int, now: int) -> None: ...

    def differences(self, told: list[Fact]) -> Iterable[tuple[Question, Words]]:
        """What it answers otherwise than it is told."""


def attempt(world: World, act: Callable[[World], object]) -> str:
    """The name of the error that an act is refused with, empty where it is not."""
    try:
        act(world)
    except Refused as refusal:
        return refusal.name
    return ""


def remember(world: World, number: int, opening: Opening) -> None:
    """Keeps what was just put to the vote, with the hashes that ballots bind."""
    kept = world.by("stranger").dao.proposal(number)  # type: ignore[arg-type] # a number of the model's
    rest = rest_of(opening, proposer=kept.proposer, roster=kept.roster, members=kept.members, deadline=kept.deadline)
    content_hash = content_hash_of(opening.plan.assignments, rest)
    assert kept.content_id == content_id_of(content_hash)
    world.put[number] = Put(opening, rest, content_hash, kept.roster, kept.deadline)


def drafted(world: World, name: str, opening: Opening, deadline: int) -> Put:
    """What that person would put to the vote now, as ballots bind it."""
    members = world.by("stranger").members
    (roster, voters), proposer = members.roster(), members.number_of(account(name))
    rest = rest_of(opening, proposer=proposer, roster=roster, members=voters, deadline=deadline)
    return Put(opening, rest, content_hash_of(opening.plan.assignments, rest), roster, deadline)


class MemoryWorld:
    """The contracts in memory."""

    def __init__(self, setup: Setup) -> None:
        self.plant = MemoryPlant(setup.humans)
        setup.found(self.plant)
        self.addresses = self.plant.addresses
        self.put: dict[int, Put] = {}
        self._held: dict[str, Contracts] = {}
        self._reader = self.by("stranger")

    @property
    def next_block(self) -> int:
        """The number of the block that the next act will be in."""
        return self.plant.head().number + 1

    def by(self, name: str) -> Contracts:
        if name not in self._held:
            self._held[name] = self.plant.by(name)
        return self._held[name]

    @property
    def alarms(self) -> int:
        return sum(isinstance(event, AlarmRaised) for event in self.plant.events)

    def grant(self, role: Role, account: Address) -> None:
        self.plant.grant(role, account)

    def revoke(self, role: Role, account: Address, *, by: str) -> None:
        self.plant.revoke(role, account, by=by)

    def block_hash(self, number: int) -> bytes:
        return self.plant.block(number).hash

    def set_block(self, number: int, now: int) -> None:
        self.plant.set_time(now)
        while self.next_block < number:
            self.plant.advance(0)

    def differences(self, told: list[Fact]) -> Iterable[tuple[Question, Words]]:
        for question, expected in told:
            _, function, arguments = question
            words = self._words(function, *arguments)
            if function == "proposal":
                words = _checked(words, self.put[int(arguments[0])])
            if words != expected:
                yield question, words

    def _words(self, function: str, *arguments: Any) -> Words:
        if function == "asked":
            asked = self.plant.state.asked.get(effect_hash(self, *arguments), Asked())
            return int(asked.human, 16), asked.until
        if function == "hasRole":
            grant = self.plant.state.grants.get(arguments)
            return (grant is not None, 0 if grant is None else grant.delay)
        return _READINGS[function](self._reader, *arguments)


def _checked(words: Words, put: Put) -> Words:
    """A proposal without the hash that it is known by, if that is the right one."""
    known = int.from_bytes(content_id_of(put.content_hash), "big")
    return (*words[:-1], words[-1] ^ known)


@cache
def _reader_of(kind: Any) -> Callable[[Any], Any]:
    return attrgetter(*(item.name for item in fields(kind)))


def _flat(record: Any) -> Words:
    words: tuple[Any, ...] = _reader_of(record.__class__)(record)
    return tuple(int.from_bytes(value, "big") if isinstance(value, bytes) else value for value in words)


def _member(contracts: Contracts, number: Any) -> Words:
    found = contracts.members.member(number)
    if found is None:
        return (0,) * 6
    who = int(found.account, 16)
    return who, found.kind, found.standing, found.joined, found.capabilities, found.by_human


def _policy(contracts: Contracts) -> Words:
    found = contracts.motions.policy()
    return found.voting_seconds, found.open_limit, found.absent_after, *astuple(found.weights)


def _plant(contracts: Contracts) -> Words:
    found = contracts.work_orders.plant()
    return found.orders, found.held, found.epoch


_READINGS: dict[str, Callable[..., Words]] = {
    "count": lambda contracts: (contracts.members.count(),),
    "roster": lambda contracts: contracts.members.roster(),
    "member": _member,
    "nonces": lambda contracts, who: (contracts.dao.nonce_of(who),),
    "record": lambda contracts, *key: _flat(contracts.members.record(*key)),
    "membersAt": lambda contracts, version: (contracts.members.members_at(version),),
    "belonged": lambda contracts, *key: (contracts.members.belonged(*key),),
    "mayVote": lambda contracts, *key: (contracts.members.may_vote(*key),),
    "plant": _plant,
    "order": lambda contracts, number: _flat(contracts.work_orders.order(number)),
    "task": lambda contracts, number: _flat(contracts.work_orders.task(number)),
    "isExcluded": lambda contracts, *key: (contracts.work_orders.is_excluded(*key),),
    "proposalCount": lambda contracts: (contracts.dao.proposal_count(),),
    "proposal": lambda contracts, number: _flat(contracts.dao.proposal(number)),
    "hasVoted": lambda contracts, *key: (contracts.dao.has_voted(*key),),
    "progress": lambda contracts, number: (contracts.dao.progress(number),),
    "policy": _policy,
    "votingSecondsOf": lambda contracts, number: (contracts.motions.voting_seconds_of(number),),
    "rootOf": lambda contracts, number: (int.from_bytes(contracts.claims.root_of(number), "big"),),
    "isConfirmed": lambda contracts, *key: (contracts.dao.is_confirmed(*key),),
    "overrides": lambda contracts: (contracts.overrides.count(),),
    "slot": lambda contracts, *key: _flat(contracts.overrides.slot(*key)),
    "robot": lambda contracts, number: contracts.overrides.robot(number),
    "instructions": lambda contracts: (contracts.overrides.instruction_count(),),
    "standing": lambda contracts, *key: _flat(contracts.overrides.standing(*key)),
}


class Machine(Node):
    """An Ethereum machine in this process, as the project's clients ask a node."""

    def __init__(self) -> None:
        super().__init__("in this process")
        self.alarms = 0
        self.evm = EVM(env=Env(cfg=CfgEnv(chain_id=CHAIN_ID, limit_contract_code_size=1 << 20)), gas_limit=GAS)

    def call(self, to: Address, content: bytes, *, sender: Address | None = None) -> bytes:
        return self._execute(sender or ZERO_ADDRESS, to, content, static=True)

    def transact(self, sender: Address, to: Address, content: bytes) -> None:
        self._execute(sender, to, content, static=False)
        done = self.evm.result
        assert done is not None
        self.alarms += sum(log.data[0][0] == ALARM for log in done.logs)

    def _execute(self, sender: Address, to: Address, content: bytes, *, static: bool) -> bytes:
        try:
            return bytes(self.evm.message_call(sender, to, content, is_static=static))
        except RuntimeError as failure:
            raise _refusal_in(str(failure)) from None


def _refusal_in(failure: str) -> Refused:
    """The contract's error in `Revert { gas_used: 31093, output: 0x5fff… }`."""
    kind, _, output = failure.partition("output: 0x")
    assert kind.startswith("Revert"), failure
    return refusal_of(bytes.fromhex(output.removesuffix(" }")))


class Caller(Sender):
    """An account of the machine: its calls need no signature, and no gas is paid for."""

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, signer(name), chain_id=CHAIN_ID)
        self._machine = machine

    def send(self, to: Address, content: bytes, *, spare_gas: int = SPARE_GAS, tried: bool = True) -> Receipt:
        self._machine.transact(self.address, to, content)
        return NOTHING


class ContractWorld:
    """The contracts on the machine. One deployment serves for many walks: `renew` sets it back."""

    chain_id = CHAIN_ID

    def __init__(self, setup: Setup, artifacts: Artifacts) -> None:
        self._setup = setup
        self.machine = Machine()
        self.put: dict[int, Put] = {}
        self._held: dict[str, Contracts] = {}
        self._asked: dict[Question, bytes] = {}
        self.set_block(1, MemoryPlant().head().timestamp)
        self.addresses = self._deploy(artifacts)
        self._lens = Address(self.machine.evm.deploy(account("stranger"), lens()))
        setup.found(self)
        self._founded = self.machine.evm.snapshot()

    def renew(self) -> None:
        self.machine.evm.revert(self._founded)
        self._founded = self.machine.evm.snapshot()
        self.machine.alarms = 0
        self.put = {}

    @property
    def alarms(self) -> int:
        return self.machine.alarms

    def by(self, name: str) -> Contracts:
        if name not in self._held:
            caller, at = Caller(self.machine, name), self.addresses
            work_orders = ChainWorkOrders(self.machine, at["WorkOrders"], caller)
            self._held[name] = Contracts(
                members=ChainMembers(self.machine, at["Members"], caller),
                work_orders=work_orders,
                dao=ChainAllocationDao(self.machine, at["AllocationDAO"], caller, work_orders=work_orders),
                overrides=ChainOverrides(
                    self.machine,
                    at["Overrides"],
                    caller,
                    instructions=ChainInstructions(self.machine, at["Instructions"], caller),
                ),
                motions=ChainMotions(self.machine, at["Motions"], caller),
                claims=ChainClaims(self.machine, at["Claims"], caller),
                ballot_audit=ChainBallotAudit(self.machine, at["BallotAudit"], caller),
            )
        return self._held[name]

    def call(self, name: str, contract: str, function: str, *arguments: object) -> None:
        """A call that the project's clients do not make."""
        content = abi_of(contract).functions[function].call(*arguments)
        self.machine.transact(account(name), self.addresses[contract], content)

    def grant(self, role: Role, account: Address) -> None:
        self.call("administrator", "PlantAuthority", "grantRole", int(role), account, 0)

    def revoke(self, role: Role, account: Address, *, by: str) -> None:
        self.call(by, "PlantAuthority", "revokeRole", int(role), account)

    def block_hash(self, number: int) -> bytes:
        return keccak(str(number).encode())

    def set_block(self, number: int, now: int) -> None:
        self.machine.evm.set_block_env(BlockEnv(number=number, timestamp=now))

    def differences(self, told: list[Fact]) -> Iterable[tuple[Question, Words]]:
        answer = self.machine.call(self._lens, b"".join([self._bytes_of(question) for question, _ in told]))
        if answer == b"".join([self._expected(question, words) for question, words in told]):
            return
        at = 0
        for question, words in told:
            end = at + 32 * len(words)
            if answer[at:end] != self._expected(question, words):
                yield question, tuple(int.from_bytes(answer[i : i + 32], "big") for i in range(at, end, 32))
            at = end

    def _expected(self, question: Question, words: Words) -> bytes:
        if question[1] != "proposal":
            return _packed(words)
        return _packed(words[:-1]) + content_id_of(self.put[int(question[2][0])].content_hash).ljust(32, b"\0")

    def _bytes_of(self, question: Question) -> bytes:
        contract, function, arguments = question
        if function == "asked":
            arguments = (effect_hash(self, *arguments),)
            question = (contract, function, arguments)
        if question not in self._asked:
            name = "count" if function in ("overrides", "instructions") else function
            call = abi_of(contract).functions[name].call(*arguments)
            to = bytes.fromhex(self.addresses[contract][2:])
            self._asked[question] = to + len(call).to_bytes(2, "big") + call
        return self._asked[question]

    def _deploy(self, artifacts: Artifacts) -> dict[str, Address]:
        deployer = account("administrator")
        places = [created_address(deployer, nonce) for nonce in range(9)]
        authority, members, work_orders, dao, overrides, motions, claims, *_ = places
        arguments = {
            "PlantAuthority": (deployer, members, overrides, astuple(self._setup.humans)),
            "Members": (authority, work_orders, dao, overrides, motions),
            "WorkOrders": (authority, members, dao, overrides, astuple(LIMITS)),
            "AllocationDAO": (members, work_orders, overrides, motions, claims),
            "Overrides": (authority, members, work_orders, dao),
            "Motions": (members, dao, astuple(POLICY)),
            "Claims": (members, work_orders, dao, overrides),
            "BallotAudit": (members, dao),
            "Instructions": (authority, members, work_orders),
        }
        made = {
            name: Address(
                self.machine.evm.deploy(deployer, bytes.fromhex(built.code) + encode(built.constructor, given))
            )
            for (name, given), built in zip(arguments.items(), artifacts.values(), strict=True)
        }
        return dict(zip(made, places, strict=True))


@lru_cache(maxsize=1 << 16)
def _packed(words: Words) -> bytes:
    return b"".join([word.to_bytes(32, "big") for word in words])
