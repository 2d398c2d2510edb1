import asyncio
import socket
from pathlib import Path

import pytest

from tests.connections import ConnectionForbidden, connections_refused, may_connect

TESTS = Path(__file__).parent
ELSEWHERE = ("192.0.2.1", 80)  # an address set aside for documentation


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def test_may_connect__test_of_the_api__yes():
    assert may_connect(TESTS / "api" / "test_server.py")


def test_may_connect__test_of_the_domain__no():
    assert not may_connect(TESTS / "domain" / "test_ids.py")


def test_connect__from_this_folder__refused_even_to_this_machine(listener):
    with socket.socket() as client, pytest.raises(ConnectionForbidden, match=r"127\.0\.0\.1"):
        client.connect(listener)


async def test_connect__by_asyncio_from_this_folder__refused(listener):
    with pytest.raises(ConnectionForbidden, match=r"127\.0\.0\.1"):
        await asyncio.open_connection(*listener)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_connect__to_another_machine__refused_everywhere(kind):
    refused = pytest.raises(ConnectionForbidden, match="no test may leave this machine")
    with connections_refused(loopback=True), socket.socket(socket.AF_INET, kind) as client, refused:
        client.connect(ELSEWHERE)
