"""Runs the measurement: a past on an Anvil of its own, indexed, read, and going on."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import requests

from api.archive import DatabaseArchive
from api.database import Database
from api.projection import Projection
from benchmarks.api.chain import TellingChain, telling
from benchmarks.api.history import after, history
from benchmarks.api.serving import Client, percentile, serving
from benchmarks.api.streaming import seconds_to_stream
from scripts.api_state import collect_rarely
from workmoot.chain.deployment import write_deployment
from workmoot.chain.follower import BLOCKS_PER_QUESTION, Follower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 3
READS, READS_A_ROUND = 600, 50
STREAMED = 60
TENTHS = 10
LEAST_READING, LEAST_INDEXING, MOST_TO_STREAM_MS = 1 / 5, 1 / 2, 250.0
"""Of a page of 50 tasks beside the bare route, indexing beside the bare eth_getLogs, a block until it is streamed."""
PAGES = {"tasks": "/api/v1/tasks?limit=50", "events": "/api/v1/events/recent?limit=50"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing:
    """Events read, decoded, entered and kept, beside the bare `eth_getLogs` of the same blocks."""

    events_per_s: float
    get_logs_per_s: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page of 50, beside a bare FastAPI route that answers with the same JSON."""

    reads_per_s: float
    p99_ms: float
    bare_per_s: float
    bare_p99_ms: float
    bytes: int
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything measured in one run."""

    events: int
    blocks: int
    indexing: Indexing
    reading: dict[str, Reading]
    block_to_stream_p95_ms: float

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def missed(self) -> list[str]:
        """The targets that were not met, each with its figure."""
        page, stream = self.reading["tasks"].ratio, self.block_to_stream_p95_ms
        found = {
            f"reading.tasks: {page} of the bare route's rate, at least {LEAST_READING}": page >= LEAST_READING,
            f"indexing: {self.indexing.ratio} of the bare eth_getLogs, at least {LEAST_INDEXING}": (
                self.indexing.ratio >= LEAST_INDEXING
            ),
            f"block_to_stream_p95_ms: {stream}, at most {MOST_TO_STREAM_MS:.0f}": stream <= MOST_TO_STREAM_MS,
        }
        return [line for line, is_met in found.items() if not is_met]


def measure(events: int, *, say: Callable[[str], None]) -> Report:
    """Everything, one after the other."""
    collect_rarely()
    with telling() as chain, tempfile.TemporaryDirectory() as folder:
        say(f"writing {events} events into blocks")
        chain.tell(history(events), told=_told(events, say))
        say("indexing")
        indexing = _indexing(chain, Path(folder))
        deployment = Path(folder) / "deployment.json"
        write_deployment(deployment, chain.deployment)
        where = ("--rpc", chain.node.url, "--deployment", str(deployment), "--port", "0", "--dev", "--rate", "1000000")
        with serving("scripts", "serve", *where) as url:
            reading = {}
            for name, path in PAGES.items():
                say(f"reading {name}")
                reading[name] = _reading(url, path, Path(folder))
            say("streaming")
            streamed = seconds_to_stream(url, chain, after(events, STREAMED))
        head = chain.head()
    return Report(
        events=events,
        blocks=head,
        indexing=indexing,
        reading=reading,
        block_to_stream_p95_ms=_ms(percentile(streamed, 0.95)),
    )


def _told(events: int, say: Callable[[str], None]) -> Callable[[int], None]:
    """Says how far the writing is, a tenth after the other."""
    said = 0

    def told(count: int) -> None:
        nonlocal said
        if count * TENTHS // events > said:
            said = count * TENTHS // events
            say(f"  {count} of {events}")

    return told


def _indexing(chain: TellingChain, folder: Path) -> Indexing:
    """The two in turn, several times; the median of each."""
    raw, indexed, count = [], [], 0
    for number in range(ROUNDS):
        begin = time.perf_counter()
        count = _raw_logs(chain)
        raw.append(time.perf_counter() - begin)
        database = Database(f"sqlite:///{folder}/round{number}.db")
        database.create_tables()
        begin = time.perf_counter()
        archive = DatabaseArchive(database, chain.deployment)
        follower = Follower(chain.node, chain.deployment, archive)
        Projection(follower, chain_id=chain.deployment.chain_id).begin()
        indexed.append(time.perf_counter() - begin)
        database.close()
    return Indexing(
        events_per_s=round(count / median(indexed)),
        get_logs_per_s=round(count / median(raw)),
        ratio=round(median(raw) / median(indexed), 3),
    )


def _raw_logs(chain: TellingChain) -> int:
    """How many there are: asked for with requests over one connection, read as JSON and left alone."""
    addresses, head = list(chain.deployment.addresses.values()), chain.head()
    count = 0
    with requests.Session() as session:
        for first in range(chain.deployment.block, head + 1, BLOCKS_PER_QUESTION):
            last = min(first + BLOCKS_PER_QUESTION - 1, head)
            span = {"fromBlock": hex(first), "toBlock": hex(last), "address": addresses}
            question = {"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [span]}
            count += len(session.post(chain.node.url, json=question).json()["result"])
    return count


def _reading(url: str, path: str, folder: Path) -> Reading:
    """The two in turn, some reads of each at a time."""
    file = folder / "answer.json"
    with ExitStack() as stack:
        api = stack.enter_context(closing(Client(url)))
        body = api.get(path)
        file.write_text(json.dumps(json.loads(body)))
        bare = stack.enter_context(closing(Client(stack.enter_context(serving("benchmarks.api.bare", str(file))))))
        bare.get("/")
        ours, theirs = [], []
        for _ in _rounds():
            ours += api.seconds(path, READS_A_ROUND)
            theirs += bare.seconds("/", READS_A_ROUND)
    return Reading(
        reads_per_s=round(1 / median(ours), 1),
        p99_ms=_ms(percentile(ours, 0.99)),
        bare_per_s=round(1 / median(theirs), 1),
        bare_p99_ms=_ms(percentile(theirs, 0.99)),
        bytes=len(body),
        ratio=round(median(theirs) / median(ours), 3),
    )


def _rounds() -> Iterator[int]:
    yield from range(READS // READS_A_ROUND)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
