"""The API over a story, as tests and the page's tests use it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from api.access.access import Terms, access_of
from api.app import create_app
from api.ballots import CHECKS_A_SECOND, CHECKS_AT_ONCE, DRAFTS_A_SECOND, DRAFTS_AT_ONCE, BallotDesk
from api.bulk import BulkDesk
from api.database import Database
from api.dependencies import Dependencies
from api.desk import Desk, Floor, KeyRing
from api.errands import Errands
from api.exports import Evidence, Exports
from api.guidance import GuidanceDesk, GuidedFloor
from api.home import Home
from api.lifecycle import Lifecycle
from api.previews import Previews
from api.projection import Projection
from api.rates import Rate
from api.steps import KeptSteps
from api.views.snapshot import GatewayWords
from api.webhooks.hooks import Hooks
from api.webhooks.reach import Reach
from tests.api.documented import Documented
from tests.api.story import FloorWords, Story, signer
from workmoot.ballots.kept import KeptBallots
from workmoot.ballots.poll import Notary, Verify
from workmoot.chain.memory import ADDRESSES, MemoryFollower
from workmoot.chain.memory.instructions import contracts_of
from workmoot.chain.signatures import is_signed_by

LOOPBACK = "http://127.0.0.1:8600"
DEVELOPMENT = Terms(development=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The application and what it stands on."""

    app: FastAPI
    projection: Projection
    story: Story
    desk: Desk


def serve(
    story: Story,
    *,
    floor: Floor | None = None,
    guided: GuidedFloor | None = None,
    words: Callable[[], GatewayWords] | None = None,
    signs: tuple[str, ...] = ("technician",),
    rate: Rate | None = None,
    draft_rate: Rate | None = None,
    kept: KeptBallots | None = None,
    verify: Verify | None = None,
    terms: Terms = DEVELOPMENT,
    url: str = LOOPBACK,
    database: Database | None = None,
    evidence: Evidence | None = None,
) -> Served:
    """The API with an account to send with; `signs` names the humans whose development keys it holds."""
    verify = verify or is_signed_by
    database = database or in_memory()
    words = words or FloorWords(story).words
    contracts = contracts_of(story.chain.chain_id)
    follower = MemoryFollower(story.chain)
    projection = Projection(follower, chain_id=story.chain.chain_id, gateway=words, contracts=contracts)
    projection.begin()
    relay = story.by("relay")
    keys = KeyRing(signers={signer(name).address: signer(name) for name in signs})
    desk = Desk(
        projection,
        contracts=contracts,
        relay=relay.overrides,
        floor=floor,
        keys=keys,
        verify=verify,
        previews=Previews(database),
    )
    home = Home(url=url, chain_id=story.chain.chain_id)
    rate = rate or Rate(CHECKS_A_SECOND, at_once=CHECKS_AT_ONCE)
    draft_rate = draft_rate or Rate(DRAFTS_A_SECOND, at_once=DRAFTS_AT_ONCE)
    lifecycle = Lifecycle(projection, KeptSteps(projection.steps, database))
    dependencies = Dependencies(
        projection=projection,
        desk=desk,
        bulk=BulkDesk(projection, desk),
        guidance=GuidanceDesk(projection, desk, guided),
        ballots=BallotDesk(
            projection, notary(story, verify), kept=kept or KeptBallots(), rate=rate, draft_rate=draft_rate
        ),
        errands=Errands(database),
        exports=Exports(evidence),
        posting=relay.work_orders,
        contracts=dict(ADDRESSES),
        access=access_of(home, terms, projection, database, verify),
        hooks=Hooks(database),
        reach=Reach(loopback=terms.development),
        lifecycle=lifecycle,
        watched=(projection, lifecycle),
    )
    app = create_app(dependencies)
    app.add_middleware(Documented)
    return Served(app=app, projection=projection, story=story, desk=desk)


def in_memory() -> Database:
    """Fresh tables that end with the process."""
    made = Database("sqlite://")
    made.create_tables()
    return made


def notary(story: Story, verify: Verify | None = None) -> Notary:
    """Judges ballots for the story's DAO."""
    return Notary(chain_id=story.chain.chain_id, dao=ADDRESSES["AllocationDAO"], verify=verify or is_signed_by)


@contextmanager
def listening(served: Served, *, port: int = 0) -> Iterator[str]:
    """The same over HTTP on a port of loopback, else a free one; the URL."""
    with hosting(served.app, port=port) as url:
        try:
            yield url
        finally:
            served.app.state.stopping.set()


@contextmanager
def hosting(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Any application over HTTP, likewise."""
    # Named as TCP, as in `workmoot serve`: else every answer of a kept connection waits 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
