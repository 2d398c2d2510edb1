"""Audit files for whoever asks: written while they are sent, few at a time, for each asks the node for every block."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from threading import BoundedSemaphore
from typing import Protocol

from api.problems import Problem
from api.refusals import as_problem
from workmoot.audit.export import About, export
from workmoot.chain.deployment import Deployment
from workmoot.chain.proof import BlockEvidence
from workmoot.domain.errors import ChainError, NoSuchProduct

AT_ONCE = 2
AGAIN_AFTER_S = 5
CHUNK = 64 * 1024


class Evidence(Protocol):
    """What a node tells of a deployment's blocks; `workmoot.chain.evidence.NodeEvidence` does."""

    @property
    def deployment(self) -> Deployment:
        """Which."""

    def blocks(self) -> Iterator[BlockEvidence]:
        """From the deployment's block to the head."""


class Exports:
    """Writes no more than two at once."""

    def __init__(self, evidence: Evidence | None) -> None:
        self._evidence = evidence
        self._places = BoundedSemaphore(AT_ONCE)

    def file(self, product: str | None) -> Iterator[str]:
        """The file in larger pieces; what is wrong at its beginning is said as a problem."""
        if self._evidence is None:
            raise Problem(503, "chain-unavailable", "There is no node here that tells blocks.", retryable=True)
        about = About(deployment=self._evidence.deployment, product=product)
        return self.begun(export(about, self._evidence.blocks()))

    def begun(self, lines: Iterator[str]) -> Iterator[str]:
        """Any file in larger pieces, from one of the places."""
        pieces = self._pieces(lines)
        try:
            first = next(pieces)
        except ChainError as refused:
            raise as_problem(refused) from refused
        except NoSuchProduct as unknown:
            raise Problem(404, "not-found", str(unknown)) from None
        return chain((first,), pieces)

    def _pieces(self, lines: Iterator[str]) -> Iterator[str]:
        with self._place():
            yield from in_pieces(lines)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            detail = f"{AT_ONCE} audit files are being written; ask again when one of them is done."
            raise Problem(429, "exports-under-way", detail, headers={"Retry-After": str(AGAIN_AFTER_S)})
        try:
            yield
        finally:
            self._places.release()


def in_pieces(lines: Iterator[str]) -> Iterator[str]:
    """The same text in pieces of some size."""
    gathered, size = [], 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= CHUNK:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)
