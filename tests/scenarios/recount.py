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
    assignments, detail = created.values["calldatas"]
    helping = dict(_teams(detail[147 : 147 + int.from_bytes(detail[144:147], "big")]))
    found, offset = [], 0
    while offset < len(assignments):
        order, tens = int.from_bytes(assignments[offset : offset + 3], "big"), assignments[offset + 3]
        mask = int.from_bytes(assignments[offset + 4 : offset + 6], "big") >> 6
        tasks = [order << 8 | 10 * tens + place for place in range(10) if mask >> place & 1]
        end = offset + 7 + (5 * len(tasks) + 1) // 2
        people = f"{int.from_bytes(assignments[offset + 7 : end], 'big'):0{8 * (end - offset - 7)}b}"
        leads = [int(people[at : at + 10], 2) for at in range(0, 20 * len(tasks), 20)]
        found += [(task, lead, helping.get(task, b"")) for task, lead in zip(tasks, leads, strict=True)]
        offset = end
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
