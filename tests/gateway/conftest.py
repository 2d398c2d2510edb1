from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.adapters.simulated import SimulatedRobots
from gateway.floor import Floor
from gateway.follower import Follower
from gateway.server import application
from gateway.state import HumanOrder
from gateway.truth import Truth
from gateway.view import View
from gateway.wal import Wal
from gateway.wire import order_body
from tests.gateway.floors import GATEWAY, PERFECT, Watch, a_given, a_view, hex_of, sign_command
from workmoot.chain.signer import recover
from workmoot.domain.commands import Command, command_values
from workmoot.domain.errors import ChainError
from workmoot.domain.overrides import HumanOrder as Order


class FakeChain:
    """A chain whose blocks the test makes; what it executes shows in the next one."""

    def __init__(self) -> None:
        self.view = a_view()
        self.error: ChainError | None = None
        self.executed: list[Order] = []

    def look(self) -> View:
        if self.error:
            raise self.error
        return self.view

    def execute(self, order: Order, signature: bytes) -> None:
        if self.error:
            raise self.error
        self.executed.append(order)
        self.next_block(given={**self.view.given, **a_given(order)})

    def next_block(self, **changes: Any) -> None:
        block = self.view.block + 1
        self.view = replace(self.view, block=block, block_hash=hex(block), **changes)


class Site:
    """A gateway that the test can kill and start again from its log."""

    def __init__(self, path, truth: Truth = PERFECT) -> None:
        self.path, self.truth = path, truth
        self.chain, self.watch = FakeChain(), Watch()

    async def start(self) -> None:
        self.wal = Wal(self.path)
        self.floor = Floor(GATEWAY, self.wal, self.watch)
        await self.floor.join(SimulatedRobots(self.truth, self.floor.now))
        self.follower = Follower(self.floor, self.chain)

    async def begin(self) -> "Site":
        await self.start()
        await self.follower.look()
        return self

    async def killed_and_started(self) -> None:
        """Nothing but the log is left."""
        self.wal.close()
        await self.start()

    def order_states(self) -> list[str]:
        return [order.state for order in self.floor.state.orders.values()]

    def first_order(self) -> HumanOrder:
        return next(iter(self.floor.state.orders.values()))


@pytest.fixture
async def site(tmp_path) -> AsyncIterator[Site]:
    site = await Site(tmp_path / "log").begin()
    yield site
    site.wal.close()


class Caller:
    """Workers and humans over real HTTP."""

    def __init__(self, client: "TestClient[web.Request, web.Application]", site: Site) -> None:
        self.client, self.site = client, site

    async def get(self, path: str):
        async with self.client.get(path) as response:
            return response.status, await response.json()

    async def command(self, command: Command, worker: object = 11, **changes: object):
        signature = hex_of(sign_command(command, worker))
        body = {**command_values(command), "mandate": hex_of(command.mandate), "signature": signature} | changes
        async with self.client.post("/commands", json=body) as response:
            return response.status, await response.json()

    async def order(self, order: Order, signature: bytes):
        body = {"order": order_body(order), "signature": hex_of(signature)}
        async with self.client.post("/orders", json=body) as response:
            return response.status, await response.json()


@pytest.fixture
async def caller(site) -> AsyncIterator[Caller]:
    async with TestClient(TestServer(application(site.floor, recover))) as client:
        yield Caller(client, site)
