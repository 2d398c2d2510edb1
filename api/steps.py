"""When each step of a human's order was first seen: kept in the API's database, for the chain does not say it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Column, Float, LargeBinary, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from api.database import METADATA, Database
from workmoot.domain.errors import DatabaseUnreachable

log = logging.getLogger(__name__)
SUBMITTED, ACKNOWLEDGED, EFFECTIVE = "submitted", "acknowledged", "effective"
NOWHERE = ""
"""In the place of an event's id: seen before the order was in a block."""
STEPS = Table(
    "override_steps",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("at", String(80), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("seen_at", Float, nullable=False),
)


class Step(NamedTuple):
    """One step of an order. `at` is the id of the event that gave it: in another block it is seen anew."""

    digest: bytes
    at: str
    step: str


class Steps:
    """Every step seen, and when; the first time stands."""

    def __init__(self) -> None:
        self._seen: dict[Step, float] = {}
        self._fresh: dict[Step, float] = {}
        self._tried: dict[Step, float] = {}
        self._lock = threading.Lock()

    def at(self, step: Step) -> float | None:
        """When it was seen first, Unix seconds."""
        tried_at = self._tried.get(step)
        return self._seen.get(step, tried_at)

    def see(self, step: Step, now: float) -> None:
        """It is seen now, if it was not before."""
        with self._lock:
            if step not in self._seen:
                self._seen[step] = self._fresh[step] = now

    @contextmanager
    def trying(self, step: Step, now: float) -> Iterator[None]:
        """It is seen now; what is tried here failing, it never was, and is kept nowhere."""
        self._tried[step] = now
        try:
            yield
            self.see(step, now)
        finally:
            self._tried.pop(step, None)

    def recall(self, kept: dict[Step, float]) -> None:
        """What was seen earlier, by this process or another."""
        with self._lock:
            self._seen |= kept
            for step in kept:
                self._fresh.pop(step, None)

    def known(self) -> dict[Step, float]:
        """All of them."""
        with self._lock:
            return dict(self._seen)

    def fresh(self) -> dict[Step, float]:
        """What is kept nowhere yet."""
        with self._lock:
            return dict(self._fresh)


class KeptSteps:
    """Steps in a database, which processes share."""

    def __init__(self, steps: Steps, database: Database) -> None:
        self._steps = steps
        self._database = database
        self._is_recalled = False
        self._trouble = ""
        self.keep()

    def keep(self) -> None:
        """Writes down what is fresh, after the first reading; while the database is away, the next time."""
        try:
            if not self._is_recalled:
                self._steps.recall(self._all())
                self._is_recalled = True
            for step, seen_at in self._steps.fresh().items():
                self._steps.recall({step: self._keep(step, seen_at)})
            self._trouble = ""
        except DatabaseUnreachable as away:
            if str(away) != self._trouble:
                log.warning("the steps of orders are not kept: %s", away)
            self._trouble = str(away)

    def _all(self) -> dict[Step, float]:
        with self._database.begin() as connection:
            return {Step(row.digest, row.at, row.step): row.seen_at for row in connection.execute(select(STEPS))}

    def _keep(self, step: Step, seen_at: float) -> float:
        """When it was first seen, by whichever process."""
        try:
            with self._database.begin() as connection:
                connection.execute(insert(STEPS).values(**step._asdict(), seen_at=seen_at))
                return seen_at
        except IntegrityError:
            same = (STEPS.c.digest == step.digest, STEPS.c.at == step.at, STEPS.c.step == step.step)
            with self._database.begin() as connection:
                first: float = connection.execute(select(STEPS.c.seen_at).where(*same)).scalar_one()
                return first
