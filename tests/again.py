"""Runs the tests, and what failed once more in a fresh process: a machine may stumble, a fault fails twice.

Nothing is hidden: what failed first is named before and after the second run. Only failed tests have a second chance,
and only a few of them; a run that broke off, collected nothing or did not come to its end is red at once. What a test
draws by lot it draws alike in both runs: a fault found by chance is found again.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path("build") / "again"
FAILED_FIRST, CHANCE = "FAILED_FIRST", "CHANCE"
TESTS_FAILED = 1  # pytest: 2 is broken off, also by what cannot be collected; 3 and 4 are its own faults; 5 is no test
BROKEN_OFF = 2
COUNTED = ("tests", "errors", "failures", "skipped")
SOME = 10  # more than so many are no stumble


def failed_tests(cache: Path) -> list[str]:
    """What pytest noted as failed; nothing where it did not come to write it down."""
    noted = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(noted.read_text())) if noted.exists() else []


def may_run_again(failed: list[str]) -> bool:
    """Whether these are a few tests, and no files or processes that broke."""
    return 0 < len(failed) <= SOME and all("::" in name for name in failed)


def told_by(report: Path) -> dict[str, int]:
    """What pytest counted; nothing where it did not come to its end."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite")) if report.exists() else []
    return {name: sum(int(suite.get(name, "0")) for suite in suites) for name in COUNTED if suites}


def pytest(report: Path, *words: str, **settings: str) -> int:
    command = (sys.executable, "-m", "pytest", f"--junit-xml={report.resolve()}", *words)
    return subprocess.run(command, env={**os.environ, **settings}, check=False).returncode


def main(words: list[str]) -> int:
    cache, first, second = FOLDER / "cache", FOLDER / "first.xml", FOLDER / "second.xml"
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.environ.setdefault(CHANCE, str(secrets.randbelow(1 << 32)))
    code = pytest(first, *words, "-o", f"cache_dir={cache.resolve()}")
    if not told_by(first).get("tests"):
        return code or BROKEN_OFF
    failed = failed_tests(cache)
    if code != TESTS_FAILED or not may_run_again(failed):
        return code
    sys.stdout.write(f"\nOnce more, in a fresh process, what failed first: {', '.join(failed)}\n\n")
    sys.stdout.flush()
    code = pytest(second, "-n0", *failed, **{FAILED_FIRST: "\n".join(failed)})
    passed = {"tests": len(failed), "errors": 0, "failures": 0, "skipped": 0}
    return code or (0 if told_by(second) == passed else TESTS_FAILED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
