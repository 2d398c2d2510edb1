"""The processes of a run: started, watched, started again when they die, and ended by their process ids."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.nodes import end_with_parent
from scripts.running.folder import ROOT
from workmoot.domain.errors import WorkmootError

GRACE_S = 10.0
AGAIN_AFTER_S = 1.0
POLL_S = 0.1


class NotReady(WorkmootError):
    """A process did not become ready."""


@dataclass(slots=True)
class Program:
    """One process: how to start it, and the one that runs now."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes]
    starts: int = 1


class Processes:
    """All processes of a run: each is `program` with arguments of its own."""

    def __init__(self, program: Sequence[str], environment: Mapping[str, str]) -> None:
        self._program = program
        self._environment = environment
        self._programs: dict[str, Program] = {}

    @property
    def restarts(self) -> dict[str, int]:
        """How often each was started again."""
        return {name: found.starts - 1 for name, found in self._programs.items() if found.starts > 1}

    @property
    def pids(self) -> dict[str, int]:
        """The process ids by name."""
        return {name: found.process.pid for name, found in self._programs.items()}

    def start(self, name: str, arguments: list[str], log: Path) -> None:
        """Starts one; it ends with us, whatever becomes of us."""
        command = [*self._program, *arguments]
        process = _spawn(command, self._environment, log)
        self._programs[name] = Program(name=name, command=command, log=log, process=process)

    def revive(self) -> list[str]:
        """Starts again what died; the names."""
        dead = [found for found in self._programs.values() if found.process.poll() is not None]
        for found in dead:
            time.sleep(AGAIN_AFTER_S)
            found.process = _spawn(found.command, self._environment, found.log)
            found.starts += 1
        return [found.name for found in dead]

    def stop(self, name: str) -> None:
        """Ends one for good."""
        _end([self._programs.pop(name)])

    def stop_all(self) -> None:
        """Ends all: asks first, then insists."""
        _end(list(self._programs.values()))
        self._programs.clear()

    def wait_for(self, name: str, is_ready: Callable[[], bool], *, within_s: float) -> None:
        """Waits until a process is ready; one that ended says why in its log."""
        found, deadline = self._programs[name], time.monotonic() + within_s
        while time.monotonic() < deadline:
            if found.process.poll() is not None:
                raise NotReady(f"{name} ended with code {found.process.returncode}:\n{tail(found.log)}")
            if is_ready():
                return
            time.sleep(POLL_S)
        raise NotReady(f"{name} was not ready within {within_s:.0f} s; its log is {found.log}")


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _spawn(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        # An own session: Ctrl-C reaches us alone, and we end what we started.
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def _end(programs: list[Program]) -> None:
    for found in programs:
        if found.process.poll() is None:
            found.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    for found in programs:
        try:
            found.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            found.process.kill()
            found.process.wait()
