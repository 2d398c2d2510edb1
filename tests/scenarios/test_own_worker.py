"""A digital worker of a user's own: the file that `workmoot worker new` writes, in a plant that runs."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts.running.folder import ROOT, RUNS, live_runs
from scripts.worker import app
from workmoot.chain.connection import connect
from workmoot.domain.events import Event
from workmoot.domain.ledger import Ledger
from workmoot.planning.verification import verify

NAME = "clerk-2"
MOST_LINES = 40
WITHIN_S = 240.0
MOST_ORDERS, ORDER_S = 6, 20.0
ORDER = ROOT / "scenarios" / "workshop" / "order.yaml"
COMMAND = [sys.executable, "-m", "scripts"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_new__a_name__a_short_program_that_loads(folder: Path):
    done = CliRunner().invoke(app, ["new", NAME, "--capability", "quoting", "--robot", "saw-1"])
    text = (folder / f"{NAME}.py").read_text()
    assert (done.exit_code, f"wrote {NAME}.py" in done.output) == (0, True)
    assert len(text.splitlines()) <= MOST_LINES
    assert ('CAN = ["quoting"]' in text, 'ROBOTS = ["saw-1"]' in text, "{" + "NAME}" in text) == (True, True, False)
    shown = subprocess.run(
        [sys.executable, f"{NAME}.py", "--help"], env=_environment(), capture_output=True, text=True, check=False
    )
    assert (shown.returncode, "--rpc" in shown.stdout) == (0, True)


@pytest.mark.parametrize(("name", "why"), [("../up", "is no name"), ("", "is no name"), ("a" * 33, "is no name")])
def test_new__no_name__refused(folder: Path, name: str, why: str):
    done = CliRunner().invoke(app, ["new", name])
    assert (done.exit_code, why in done.output, list(folder.iterdir())) == (2, True, [])


def test_new__a_file_is_there__left_as_it_is(folder: Path):
    (folder / "mine.py").write_text("mine")
    done = CliRunner().invoke(app, ["new", "mine"])
    assert (done.exit_code, "is there already" in done.output) == (2, True)
    assert (folder / "mine.py").read_text() == "mine"


def test_run__in_a_plant__is_admitted_estimates_votes_and_works(folder: Path):
    CliRunner().invoke(app, ["new", NAME, "--capability", "quoting"])
    own = folder / f"{NAME}.py"
    own.write_text(own.read_text().replace("pace=1.0", "pace=0.2"))
    with _plant() as run:
        where = ["--rpc", run["rpc"], "--deployment", run["deployment"]]
        with (
            (folder / "own.log").open("wb") as log,
            _running([sys.executable, str(own), *where, "--keys", str(folder)], log),
        ):
            admission = _until(lambda: _admission(folder / "own.log"))
            by = ["--by", f"{run['folder']}/keys/administrator.key"]
            _done([*COMMAND, *shlex.split(admission)[1:], *by], folder)
            told = _done([*COMMAND, "proposal", "verify", "1", "--json", *where], folder)
            assert json.loads(told)["holds"] is True
            events: list[Event] = []
            follower = connect(run["rpc"], deployment=Path(run["deployment"])).follower()

            def has_worked() -> bool:
                events.extend(follower.catch_up())
                return _has_worked(follower.ledger)

            for _ in range(MOST_ORDERS):  # it may be late for one that was decided while it woke
                _done([*COMMAND, "order", "submit", str(ORDER), "--yes", "--api", run["api"]], folder)
                if _until(has_worked, within_s=ORDER_S):
                    break
            assert has_worked()
    chain_id, dao = follower.deployment.chain_id, follower.deployment.allocation_dao
    assert all(verify(events, it, chain_id=chain_id, dao=dao).holds for it in follower.ledger.proposals)


def _has_worked(ledger: Ledger) -> bool:
    """Whether it offered, voted, and had a task accepted."""
    me = next((member for member in ledger.members.values() if member.id == NAME), None)
    if me is None:
        return False
    offered = any(record.worker == me.number for records in ledger.offers.values() for record in records)
    voted = any(vote.member == me.number for proposal in ledger.proposals.values() for vote in proposal.votes)
    did = any(task.worker == me.number and task.status.is_done for task in ledger.tasks.values())
    return offered and voted and did


def _admission(log: Path) -> str:
    lines = (line.partition("to be admitted, once: ")[2] for line in log.read_text().splitlines())
    return next((line for line in lines if line), "")


@contextmanager
def _plant() -> Iterator[dict[str, Any]]:
    command = [*COMMAND, "up", "--scenario", "scenarios/workshop", "--node", "anvil", "--speed", "4"]
    with _running(command, subprocess.DEVNULL) as pid:
        found = _until(lambda: next((it for it in live_runs(RUNS) if it["pid"] == pid), None))
        assert found
        yield found


@contextmanager
def _running(command: list[str], log: Any) -> Iterator[int]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _done(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, (folder, done.stdout, done.stderr)
    return done.stdout


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _until(found: Callable[[], Any], *, within_s: float = WITHIN_S) -> Any:
    """What is found in time, else what there is then."""
    deadline = time.monotonic() + within_s
    while not (result := found()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return result
