"""The project as the provers see it: its commands, and copies of it in which a rule may be broken."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
PROVERS = ROOT / ".venv-assure" / "bin"
BUILD = ROOT / "build" / "assure"
COPIED = (
    "contracts",
    "foundry.toml",
    "Makefile",
    "scripts",
    "tests/assurance/proofs",
    "tests/solidity",
    "tests/vectors",
)
SHARED = (".venv", "node_modules")
MAKES_OWN = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def run(*command: str | Path, cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project with what it needs on its path; `settings` are environment variables."""
    # A make of its own, not a part of the one that runs the tests.
    ours = {name: value for name, value in os.environ.items() if name not in MAKES_OWN}
    path = os.pathsep.join([str(BIN), ours.get("PATH", os.defpath)])
    return subprocess.run(
        command, cwd=cwd, env={**ours, "PATH": path, **settings}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def copy_to(folder: Path) -> Path:
    """A copy of what forge needs, free to be changed."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for name in SHARED:
        (folder / name).symlink_to((ROOT / name).resolve())
    return folder


def keep(project: Path, *patterns: str) -> None:
    """Leave only these of a copy's contracts and tests of them, so that it compiles quickly."""
    kept = {file for pattern in patterns for file in project.glob(pattern)}
    assert kept, f"{project} has none of {', '.join(patterns)}"
    for folder in ("contracts", "tests/solidity"):
        for file in {*(project / folder).rglob("*.sol")} - kept:
            file.unlink()


def break_rule(file: Path, rule: str, broken: str) -> None:
    """Write `broken` for the one place where `file` says `rule`."""
    text = file.read_text()
    assert text.count(rule) == 1, f"{file.name} says {text.count(rule)} times: {rule}"
    file.write_text(text.replace(rule, broken))
