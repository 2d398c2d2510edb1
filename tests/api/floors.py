"""A real gateway beside the API: over the story's chain, with simulated robots, on a port of loopback."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from api.gateway import Gateway
from gateway.adapters.simulated import SimulatedRobots
from gateway.chain_view import view_of
from gateway.floor import Floor
from gateway.floor import Gateway as Identity
from gateway.follower import Follower
from gateway.server import application
from gateway.truth import Defaults, Truth
from gateway.view import View
from gateway.wal import Wal
from tests.api.story import Story, signer
from workmoot.chain.memory import ADDRESSES, MemoryFollower
from workmoot.chain.signer import recover
from workmoot.domain.errors import Unreachable
from workmoot.domain.overrides import HumanOrder

TRUTH = Truth(seed=1, defaults=Defaults(pace=1.0, spread=0.0, failure=0.0, defect=0.0, noise_mm=0.02))


class StoryChain:
    """The story's chain as its gateway sees it; it may be away."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._follower = MemoryFollower(story.chain)
        self.away = False

    def look(self) -> View:
        if self.away:
            raise Unreachable("the gateway's node is away")
        self._follower.catch_up()
        return view_of(self._follower.ledger)

    def execute(self, order: HumanOrder, signature: bytes) -> None:
        if self.away:
            raise Unreachable("the gateway's node is away")
        self._story.by("gateway").overrides.execute(order, signature)


@contextmanager
def a_gateway(story: Story, folder: Path, *, pause_s: float = 0.05) -> Iterator[tuple[Gateway, StoryChain]]:
    """The API's line to a gateway that runs, and that gateway's line to the chain."""
    chain, loop, port = StoryChain(story), asyncio.new_event_loop(), threading.Event()
    found: list[str] = []

    async def run() -> None:
        floor = Floor(_identity(story), Wal(folder / "wal"), lambda: time.time_ns() // 1_000_000)
        await floor.join(SimulatedRobots(TRUTH, floor.now))
        follower = Follower(floor, chain)
        await follower.look()
        runner = web.AppRunner(application(floor, recover), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.append("http://{}:{}".format(*runner.addresses[0][:2]))
        port.set()
        try:
            await follower.run()
        finally:
            await runner.cleanup()

    task = loop.create_task(run())
    thread = threading.Thread(target=_until_cancelled, args=(loop, task))
    thread.start()
    port.wait(60)
    line = Gateway(lambda: found[0], pause_s=pause_s)
    line.start()
    try:
        yield line, chain
    finally:
        line.stop()
        loop.call_soon_threadsafe(task.cancel)
        thread.join(60)
        loop.close()


def _until_cancelled(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    loop.run_until_complete(asyncio.wait([task]))


def _identity(story: Story) -> Identity:
    return Identity(
        chain_id=story.chain.chain_id,
        address=signer("gateway").address,
        overrides=ADDRESSES["Overrides"],
        work_orders=ADDRESSES["WorkOrders"],
    )
