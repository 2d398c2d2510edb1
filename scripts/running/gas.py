"""What the transactions of a run cost, read from their receipts."""

from collections.abc import Iterator
from typing import Any

from scripts.running.summary import Gas
from workmoot.chain.deployment import Deployment
from workmoot.chain.node import Node, as_tag

BLOCKS_AT_ONCE = 50


def gas_between(node: Node, deployment: Deployment, first: int, last: int) -> Gas:
    """All transactions to the plant's contracts in these blocks; those to the DAO are what deciding costs."""
    ours = {address.lower() for address in deployment.addresses.values()}
    dao = deployment.allocation_dao.lower()
    total = deciding = 0
    for begin in range(first, last + 1, BLOCKS_AT_ONCE):
        for to, used in _spent(node, ours, begin, min(begin + BLOCKS_AT_ONCE - 1, last)):
            total += used
            deciding += used if to == dao else 0
    return Gas(total=total, deciding=deciding)


def _spent(node: Node, ours: set[str], first: int, last: int) -> Iterator[tuple[str, int]]:
    blocks = node.ask_all([("eth_getBlockByNumber", [as_tag(number), True]) for number in range(first, last + 1)])
    sent: list[dict[str, Any]] = [tx for block in blocks if block for tx in block["transactions"]]
    mine = [tx for tx in sent if (tx.get("to") or "").lower() in ours]
    receipts = node.ask_all([("eth_getTransactionReceipt", [tx["hash"]]) for tx in mine])
    for tx, receipt in zip(mine, receipts, strict=True):
        yield tx["to"].lower(), int(receipt["gasUsed"], 16)
