"""An Anvil whose accounts all send without keys, so that only the transactions' gas is looked at."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode

from scripts import nodes
from workmoot.chain.node import Node
from workmoot.domain.errors import ChainError, WorkmootError
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.gas.peers import Artifact

BLOCK_GAS = 120_000_000
"""What no chain allows: so that what is over a transaction's limit can be measured too."""
BLOCK_S = 1
GAS = hex(100_000_000)
WEALTH = hex(10**30)
ANSWERED_WITHIN_S = 120.0
MINED_WITHIN_S = 60.0


class NotMeasured(WorkmootError):
    """A measurement that did not do what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one transaction used and carried."""

    gas: int
    calldata: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The transactions from proposing to the assignment on record; the last one decides."""

    costs: tuple[Cost, ...]

    @property
    def gas(self) -> int:
        """All of it."""
        return sum(cost.gas for cost in self.costs)

    @property
    def deciding(self) -> Cost:
        """The transaction that decides."""
        return self.costs[-1]

    @property
    def calldata(self) -> int:
        """All bytes sent."""
        return sum(cost.calldata for cost in self.costs)

    @property
    def largest(self) -> int:
        """The gas of the dearest transaction."""
        return max(cost.gas for cost in self.costs)


class Chain:
    """A node as the benchmark uses it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.node = Node(url, timeout_s=ANSWERED_WITHIN_S)
        self._funded: set[Address] = set()
        self.node.ask("anvil_autoImpersonateAccount", True)  # noqa: FBT003 - the node's own parameter
        self.node.ask("anvil_setBlockTimestampInterval", BLOCK_S)

    def send(self, sender: Address, to: Address, content: bytes) -> Cost:
        """One transaction to its receipt."""
        return _cost(self._mined(sender, {"to": to, "data": "0x" + content.hex()}), content)

    def create(self, sender: Address, artifact: Artifact, *arguments: object) -> Address:
        """A new contract's address."""
        content = artifact.code + encode(artifact.constructor, arguments)
        return Address(checksum_address(self._mined(sender, {"data": "0x" + content.hex()})["contractAddress"]))

    def read(self, to: Address, signature: str, *arguments: object) -> bytes:
        """What a view answers."""
        return self.node.call(to, call_of(signature, *arguments))

    def read_all(self, to: Address, calls: Sequence[bytes]) -> list[int]:
        """What a view that returns one number answers to many questions."""
        questions = [("eth_call", [{"to": to, "data": "0x" + content.hex()}, "latest"]) for content in calls]
        return [int(answer, 16) for answer in self.node.ask_all(questions)]

    def mine(self, blocks: int) -> None:
        """Empty blocks, until a voting period is over."""
        self.node.ask("anvil_mine", hex(blocks))

    @contextmanager
    def set_back(self) -> Iterator[None]:
        """What happens inside has not happened afterwards."""
        before = self.node.ask("evm_snapshot")
        try:
            yield
        finally:
            self.node.ask("evm_revert", before)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """What is sent inside is sent at one time, as by many at once: a vote does not run out for their number."""
        self.node.ask("anvil_setBlockTimestampInterval", 0)
        try:
            yield
        finally:
            self.node.ask("anvil_setBlockTimestampInterval", BLOCK_S)

    def _mined(self, sender: Address, transaction: dict[str, str]) -> dict[str, Any]:
        if sender not in self._funded:
            self.node.ask("anvil_setBalance", sender, WEALTH)
            self._funded.add(sender)
        whole = {"from": sender, "gas": GAS, **transaction}
        receipt = self._receipt(self.node.ask("eth_sendTransaction", whole))
        if int(receipt["status"], 16) != 1:
            raise NotMeasured(f"a transaction to {transaction.get('to')} was reverted: {self._reason(whole)}")
        return receipt

    def _receipt(self, tx: str) -> dict[str, Any]:
        deadline = time.monotonic() + MINED_WITHIN_S
        while time.monotonic() < deadline:
            if found := self.node.ask("eth_getTransactionReceipt", tx):
                return dict(found)
            time.sleep(0.002)
        raise NotMeasured(f"{tx} was not mined within {MINED_WITHIN_S:.0f} s")

    def _reason(self, transaction: dict[str, str]) -> object:
        answer = self.node.try_all([("eth_call", [transaction, "latest"])])[0]
        return answer if isinstance(answer, ChainError) else "out of gas"


@contextmanager
def running(hardfork: str) -> Iterator[Chain]:
    """A chain of its own on a free port, gone afterwards."""
    with nodes.running("anvil", rules=nodes.Rules(hardfork=hardfork, block_gas=BLOCK_GAS)) as process:
        yield Chain(process.url)


def call_of(signature: str, *arguments: object) -> bytes:
    """A call's bytes, from the function's name and types as selectors are made of them."""
    return keccak(signature.encode())[:4] + encode(types_of(signature), arguments)


def types_of(signature: str) -> tuple[str, ...]:
    """The types in `name(type,type)`; no tuples."""
    inside = signature.partition("(")[2].removesuffix(")")
    return tuple(inside.split(",")) if inside else ()


def _cost(receipt: dict[str, Any], content: bytes) -> Cost:
    return Cost(gas=int(receipt["gasUsed"], 16), calldata=len(content))
