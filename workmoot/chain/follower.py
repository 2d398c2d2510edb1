"""Follows the contracts' events from the deployment's block on, and keeps a ledger of them."""

from bisect import bisect_left
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from workmoot.chain.archive import Archive, MemoryArchive, RawLog, raw_log
from workmoot.chain.decoder import decode_logs
from workmoot.chain.deployment import Deployment, check_node
from workmoot.chain.following import Following, News
from workmoot.chain.node import Node, as_block, as_tag, header_question
from workmoot.domain.errors import Unreachable
from workmoot.domain.ledger import Block, Ledger

BLOCKS_PER_QUESTION = 500
HEADERS_PER_QUESTION = 500
Told = tuple[Block | None, list[RawLog]]
"""The last block of a span, as it was before the logs were asked for, and those."""


class Follower(Following):
    """One deployment at one node. What an archive has is not asked for again, except what a reorganisation undid."""

    def __init__(self, node: Node, deployment: Deployment, archive: Archive | None = None) -> None:
        self.node = node
        self.deployment = deployment
        self.ledger = Ledger()
        self._archive = archive or MemoryArchive()
        self._last: Block | None = None
        self._asking = ThreadPoolExecutor(1, "follower")
        self._ahead: tuple[Block, range, Future[Told]] | None = None

    def read(self) -> News | None:
        """What the archive has beyond the last block; where it has nothing, the next blocks' events from the node."""
        if self._archive.newest() != self._last:
            return self._recall()
        self.tip, last = self._look()
        if last != self._last or last is None:
            check_node(self.node, self.deployment)
        if last != self._last:
            self._archive.rewind(self._common_ancestor())
            return self._recall()
        return self._read_on(self.tip, last)

    def enter(self, news: News) -> None:
        """Enters what was read last."""
        super().enter(news)
        self._last = news.head

    def _recall(self) -> News:
        anew, logs, newest = self._archive.recall(self._last)
        return News(events=tuple(decode_logs(logs)), head=newest, anew=anew, recalled=True)

    def _look(self) -> tuple[Block, Block | None]:
        """The head, and what the last block is now."""
        head, *last = self._blocks("latest", *([self._last.number] if self._last else []))
        if head is None:
            raise Unreachable(f"{self.node.url} has no block")
        return head, last[0] if last else None

    def _blocks(self, *numbers: int | str) -> list[Block | None]:
        found = self.node.ask_all([header_question(number) for number in numbers])
        return [as_block(header) if header else None for header in found]

    def _read_on(self, tip: Block, last: Block | None) -> News | None:
        """The events of the next blocks, if the chain was the same before and after they were asked for."""
        span = self._span_after(last.number if last else self.deployment.block - 1, tip)
        if not span:
            return None
        head, logs = self._told_ahead(tip, span) or self._told(span)
        if head is None:
            return None
        self._ask_ahead(tip, self._span_after(head.number, tip))
        ends = [block for block in (last, head) if block is not None]
        if self._blocks(*(block.number for block in ends)) != ends or not self._archive.extend(last, logs, head):
            return None
        return News(events=tuple(decode_logs(logs)), head=head)

    def _span_after(self, number: int, tip: Block) -> range:
        """The blocks to ask for in one question."""
        return range(number + 1, min(tip.number, number + BLOCKS_PER_QUESTION) + 1)

    def _told(self, span: range) -> Told:
        """The last block of a span, asked for before the logs."""
        [head] = self._blocks(span[-1])
        return head, self._logs(span[0], span[-1])

    def _ask_ahead(self, tip: Block, span: range) -> None:
        """Has the node tell what comes next while this is entered."""
        self._ahead = (tip, span, self._asking.submit(self._told, span)) if span else None

    def _told_ahead(self, tip: Block, span: range) -> Told | None:
        """What was asked for ahead, if that was answered and the chain has the same head still."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead[:2] != (tip, span) or ahead[2].exception():
            return None
        return ahead[2].result()

    def _common_ancestor(self) -> int:
        """The newest block that the archive and the node both have."""
        numbers = range(self.deployment.block, self._last.number + 1 if self._last else 0)
        return self.deployment.block + bisect_left(numbers, 1, key=self._is_undone) - 1

    def _is_undone(self, number: int) -> bool:
        kept = self._archive.block_at(number)
        return kept is not None and self._blocks(kept.number) != [kept]

    def _logs(self, first: int, last: int) -> list[RawLog]:
        addresses = list(self.deployment.addresses.values())
        span = {"fromBlock": as_tag(first), "toBlock": as_tag(last), "address": addresses}
        told: list[dict[str, Any]] = self.node.ask("eth_getLogs", span)
        timestamps = self._timestamps(told)
        return sorted(raw_log(log, timestamps[log["blockNumber"]]) for log in told)

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
