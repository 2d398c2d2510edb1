"""A chain in memory that tells raw logs as a node does, and can take another turn, fall silent or be half told."""

from collections.abc import Sequence
from typing import Any

from benchmarks.api.encoding import written
from workmoot.chain.deployment import NAMES, Deployment
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.node import Node, Question
from workmoot.domain.errors import Unreachable
from workmoot.domain.events import Event, MessageSent, Place
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number

CHAIN_ID = 31337
FIRST = 3
"""The deployment's block."""
DEPLOYMENT = Deployment(chain_id=CHAIN_ID, block=FIRST, **{field: ADDRESSES[name] for name, field in NAMES.items()})


class ToldChain(Node):
    """Blocks with any number of messages in them."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.events: list[Event] = []
        self.silent_after: int | None = None
        """So many more requests are answered."""
        self.asked: list[Question] = []
        self.past: dict[str, tuple[Event, ...]] = {}
        """What had happened up to each block that there ever was, by its hash."""
        self._turns = 0
        self._headers: list[dict[str, str]] = []
        for _ in range(FIRST + 1):
            self.mine(0)

    @property
    def head(self) -> int:
        return len(self._headers) - 1

    def mine(self, messages: int) -> None:
        """A block."""
        number = len(self._headers)
        parent = self._headers[-1]["hash"] if number else ""
        name = keccak(f"{parent}/{number}/{self._turns}".encode()).hex()
        self._headers.append({"number": hex(number), "hash": "0x" + name, "timestamp": hex(1_800_000_000 + number)})
        self.events += [_message(number, index, name) for index in range(messages)]
        self.past[name] = tuple(self.events)

    def turn(self, depth: int) -> None:
        """The last blocks are undone; what is mined now is other than they were."""
        self._turns += 1
        del self._headers[max(FIRST, len(self._headers) - depth) :]
        self.events = [event for event in self.events if event.at.block <= self.head]

    def _post(self, questions: Sequence[Question]) -> list[dict[str, Any]]:
        if self.silent_after is not None:
            if self.silent_after == 0:
                raise Unreachable(f"no node answers at {self.url}")
            self.silent_after -= 1
        self.asked += questions
        return [{"result": self._answer(method, parameters)} for method, parameters in questions]

    def _answer(self, method: str, parameters: list[Any]) -> Any:
        if method == "eth_getBlockByNumber":
            return self._header(parameters[0])
        if method == "eth_getLogs":
            first, last = (int(parameters[0][name], 16) for name in ("fromBlock", "toBlock"))
            return [self._log(event) for event in self.events if first <= event.at.block <= last]
        return {"eth_chainId": hex(CHAIN_ID), "eth_getCode": "0x01"}[method]

    def _header(self, tag: str) -> dict[str, str] | None:
        number = self.head if tag == "latest" else int(tag, 16)
        return self._headers[number] if number <= self.head else None

    def _log(self, event: Event) -> dict[str, Any]:
        contract, topics, content = written(event)
        header = self._headers[event.at.block]
        return {
            "blockNumber": header["number"],
            "blockHash": header["hash"],
            "blockTimestamp": header["timestamp"],
            "logIndex": hex(event.at.log_index),
            "transactionHash": event.at.tx,
            "address": ADDRESSES[contract],
            "topics": ["0x" + topic.hex() for topic in topics],
            "data": "0x" + content.hex(),
        }


def _message(block: int, index: int, name: str) -> MessageSent:
    words = f"{name}/{index}"
    tx = "0x" + keccak(words.encode()).hex()
    at = Place(block=block, block_hash=bytes.fromhex(name), log_index=index, tx=tx, timestamp=1_800_000_000 + block)
    return MessageSent(at=at, sender=Number(1), to=Number(2), about=block, message=words.encode())
