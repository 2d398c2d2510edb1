"""A chain without a node: transactions one after the other, a block each, and a clock that tests set."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from typing import Any

from workmoot.chain.memory.state import Grant, State
from workmoot.domain.errors import Refused
from workmoot.domain.events import Event, HumanPolicySet, LimitsSet, Place, PolicySet, RoleGranted, RoleRevoked
from workmoot.domain.hashing import ZERO_HASH, checksum_address, hash_of_words, keccak
from workmoot.domain.ids import Address, ProposalId
from workmoot.domain.ledger import Block
from workmoot.domain.overrides import MAY_WAIT, STRICT, HumanPolicy
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import Policy
from workmoot.domain.work import Limits
from workmoot.domain.workers import Role

CHAIN_ID = 1337
BLOCKS_REMEMBERED = 256
SHORTEST_SECONDS = 10
MOST_OPEN = 9
LONGEST_SILENCE = 256
SETBACK_SECONDS = 5 * 86_400
"""After which a role's new grant delay is in force, as OpenZeppelin has it."""


def made_up(name: str) -> Address:
    """The address of a contract that exists in name only."""
    return Address(checksum_address("0x" + keccak(name.encode()).hex()[:40]))


CONTRACTS = (
    "AccessManager",
    "Members",
    "WorkOrders",
    "AllocationDAO",
    "Overrides",
    "Motions",
    "Claims",
    "BallotAudit",
    "Instructions",
)
ADDRESSES = {name: made_up(name) for name in CONTRACTS}


@dataclass(slots=True)
class Transaction:
    """One transaction under way: who sent it, when, and what it changes and says."""

    state: State
    sender: Address
    block: Block
    tx: str
    chain: MemoryChain
    events: list[Event] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Its block's time, Unix seconds."""
        return self.block.timestamp

    def say(self, kind: type[Event], /, **values: Any) -> None:
        """Emits an event."""
        place = Place(
            block=self.block.number,
            block_hash=self.block.hash,
            log_index=len(self.events),
            tx=self.tx,
            timestamp=self.now,
        )
        self.events.append(kind(at=place, **values))

    def has_role(self, role: Role, account: Address) -> bool:
        """Whether the access manager knows the account in this role, for acts without a delay."""
        grant = self.state.grants.get((role, account))
        return grant is not None and grant.since <= self.now and not grant.delay

    def is_administrator(self, account: Address) -> bool:
        """Whether the account may grant roles, be it after a delay."""
        grant = self.state.grants.get((Role.ADMIN, account))
        return grant is not None and grant.since <= self.now

    def block_hash(self, number: int) -> bytes:
        """The hash of one of the last 256 blocks; zero for others, as the machine has it."""
        if not 0 < self.block.number - number <= BLOCKS_REMEMBERED:
            return ZERO_HASH
        return self.chain.blocks[number].hash


class MemoryChain:
    """The contracts in memory: the same rules, errors and events, no node."""

    def __init__(
        self,
        administrator: Address,
        *,
        limits: Limits,
        policy: Policy,
        human_policy: HumanPolicy = STRICT,
        chain_id: int = CHAIN_ID,
        now: int | None = None,
    ) -> None:
        _require_at_least_ten(limits)
        require_within(policy)
        _require_human_policy(human_policy)
        self.chain_id = chain_id
        self.limits = limits
        self.human_policy = human_policy
        self.state = State()
        self.events: list[Event] = []
        self.blocks: list[Block] = []
        self._now = now if now is not None else int(time.time())
        self._lock = threading.RLock()
        self.blocks.append(self._next_block())
        self.transact(administrator, lambda tx: _found(tx, administrator, policy))

    @property
    def head(self) -> Block:
        """The last block."""
        return self.blocks[-1]

    @property
    def now(self) -> int:
        """The time the next block would have, Unix seconds."""
        return self._now

    def transact(self, sender: Address, act: Callable[[Transaction], object]) -> Receipt:
        """Runs an act in a block of its own; one that is refused changes nothing."""
        with self._lock:
            before, block = self.state.copy(), self._next_block()
            tx = "0x" + keccak(f"{self.chain_id}/{block.number}".encode()).hex()
            transaction = Transaction(self.state, sender, block, tx, self)
            try:
                act(transaction)
            except BaseException:
                self.state = before
                raise
            self.blocks.append(block)
            self.events.extend(transaction.events)
            return Receipt(tx=tx, block=block.number, gas_used=0, events=tuple(transaction.events))

    def advance(self, seconds: int) -> None:
        """Lets time pass, and a block."""
        with self._lock:
            self._now += seconds
            self.blocks.append(self._next_block())

    def set_time(self, unix_s: int) -> None:
        """Sets the clock; it never goes back."""
        with self._lock:
            self._now = max(self._now, unix_s)

    def grant(self, administrator: Address, role: Role, account: Address, *, delay: int = 0) -> Receipt:
        """The administrator gives an account a role, as the access manager does; `delay` seconds before each act."""
        return self.transact(administrator, lambda tx: _grant(tx, role, account, delay))

    def revoke(self, administrator: Address, role: Role, account: Address) -> Receipt:
        """The administrator takes a role back."""
        return self.transact(administrator, lambda tx: _revoke(tx, role, account))

    def set_grant_delay(self, administrator: Address, role: Role, seconds: int) -> Receipt:
        """New grants of the role wait so long; it comes into force after five days."""
        return self.transact(administrator, lambda tx: _set_grant_delay(tx, role, seconds))

    def _next_block(self) -> Block:
        number = len(self.blocks)
        parent = self.blocks[-1].hash if self.blocks else ZERO_HASH
        content = hash_of_words(self.chain_id, number, parent, self._now)
        return Block(number=number, hash=content, timestamp=self._now)


