"""Somebody outside who is told: a real HTTP server on loopback that checks what it gets, and may misbehave."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WITHIN_S = 60.0
Answer = Callable[["Receiver", str], int]
"""The status for a message, by its id."""


class Receiver:
    """What came, in its order; `answer` decides the status, and may take its time."""

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.answer: Answer = lambda _receiver, _id: 200
        self.got: list[dict[str, Any]] = []
        """Every message that was answered with success."""
        self.tried: list[str] = []
        """The id of each that came."""
        self.elsewhere = 0
        """Requests at another path than the webhook's."""
        self.hosts: set[str] = set()
        self.released = threading.Event()

    @property
    def ids(self) -> list[str]:
        """The events taken, in the order they were."""
        return [message["id"] for message in self.got]

    def hangs(self, _receiver: "Receiver", _id: str) -> int:
        """An answer that does not come until it is told to."""
        self.released.wait(WITHIN_S)
        return 200

    def take(self, headers: Any, body: bytes) -> int:
        """One message; a wrong signature is refused."""
        id_, second = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = hmac.new(key, b".".join([id_.encode(), second.encode(), body]), hashlib.sha256).digest()
        self.tried.append(id_)
        if headers["webhook-signature"] != "v1," + base64.b64encode(signed).decode():
            return 401
        status = self.answer(self, id_)
        if status < 300:
            self.got.append({"content-type": headers["Content-Type"], **json.loads(body)})
        return status


@contextmanager
def receiving(*, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver at a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.hosts.add(self.headers["Host"])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/hook":
                receiver.elsewhere += 1
            status = receiver.take(self.headers, body) if self.path == "/hook" else 200
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    receiver.url = f"http{'s' if tls else ''}://localhost:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def comes(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
