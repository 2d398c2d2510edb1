"""A gateway as one process: its log, its robots, its line to the chain, its server; until it is told to end."""

import asyncio
import logging
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from gateway.adapters.simulated import SimulatedRobots
from gateway.floor import Floor, Gateway
from gateway.follower import Chain, Follower
from gateway.server import Recover, application
from gateway.truth import Truth
from gateway.wal import Wal

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
GOODBYE_SECONDS = 1.0
"""What watchers of the events get to notice the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a gateway is joined from."""

    gateway: Gateway
    chain: Chain
    recover: Recover
    truth: Truth
    log_file: Path
    port: int


async def run(parts: Parts) -> None:
    """Serves until SIGTERM or SIGINT; what is not ours ends it loudly."""
    wal = Wal(parts.log_file)
    floor = Floor(parts.gateway, wal, lambda: time.time_ns() // 1_000_000)
    await floor.join(SimulatedRobots(parts.truth, floor.now))
    follower = Follower(floor, parts.chain)
    await follower.look()
    runner = web.AppRunner(application(floor, parts.recover), access_log=None, shutdown_timeout=GOODBYE_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, HOST, parts.port).start()
    log.info("gateway %s at http://%s:%s", parts.gateway.address, *runner.addresses[0][:2])
    try:
        await _until_told(follower)
    finally:
        await runner.cleanup()
        wal.close()


async def _until_told(follower: Follower) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    following, telling = asyncio.create_task(follower.run()), asyncio.create_task(told.wait())
    done, rest = await asyncio.wait((following, telling), return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()
