"""Asks a served API everything that its OpenAPI document allows, and much that it does not, with Schemathesis."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.openapi import FILE
from tests.assurance.project import PROVERS, run

CHECKS = Path(__file__).with_name("problem_checks.py")
TIMEOUT_S = "30"
NOT_IN_THE_SCHEMA = "positive_data_acceptance"
"""Whether an order fits the plant, a signature its bytes or a key its request is no matter of schemas."""


class NotAsked(Exception):
    """Schemathesis did not come to an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it."""

    cases: int
    operations: int
    wrong: dict[str, list[str]]
    """What is wrong, by the kind of fault: the operations it is wrong with."""
    said: str


def ask(url: str, headers: Mapping[str, str], *options: str, most: int, phases: str, unchecked: str = "") -> Told:
    """Every operation, or those that the options choose, at most so many cases of each in the fuzzing phase."""
    left_out = ",".join(filter(None, (NOT_IN_THE_SCHEMA, unchecked)))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        sent = [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
        done = run(
            PROVERS / "schemathesis", "run", FILE, "--url", url, *sent, "--phases", phases,
            "--max-examples", str(most), "--seed", "1", "--exclude-checks", left_out,
            "--generation-with-security-parameters", "false", "--generation-database", "none",
            "--continue-on-failure", "--request-timeout", TIMEOUT_S, "--no-color",
            "--report", "json", "--report-json-path", report, *options,
            cwd=Path(folder), SCHEMATHESIS_HOOKS=str(CHECKS),
        )  # fmt: skip
        if not report.exists():
            raise NotAsked(done.stdout[-3000:] + done.stderr[-3000:])
        return _read(json.loads(report.read_text()), done.returncode, done.stdout)


def _read(report: dict[str, Any], code: int, said: str) -> Told:
    if report["errors"] or not report["complete"] or (code != 0) != bool(report["failures"]):
        raise NotAsked(said[-6000:])
    return Told(
        cases=report["test_cases"]["generated"],
        operations=report["operations"]["tested"],
        wrong={failure["type"]: failure["operations"] for failure in report["failures"]},
        said=said,
    )
