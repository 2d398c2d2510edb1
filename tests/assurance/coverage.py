"""Which branches of the contracts no forge test takes."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.assurance.project import BUILD, ROOT, copy_to, run

EXPLANATIONS = Path(__file__).with_name("coverage.json")
WEIGH = "fitsTheSizeLimit|fitsOneTransaction|cheap|aPartFits|inParts"
"""Tests of sizes and gas: compiled for coverage, contracts are larger and dearer."""
NO_LIMIT = str(2**64 - 1)
PARTS = 3
"""Compiled for coverage all tests together are more than the npm compiler can write out."""


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


def measure(folder: Path = BUILD / "coverage") -> list[Branch]:
    """Run forge's tests on contracts compiled for it; a part of them at a time, as the compiler has room for."""
    found: dict[tuple[str, int, str], Branch] = {}
    for part in range(PARTS):
        for branch in _measured(folder / str(part), part):
            key = (branch.file, branch.line, branch.way)
            if not (key in found and found[key].taken):
                found[key] = branch
    return require_all(list(found.values()), sorted((ROOT / "contracts").glob("*.sol")))


def _measured(project: Path, part: int) -> list[Branch]:
    """What one part of the tests takes, each in a copy of the project that has no others."""
    shutil.rmtree(project, ignore_errors=True)
    copy_to(project)
    shutil.rmtree(project / "tests" / "solidity" / "symbolic")
    files = sorted((project / "tests" / "solidity").glob("*.t.sol"))
    for file in set(files) - set(files[part::PARTS]):
        file.unlink()
    command = ("forge", "coverage", "--ir-minimum", "--report", "lcov", "--report-file", "lcov.info")
    done = run(*command, "--no-match-test", WEIGH, cwd=project, FOUNDRY_GAS_LIMIT=NO_LIMIT)
    if done.returncode:
        raise NotMeasured(done.stdout[-3000:] + done.stderr[-3000:])
    return branches((project / "lcov.info").read_text(), ROOT)


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
