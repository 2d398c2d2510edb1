"""Follows the contracts' events from the deployment's block on, and keeps a ledger of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from workmoot.chain.decoder import decode_log
from workmoot.chain.deployment import Deployment, check_code
from workmoot.chain.node import Node, as_block, as_tag, header_question
from workmoot.domain.errors import Unreachable
from workmoot.domain.events import Event
from workmoot.domain.ledger import Block, Ledger

BLOCKS_PER_QUESTION = 2_000
HEADERS_PER_QUESTION = 500


class Follower:
    """A projection of one deployment. After a reorganisation it starts over with a new ledger."""

    def __init__(self, node: Node, deployment: Deployment) -> None:
        self.node = node
        self.deployment = deployment
        self.ledger = Ledger()
        self.rebuilds = 0
        """How often the chain changed under it; the ledger is another one each time."""
        self._last: Block | None = None

    def catch_up(self) -> tuple[Event, ...]:
        """Reads what is new and enters it; returns the events entered, all of them after a rebuild."""
        head, last = self._look()
        if self._last is not None and last != self._last:
            check_code(self.node, self.deployment)
            self.ledger, self._last = Ledger(), None
            self.rebuilds += 1
        first = self.deployment.block if self._last is None else self._last.number + 1
        entered = tuple(self._read(first, head.number))
        self.ledger.apply_all(entered)
        self.ledger.head = self._last = head
        return entered

    def _look(self) -> tuple[Block, Block | None]:
        """The head, and what the block seen last is now."""
        questions = [header_question("latest")]
        if self._last is not None:
            questions.append(header_question(self._last.number))
        found = self.node.ask_all(questions)
        if not found[0]:
            raise Unreachable(f"{self.node.url} has no block")
        last = as_block(found[1]) if len(found) > 1 and found[1] else None
        return as_block(found[0]), last

    def _read(self, first: int, last: int) -> Iterator[Event]:
        for begin in range(first, last + 1, BLOCKS_PER_QUESTION):
            logs = self._logs(begin, min(begin + BLOCKS_PER_QUESTION - 1, last))
            timestamps = self._timestamps(logs)
            for log in logs:
                event = decode_log(log, timestamps[log["blockNumber"]])
                if event is not None:
                    yield event

    def _logs(self, first: int, last: int) -> list[dict[str, Any]]:
        addresses = list(self.deployment.addresses.values())
        span = {"fromBlock": as_tag(first), "toBlock": as_tag(last), "address": addresses}
        logs: list[dict[str, Any]] = self.node.ask("eth_getLogs", span)
        return sorted(logs, key=lambda log: (int(log["blockNumber"], 16), int(log["logIndex"], 16)))

    def _timestamps(self, logs: Iterable[dict[str, Any]]) -> dict[str, int]:
        """Each block's time. Anvil says it with the log, Ganache has to be asked."""
        told = {log["blockNumber"]: log.get("blockTimestamp") for log in logs}
        found = {number: int(timestamp, 16) for number, timestamp in told.items() if timestamp}
        missing = [number for number in told if number not in found]
        for begin in range(0, len(missing), HEADERS_PER_QUESTION):
            part = missing[begin : begin + HEADERS_PER_QUESTION]
            headers = self.node.ask_all([header_question(number) for number in part])
            found |= {number: int(header["timestamp"], 16) for number, header in zip(part, headers, strict=True)}
        return found
