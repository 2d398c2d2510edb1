"""A second reading of the chain: events decoded by web3 from the ABIs, counted without the project's own ledger."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import HTTPProvider, Web3

ABIS = Path(__file__).resolve().parents[2] / "workmoot" / "chain" / "abi"
CONTRACTS = ("Members", "WorkOrders", "AllocationDAO", "Overrides", "Motions")


@dataclass(frozen=True, slots=True)
class Log:
    """One event: its contract's name for it, its values, its place."""

    name: str
    values: dict[str, Any]
    block: int
    index: int
    tx: bytes


def read_logs(url: str, deployment: dict[str, Any]) -> list[Log]:
    """Every event of the five contracts since their deployment, in the order of the chain."""
    chain = Web3(HTTPProvider(url))
    logs: list[Log] = []
    for name in CONTRACTS:
        abi = json.loads((ABIS / f"{name}.json").read_text())
        abi = abi if isinstance(abi, list) else abi["abi"]
        contract = chain.eth.contract(address=deployment[name], abi=abi)
        for entry in abi:
            if entry["type"] == "event":
                found = contract.events[entry["name"]]().get_logs(from_block=0)
                logs += [_log(log) for log in found]
    return sorted(logs, key=lambda log: (log.block, log.index))


def _log(found: Any) -> Log:
    place = (found["blockNumber"], found["logIndex"], bytes(found["transactionHash"]))
    return Log(found["event"], dict(found["args"]), *place)


def by_name(logs: list[Log]) -> dict[str, list[Log]]:
    """The events of each kind."""
    found: dict[str, list[Log]] = defaultdict(list)
    for log in logs:
        found[log.name].append(log)
    return found


def entries(created: Log) -> list[tuple[int, int, bytes]]:
    """The plan's entries as (task, lead, helpers' bytes), read by the specification's layout."""
    assignments, teams, *_ = created.values["calldatas"]
    helping = dict(_teams(teams))
    found, offset = [], 0
    while offset < len(assignments):
        word, mask = int.from_bytes(assignments[offset : offset + 4], "big"), assignments[offset + 4 : offset + 6]
        offset += 6
        for place in (place for place in range(10) if int.from_bytes(mask, "big") >> place & 1):
            task = (word >> 8) << 8 | (word & 0xFF) * 10 + place
            lead = int.from_bytes(assignments[offset : offset + 4], "big") >> 10 & 0x3FF
            found.append((task, lead, helping.get(task, b"")))
            offset += 4
    return found


def _teams(teams: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset < len(teams):
        end = offset + 13 + 2 * teams[offset + 12]
        yield int.from_bytes(teams[offset : offset + 4], "big"), teams[offset + 13 : end]
        offset = end


def taken(enacted: Log, logs: list[Log]) -> list[tuple[int, int, bytes]]:
    """The entries of an enacted plan, or of an enacted part of one, that were not skipped."""
    created = (log for log in logs if log.name == "ProposalCreated")
    plan = next(log for log in created if log.values["proposalId"] == enacted.values["proposal"])
    part = entries(plan)[enacted.values["first"] : enacted.values["last"]]
    skipped = int.from_bytes(enacted.values["skipped"], "little")
    return [entry for place, entry in enumerate(part) if not skipped >> place & 1]


def electorates(logs: list[Log]) -> dict[int, int]:
    """How many could vote when each proposal was created."""
    found, members = {}, 0
    for log in logs:
        if log.name == "RosterChanged":
            members = log.values["members"]
        elif log.name == "ProposalCreated":
            found[log.values["proposalId"]] = members
    return found
