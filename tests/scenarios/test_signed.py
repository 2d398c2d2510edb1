"""A plant that votes by signature, with real processes: one transaction decides, or opens and decides; where the box
dies, members vote."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts import nodes
from tests.scenarios.recount import Log, by_name, read_logs

ROOT = Path(__file__).resolve().parents[2]
WORKSHOP = ROOT / "scenarios" / "workshop"
WITHIN_S = 420
DEFEATED = 4


def a_plant(folder: Path, **policy: Any) -> Path:
    """The workshop, voting by signature; members agree where they care little what plan it is."""
    shutil.copytree(WORKSHOP, folder)
    plant = yaml.safe_load((folder / "plant.yaml").read_text())
    plant["policy"] |= {"ballots": "signed"} | policy
    (folder / "plant.yaml").write_text(yaml.safe_dump(plant))
    return folder


def events_of(scenario: Path) -> dict[str, list[Log]]:
    """What the chain says of the scenario's run, by the events' names."""
    with nodes.running("anvil") as node:
        command = [sys.executable, "-m", "scripts", "up", "--exit", "--json", "--rpc", node.url]
        command += ["--scenario", str(scenario), "--speed", "40"]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            stdout, stderr = process.communicate(timeout=WITHIN_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(30)
        assert process.returncode == 0, stderr[-3000:]
        summary = json.loads(stdout.splitlines()[-1])
        return by_name(read_logs(node.url, summary["deployment"]))


@contextmanager
def a_box_that_dies() -> Iterator[str]:
    """It takes one ballot and is never seen again; the URL."""

    class Dying(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, b'{"box": "b", "items": [], "last": 0, "more": false}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say(201, b"{}")
            threading.Thread(target=server.shutdown, daemon=True).start()

        def log_message(self, *_: Any) -> None:
            pass

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = HTTPServer(("127.0.0.1", 0), Dying)

    def serve() -> None:
        server.serve_forever(poll_interval=0.05)
        server.server_close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(5)


def decided(events: dict[str, list[Log]]) -> set[int]:
    """The proposals that were enacted or defeated."""
    enacted = {log.values["proposalId"] for log in events["ProposalExecuted"]}
    return enacted | {log.values["id"] for log in events["ProposalSettled"] if log.values["state"] == DEFEATED}


def transactions(events: dict[str, list[Log]], *names: str) -> list[set[bytes]]:
    """In which transactions each of these events came."""
    return [{log.tx for log in events[name]} for name in names]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Log]]:
    """The API's own box; so much time to vote that members still hear each other where the machine is busy."""
    return events_of(a_plant(tmp_path_factory.mktemp("signed") / "workshop", voting_s=300))


def test_signed__every_proposal__is_decided_by_ballots_sent_together(signed: dict[str, list[Log]]):
    assert decided(signed)
    assert decided(signed) == {log.values["id"] for log in signed["BallotsCounted"]}


def test_signed__nobody__votes_alone(signed: dict[str, list[Log]]):
    assert signed["VoteCast"] == []


def test_signed__the_order__is_done(signed: dict[str, list[Log]]):
    assert len(signed["TaskAccepted"]) + len(signed["TaskReworked"]) == 7


def test_signed__the_box_dies__members_vote_on_chain_and_the_order_is_done(tmp_path: Path):
    with a_box_that_dies() as url:
        events = events_of(a_plant(tmp_path / "workshop", ballot_boxes=[url]))
    assert events["BallotsCounted"] == []
    assert decided(events) == {log.values["proposalId"] for log in events["VoteCast"]}
    assert len(events["TaskAccepted"]) + len(events["TaskReworked"]) == 7


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Log]]:
    """Members sign plans before they are opened, and find every plan good enough."""
    folder = tmp_path_factory.mktemp("at-once") / "workshop"
    return events_of(a_plant(folder, ballots="at-once", voting_s=300, margin_bps=10_000))


def test_at_once__every_decision__is_one_transaction(at_once: dict[str, list[Log]]):
    opened, counted, executed = transactions(at_once, "ProposalCreated", "BallotsCounted", "ProposalExecuted")
    assert opened == counted == executed
    assert len(opened) == len(at_once["ProposalCreated"]) > 0


def test_at_once__nobody__reviews_or_votes_alone(at_once: dict[str, list[Log]]):
    assert (at_once["ProposalReviewed"], at_once["VoteCast"]) == ([], [])


def test_at_once__the_order__is_done(at_once: dict[str, list[Log]]):
    assert len(at_once["TaskAccepted"]) + len(at_once["TaskReworked"]) == 7


def test_at_once__the_box_dies__plans_are_opened_and_voted_on_chain_and_the_order_is_done(
    long_only: None, tmp_path: Path
):
    with a_box_that_dies() as url:
        events = events_of(a_plant(tmp_path / "workshop", ballots="at-once", ballot_boxes=[url]))
    assert events["BallotsCounted"] == []
    assert decided(events) == {log.values["proposalId"] for log in events["VoteCast"]}
    assert len(events["TaskAccepted"]) + len(events["TaskReworked"]) == 7
