"""A second reading of the chain: events decoded by web3 from the ABIs, counted without the project's own ledger."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import HTTPProvider, Web3

ABIS = Path(__file__).resolve().parents[2] / "workmoot" / "chain" / "abi"
CONTRACTS = ("Members", "WorkOrders", "AllocationDAO", "Overrides")
FIXED_ENTRY = 24


@dataclass(frozen=True, slots=True)
class Log:
    """One event: its contract's name for it, its values, its place."""

    name: str
    values: dict[str, Any]
    block: int
    index: int


def read_logs(url: str, deployment: dict[str, Any]) -> list[Log]:
    """Every event of the four contracts since their deployment, in the order of the chain."""
    chain = Web3(HTTPProvider(url))
    logs: list[Log] = []
    for name in CONTRACTS:
        abi = json.loads((ABIS / f"{name}.json").read_text())
        abi = abi if isinstance(abi, list) else abi["abi"]
        contract = chain.eth.contract(address=deployment[name], abi=abi)
        for entry in abi:
            if entry["type"] == "event":
                found = contract.events[entry["name"]]().get_logs(from_block=0)
                logs += [Log(log["event"], dict(log["args"]), log["blockNumber"], log["logIndex"]) for log in found]
    return sorted(logs, key=lambda log: (log.block, log.index))


def by_name(logs: list[Log]) -> dict[str, list[Log]]:
    """The events of each kind."""
    found: dict[str, list[Log]] = defaultdict(list)
    for log in logs:
        found[log.name].append(log)
    return found


def entries(plan: bytes) -> list[tuple[int, int, bytes]]:
    """The plan's entries as (task, lead, helpers' bytes), read by the specification's layout."""
    found, offset = [], 0
    while offset < len(plan):
        fixed = plan[offset : offset + FIXED_ENTRY]
        helpers, robots = fixed[22], fixed[23]
        end = offset + FIXED_ENTRY + 2 * (helpers + robots)
        helping = plan[offset + FIXED_ENTRY : offset + FIXED_ENTRY + 2 * helpers]
        found.append((int.from_bytes(fixed[:4], "big"), int.from_bytes(fixed[8:10], "big"), helping))
        offset = end
    return found


def taken(enacted: Log) -> list[tuple[int, int, bytes]]:
    """The entries of an enacted plan that were not skipped."""
    skipped = enacted.values["skipped"]
    listed = entries(enacted.values["plan"])
    return [entry for place, entry in enumerate(listed) if not skipped[place // 8] >> place % 8 & 1]
