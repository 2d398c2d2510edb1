"""What the routes are given."""

from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.access.access import Access
from api.ballots import BallotDesk
from api.bulk import BulkDesk
from api.desk import Desk
from api.errands import Errands
from api.exports import Exports
from api.guidance import GuidanceDesk
from api.lifecycle import Lifecycle
from api.projection import Projection
from api.streams import Streams
from api.webhooks.hooks import Hooks
from api.webhooks.reach import Reach
from workmoot.domain.ids import Address
from workmoot.domain.ports import Receipt


class Posting(Protocol):
    """The API's own account, which posts what a human signed."""

    def post_by_sig(
        self, tasks: bytes, detail: str, human: Address, nonce: int, deadline: int, signature: bytes
    ) -> Receipt:
        """Posts the order; returns when it is in a block."""


class Watched(Protocol):
    """A thread of ours."""

    @property
    def fault(self) -> str | None:
        """What ended it though nobody told it to."""

    def start(self) -> None:
        """Begins."""

    def stop(self) -> None:
        """Ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Everything outside that the API needs."""

    projection: Projection
    desk: Desk
    bulk: BulkDesk
    guidance: GuidanceDesk
    ballots: BallotDesk
    errands: Errands
    exports: Exports
    posting: Posting | None
    contracts: dict[str, str]
    access: Access
    hooks: Hooks
    reach: Reach
    lifecycle: Lifecycle
    streams: Streams = field(default_factory=Streams)
    watched: tuple[Watched, ...] = field(default=())
    """Started and stopped with the app."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What ended threads that should run."""
        return tuple(item.fault for item in self.watched if item.fault)


def _given(request: Request) -> Dependencies:
    given = request.app.state.dependencies
    assert isinstance(given, Dependencies)  # noqa: S101 (create_app put it there)
    return given


def _projection(given: Annotated[Dependencies, Depends(_given)]) -> Projection:
    return given.projection


def _desk(given: Annotated[Dependencies, Depends(_given)]) -> Desk:
    return given.desk


def _bulk(given: Annotated[Dependencies, Depends(_given)]) -> BulkDesk:
    return given.bulk


def _guidance(given: Annotated[Dependencies, Depends(_given)]) -> GuidanceDesk:
    return given.guidance


def _errands(given: Annotated[Dependencies, Depends(_given)]) -> Errands:
    return given.errands


def _exports(given: Annotated[Dependencies, Depends(_given)]) -> Exports:
    return given.exports


def _access(given: Annotated[Dependencies, Depends(_given)]) -> Access:
    return given.access


def _ballots(given: Annotated[Dependencies, Depends(_given)]) -> BallotDesk:
    return given.ballots


def _hooks(given: Annotated[Dependencies, Depends(_given)]) -> Hooks:
    return given.hooks


Given = Annotated[Dependencies, Depends(_given)]
Plant = Annotated[Projection, Depends(_projection)]
Webhooks = Annotated[Hooks, Depends(_hooks)]
Gate = Annotated[Access, Depends(_access)]
OrderDesk = Annotated[Desk, Depends(_desk)]
Bulk = Annotated[BulkDesk, Depends(_bulk)]
Guide = Annotated[GuidanceDesk, Depends(_guidance)]
Ballots = Annotated[BallotDesk, Depends(_ballots)]
Files = Annotated[Exports, Depends(_exports)]
Once = Annotated[Errands, Depends(_errands)]
