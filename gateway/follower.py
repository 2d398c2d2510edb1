"""Following the chain, and anchoring on it what humans ordered here. Away, it is asked again; the holds stay."""

import asyncio
import contextlib
import logging
from typing import Protocol

from gateway import records as r
from gateway.floor import Floor
from gateway.state import HumanOrder
from gateway.view import View
from gateway.wire import order_from
from workmoot.domain.errors import ChainError, OutOfGas, Refused
from workmoot.domain.overrides import HumanOrder as Order

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
BEAT_SECONDS = 0.1
PATIENCE_SECONDS = 2.0
RETRY_SECONDS = 1.0


class Chain(Protocol):
    """The chain as the gateway uses it. Calls block; they raise `ChainError`."""

    def look(self) -> View:
        """The picture at the present head."""

    def execute(self, order: Order, signature: bytes) -> None:
        """Relays a human's order; returns once it is mined, raises `Refused` if the contract said no."""


class Follower:
    """Three loops until cancelled: look at the chain, anchor orders, collect finished parts."""

    def __init__(self, floor: Floor, chain: Chain) -> None:
        self._floor = floor
        self._chain = chain
        self._looking: asyncio.Task[None] | None = None
        self._stalled = ""
        floor.look_again = self.look

    async def run(self) -> None:
        """Runs until cancelled; what is not ours ends the gateway loudly."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._anchor())
            group.create_task(self._beat())

    async def look(self) -> None:
        """Takes the chain's present picture in; who comes while another looks waits for the next look.

        A chain that does not answer is not waited for: the look goes on, the caller with what is known.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._next_look()

    async def _next_look(self) -> None:
        if self._looking is not None and not self._looking.done():
            await asyncio.shield(self._looking)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def anchor_next(self) -> bool:
        """Sends the first order that is not on the chain yet; whether there was one, and the chain took it or not."""
        found = next((item for item in self._floor.state.orders.items() if item[1].state == "anchoring"), None)
        if found is None:
            return False
        digest, order = found
        try:
            await self._send(digest, order)
        except OutOfGas as poor:
            self._stall(f"cannot anchor: {poor}")
            return False
        except ChainError as away:
            self._stall(f"cannot anchor: {away}")
            return False
        self._stalled = ""
        return True

    async def _send(self, digest: str, order: HumanOrder) -> None:
        signature = bytes.fromhex(order.order.signature.removeprefix("0x"))
        try:
            await asyncio.to_thread(self._chain.execute, order_from(order.order.order), signature)
        except Refused as refused:
            # Somebody else may have relayed it: then its nonce is used, and the chain has the order.
            await self.look()
            if self._floor.state.orders[digest].state == "anchoring":
                log.warning("the chain refuses order %s: %s", digest, refused)
                known = len(self._floor.state.orders_known)
                self._floor.note(r.OrderRefused(digest=digest, reason=str(refused), after=known))
            return
        await self.look()

    def _stall(self, why: str) -> None:
        if why != self._stalled:
            log.warning("%s", why)
        self._stalled = why

    async def _look(self) -> None:
        try:
            view = await asyncio.to_thread(self._chain.look)
        except ChainError as away:
            if str(away) != self._floor.trouble:
                log.warning("the chain is away: %s", away)
            self._floor.trouble = str(away)
            return
        await self._floor.see(view)

    async def _follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _anchor(self) -> None:
        while True:
            moved = await self.anchor_next()
            await asyncio.sleep(0 if moved else RETRY_SECONDS if self._stalled else BEAT_SECONDS)

    async def _beat(self) -> None:
        while True:
            await self._floor.collect()
            await asyncio.sleep(BEAT_SECONDS)
