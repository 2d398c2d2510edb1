"""With real processes, tiny ones: shell scripts in the place of `workmoot`."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.running import processes as module
from scripts.running.processes import NotReady, Processes, tail

SLEEP = "exec sleep 600"
DEAF = "trap '' TERM; echo deaf; while :; do sleep 0.05; done"


class Site:
    """Processes and their logs."""

    def __init__(self, folder: Path) -> None:
        self.processes = Processes(["/bin/sh", "-c"], {"COLOUR": "red", "PATH": os.environ["PATH"]})
        self._folder = folder

    def log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def start(self, name: str, script: str) -> int:
        self.processes.start(name, [script], self.log(name))
        return self.processes.pids[name]

    def said(self, name: str, words: str) -> None:
        """Waits until a process has said something."""
        self.processes.wait_for(name, lambda: words in self.log(name).read_text(), within_s=60)

    def kill(self, name: str) -> None:
        os.kill(self.processes.pids[name], signal.SIGKILL)
        os.waitid(os.P_PID, self.processes.pids[name], os.WEXITED | os.WNOWAIT)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(module, "AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr(module, "POLL_S", 0.01)
    site = Site(tmp_path)
    yield site
    site.processes.stop_all()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_start__says_something__in_its_log(site: Site):
    site.start("gateway", f'echo "I am $COLOUR"; {SLEEP}')
    site.said("gateway", "I am red")


def test_start__another_environment__not_ours(site: Site):
    site.start("gateway", f'echo "home=$HOME."; {SLEEP}')
    site.said("gateway", "home=.")


def test_start__a_session_of_its_own__ctrl_c_does_not_reach_it(site: Site):
    pid = site.start("gateway", SLEEP)
    assert os.getsid(pid) == pid


def test_revive__all_alive__nobody(site: Site):
    site.start("gateway", SLEEP)
    assert (site.processes.revive(), site.processes.restarts) == ([], {})


def test_revive__one_was_killed__that_one_runs_again(site: Site):
    killed, other = site.start("sprayer", SLEEP), site.start("gateway", SLEEP)
    site.kill("sprayer")
    assert site.processes.revive() == ["sprayer"]
    assert site.processes.pids["sprayer"] != killed
    assert (site.processes.pids["gateway"], is_alive(other)) == (other, True)


def test_revive__killed_twice__says_so_and_keeps_the_log(site: Site):
    site.start("sprayer", f"echo awake; {SLEEP}")
    for lives in (1, 2):
        site.said("sprayer", "awake\n" * lives)
        site.kill("sprayer")
        site.processes.revive()
    site.said("sprayer", "awake\n" * 3)
    assert site.processes.restarts == {"sprayer": 2}


def test_stop__one_of_two__ends_that_one_for_good(site: Site):
    stopped, other = site.start("sprayer", SLEEP), site.start("gateway", SLEEP)
    site.processes.stop("sprayer")
    assert (is_alive(stopped), is_alive(other)) == (False, True)
    assert (site.processes.revive(), list(site.processes.pids)) == ([], ["gateway"])


def test_stop_all__some_listen__asked_first(site: Site):
    site.start("sprayer", "trap 'echo asked; exit 0' TERM; echo on; while :; do sleep 0.02; done")
    site.said("sprayer", "on")
    site.processes.stop_all()
    assert site.log("sprayer").read_text() == "on\nasked\n"


def test_stop_all__one_does_not_listen__killed_after_the_grace(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "GRACE_S", 0.1)
    pid = site.start("sprayer", DEAF)
    site.said("sprayer", "deaf")
    site.processes.stop_all()
    assert (is_alive(pid), site.processes.pids) == (False, {})


def test_stop_all__one_is_dead_already__no_matter(site: Site):
    site.start("sprayer", SLEEP)
    site.kill("sprayer")
    site.processes.stop_all()
    assert site.processes.pids == {}


def test_wait_for__ended_before_it_was_ready__says_how_and_its_last_words(site: Site):
    site.start("gateway", "echo 'no key file'; exit 3")
    with pytest.raises(NotReady, match=r"gateway ended with code 3:\nno key file"):
        site.processes.wait_for("gateway", lambda: False, within_s=60)


def test_wait_for__not_ready_in_time__names_the_log(site: Site):
    site.start("gateway", SLEEP)
    with pytest.raises(NotReady, match=f"gateway was not ready within 0 s; its log is {site.log('gateway')}"):
        site.processes.wait_for("gateway", lambda: False, within_s=0.05)


def test_tail__long_log__its_last_lines(tmp_path: Path):
    log = tmp_path / "log"
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(100)) + b"\xff\n")
    assert tail(log, 3) == "line 98\nline 99\n�"
