"""Which branches of the contracts no forge test takes."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.assurance.project import BUILD, ROOT, run

EXPLANATIONS = Path(__file__).with_name("coverage.json")
WEIGH = "fitsTheSizeLimit|fitsOneTransaction|cheap|aPartFits|inParts"
"""Tests of sizes and gas: compiled for coverage, contracts are larger and dearer."""


class NotMeasured(Exception):
    """forge gave no figures, or none of a contract."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Branch:
    """A way that control can take from a line; `code` is that line."""

    file: str
    line: int
    way: str
    taken: bool
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} way {self.way}: {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a branch of the line `code` in `file` cannot be taken, or is taken unseen."""

    file: str
    code: str
    why: str


def explanations() -> list[Explanation]:
    return [Explanation(**entry) for entry in json.loads(EXPLANATIONS.read_text())]


def measure() -> list[Branch]:
    """Run forge's tests on contracts compiled for it."""
    report = BUILD / "lcov.info"
    BUILD.mkdir(parents=True, exist_ok=True)
    done = run(
        "forge", "coverage", "--ir-minimum", "--report", "lcov", "--report-file", report,
        "--no-match-test", WEIGH,
        FOUNDRY_OUT=str(BUILD / "coverage"), FOUNDRY_CACHE_PATH=str(BUILD / "coverage-cache"),
    )  # fmt: skip
    if done.returncode:
        raise NotMeasured(done.stdout[-3000:] + done.stderr[-3000:])
    return require_all(branches(report.read_text(), ROOT), sorted((ROOT / "contracts").glob("*.sol")))


def branches(report: str, project: Path) -> list[Branch]:
    """The branches in contracts/ that an lcov report names."""
    found: list[Branch] = []
    file, lines = "", [""]
    for row in report.splitlines():
        kind, _, rest = row.partition(":")
        if kind == "SF":
            file = rest
            lines = (project / file).read_text().splitlines() if file.startswith("contracts/") else []
        elif kind == "BRDA" and lines:
            line, block, way, taken = rest.split(",")
            code = lines[int(line) - 1].strip()
            found.append(Branch(file=file, line=int(line), way=f"{block}.{way}", taken=taken not in "-0", code=code))
    return found


def require_all(found: list[Branch], contracts: list[Path]) -> list[Branch]:
    """A contract without a branch in the report was not measured."""
    seen = {Path(branch.file).name for branch in found}
    missing = {path.name for path in contracts if " if (" in path.read_text()} - seen
    if missing or not found:
        raise NotMeasured(f"no branch of {', '.join(sorted(missing)) or 'any contract'} was measured")
    return found


def untaken(found: list[Branch], known: list[Explanation]) -> list[Branch]:
    explained = {(one.file, one.code) for one in known}
    return sorted(branch for branch in found if not branch.taken and (branch.file, branch.code) not in explained)


def idle(found: list[Branch], known: list[Explanation]) -> list[Explanation]:
    """Explanations of branches that are taken, or are no more."""
    open_ = {(branch.file, branch.code) for branch in found if not branch.taken}
    return [one for one in known if (one.file, one.code) not in open_]
