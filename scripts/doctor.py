"""`workmoot doctor`: what this machine has for running and testing, what it lacks, and what to do about it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from scripts.running.folder import LATEST_FILE, RUNS
from scripts.setup import BIN, NODE_AT_LEAST, NPM_PACKAGES, SOLC, SOLCX, STEPS

LATEST = RUNS / LATEST_FILE
PYTHON_AT_LEAST = (3, 11)
PROGRAM_WAIT_S = 10.0
API_WAIT_S = 1.0
PORTS_OF_A_RUN = 3  # the node, the gateway, the API
SET_UP = "run `make setup`"
VERSION = re.compile(r"\d+\.\d+\.\d+\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. What is not needed may be absent."""

    what: str
    ok: bool
    found: str
    needed: bool = True
    remedy: str = ""

    @property
    def mark(self) -> str:
        """How the table shows it."""
        return "ok" if self.ok else "missing" if self.needed else "absent"


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say what this machine has and lacks for running and testing; exit 0 when nothing needed is missing, else 1."""
    findings = examine()
    healthy = all(finding.ok or not finding.needed for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": healthy, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _show(findings)
    raise typer.Exit(0 if healthy else 1)


def examine() -> list[Finding]:
    """Every finding, in the order of a set-up."""
    return [
        find_python(sys.version_info[:3]),
        *find_steps(),
        find_program("Node", [BIN / "node", "--version"]),
        find_program("Anvil", [BIN / "anvil", "--version"]),
        find_program("Forge", [BIN / "forge", "--version"]),
        find_program("solc", [SOLCX / f"solc-v{SOLC}", "--version"]),
        find_ganache(NPM_PACKAGES / "ganache" / "package.json"),
        find_ports(listening),
        find_chromium(os.environ.get("CHROMIUM")),
        find_run(LATEST, is_healthy),
    ]


def find_python(version: tuple[int, ...]) -> Finding:
    """Whether this Python is new enough."""
    wanted = ".".join(map(str, PYTHON_AT_LEAST))
    remedy = f"install Python {wanted} or newer and {SET_UP}"
    return Finding(what="Python", ok=version >= PYTHON_AT_LEAST, found=".".join(map(str, version)), remedy=remedy)


def find_steps() -> list[Finding]:
    """Whether each step of the set-up is done for the files as they are now."""
    return [
        Finding(
            what=f"Set-up: {step.what}",
            ok=done,
            found="up to date" if done else "not made yet, or out of date",
            remedy=SET_UP,
        )
        for step, done in ((step, step.is_done()) for step in STEPS)
    ]


def find_program(what: str, command: list[str | Path]) -> Finding:
    """The version that a program of the set-up says it has."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_WAIT_S, check=True)
    except (OSError, subprocess.SubprocessError) as trouble:
        return Finding(what=what, ok=False, found=f"{command[0]} does not run: {trouble}", remedy=SET_UP)
    said = VERSION.search(ran.stdout)
    version = said.group() if said else "0"
    if what == "Node" and int(version.partition(".")[0]) < NODE_AT_LEAST:
        return Finding(what=what, ok=False, found=f"{version}, older than {NODE_AT_LEAST}", remedy=SET_UP)
    return Finding(what=what, ok=True, found=version)


def find_ganache(package: Path) -> Finding:
    """Its version by its package: starting it only to ask takes seconds."""
    try:
        version = str(json.loads(package.read_text())["version"])
    except (OSError, ValueError, KeyError):
        return Finding(what="Ganache", ok=False, found="not installed", remedy=SET_UP)
    return Finding(what="Ganache", ok=True, found=version)


def find_ports(open_one: Callable[[], socket.socket]) -> Finding:
    """Whether a run can listen on the loopback; it takes ports that are free."""
    with ExitStack() as held:
        try:
            listeners = [held.enter_context(open_one()) for _ in range(PORTS_OF_A_RUN)]
        except OSError as trouble:
            remedy = "allow programs to listen on 127.0.0.1"
            return Finding(what="Free ports", ok=False, found=str(trouble), remedy=remedy)
        ports = ", ".join(str(listener.getsockname()[1]) for listener in listeners)
        return Finding(what="Free ports", ok=True, found=f"such as {ports} on 127.0.0.1")


def find_chromium(told: str | None) -> Finding:
    """The browser that the page's tests drive."""
    names = [told] if told else ["chromium", "chromium-browser", "google-chrome"]
    path = next(filter(None, map(shutil.which, names)), None)
    remedy = "install it, or name it in CHROMIUM; without it the page's tests say `not run: Chromium`"
    return Finding(what="Chromium", ok=path is not None, found=path or "not found", needed=False, remedy=remedy)


def find_run(latest: Path, answers: Callable[[str], bool]) -> Finding:
    """Whether the newest run still answers."""
    run = _read_object(latest)
    url = str(run.get("api", ""))
    if not url:
        return Finding(what="Newest run", ok=False, found="none yet", needed=False, remedy="`make run` starts one")
    alive = answers(url)
    found = f"{url} answers" if alive else f"{url} does not answer: it has ended"
    return Finding(what="Newest run", ok=alive, found=found, needed=False, remedy="`make run` starts another")


def listening() -> socket.socket:
    """A socket on a free port of the loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def is_healthy(url: str) -> bool:
    """Whether an API answers there that it is well."""
    from http.client import HTTPException
    from urllib.error import URLError
    from urllib.request import urlopen

    if not url.startswith("http://"):
        return False
    try:
        with urlopen(f"{url.rstrip('/')}/healthz", timeout=API_WAIT_S) as answer:  # noqa: S310 (http alone, above)
            return bool(answer.status == 200)
    except (URLError, OSError, HTTPException, ValueError):
        return False


def _read_object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _show(findings: list[Finding]) -> None:
    width = max(len(finding.what) for finding in findings)
    colours = {"ok": "green", "missing": "red", "absent": "yellow"}
    for finding in findings:
        mark = typer.style(f"{finding.mark:<7}", fg=colours[finding.mark])
        typer.echo(f"{mark}  {finding.what:<{width}}  {finding.found}")
        if not finding.ok:
            typer.echo(f"{'':<7}  {'':<{width}}  → {finding.remedy}")
