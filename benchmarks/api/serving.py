"""Servers as processes of their own, ended with the block, and a client that keeps its connection."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from scripts.nodes import end_with_parent
from workmoot.domain.errors import WorkmootError

ROOT = Path(__file__).resolve().parents[2]
STARTED_WITHIN_S = 300.0


class NotMeasured(WorkmootError):
    """A measurement that did not do what it is about."""


@contextmanager
def serving(*words: str) -> Iterator[str]:
    """A Python module as a process that prints its address first; its log goes to a file, as a pipe would fill."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=end_with_parent,
        )
        try:
            assert process.stdout is not None  # noqa: S101 (it is a pipe)
            url = process.stdout.readline().strip()
            if not url:
                log.seek(0)
                raise NotMeasured(f"{' '.join(words)} ended: {log.read()[-500:]}")
            _wait_for(url)
            yield url
        finally:
            process.kill()
            process.communicate()


def _wait_for(url: str) -> None:
    """A port is taken before it is answered at."""
    address, deadline = urlsplit(url), time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((address.hostname or "", address.port or 0)) == 0:
                return
        time.sleep(0.05)
    raise NotMeasured(f"{url} does not answer")


class Client:
    """Asks one server over one connection."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=STARTED_WITHIN_S)

    def close(self) -> None:
        """Lets the connection go."""
        self._connection.close()

    def get(self, path: str) -> bytes:
        """What it answers, which is a 200. A connection that the server closed meanwhile is opened anew."""
        try:
            status, body = self._ask(path)
        except ConnectionError:
            self._connection.close()
            status, body = self._ask(path)
        if status != 200:
            raise NotMeasured(f"{path} was answered {status}: {body[:200]!r}")
        return body

    def _ask(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def seconds(self, path: str, times: int) -> list[float]:
        """How long each of so many answers took."""
        found = []
        for _ in range(times):
            begin = time.perf_counter()
            self.get(path)
            found.append(time.perf_counter() - begin)
        return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
