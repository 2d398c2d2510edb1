"""The folder of one run: keys, what each program is told, logs."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / ".run"
KEPT_RUNS = 10
RUN_FILE = "run.json"
LATEST_FILE = "latest.json"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where one run keeps its files."""

    path: Path

    @property
    def keys(self) -> Path:
        """One key file a member and a program."""
        return self.path / "keys"

    @property
    def deployment(self) -> Path:
        """The contracts' addresses."""
        return self.path / "deployment.json"

    def log(self, name: str) -> Path:
        """What a process says."""
        return self.path / "logs" / f"{name}.log"

    def write(self, name: str, content: Any) -> Path:
        """A JSON file that only its owner reads."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        return target


def new_folder() -> RunFolder:
    """A fresh folder; only the newest few are kept."""
    path = RUNS / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    (path / "logs").mkdir(parents=True, mode=0o700)
    _forget_old()
    return RunFolder(path)


def point_to(folder: RunFolder, addresses: dict[str, Any]) -> None:
    """Lets other commands find this run, and as the newest one."""
    found = {**addresses, "folder": str(folder.path), "pid": os.getpid()}
    folder.write(RUN_FILE, found)
    _point_latest(found)


def point_back() -> None:
    """Lets other commands find another run that goes on, where this one was the newest and ends."""
    others = [found for found in live_runs(RUNS) if found["pid"] != os.getpid()]
    if others and _latest_pid() == os.getpid():
        _point_latest(others[-1])


def live_runs(runs: Path) -> list[dict[str, Any]]:
    """The addresses of the runs whose process is alive, oldest first."""
    found = [json.loads(file.read_text()) for file in sorted(runs.glob(f"*/{RUN_FILE}"))]
    return [run for run in found if _is_alive(int(run["pid"]))]


def _point_latest(found: dict[str, Any]) -> None:
    draft = RUNS / f"latest.{os.getpid()}"
    draft.write_text(json.dumps(found, indent=1) + "\n")
    draft.replace(RUNS / LATEST_FILE)


def _latest_pid() -> int:
    latest = RUNS / LATEST_FILE
    return int(json.loads(latest.read_text())["pid"]) if latest.exists() else 0


def _forget_old() -> None:
    import shutil

    runs = sorted(entry for entry in RUNS.iterdir() if entry.is_dir() and entry.name[:8].isdecimal())
    for old in runs[:-KEPT_RUNS]:
        if not _is_alive(int(old.name.rpartition("-")[2])):
            shutil.rmtree(old, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
