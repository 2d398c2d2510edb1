import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from scripts.nodes import NodeFailed, running, start, stop


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_running__left__the_node_and_its_files_are_gone(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with running(kind) as node:
        assert node.process.poll() is None
        assert [file.name for file in tmp_path.iterdir()] == [Path(node.scratch.name).name]
    assert node.process.returncode is not None
    assert not list(tmp_path.iterdir())


def test_start__two_at_once__each_on_a_port_of_its_own():
    first, second = start("anvil"), start("anvil")
    try:
        assert first.port != second.port
    finally:
        stop(first)
        stop(second)


def test_start__another_node_answers_there__refused_rather_than_taken_for_ours():
    with running("anvil") as other, pytest.raises(NodeFailed, match=f"port {other.port} is taken"):
        start("anvil", port=other.port)


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_start__option_that_the_node_does_not_know__says_what_the_node_said(kind):
    with pytest.raises(NodeFailed, match="nonsense"):
        start(kind, options=("--nonsense",))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such signal")
def test_start__parent_is_killed__the_node_ends_too():
    program = textwrap.dedent("""
        import os, signal
        from scripts.nodes import start
        print(start("anvil").process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert _ends(int(parent.stdout), within_s=60)


def _ends(pid: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not _runs(pid):
            return True
        time.sleep(0.02)
    return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
