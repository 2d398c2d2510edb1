"""An order is posted to an API whose node is away for a moment: asked for again, with the same key."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from scripts.running import plant as running
from scripts.running.folder import RunFolder
from scripts.running.plant import Options, PlantRun
from scripts.running.processes import NotReady

WORKSHOP = Path(__file__).parents[2] / "scenarios" / "workshop"
AWAY = {"type": "/problems/chain-unavailable", "detail": "no node answers", "retryable": True}


class Api(HTTPServer):
    """Answers each of these in turn, the last for ever, and keeps the keys it was asked with."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.statuses, self.keys = list(statuses), list[str | None]()


class Answer(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if "dry_run" in self.path:
            self._say(200, {"etag": '"1"'})
            return
        self.server.keys.append(self.headers["Idempotency-Key"])
        status = self.server.statuses.pop(0) if len(self.server.statuses) > 1 else self.server.statuses[0]
        self._say(status, {"id": 1} if status == 201 else AWAY)

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _say(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlantRun:
    monkeypatch.setattr(running, "new_folder", lambda: RunFolder(tmp_path))
    options = Options(
        ends=False,
        node="anvil",
        rpc=None,
        scenario=WORKSHOP,
        order=None,
        workers=None,
        seed=1,
        speed=None,
        as_json=False,
    )
    return PlantRun(options, *running._scenario(options))


def submitted(run: PlantRun, *statuses: int) -> list[str | None]:
    """The keys that the API was asked with."""
    with Api(*statuses) as api:
        thread = threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            run._api = f"http://127.0.0.1:{api.server_port}"
            run.submit_all()
        finally:
            api.shutdown()
            thread.join(5)
    return api.keys


def test_submit__chain_away_twice__posted_by_the_same_key(run: PlantRun) -> None:
    first, *others = submitted(run, 503, 503, 201)
    assert first
    assert others == [first, first]


def test_submit__chain_away_for_long__says_so(run: PlantRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ANSWERED_WITHIN_S", 0.1)
    with pytest.raises(NotReady, match="no node answers"):
        submitted(run, 503)


def test_submit__refused__not_asked_again(run: PlantRun) -> None:
    with pytest.raises(NotReady, match="refused the order"):
        submitted(run, 422, 201)
