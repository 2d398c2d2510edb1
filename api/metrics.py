"""What Prometheus is told: how the API answers, and how fresh its picture of the chain is. Labels are never ids."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.dependencies import Dependencies
from api.problems import METHODS

PREFIX = "workmoot"
OTHER = "other"
"""A method or route that there is not: strangers choose no label."""


class Metrics:
    """One app's own."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Picture(dependencies))
        ProcessCollector(namespace=PREFIX, registry=self._registry)
        labels = ("method", "route", "status")
        self._requests = Counter("requests", "Answers.", labels, namespace=PREFIX, registry=self._registry)
        self._seconds = Histogram(
            "request_seconds", "How long they took.", labels[:2], namespace=PREFIX, registry=self._registry
        )
        self._problems = Counter(
            "problems", "Refusals and faults, by their type.", ("type",), namespace=PREFIX, registry=self._registry
        )

    def count(self, method: str, route: str | None, status: int, seconds: float, problem: str | None) -> None:
        """One more answer."""
        labels = (method if method in METHODS else OTHER, route or OTHER)
        self._requests.labels(*labels, status).inc()
        self._seconds.labels(*labels).observe(seconds)
        if problem is not None:
            self._problems.labels(problem).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Picture(Collector):
    """Looked up when somebody asks."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._given = dependencies

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How fresh the picture is, and what is on its way."""
        projection = self._given.projection
        head, freshness = projection.head(), projection.freshness()
        found = {
            "head_block": ("The last block read.", head.block),
            "behind_blocks": ("Blocks the node has that were not read.", head.behind_blocks),
            "behind_seconds": ("The chain's own time between the last block read and the newest.", head.behind_s),
            "read_seconds_ago": ("Seconds since the node was last read.", freshness.read_s_ago),
            "stale": ("1: what is said may have changed.", freshness.stale),
            "events": ("Events of the chain that are known.", freshness.events),
            "anchoring": ("Orders that act and are not on chain yet.", projection.anchoring_count()),
            "errands": ("Writes being done now.", self._given.errands.at_work),
            "faults": ("Threads of the API that a fault ended: start it again.", len(self._given.faults)),
            "streams": ("Event streams open now.", self._given.streams.count()),
        }
        for name, (words, value) in found.items():
            yield GaugeMetricFamily(f"{PREFIX}_{name}", words, value=value)
