"""The figures of one run, the ratios they are about, and how both are told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.gas.chain import Decision

OURS = "workmoot"
"""Opened by one transaction, decided by the next."""
DIRECT = "workmoot-direct"
"""Opened by one transaction, and voted on by one of each member, the last of which decides: the default of plants."""
AT_ONCE = "workmoot-at-once"
TRANSACTION_CAP = 1 << 24
"""EIP-7825: no transaction of more gas on chains since Osaka."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one decision cost one system."""

    system: str
    members: int
    tasks: int
    gas: int
    gas_decide: int
    calldata: int
    tx: int
    over_cap: bool

    def as_object(self) -> Json:
        """As JSON has it."""
        return {
            "system": self.system,
            "members": self.members,
            "tasks": self.tasks,
            "gas": self.gas,
            "gas_decide": self.gas_decide,
            "gas_per_task": round(self.gas / self.tasks, 1),
            "gas_per_member": round(self.gas / self.members, 1),
            "calldata_bytes": self.calldata,
            "tx": self.tx,
            "over_cap": self.over_cap,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """One vote as a transaction that is neither first nor deciding."""

    members: int
    gas: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of a run."""

    hardfork: str
    rows: tuple[Row, ...]
    votes: Votes | None

    def as_object(self) -> Json:
        """As `--json` prints it."""
        vote = {"members": self.votes.members, "gas": self.votes.gas} if self.votes else None
        return {
            "hardfork": self.hardfork,
            "rows": [row.as_object() for row in self.rows],
            "vote": vote,
            "ratios": ratios(self),
            "accepted_misses": accepted(self),
        }


@dataclass(frozen=True, slots=True)
class Target:
    """What ours over a peer's may be at most; `decide`: of the deciding transaction alone."""

    members: int
    tasks: int
    peer: str
    most: float
    decide: bool = False
    ours: str = OURS

    @property
    def name(self) -> str:
        """Its key among the ratios."""
        act = "_decide" if self.decide else self.ours.removeprefix(OURS).replace("-", "_")
        return f"n{self.members}_t{self.tasks}{act}_vs_{self.peer.removeprefix('oz-').replace('-', '_')}"


OPENED_FIRST = (
    Target(5, 10, "oz-governor", 1 / 3),
    Target(25, 100, "oz-governor", 1 / 4),
    Target(25, 100, "safe", 1, decide=True),
    Target(25, 100, "oz-governor-plain", 1 / 15),
    Target(100, 100, "oz-governor", 1 / 6),
    Target(100, 100, "safe", 1, decide=True),
    Target(25, 1_000, "oz-governor", 3 / 4),
    Target(25, 1_000, "oz-governor-plain", 1 / 25),
)
VOTED_ON_CHAIN = tuple(
    Target(members, tasks, "oz-governor", 1, ours=DIRECT)
    for members, tasks in ((5, 10), (25, 100), (100, 100), (25, 1_000))
)
TARGETS = (
    *OPENED_FIRST,
    *VOTED_ON_CHAIN,
    *(replace(target, ours=AT_ONCE) for target in OPENED_FIRST if not target.decide),
)
VOTE_TARGET = 2 / 3
OUT_OF_REACH = {
    "n5_t10_vs_governor": "two transactions cannot come below it, `workmoot-at-once` does: docs/decisions/0014"
}
"""Misses that are accepted, and why."""


def row_of(system: str, members: int, tasks: int, decision: Decision) -> Row:
    """What was measured, as a row."""
    return Row(
        system=system,
        members=members,
        tasks=tasks,
        gas=decision.gas,
        gas_decide=decision.deciding.gas,
        calldata=decision.calldata,
        tx=len(decision.costs),
        over_cap=decision.largest > TRANSACTION_CAP,
    )


def ratios(report: Report) -> dict[str, Json]:
    """Every target whose figures were measured, with what it came to."""
    found = {(row.system, row.members, row.tasks): row for row in report.rows}
    told: dict[str, Json] = {}
    for target in TARGETS:
        ours, peer = (found.get((system, target.members, target.tasks)) for system in (target.ours, target.peer))
        if ours and peer:
            figures = (ours.gas_decide, peer.gas_decide) if target.decide else (ours.gas, peer.gas)
            told[target.name] = _ratio(*figures, target.most)
    if report.votes and {OURS, "oz-governor"} <= report.votes.gas.keys():
        told["vote_vs_governor"] = _ratio(report.votes.gas[OURS], report.votes.gas["oz-governor"], VOTE_TARGET)
    return told


def missed(report: Report) -> list[str]:
    """The targets within reach that were measured and not met, each with its figures."""
    return [
        f"{name}: {it['ratio']} of the peer's, at most {it['target']}"
        for name, it in ratios(report).items()
        if not it["met"] and name not in OUT_OF_REACH
    ]


def accepted(report: Report) -> dict[str, str]:
    """The targets that were measured and not met, and are out of reach, each with its reason."""
    told = ratios(report)
    return {name: reason for name, reason in OUT_OF_REACH.items() if name in told and not told[name]["met"]}


def _ratio(ours: int, peer: int, target: float) -> Json:
    ratio = ours / peer
    return {"ours": ours, "peer": peer, "ratio": round(ratio, 4), "target": round(target, 4), "met": ratio <= target}


def row_table(rows: Sequence[Row]) -> list[list[str]]:
    """The rows for people, the titles first."""
    titles = ["system", "members", "tasks", "gas", "of it deciding", "per task", "per member", "calldata", "tx", ""]
    return [titles, *(_told(row) for row in rows)]


def ratio_table(report: Report) -> list[list[str]]:
    """The ratios for people, the titles first."""
    titles = ["ratio", "ours", "peer", "is", "at most", ""]
    lines = [
        [name, f"{it['ours']:,}", f"{it['peer']:,}", f"{it['ratio']:.3f}", f"{it['target']:.3f}", _verdict(it["met"])]
        for name, it in ratios(report).items()
    ]
    return [titles, *lines]


def _told(row: Row) -> list[str]:
    per = (f"{row.gas / row.tasks:,.0f}", f"{row.gas / row.members:,.0f}")
    counted = (f"{row.calldata:,}", str(row.tx), "over the cap" if row.over_cap else "")
    return [row.system, str(row.members), str(row.tasks), f"{row.gas:,}", f"{row.gas_decide:,}", *per, *counted]


def _verdict(met: bool) -> str:  # noqa: FBT001 - a word for a flag
    return "met" if met else "missed"
