"""Makes the provers, and what tries the API, ready in an environment of their own: their pins do not fit ours."""

import fcntl
import sys
from pathlib import Path

from scripts.setup import BIN, PYTHON, ROOT, SetupFailed, Step, call, take

VENV = ROOT / ".venv-assure"
LOCK = ROOT / "tests" / "assurance" / "requirements.lock"
TOOLS = tuple(VENV / "bin" / tool for tool in ("halmos", "schemathesis", "slither", "z3"))


def install() -> str:
    """Make `.venv-assure` from its lock, anew where it was never finished."""
    stamp().unlink(missing_ok=True)
    call(PYTHON, "-m", "venv", "--clear", "--without-pip", VENV)
    python = VENV / "bin" / "python"
    try:
        call(BIN / "uv", "pip", "sync", "-q", "--compile-bytecode", "--python", python, LOCK)
    except SetupFailed:
        call(PYTHON, "-m", "pip", "--python", python, "install", "-q", "--require-hashes", "-r", LOCK)
    return ", ".join(tool.name for tool in TOOLS)


def stamp() -> Path:
    return VENV / ".stamp"


def stand() -> bool:
    return all(tool.exists() for tool in TOOLS)


def main() -> int:
    step = Step(what="Provers", stamp=stamp(), inputs=(LOCK,), run=install, stands=stand)
    with Path(__file__).open() as only_one_at_a_time:
        fcntl.flock(only_one_at_a_time, fcntl.LOCK_EX)
        try:
            if not step.is_done():
                take(step)
        except SetupFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
