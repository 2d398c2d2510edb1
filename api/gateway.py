"""What the robot gateway says, read twice a second; and a human's hold, which does not wait for a block."""

import asyncio
import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from api.bodies import whole
from api.threads import Worker
from api.views.snapshot import GatewayWords, clean
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable

log = logging.getLogger(__name__)
TIMEOUT_S = 3.0
"""For one request, to the answer's last byte."""
OLD_S = 5.0
"""Words older than this are no longer relied on."""
FAULTS = (httpx.HTTPError, httpx.InvalidURL, ValueError)
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes; of a thousand robots, or ten thousand orders of humans, it is less than a half."""


class Gateway:
    """One gateway over HTTP; its address stands in the plant's description, so it is asked for each time."""

    def __init__(
        self,
        url_of: Callable[[], str | None],
        *,
        pause_s: float = 0.5,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url_of = url_of
        self._pause_s = pause_s
        self._transport = transport
        self._tls = ssl.create_default_context()
        self._lock = threading.Lock()
        self._words = GatewayWords()
        self._taken: dict[str, Mapping[str, Any]] = {}
        """By digest, the orders it took after it was asked for these words."""
        self._read_at: float | None = None
        self._worker = Worker("watching the gateway", self._run)

    def start(self) -> None:
        """Begins to read."""
        self._worker.start()

    def stop(self) -> None:
        """Ends reading."""
        self._worker.stop(within_s=2 * TIMEOUT_S)

    @property
    def fault(self) -> str | None:
        """What ended the reading."""
        return self._worker.fault

    def words(self) -> GatewayWords:
        """What it said last, with the age of that."""
        with self._lock:
            words, read_at, taken = self._words, self._read_at, tuple(self._taken.values())
        age = None if read_at is None else round(time.monotonic() - read_at, 2)
        is_old = age is not None and age > OLD_S
        trouble = words.trouble or (f"the gateway was not read for more than {OLD_S:g} s" if is_old else None)
        return replace(words, read_s_ago=age, taken=taken, trouble=trouble)

    def give(self, order: Mapping[str, Any], signature: str) -> Mapping[str, Any]:
        """A human's signed hold or release, to act at once."""
        told = self._answer("POST", "orders", {"order": dict(order), "signature": signature})
        with self._lock:
            self._taken[str(told.get("digest"))] = told
        return told

    def robot(self, number: int) -> Mapping[str, Any]:
        """What it says of a robot now."""
        return self._answer("GET", f"robots/{number}")

    def guide(self, guidance: Mapping[str, Any], signature: str) -> Mapping[str, Any]:
        """Signed guidance of a held robot, to act at once."""
        return self._answer("POST", "guidance", {**guidance, "signature": signature})

    def _answer(self, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        """What it answers now, or its refusal."""
        url = self._url_of()
        if url is None:
            raise GatewayUnreachable("the plant's description names no gateway")
        try:
            response, said = self._ask(method, f"{url}/{path}", body)
        except FAULTS as error:
            raise GatewayUnreachable(f"the gateway at {url} did not answer: {error}") from error
        told = said if isinstance(said, dict) else {}
        if not response.is_success:
            raise GatewayRefused(str(told.get("error", response.status_code)), str(told.get("detail", "")))
        return told

    def cycle(self) -> None:
        """Reads once. While it does not answer, the orders that it took are remembered: it has not forgotten them."""
        url = self._url_of()
        with self._lock:
            known = tuple(self._taken)
        try:
            words = self._read(url) if url else GatewayWords(trouble="the plant's description names no gateway")
        except FAULTS as error:
            words = GatewayWords(trouble=f"the gateway at {url} does not answer: {error}")
        with self._lock:
            if words.trouble is not None:
                self._words = replace(words, orders=self._words.orders)
                return
            self._words, self._read_at = words, time.monotonic()
            for digest in known:
                self._taken.pop(digest, None)

    def _read(self, url: str) -> GatewayWords:
        # The state first: what is said of the robots is not older than the orders that the gateway has seen.
        state, robots, sensors = (self._get(f"{url}/{name}") for name in ("state", "robots", "sensors"))
        chain = _object(state, "chain")
        return GatewayWords(
            robots={robot["number"]: robot for robot in _objects(robots, "robots") if type(robot.get("number")) is int},
            sensors={sensor["id"]: sensor for sensor in _objects(sensors, "sensors") if type(sensor.get("id")) is str},
            orders=tuple(_objects(state, "orders")),
            block=_count(chain, "block"),
            orders_count=_count(chain, "orders"),
            orders_hash=str(chain.get("orders_hash", "")),
            trouble=None,
        )

    def _get(self, url: str) -> Any:
        response, said = self._ask("GET", url)
        response.raise_for_status()
        return said

    def _ask(self, method: str, url: str, body: Any = None) -> tuple[httpx.Response, Any]:
        try:
            response, said = asyncio.run(self._fetch(method, url, body))
        except TimeoutError:
            raise httpx.TimeoutException(f"no whole answer within {TIMEOUT_S:g} s") from None
        return response, _said(said)

    async def _fetch(self, method: str, url: str, body: Any) -> tuple[httpx.Response, bytes]:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpx.AsyncClient(
                transport=self._transport,
                timeout=None,  # noqa: S113 (one for all of it, above)
                verify=self._tls,
            ) as client,
            client.stream(method, url, json=body) as response,
        ):
            return response, await whole(response.aiter_bytes(), most=LARGEST_ANSWER)

    def _run(self) -> None:
        while not self._worker.stopping.is_set():
            self.cycle()
            self._worker.stopping.wait(self._pause_s)


def _said(body: bytes) -> Any:
    try:
        return clean(json.loads(body))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _object(body: Any, name: str) -> Mapping[str, Any]:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _count(body: Mapping[str, Any], name: str) -> int:
    found = body.get(name)
    return found if isinstance(found, int) and found >= 0 else 0


def _objects(body: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects of a list, or of an object's list of that name."""
    found = body.get(name, ()) if isinstance(body, dict) else body
    return [item for item in found if isinstance(item, dict)] if isinstance(found, Sequence) else []
