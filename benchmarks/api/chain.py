"""An Anvil that has any past it is told, as logs at the contracts' addresses; nothing else of them is there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice

from benchmarks.api.encoding import Written, written
from scripts import nodes
from workmoot.chain.deployment import NAMES, Deployment
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.node import Node
from workmoot.domain.events import Event

EVENTS_A_BLOCK = 20
PUSH1, PUSH3, PUSH32, MSTORE, LOG0, STOP = 0x60, 0x62, 0x7F, 0x52, 0xA0, 0x00
WORD = 32
BLOCKS_AT_ONCE = 50
FIRST_LENDER = 0x10000000
"""From this address on stands the code that a block's transaction runs."""
BORROWS = bytes.fromhex("60006000600060006000355af400")
"""Runs in its own name the code at the address that it is given: delegatecall(gas, calldataload(0), 0, 0, 0, 0)."""
LEFT_GAS = 1_000
"""Of a block's, beside its transaction: too little for another."""
HIDDEN = {"PlantAuthority": "AccessManager"}
"""An interface's name, and the contract's own."""


class TellingChain:
    """Writes events into blocks, as many into each as are usual."""

    def __init__(self, url: str) -> None:
        self.node = Node(url)
        self._sender = self.node.ask("eth_accounts")[0]
        self._nonce = int(self.node.ask("eth_getTransactionCount", self._sender, "latest"), 16)
        self.node.ask("evm_setAutomine", False)  # noqa: FBT003 (the node's own parameter)
        for address in ADDRESSES.values():
            self.node.ask("anvil_setCode", address, "0x" + BORROWS.hex())
        head = self.node.ask("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 (likewise)
        self._gas = hex(int(head["gasLimit"], 16) - LEFT_GAS)
        names = {field: ADDRESSES[name] for name, field in NAMES.items()}
        self.deployment = Deployment(chain_id=self.node.chain_id(), block=1, **names)

    def tell(self, events: Iterable[Event], *, told: Callable[[int], None] = lambda _: None) -> None:
        """Blocks with these events, in this order; `told` hears how many there are so far."""
        blocks, count = _in_blocks(events), 0
        while some := list(islice(blocks, BLOCKS_AT_ONCE)):
            self._mine(some)
            count += sum(len(logs) for _, logs in some)
            told(count)

    def head(self) -> int:
        """The last block's number."""
        return int(self.node.ask("eth_blockNumber"), 16)

    def _mine(self, blocks: Sequence[tuple[str, Sequence[Written]]]) -> None:
        """A block for each: one transaction takes all the gas that a block has."""
        codes, calls = [], []
        for place, (address, logs) in enumerate(blocks):
            lender = f"0x{FIRST_LENDER + place:040x}"
            codes.append(("anvil_setCode", [lender, "0x" + code(logs).hex()]))
            call = {"from": self._sender, "to": address, "gas": self._gas, "data": f"0x{FIRST_LENDER + place:064x}"}
            calls.append(("eth_sendTransaction", [call | {"nonce": hex(self._nonce + place)}]))
        self._nonce += len(blocks)
        self.node.ask_all(codes)
        self.node.ask_all(calls)
        self.node.ask("anvil_mine", hex(len(blocks)))


def _in_blocks(events: Iterable[Event]) -> Iterator[tuple[str, list[Written]]]:
    """The contract's address and the logs of each block."""
    for contract, of_one in groupby(map(written, events), key=lambda it: it.contract):
        while logs := list(islice(of_one, EVENTS_A_BLOCK)):
            yield ADDRESSES[HIDDEN.get(contract, contract)], logs


@contextmanager
def telling() -> Iterator[TellingChain]:
    """One of its own on a free port, gone afterwards."""
    with nodes.running("anvil") as process:
        yield TellingChain(process.url)


def code(logs: Iterable[Written]) -> bytes:
    """What a contract runs to write exactly these logs."""
    return b"".join(map(_writes, logs)) + bytes([STOP])


def _writes(log: Written) -> bytes:
    words = [log.content[begin : begin + WORD].ljust(WORD, b"\0") for begin in range(0, len(log.content), WORD)]
    stored = b"".join(_push(word) + _number(place * WORD) + bytes([MSTORE]) for place, word in enumerate(words))
    topics = b"".join(_push(topic) for topic in reversed(log.topics))
    return stored + topics + _number(len(log.content)) + _number(0) + bytes([LOG0 + len(log.topics)])


def _push(word: bytes) -> bytes:
    return bytes([PUSH32]) + word


def _number(value: int) -> bytes:
    return bytes([PUSH3]) + value.to_bytes(3, "big")
