"""What a node tells of a block in the bytes that the chain hashes: its header, its receipts, its transactions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rlp

from workmoot.chain.deployment import Deployment
from workmoot.chain.node import Node, Question, header_question
from workmoot.chain.proof import BlockEvidence, may_hold_logs
from workmoot.domain.errors import Unprovable, Unreachable
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Address

HEADERS_PER_QUESTION = 500
QUESTIONS_PER_REQUEST = 200
Told = Mapping[str, Any]
Field = tuple[str, Callable[[Any], Any]]


def _quantity(told: str) -> bytes:
    """A number without leading zeros, as RLP has it."""
    number = int(told, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _content(told: str | None) -> bytes:
    """Bytes as they are; none for the receiver of a contract's creation."""
    return bytes.fromhex(told[2:]) if told else b""


def _access_list(told: Sequence[Told]) -> list[Any]:
    return [[_content(item["address"]), [_content(key) for key in item["storageKeys"]]] for item in told]


HEADER: tuple[Field, ...] = (
    ("parentHash", _content),
    ("sha3Uncles", _content),
    ("miner", _content),
    ("stateRoot", _content),
    ("transactionsRoot", _content),
    ("receiptsRoot", _content),
    ("logsBloom", _content),
    ("difficulty", _quantity),
    ("number", _quantity),
    ("gasLimit", _quantity),
    ("gasUsed", _quantity),
    ("timestamp", _quantity),
    ("extraData", _content),
    ("mixHash", _content),
    ("nonce", _content),
    ("baseFeePerGas", _quantity),
    ("withdrawalsRoot", _content),
    ("blobGasUsed", _quantity),
    ("excessBlobGas", _quantity),
    ("parentBeaconBlockRoot", _content),
    ("requestsHash", _content),
)
"""From baseFeePerGas on each hard fork added some; a block has those up to its own."""
_TO: tuple[Field, ...] = (("gas", _quantity), ("to", _content), ("value", _quantity), ("input", _content))
_RS: tuple[Field, ...] = (("r", _quantity), ("s", _quantity))
_SIGNED: tuple[Field, ...] = (("v", _quantity), *_RS)
_SIGNED_SINCE: tuple[Field, ...] = (("yParity", _quantity), *_RS)
"""Of type 3 on: nodes need not tell `v`."""
_CHAIN: tuple[Field, ...] = (("chainId", _quantity), ("nonce", _quantity))
_FEES: tuple[Field, ...] = (("maxPriorityFeePerGas", _quantity), ("maxFeePerGas", _quantity))
_AUTHORIZATION: tuple[Field, ...] = (
    ("chainId", _quantity),
    ("address", _content),
    ("nonce", _quantity),
    *_SIGNED_SINCE,
)


def _hashes(told: Sequence[str]) -> list[bytes]:
    return [_content(item) for item in told]


def _authorizations(told: Sequence[Told]) -> list[Any]:
    return [[read(item[name]) for name, read in _AUTHORIZATION] for item in told]


TRANSACTIONS: dict[int, tuple[Field, ...]] = {
    0: (("nonce", _quantity), ("gasPrice", _quantity), *_TO, *_SIGNED),
    1: (*_CHAIN, ("gasPrice", _quantity), *_TO, ("accessList", _access_list), *_SIGNED),
    2: (*_CHAIN, *_FEES, *_TO, ("accessList", _access_list), *_SIGNED),
    3: (
        *_CHAIN,
        *_FEES,
        *_TO,
        ("accessList", _access_list),
        ("maxFeePerBlobGas", _quantity),
        ("blobVersionedHashes", _hashes),
        *_SIGNED_SINCE,
    ),
    4: (*_CHAIN, *_FEES, *_TO, ("accessList", _access_list), ("authorizationList", _authorizations), *_SIGNED_SINCE),
}
"""By type: legacy, EIP-2930, EIP-1559, EIP-4844, EIP-7702."""


