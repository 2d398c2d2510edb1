"""Symbolic runs of tests/solidity/symbolic by halmos, on z3: every input there is, up to its loops' bound."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.assurance.project import PROVERS, ROOT, copy_to, keep, run
from tests.assurance.solver import Z3

FOLDER = Path("tests/solidity/symbolic")
LOOP = "12"
PATIENCE = "10m"
"""For one question to the solver, in wall time: machines are shared."""
HOLDS, FAILS = 0, 1  # halmos: 2 and more are a time-out, a stuck path, nothing but reverts, a crash


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A rule broken in `file`, and the properties that have to notice."""

    file: str
    rule: str
    broken: str
    caught_by: list[str]


class Doubtful(Exception):
    """halmos warned, or did not run what it was to run: a pass would mean nothing."""


def prepare(folder: Path, *kept: str) -> Path:
    """A copy of the project with the symbolic tests and what they are about, or with nothing but what is `kept`."""
    project = copy_to(folder)
    keep(project, *kept or ("contracts/*/*.sol", f"{FOLDER}/*.sol"))
    return project


def controls() -> list[Control]:
    return [Control(**entry) for entry in json.loads(Path(__file__).with_suffix(".json").read_text())]


def stated() -> list[str]:
    """Every property that is written down."""
    texts = [file.read_text() for file in sorted((ROOT / FOLDER).glob("*.sol"))]
    return [name for text in texts for name in re.findall(r"function (check_\w+)", text)]


def check(project: Path, names: list[str]) -> dict[str, bool]:
    """Whether each named property holds in `project`."""
    found = project / "halmos.json"
    found.unlink(missing_ok=True)
    done = run(
        PROVERS / "halmos", "--root", project, "--forge-build-out", "build/forge", "--match-contract", "Symbolic$",
        "--match-test", f"^({'|'.join(names)})\\(", "--loop", LOOP, "--solver-command", str(Z3),
        "--solver-timeout-assertion", PATIENCE, "--json-output", found, cwd=project,
    )  # fmt: skip
    return read(done.stdout + done.stderr, found, names)


def read(said: str, found: Path, names: list[str]) -> dict[str, bool]:
    if not found.exists() or "WARNING" in said or "ERROR" in said:
        raise Doubtful(said[-3000:])
    results = [entry for contract in json.loads(found.read_text())["test_results"].values() for entry in contract]
    codes = {entry["name"].split("(")[0]: entry["exitcode"] for entry in results}
    undecided = sorted({name for name, code in codes.items() if code not in (HOLDS, FAILS)} | set(names) ^ set(codes))
    if undecided:
        raise Doubtful(f"undecided: {', '.join(undecided)}\n{said[-3000:]}")
    return {name: code == HOLDS for name, code in codes.items()}
