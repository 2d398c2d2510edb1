"""Whether what a node told of its blocks is what their hashes say: links, roots, blooms; values in, faults out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import rlp
from eth_abi.exceptions import DecodingError
from rlp.exceptions import RLPException
from trie import HexaryTrie

from workmoot.chain.archive import RawLog
from workmoot.chain.decoder import decode_logs
from workmoot.domain.errors import Malformed
from workmoot.domain.events import Event
from workmoot.domain.hashing import HASH_SIZE, keccak
from workmoot.domain.ids import Address

BLOOM_BITS = 2048
BLOOM_SIZE = BLOOM_BITS // 8
ADDRESS_SIZE = 20
MOST_TRANSACTIONS = 20_000
"""Of one block. More than 400,000,000 gas have room for."""
_PARENT, _TRANSACTIONS, _RECEIPTS, _BLOOM, _NUMBER, _TIMESTAMP = 0, 4, 5, 6, 8, 11
_LEAST_FIELDS = 15
_TYPED_BELOW = 0x80
_LEGACY_V = 35


class BlockEvidence(NamedTuple):
    """A block in the bytes that are hashed; receipts and transactions where one of our contracts may have spoken."""

    header: bytes
    receipts: tuple[bytes, ...] | None = None
    transactions: tuple[bytes, ...] | None = None


class Header(NamedTuple):
    """What the proof needs of a header."""

    hash: bytes
    parent: bytes
    number: int
    timestamp: int
    transactions_root: bytes
    receipts_root: bytes
    bloom: bytes


def read_header(content: bytes) -> Header:
    """A header's fields."""
    fields = _list_of(content, "header")
    if len(fields) < _LEAST_FIELDS or not all(isinstance(field, bytes) for field in fields):
        raise Malformed("header: not the fields of a block")
    if len(fields[_BLOOM]) != BLOOM_SIZE:
        raise Malformed("header: its bloom has not 256 bytes")
    return Header(
        hash=keccak(content),
        parent=fields[_PARENT],
        number=int.from_bytes(fields[_NUMBER], "big"),
        timestamp=int.from_bytes(fields[_TIMESTAMP], "big"),
        transactions_root=fields[_TRANSACTIONS],
        receipts_root=fields[_RECEIPTS],
        bloom=fields[_BLOOM],
    )


def may_hold_logs(bloom: bytes, addresses: Iterable[Address]) -> bool:
    """Whether one of the addresses may have spoken in a block with that bloom; a no is certain."""
    bits = int.from_bytes(bloom, "big")
    return any(bits & mask == mask for mask in map(_bloom_mask, addresses))


def link_faults(header: Header, before: Header | None) -> Iterator[str]:
    """Whether a header follows on the one before."""
    if before is not None and header.parent != before.hash:
        yield f"block {header.number} does not follow on the block before: its parent is 0x{header.parent.hex()}"
    if before is not None and header.number != before.number + 1:
        yield f"block {header.number} follows on block {before.number}"


def content_faults(
    evidence: BlockEvidence, header: Header, *, addresses: Sequence[Address], chain_id: int
) -> Iterator[str]:
    """What in a block's evidence does not follow from its header."""
    block, receipts, transactions = f"block {header.number}", evidence.receipts, evidence.transactions
    if receipts is None or transactions is None:
        if may_hold_logs(header.bloom, addresses):
            yield f"{block} may hold events of the contracts, and its receipts are missing"
        return
    if not _may_belong_together(receipts, transactions):
        yield f"{block} does not have one receipt for each of at most {MOST_TRANSACTIONS} transactions"
        return
    if root_of(receipts) != header.receipts_root:
        yield f"the receipts of {block} are not those of its header"
    if root_of(transactions) != header.transactions_root:
        yield f"the transactions of {block} are not those of its header"
    elif any(chain_of(transaction) not in (chain_id, None) for transaction in transactions):
        yield f"{block} has a transaction for another chain than {chain_id}"


def _may_belong_together(receipts: Sequence[bytes], transactions: Sequence[bytes]) -> bool:
    """Looked at before any work is done for them: a receipt is longer than the bloom in it."""
    as_many = len(receipts) == len(transactions) <= MOST_TRANSACTIONS
    return as_many and all(len(receipt) > BLOOM_SIZE for receipt in receipts)


def root_of(values: Sequence[bytes]) -> bytes:
    """The root of the tree that a header has of its receipts or transactions."""
    tree = HexaryTrie({})
    for place, value in enumerate(values):
        tree[rlp.encode(place)] = value
    return bytes(tree.root_hash)


def chain_of(transaction: bytes) -> int | None:
    """The chain that a transaction was signed for; None where it does not say."""
    if transaction[:1] and transaction[0] < _TYPED_BELOW:
        return int.from_bytes(_list_of(transaction[1:], "transaction")[0], "big")
    fields = _list_of(transaction, "transaction")
    v = int.from_bytes(fields[-3], "big")
    return (v - _LEGACY_V) // 2 if v >= _LEGACY_V else None


def logs_of(evidence: BlockEvidence, header: Header, addresses: Iterable[Address]) -> list[RawLog]:
    """The logs of the addresses, as a node would tell them."""
    ours = {bytes.fromhex(address[2:]) for address in addresses}
    found, index = [], 0
    for receipt, transaction in zip(evidence.receipts or (), evidence.transactions or (), strict=False):
        for address, topics, content in _logs_in(receipt):
            if address in ours:
                place = (header.number, index, header.hash, header.timestamp)
                found.append(RawLog(*place, keccak(transaction), address, topics, content))
            index += 1
    return found


def events_of(logs: Iterable[RawLog]) -> list[Event]:
    """The events that logs tell of; refused where one follows no layout of the contracts."""
    try:
        return list(decode_logs(logs))
    except (Malformed, DecodingError, ValueError, IndexError, OverflowError) as fault:
        raise Malformed(f"a log follows no layout of the contracts: {fault}") from None


def _logs_in(receipt: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Address, topics one after the other, and data of each."""
    fields = _list_of(receipt[1:] if receipt[:1] and receipt[0] < _TYPED_BELOW else receipt, "receipt")
    for log in fields[-1] if isinstance(fields[-1], list) else ():
        if not _is_log(log):
            raise Malformed("receipt: a log that is none")
        yield log[0], b"".join(log[1]), log[2]


def _is_log(log: Any) -> bool:
    if not isinstance(log, list) or len(log) != 3:
        return False
    address, topics, content = log
    if not (isinstance(address, bytes) and isinstance(topics, list) and isinstance(content, bytes)):
        return False
    return len(address) == ADDRESS_SIZE and all(isinstance(t, bytes) and len(t) == HASH_SIZE for t in topics)


def _list_of(content: bytes, what: str) -> list[Any]:
    try:
        found = rlp.decode(content, strict=True)
    except (RLPException, RecursionError, TypeError, ValueError) as fault:
        raise Malformed(f"{what}: {type(fault).__name__}") from None
    if not isinstance(found, list) or len(found) < 4:
        raise Malformed(f"{what}: not a list of its fields")
    return found


def _bloom_mask(address: Address) -> int:
    """The three bits of an address: the low 11 bits of the hash's first three pairs of bytes."""
    hashed = keccak(bytes.fromhex(address[2:]))
    bits = {int.from_bytes(hashed[at : at + 2], "big") % BLOOM_BITS for at in (0, 2, 4)}
    return sum(1 << bit for bit in bits)
