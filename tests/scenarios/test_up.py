"""`workmoot up`, told what cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("rpc", "words"),
    [
        ("node", "'node' is no node's address: write http://HOST:PORT"),
        ("http://127.0.0.1:1", "no node answers at http://127.0.0.1:1: ConnectionError"),
    ],
)
def test_up__node_that_is_none__one_line_and_nothing_deployed(rpc: str, words: str):
    command = [sys.executable, "-m", "scripts", "up", "--exit", "--scenario", "scenarios/workshop", "--rpc", rpc]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    *_, last = done.stderr.splitlines()
    assert (done.returncode, done.stdout, last) == (1, "", f"workmoot: {words}")
    assert "deploying" not in done.stderr
