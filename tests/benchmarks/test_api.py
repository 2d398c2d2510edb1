"""The API's benchmark: a past that the ledger believes, and figures that belong together. No times are judged."""

import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from benchmarks.api.chain import telling
from benchmarks.api.encoding import written
from benchmarks.api.history import after, history
from benchmarks.api.run import measure
from benchmarks.api.serving import Client, percentile
from workmoot.chain.follower import Follower
from workmoot.domain.work import Status


def test_history__written_into_blocks__is_read_back_as_it_was():
    events = list(history(1_300))
    with telling() as chain:
        chain.tell(events)
        follower = Follower(chain.node, chain.deployment)
        read = follower.catch_up()
    assert [written(event) for event in read] == [written(event) for event in events]
    statuses = [task.status for task in follower.ledger.tasks.values()]
    assert len(statuses) == 60 * len(follower.ledger.orders)
    assert statuses.count(Status.ACCEPTED) == 63


def test_after__so_many__are_those_that_follow():
    assert list(history(30)) == [*history(20), *after(20, 10)]


def test_measure__few_events__has_every_figure():
    report = json.loads(json.dumps(measure(1_500, say=lambda words: None).as_object()))
    assert report["events"] == 1_500
    assert set(report["reading"]) == {"tasks", "events"}
    figures = [report["indexing"], *report["reading"].values()]
    assert all(figure["ratio"] > 0 for figure in figures)
    assert report["block_to_stream_p95_ms"] > 0


class Impatient(BaseHTTPRequestHandler):
    """Answers, and closes the connection without a word."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_client__connection_closed_meanwhile__asks_on_another():
    with HTTPServer(("127.0.0.1", 0), Impatient) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with closing(Client(f"http://127.0.0.1:{server.server_port}")) as client:
                assert [client.get("/") for _ in range(3)] == [b"{}"] * 3
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("share", "value"), [(0.5, 3), (0.95, 4), (0.99, 4)])
def test_percentile__of_four__is_one_of_them(share, value):
    assert percentile([4, 1, 3, 2], share) == value
