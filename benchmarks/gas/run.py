"""Runs the measurement: a chain for each number of members, and on it every system among the same accounts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from benchmarks.gas.chain import Chain, running
from benchmarks.gas.governor import Governor
from benchmarks.gas.report import Report, Row, Votes, row_of
from benchmarks.gas.safe import Safe
from benchmarks.gas.systems import System, Voting, signer_of
from benchmarks.gas.workmoot import Workmoot, WorkmootAtOnce, WorkmootDirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workmoot.chain.signer import Signer

VOTING_MEMBERS = 25
VOTING = ("workmoot", "oz-governor")


def _workmoot(chain: Chain, members: Sequence[Signer]) -> System:
    return Workmoot(chain, len(members))


def _workmoot_direct(chain: Chain, members: Sequence[Signer]) -> System:
    return WorkmootDirect(chain, len(members))


def _workmoot_at_once(chain: Chain, members: Sequence[Signer]) -> System:
    return WorkmootAtOnce(chain, len(members))


SYSTEMS: dict[str, Callable[[Chain, Sequence[Signer]], System]] = {
    "workmoot": _workmoot,
    "workmoot-direct": _workmoot_direct,
    "workmoot-at-once": _workmoot_at_once,
    "oz-governor": partial(Governor, plain=False),
    "oz-governor-plain": partial(Governor, plain=True),
    "safe": partial(Safe, plain=False),
    "safe-plain": partial(Safe, plain=True),
}


def measure(
    systems: Sequence[str], members: Sequence[int], tasks: Sequence[int], *, hardfork: str, say: Callable[[str], None]
) -> Report:
    """The second decision of each system, for every number of members and of tasks."""
    rows: list[Row] = []
    votes: dict[str, int] = {}
    for count in members:
        with running(hardfork) as chain:
            for name in systems:
                say(f"{count} members: {name}")
                system = SYSTEMS[name](chain, [signer_of(f"member {place}") for place in range(count)])
                rows += decisions(chain, name, system, count, tasks)
                if count == VOTING_MEMBERS and name in VOTING:
                    votes[name] = vote_cost(cast("Voting", system))
    rows.sort(key=lambda row: (systems.index(row.system), row.members, row.tasks))
    return Report(
        hardfork=hardfork, rows=tuple(rows), votes=Votes(members=VOTING_MEMBERS, gas=votes) if votes else None
    )


def decisions(chain: Chain, name: str, system: System, members: int, tasks: Sequence[int]) -> Iterator[Row]:
    """After a first decision, which alone pays for counters that were zero, the second one of each size."""
    system.decide(1)
    for count in tasks:
        with chain.set_back():
            yield row_of(name, members, count, system.decide(count))


def vote_cost(system: Voting) -> int:
    """The gas of a vote that is neither the first nor the deciding one."""
    system.open()
    system.vote(0)
    return system.vote(1).gas