def read_evidence(node: Node, addresses: Sequence[Address], first: int, last: int) -> Iterator[BlockEvidence]:
    """Every block from `first` to `last`; with receipts and transactions where one of the addresses may have spoken."""
    for begin in range(first, last + 1, HEADERS_PER_QUESTION):
        numbers = range(begin, min(last + 1, begin + HEADERS_PER_QUESTION))
        blocks = _ask(node, [header_question(number) for number in numbers])
        speaking = {block["number"] for block in blocks if may_hold_logs(_content(block["logsBloom"]), addresses)}
        whole = _whole(node, [block for block in blocks if block["number"] in speaking])
        for block in blocks:
            yield BlockEvidence(header_bytes(block), *whole.get(block["number"], (None, None)))


@dataclass(frozen=True, slots=True)
class NodeEvidence:
    """What one node tells of a deployment's blocks."""

    node: Node
    deployment: Deployment

    def blocks(self) -> Iterator[BlockEvidence]:
        """From the deployment's block to the head of this moment."""
        head = self.node.block()
        if head is None:
            raise Unreachable(f"{self.node.url} has no block")
        addresses = list(self.deployment.addresses.values())
        return read_evidence(self.node, addresses, self.deployment.block, head.number)


def _whole(node: Node, blocks: Sequence[Told]) -> dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]]:
    """The receipts and transactions of each block."""
    named = [(block["number"], name) for block in blocks for name in block["transactions"]]
    receipts = _ask(node, [("eth_getTransactionReceipt", [name]) for _, name in named])
    transactions = _ask(node, [("eth_getTransactionByHash", [name]) for _, name in named])
    told = list(zip(named, map(receipt_bytes, receipts), map(transaction_bytes, transactions), strict=True))
    return {
        block["number"]: (
            tuple(receipt for (number, _), receipt, _ in told if number == block["number"]),
            tuple(transaction for (number, _), _, transaction in told if number == block["number"]),
        )
        for block in blocks
    }


def _ask(node: Node, questions: list[Question]) -> list[Told]:
    found: list[Told] = []
    for begin in range(0, len(questions), QUESTIONS_PER_REQUEST):
        found += node.ask_all(questions[begin : begin + QUESTIONS_PER_REQUEST])
    if None in found:
        raise Unprovable(f"{node.url} does not have {questions[found.index(None)]}: was it reorganised? Try again")  # type: ignore[arg-type]  # a node's null
    return found


def header_bytes(told: Told) -> bytes:
    """A header; refused where it does not hash to what the node calls its hash."""
    fields = [read(told[name]) for name, read in HEADER if told.get(name) is not None]
    found: bytes = rlp.encode(fields)
    return _hashes_to(found, told["hash"], f"block {int(told['number'], 16)}")


def transaction_bytes(told: Told) -> bytes:
    """A transaction as it was sent; refused where it does not hash to its name."""
    kind = int(told.get("type") or "0x0", 16)
    if kind not in TRANSACTIONS:
        raise Unprovable(f"transaction {told['hash']} is of type {kind}; only types 0 to 4 can be written down")
    found = _typed(kind, [read(told[name]) for name, read in TRANSACTIONS[kind]])
    return _hashes_to(found, told["hash"], f"transaction {told['hash']}")


def receipt_bytes(told: Told) -> bytes:
    """A receipt."""
    logs = [
        [_content(log["address"]), [_content(topic) for topic in log["topics"]], _content(log["data"])]
        for log in told["logs"]
    ]
    kind = int(told.get("type") or "0x0", 16)
    outcome = [_quantity(told["status"]), _quantity(told["cumulativeGasUsed"])]
    return _typed(kind, [*outcome, _content(told["logsBloom"]), logs])


def _typed(kind: int, fields: list[Any]) -> bytes:
    """EIP-2718: the type's byte goes before, except for legacy."""
    content: bytes = rlp.encode(fields)
    return bytes([kind]) + content if kind else content


def _hashes_to(content: bytes, told: str, what: str) -> bytes:
    if keccak(content) != bytes.fromhex(told[2:]):
        raise Unprovable(f"what the node tells of {what} does not hash to {told}, so nothing of it can be proved")
    return content
