"""The kernel of the search does nothing that C leaves undefined: no overflow, no wrong shift, no misaligned access."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = ("tests/planning/test_kernel.py", "tests/planning/test_search.py", "tests/benchmarks/test_allocation.py")


@pytest.mark.usefixtures("long_only")
def test_kernel__built_to_end_at_undefined_behaviour__its_tests_pass():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.assurance.undefined", *SUITES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