def require_within(policy: Policy) -> None:
    """Refuses a policy beyond its limits."""
    weights = astuple(policy.weights)
    tight = policy.voting_seconds < SHORTEST_SECONDS or not policy.open_limit or not policy.absent_after
    if tight or not any(weights):
        raise Refused("PolicyTooTight")
    wide = policy.voting_seconds >= 1 << 24 or policy.open_limit > MOST_OPEN
    if wide or policy.absent_after > LONGEST_SILENCE:
        raise Refused("PolicyTooWide")


def set_policy(tx: Transaction, policy: Policy) -> None:
    """From the next proposal on."""
    tx.state.policy = policy
    tx.state.voting_seconds[ProposalId(len(tx.state.proposals) + 1)] = policy.voting_seconds
    tx.say(
        PolicySet,
        voting_seconds=policy.voting_seconds,
        open_limit=policy.open_limit,
        absent_after=policy.absent_after,
        weights=policy.weights,
    )


def _found(tx: Transaction, administrator: Address, policy: Policy) -> None:
    limits = tx.chain.limits
    _give(tx, Role.ADMIN, administrator, 0, waits=0)
    humans = tx.chain.human_policy
    tx.say(
        HumanPolicySet,
        cosigned=humans.cosigned,
        ask_seconds=humans.ask_seconds,
        alarm_orders=humans.alarm_orders,
        alarm_seconds=humans.alarm_seconds,
    )
    tx.say(
        LimitsSet,
        acknowledge_seconds=limits.acknowledge_seconds,
        heartbeat_seconds=limits.heartbeat_seconds,
        inspect_seconds=limits.inspect_seconds,
    )
    set_policy(tx, policy)


def _grant(tx: Transaction, role: Role, account: Address, delay: int) -> None:
    """A new grant waits as long as the role's grant delay; of an old one the delay of its acts changes."""
    _require_administrator(tx)
    _give(tx, role, account, delay, waits=_grant_delay(tx, role))


def _give(tx: Transaction, role: Role, account: Address, delay: int, *, waits: int) -> None:
    former = tx.state.grants.get((role, account))
    since = tx.now + (waits if former is None else max(0, former.delay - delay))
    tx.state.grants[(role, account)] = Grant(since=since if former is None else max(since, former.since), delay=delay)
    tx.say(RoleGranted, role_id=int(role), account=account, delay=delay, since=since, new_member=former is None)


def _revoke(tx: Transaction, role: Role, account: Address) -> None:
    _require_administrator(tx)
    if tx.state.grants.pop((role, account), None):
        tx.say(RoleRevoked, role_id=int(role), account=account)


def _set_grant_delay(tx: Transaction, role: Role, seconds: int) -> None:
    _require_administrator(tx)
    former = _grant_delay(tx, role)
    effect = tx.now + max(SETBACK_SECONDS, former - seconds)
    tx.state.grant_delays[role] = (former, seconds, effect)


def _grant_delay(tx: Transaction, role: Role) -> int:
    former, later, effect = tx.state.grant_delays.get(role, (0, 0, 0))
    return later if tx.now >= effect else former


def _require_administrator(tx: Transaction) -> None:
    if not tx.has_role(Role.ADMIN, tx.sender):
        raise Refused("AccessManagerUnauthorizedAccount", tx.sender, int(Role.ADMIN))


def _require_human_policy(policy: HumanPolicy) -> None:
    if policy.cosigned & ~MAY_WAIT:
        raise Refused("NeverCosigned", policy.cosigned)
    if policy.ask_seconds < SHORTEST_SECONDS or not policy.alarm_orders or not policy.alarm_seconds:
        raise Refused("HumanPolicyTooTight")


def _require_at_least_ten(limits: Limits) -> None:
    for seconds in (limits.acknowledge_seconds, limits.heartbeat_seconds, limits.inspect_seconds):
        if seconds < SHORTEST_SECONDS:
            raise Refused("LimitTooShort", seconds)
