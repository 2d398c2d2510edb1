"""What the robot gateway says, read twice a second; and a human's hold, which does not wait for a block."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from api.views.snapshot import GatewayWords
from workmoot.domain.errors import GatewayRefused, GatewayUnreachable

log = logging.getLogger(__name__)
TIMEOUT_S = 2.0


class Gateway:
    """One gateway over HTTP; its address stands in the plant's description, so it is asked for each time."""

    def __init__(
        self, url_of: Callable[[], str | None], *, pause_s: float = 0.5, client: httpx.Client | None = None
    ) -> None:
        self._url_of = url_of
        self._pause_s = pause_s
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._words = GatewayWords()
        self._read_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="gateway watch", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def stop(self) -> None:
        """Ends reading."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * TIMEOUT_S)
        self._client.close()

    def words(self) -> GatewayWords:
        """What it said last, with the age of that."""
        with self._lock:
            words, read_at = self._words, self._read_at
        age = None if read_at is None else round(time.monotonic() - read_at, 2)
        return replace(words, read_s_ago=age)

    def give(self, order: Mapping[str, Any], signature: str) -> Mapping[str, Any]:
        """A human's signed hold or release, to act at once."""
        url = self._url_of()
        if url is None:
            raise GatewayUnreachable("the plant's description names no gateway")
        try:
            response = self._client.post(f"{url}/orders", json={"order": dict(order), "signature": signature})
            said = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise GatewayUnreachable(f"the gateway at {url} did not answer: {error}") from error
        if response.is_success:
            return said if isinstance(said, dict) else {}
        raise GatewayRefused(str(said.get("error", response.status_code)), str(said.get("detail", "")))

    def cycle(self) -> None:
        """Reads once."""
        url = self._url_of()
        try:
            words = self._read(url) if url else GatewayWords(trouble="the plant's description names no gateway")
        except (httpx.HTTPError, ValueError) as error:
            words = GatewayWords(trouble=f"the gateway at {url} does not answer: {error}")
        with self._lock:
            self._words = words
            if words.trouble is None:
                self._read_at = time.monotonic()

    def _read(self, url: str) -> GatewayWords:
        # The state first: what is said of the robots is not older than the orders that the gateway has seen.
        state, robots, sensors = (self._get(f"{url}/{name}") for name in ("state", "robots", "sensors"))
        chain = _object(state, "chain")
        return GatewayWords(
            robots={robot["number"]: robot for robot in _objects(robots, "robots") if "number" in robot},
            sensors={sensor["id"]: sensor for sensor in _objects(sensors, "sensors") if "id" in sensor},
            orders=tuple(_objects(state, "orders")),
            block=_count(chain, "block"),
            orders_count=_count(chain, "orders"),
            orders_hash=str(chain.get("orders_hash", "")),
            trouble=None,
        )

    def _get(self, url: str) -> Any:
        response = self._client.get(url)
        response.raise_for_status()
        return response.json()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.cycle()
            self._stop.wait(self._pause_s)


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
