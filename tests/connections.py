"""Refuses connections: none leaves this machine, and only tests that are about connecting may open one at all."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MAY_CONNECT = (
    "assurance",
    "ballots",
    "benchmarks",
    "chain",
    "contracts",
    "gateway",
    "api",
    "scenarios",
    "page",
    "stock",
)
TESTS = Path(__file__).resolve().parent


class ConnectionForbidden(Exception):
    """A test opened a connection that it may not open."""


def may_connect(test_file: Path) -> bool:
    """Whether tests of this file may open loopback connections."""
    parts = test_file.resolve().relative_to(TESTS).parts
    return parts[0] in MAY_CONNECT


def is_loopback(address: object) -> bool:
    """Whether a socket address stays on this machine; a Unix socket's path does."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", "localhost.localdomain"}


@contextmanager
def connections_refused(*, loopback: bool) -> Iterator[None]:
    """While inside, connecting raises: everywhere but to loopback addresses, and there too unless `loopback`."""
    originals = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    for name, original in originals.items():
        setattr(socket.socket, name, _guarded(original, loopback=loopback))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(socket.socket, name, original)


def _guarded(original: Callable[..., Any], *, loopback: bool) -> Callable[..., Any]:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        if not is_loopback(address):
            raise ConnectionForbidden(f"a test connects to {address}: no test may leave this machine")
        if isinstance(address, tuple) and not loopback:
            raise ConnectionForbidden(f"a test connects to {address}: only those in {', '.join(MAY_CONNECT)} may")
        return original(self, *arguments)

    return guarded
