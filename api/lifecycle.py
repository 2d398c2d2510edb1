"""Follows each order of a human to its end: notes what the floor confirms, and tells the streams what changed."""

import logging
import threading
from collections.abc import Iterator
from math import inf

from api.models.orders import OverrideStep
from api.projection import Projection
from api.steps import KeptSteps
from api.threads import Worker
from api.views.lifecycle import FINAL, VOID, anchoring_times, see, state_of, times_of
from api.views.overrides import anchoring_state
from api.views.snapshot import Snapshot
from workmoot.domain.ledger import OverrideRecord
from workmoot.domain.overrides import OverrideKind

log = logging.getLogger(__name__)
PAUSE_S = 0.1
RESTING, UNCONFIRMED = ("effective", "expiring", VOID), ("mined", "acknowledged")
RECENT_S = 300
"""So long an order's end is told to whoever comes; later it stands in the list alone."""


class Lifecycle:
    """One thread looks; streams ask what is new since their last look."""

    def __init__(self, projection: Projection, kept: KeptSteps) -> None:
        self._projection = projection
        self._kept = kept
        self._over: set[tuple[bytes, bytes]] = set()
        """Orders at their end, by digest and block: they change no more."""
        self._resting: dict[bytes, float] = {}
        """Orders, by digest, that stay as they are until then, or until the chain or a gateway that was away speaks."""
        self._heard: tuple[int, str | None] = -1, None
        self._told: dict[str, tuple[int, OverrideStep]] = {}
        self._lock = threading.Lock()
        self._worker = Worker("following the orders", self._run)
        self.version = 0
        """Rises with every change."""

    def start(self) -> None:
        """Begins to look."""
        self._worker.start()

    def stop(self) -> None:
        """Ends looking."""
        self._worker.stop()

    @property
    def fault(self) -> str | None:
        """What ended the looking."""
        return self._worker.fault

    def look(self) -> None:
        """Looks once at every order that is not over."""
        with self._projection.read() as snap:
            records = self._astir(snap)
            see(snap, records)
            steps = [*self._steps_of(snap, records), *_anchoring_steps(snap)]
        self._kept.keep()
        self._tell(steps, since=snap.now - RECENT_S)

    def changes(self, since: int) -> tuple[int, list[OverrideStep]]:
        """The present version, and how far those orders are that changed after another."""
        with self._lock:
            return self.version, [step for version, step in self._told.values() if version > since]

    def _astir(self, snap: Snapshot) -> list[OverrideRecord]:
        """The orders that may be elsewhere than they were."""
        heard = self._projection.version, snap.gateway.trouble
        if self._heard != heard:
            self._heard = heard
            self._resting.clear()
        known = (r for r in snap.ledger.overrides.values() if (r.digest, r.at.block_hash) not in self._over)
        return [record for record in known if self._resting.get(record.digest, 0) <= snap.now]

    def _steps_of(self, snap: Snapshot, records: list[OverrideRecord]) -> Iterator[OverrideStep]:
        for record in records:
            times = times_of(snap, record)
            state = state_of(snap, record, times)
            said = state == "done" and record.order.kind is OverrideKind.ACKNOWLEDGE  # void when another human comes
            if state in FINAL and not said:
                self._over.add((record.digest, record.at.block_hash))
            elif said or state in RESTING or (snap.gateway.trouble and state in UNCONFIRMED):
                self._resting[record.digest] = _rests_until(record, state)
            yield OverrideStep(id=record.id, digest="0x" + record.digest.hex(), state=state, times=times)

    def _tell(self, steps: list[OverrideStep], *, since: float) -> None:
        with self._lock:
            former = self._told
            self._told = {name: told for name, told in former.items() if self._is_told_on(told[1], since)}
            for step in steps:
                version, was = former.get(step.digest, (0, None))
                if step != was:
                    self.version = version = self.version + 1
                if step.state not in FINAL or _last(step) >= since:
                    self._told[step.digest] = version, step

    def _is_told_on(self, step: OverrideStep, since: float) -> bool:
        return _last(step) >= since if step.state in FINAL else bytes.fromhex(step.digest[2:]) in self._resting

    def _run(self) -> None:
        while not self._worker.stopping.is_set():
            self.look()
            self._worker.stopping.wait(PAUSE_S)


def _rests_until(record: OverrideRecord, state: str) -> float:
    """Until its time is over, if it is not yet."""
    expires_at = record.order.expires_at
    return expires_at if expires_at and state not in ("expiring", VOID) else inf


def _anchoring_steps(snap: Snapshot) -> Iterator[OverrideStep]:
    for item in snap.anchoring:
        times, state = anchoring_times(snap, item), anchoring_state(snap, item)
        yield OverrideStep(id=None, digest="0x" + item.digest.hex(), state=state, times=times)


def _last(step: OverrideStep) -> float:
    """When it came to where it is, Unix seconds."""
    times = (step.times.submitted, step.times.mined, step.times.acknowledged, step.times.effective, step.times.ended)
    return max((time.timestamp() for time in times if time), default=0.0)
