"""What a machine may lack: tests that need it say *not run: X* at the end, or fail where all of it is required."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_ALL = "REQUIRE_ALL"
_NOT_RUN = re.compile(r"not run: (?P<what>.+)")


def not_run(what: str) -> NoReturn:
    """End this test, or this module when called at its top, because the machine lacks `what`."""
    reason = f"not run: {what}"
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason} is absent, and {REQUIRE_ALL}=1", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def program(name: str, *, setting: str, names: tuple[str, ...]) -> Path:
    """Where one of the machine's programs is: what the variable `setting` says, or the first of `names` on the PATH."""
    told = os.environ.get(setting)
    found = told if told and Path(told).exists() else next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else not_run(name)


def chromium() -> Path:
    return program("Chromium", setting="CHROMIUM", names=("chromium", "chromium-browser", "google-chrome"))


def folder(name: str, *, setting: str) -> Path:
    """A folder of public files that is not part of the project: the variable `setting` says where it is."""
    told = os.environ.get(setting)
    return Path(told) if told and Path(told).is_dir() else not_run(f"{name} ({setting} names no folder)")


def closing_lines(skipped: Iterable[str]) -> list[str]:
    """One line for each absent thing, with the number of tests that asked for it."""
    found = (_NOT_RUN.search(reason) for reason in skipped)
    absent = Counter(match["what"].rstrip("')") for match in found if match)
    return [f"not run: {what} ({count} test{'s' * (count > 1)})" for what, count in sorted(absent.items())]
