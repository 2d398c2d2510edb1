"""Blocks that nobody mined, sound in every hash: what somebody may write who makes up a whole chain."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import rlp

from workmoot.audit.export import About
from workmoot.chain.abi import abi_of
from workmoot.chain.deployment import Deployment
from workmoot.chain.memory import ADDRESSES
from workmoot.chain.proof import BlockEvidence, read_header, root_of
from workmoot.domain.hashing import checksum_address, keccak
from workmoot.domain.ids import Address

MEMBERS, STRANGER = Address(ADDRESSES["Members"]), Address(checksum_address("0x" + "ab" * 20))
ROSTER = next(form.topic for form in abi_of("Members").events.values() if form.name == "RosterChanged")
ONE = (1).to_bytes(32, "big")
Log = tuple[Address, list[bytes], bytes]
CHANGED: Log = (MEMBERS, [ROSTER, ONE], ONE)
"""RosterChanged(1, 1)"""


def about(*, block: int = 5, product: str | None = None) -> About:
    """Of the contracts in memory."""
    addresses = {
        name: Address(checksum_address("0x" + f"{number:040x}"))
        for number, name in enumerate(("access_manager", "motions", "claims", "ballot_audit", "instructions"), 1)
    }
    known: Any = {
        "members": MEMBERS,
        "work_orders": ADDRESSES["WorkOrders"],
        "allocation_dao": ADDRESSES["AllocationDAO"],
        "overrides": ADDRESSES["Overrides"],
    }
    return About(deployment=Deployment(chain_id=1337, block=block, **addresses, **known), product=product)


def a_transaction(chain_id: int = 1337, nonce: int = 0) -> bytes:
    """Of EIP-1559's type, with fields that nobody reads."""
    content: bytes = rlp.encode([chain_id, nonce, *[0] * 10])
    return b"\2" + content


def a_receipt(*logs: Log) -> bytes:
    """Of the same type."""
    listed = [[bytes.fromhex(address[2:]), topics, content] for address, topics, content in logs]
    content: bytes = rlp.encode([1, 21_000, bytes(256), listed])
    return b"\2" + content


def a_block(number: int, *logs: Log, parent: bytes = bytes(32), chain_id: int = 1337) -> BlockEvidence:
    """With one transaction that the logs are of; none where there are no logs."""
    receipts = (a_receipt(*logs),) if logs else ()
    transactions = (a_transaction(chain_id),) if logs else ()
    fields: list[Any] = [b""] * 15
    fields[0], fields[8], fields[11] = parent, number, 1_000 + number
    fields[6] = bloom_of(address for address, *_ in logs)
    fields[4], fields[5] = root_of(transactions), root_of(receipts)
    header: bytes = rlp.encode(fields)
    return BlockEvidence(header, receipts, transactions) if logs else BlockEvidence(header)


def bloom_of(addresses: Iterable[Address]) -> bytes:
    """As the yellow paper has it."""
    bits = 0
    for address in addresses:
        hashed = keccak(bytes.fromhex(address[2:]))
        for at in (0, 2, 4):
            bits |= 1 << (int.from_bytes(hashed[at : at + 2], "big") & 0x7FF)
    return bits.to_bytes(256, "big")


class Told:
    """Blocks as a node might tell them, or the refusal to."""

    def __init__(self, *blocks: BlockEvidence | Exception) -> None:
        self._blocks = blocks

    @property
    def deployment(self) -> Deployment:
        return about().deployment

    def blocks(self) -> Iterator[BlockEvidence]:
        for block in self._blocks:
            if isinstance(block, Exception):
                raise block
            yield block


def chained(*told: Sequence[Log], first: int = 5, chain_id: int = 1337) -> list[BlockEvidence]:
    """One block for each group of logs, each on the one before."""
    made: list[BlockEvidence] = []
    for number, logs in enumerate(told, first):
        parent = read_header(made[-1].header).hash if made else bytes(32)
        made.append(a_block(number, *logs, parent=parent, chain_id=chain_id))
    return made
