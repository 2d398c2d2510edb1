"""How long it takes from a block of the chain to its event in the API's stream."""

import time
from collections.abc import Iterable, Iterator

import httpx

from benchmarks.api.chain import TellingChain
from benchmarks.api.serving import NotMeasured
from workmoot.domain.events import Event

WAIT_S = 30.0
PAUSE_S = 0.13
"""Between two blocks, so that they meet the API's looks at every moment of its pause."""


def seconds_to_stream(url: str, chain: TellingChain, events: Iterable[Event]) -> list[float]:
    """From when the node has mined a block to when its event was read, for each of them in a block of its own."""
    with httpx.stream("GET", f"{url}/api/v1/events?from=now", timeout=WAIT_S) as answer:
        told = _chain_events(answer.iter_lines())
        return [_one(chain, event, told) for event in events]


def _one(chain: TellingChain, event: Event, told: Iterator[str]) -> float:
    time.sleep(PAUSE_S)
    chain.tell([event])
    begin = time.perf_counter()
    if next(told, None) is None:
        raise NotMeasured("the stream ended")
    return time.perf_counter() - begin


def _chain_events(lines: Iterator[str]) -> Iterator[str]:
    """Each event of the chain; pulses are left out."""
    return (line for line in lines if line == "event: chain")
