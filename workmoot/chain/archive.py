"""Where a follower keeps what a node told, so that it need not ask again; and how it finds out what is still true."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from workmoot.domain.ledger import Block


class RawLog(NamedTuple):
    """A log as the node told it: everything that decoding and proving it takes."""

    block: int
    log_index: int
    block_hash: bytes
    timestamp: int
    """The block's, Unix seconds."""
    tx: bytes
    address: bytes
    topics: bytes
    """All of them, 32 bytes each."""
    data: bytes


class Recalled(NamedTuple):
    """What an archive has beyond a block."""

    anew: bool
    """It does not have that block: this is all it has, and what was known before is void."""
    logs: Sequence[RawLog]
    newest: Block | None


class Archive(Protocol):
    """Logs of one chain and the hashes of blocks, up to the newest block; whole at any moment."""

    def newest(self) -> Block | None:
        """How far it goes."""

    def block_at(self, number: int) -> Block | None:
        """The newest block it has at that number or below; it has those with logs, and each that was once the end."""

    def recall(self, last: Block | None) -> Recalled:
        """What it has beyond a block; everything for none."""

    def extend(self, last: Block | None, logs: Sequence[RawLog], head: Block) -> bool:
        """Keeps what follows its newest block, up to `head`; not where that is no longer `last`."""

    def rewind(self, number: int) -> None:
        """Forgets everything above that block."""


class MemoryArchive:
    """For as long as the process lives."""

    def __init__(self) -> None:
        self._logs: list[RawLog] = []
        self._blocks: list[Block] = []

    def newest(self) -> Block | None:
        """How far it goes."""
        return self._blocks[-1] if self._blocks else None

    def block_at(self, number: int) -> Block | None:
        """The newest block it has at that number or below."""
        place = bisect_right(self._blocks, number, key=lambda block: block.number)
        return self._blocks[place - 1] if place else None

    def recall(self, last: Block | None) -> Recalled:
        """What it has beyond a block; everything for none."""
        anew = last is not None and self.block_at(last.number) != last
        return Recalled(
            anew, self._logs[self._place_after(-1 if anew or last is None else last.number) :], self.newest()
        )

    def extend(self, last: Block | None, logs: Sequence[RawLog], head: Block) -> bool:
        """Keeps what follows its newest block, up to `head`; not where that is no longer `last`."""
        if self.newest() != last:
            return False
        self._logs.extend(logs)
        self._blocks.extend(blocks_of(logs, head))
        return True

    def rewind(self, number: int) -> None:
        """Forgets everything above that block."""
        del self._logs[self._place_after(number) :]
        self._blocks = [block for block in self._blocks if block.number <= number]

    def _place_after(self, number: int) -> int:
        return bisect_right(self._logs, number, key=lambda log: log.block)


def blocks_of(logs: Sequence[RawLog], head: Block) -> list[Block]:
    """The blocks that logs are of, in order, and the head."""
    found = {log.block: log for log in logs}
    found.pop(head.number, None)
    before = [Block(number=number, hash=log.block_hash, timestamp=log.timestamp) for number, log in found.items()]
    return [*before, head]


def raw_log(told: Mapping[str, Any], timestamp: int) -> RawLog:
    """A log of JSON-RPC."""
    found = (
        int(told["blockNumber"], 16),
        int(told["logIndex"], 16),
        _bytes_often(told["blockHash"]),
        timestamp,
        _bytes_often(told["transactionHash"]),
        _bytes_often(told["address"]),
        bytes.fromhex("".join(told["topics"]).replace("0x", "")),
        bytes.fromhex(told["data"][2:]),
    )
    return tuple.__new__(RawLog, found)


@lru_cache(maxsize=64)
def _bytes_often(told: str) -> bytes:
    """What many logs one after the other share."""
    return bytes.fromhex(told[2:])
