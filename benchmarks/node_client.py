"""What our way to a node costs against web3's, in CPU time: `python -m benchmarks.node_client`, for decision 0006."""

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts import nodes
from workmoot.chain.abi import abi_of
from workmoot.chain.archive import raw_log
from workmoot.chain.decoder import decode_log
from workmoot.chain.node import Node
from workmoot.chain.sender import Sender
from workmoot.chain.signer import Signer

ABI = Path(__file__).resolve().parents[1] / "workmoot" / "chain" / "abi" / "AllocationDAO.json"
EVENTS, HEADS, TRANSACTIONS = 2_000, 300, 60
NOBODY = "0x" + "55" * 20


def main() -> None:
    """Measures on an Anvil of its own."""
    warnings.simplefilter("ignore")
    with nodes.running("anvil") as node:
        print(f"{'CPU time, ms':<34}{'ours':>8}{'web3':>8}")
        for what, times, ours, theirs in (*reading(node.url), sending(node.url, node.chain_id)):
            print(f"{what:<34}{cpu_ms(ours, times):>8.3f}{cpu_ms(theirs, times):>8.3f}")


def cpu_ms(act: Callable[[], object], times: int) -> float:
    """The mean of many, after a first one that does not count."""
    act()
    begin = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begin) / times * 1000


def reading(url: str) -> list[tuple[str, int, Callable[[], object], Callable[[], object]]]:
    """One event decoded; one question asked."""
    from web3 import HTTPProvider, Web3
    from web3._utils.method_formatters import log_entry_formatter

    node, web3 = Node(url), Web3(HTTPProvider(url))
    log = settled_log()
    settled = web3.eth.contract(abi=json.loads(ABI.read_text())).events.ProposalSettled()
    return [
        (
            "decode an event",
            EVENTS,
            lambda: decode_log(raw_log(log, 0)),
            lambda: settled.process_log(log_entry_formatter(log)),
        ),
        ("ask for the head", HEADS, node.block, lambda: web3.eth.get_block("latest")),
    ]


def sending(url: str, chain_id: int) -> tuple[str, int, Callable[[], object], Callable[[], object]]:
    """One transaction, from its arguments to its receipt."""
    from eth_account import Account
    from web3 import HTTPProvider, Web3

    Account.enable_unaudited_hdwallet_features()
    account, web3 = Account.from_mnemonic(nodes.MNEMONIC), Web3(HTTPProvider(url))
    sender = Sender(Node(url), Signer(bytes(account.key)), chain_id=chain_id)
    contract = web3.eth.contract(address=Web3.to_checksum_address(NOBODY), abi=json.loads(ABI.read_text()))
    vote = abi_of("AllocationDAO").functions["castVote"]

    def theirs() -> None:
        told: Any = {"from": account.address, "nonce": web3.eth.get_transaction_count(account.address)}
        raw = account.sign_transaction(contract.functions.castVote(1, 1).build_transaction(told)).raw_transaction
        web3.eth.wait_for_transaction_receipt(web3.eth.send_raw_transaction(raw), poll_latency=0.01)

    return "a transaction to its receipt", TRANSACTIONS, lambda: sender.send(NOBODY, vote.call(1, 1)), theirs  # type: ignore[arg-type]


def settled_log() -> dict[str, Any]:
    """A proposal was settled: as a node tells it."""
    forms = abi_of("AllocationDAO").events.values()
    topic = next(form.topic for form in forms if form.name == "ProposalSettled")
    place = {"blockNumber": "0x1", "logIndex": "0x0", "transactionIndex": "0x0", "removed": False}
    hashes = {"transactionHash": "0x" + "22" * 32, "blockHash": "0x" + "33" * 32, "address": NOBODY}
    words = "".join(f"{value:064x}" for value in (2, 4, 1))
    return {**place, **hashes, "topics": ["0x" + topic.hex(), f"0x{1:064x}"], "data": "0x" + words}


if __name__ == "__main__":
    main()
