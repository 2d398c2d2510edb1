"""What a Governor and a Safe call to put assignments on record: packed, or one call a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from benchmarks.gas.chain import Chain, call_of
from benchmarks.gas.peers import artifact
from benchmarks.gas.systems import assignee, assignees, require_recorded, signer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workmoot.chain.signer import Signer
    from workmoot.domain.ids import Address

TASKS_A_BATCH = 10_000


class Recorder(Protocol):
    """A contract that its owner tells who does what."""

    address: Address

    def calls(self, batch: int, tasks: int) -> list[bytes]:
        """What the owner calls."""

    def require(self, batch: int, tasks: int) -> None:
        """Refuses to go on where the record is another."""


class Packed:
    """A byte a task, all in one call."""

    def __init__(self, chain: Chain, *, owner: Address, members: Sequence[Signer]) -> None:
        self._chain = chain
        self._members = len(members)
        self.address = chain.create(signer_of("deployer").address, artifact("PackedRecorder"), owner)

    def calls(self, batch: int, tasks: int) -> list[bytes]:
        return [call_of("record(uint256,bytes)", batch, bytes(self._numbers(tasks)))]

    def require(self, batch: int, tasks: int) -> None:
        questions = [call_of("workerOf(uint256,uint256)", batch, task) for task in range(tasks)]
        require_recorded(self._chain, self.address, questions, self._numbers(tasks))

    def _numbers(self, tasks: int) -> list[int]:
        return [assignee(task, self._members) + 1 for task in range(tasks)]


class Plain:
    """A call, a slot and an event a task."""

    def __init__(self, chain: Chain, *, owner: Address, members: Sequence[Signer]) -> None:
        self._chain = chain
        self._members = members
        self.address = chain.create(signer_of("deployer").address, artifact("PlainRecorder"), owner)

    def calls(self, batch: int, tasks: int) -> list[bytes]:
        given = enumerate(assignees(self._members, tasks), batch * TASKS_A_BATCH)
        return [call_of("assign(uint256,address)", task, worker.address) for task, worker in given]

    def require(self, batch: int, tasks: int) -> None:
        first = batch * TASKS_A_BATCH
        questions = [call_of("workerOf(uint256)", task) for task in range(first, first + tasks)]
        expected = [int(worker.address, 16) for worker in assignees(self._members, tasks)]
        require_recorded(self._chain, self.address, questions, expected)
