"""What each system that decides is asked for, and the assignments that all of them record."""

from collections.abc import Sequence
from typing import Protocol

from benchmarks.gas.chain import Chain, Cost, Decision, NotMeasured
from workmoot.chain.signer import Signer
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Address


class System(Protocol):
    """One way to decide, set up among its members."""

    def decide(self, tasks: int) -> Decision:
        """Gives fresh tasks to the members in turn, by a majority of them; what it says was decided is on record."""


class Voting(Protocol):
    """A system whose members may vote by a transaction each."""

    def open(self) -> None:
        """Opens a proposal."""

    def vote(self, place: int) -> Cost:
        """The member at that place says yes to it."""


def signer_of(name: str) -> Signer:
    """The same key in every run, so that every run costs the same."""
    return Signer(key_of(name))


def key_of(name: str) -> bytes:
    """A key made of its owner's name; it owns nothing outside a benchmark's chain."""
    return keccak(f"workmoot gas benchmark: {name}".encode())


def majority_of(members: int) -> int:
    """More than half."""
    return members // 2 + 1


def assignee(task: int, members: int) -> int:
    """The place of the member that task is given to: they take turns."""
    return task * 7 % members


def assignees(members: Sequence[Signer], tasks: int) -> list[Signer]:
    """Whose each task is."""
    return [members[assignee(task, len(members))] for task in range(tasks)]


def require_recorded(chain: Chain, to: Address, calls: Sequence[bytes], expected: Sequence[int]) -> None:
    """A figure counts only where the assignments are on record."""
    if chain.read_all(to, calls) != list(expected):
        raise NotMeasured(f"{to} does not hold the assignments that were decided")
