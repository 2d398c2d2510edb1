"""slither over a forge build: what it finds is mended or explained, and that it looked at all is checked."""

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.assurance.project import PROVERS, run

EXPLANATIONS = Path(__file__).with_name("slither.json")
_ANALYSED = re.compile(r"analyzed \((\d+) contracts with (\d+) detectors\)")


class NotAnalysed(Exception):
    """slither did not look at all contracts of the build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector says of a place."""

    check: str
    impact: str
    text: str

    @classmethod
    def read(cls, found: dict[str, Any]) -> Self:
        return cls(check=found["check"], impact=found["impact"], text=found["description"].strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why findings of `check` whose text holds `pattern` are no fault."""

    check: str
    pattern: str
    why: str

    def fits(self, finding: Finding) -> bool:
        return self.check == finding.check and re.search(self.pattern, finding.text) is not None


def explanations() -> list[Explanation]:
    return [Explanation(**entry) for entry in json.loads(EXPLANATIONS.read_text())]


def analyse(project: Path, build: Path) -> list[Finding]:
    """All that slither finds in the contracts of `project`; without a build it would see nothing."""
    shutil.rmtree(build, ignore_errors=True)
    made = run(
        "forge", "build", "--build-info", "--ast", "--skip", "tests/**",
        cwd=project, FOUNDRY_OUT=str(build), FOUNDRY_CACHE_PATH=str(build / "cache"),
    )  # fmt: skip
    if made.returncode:
        raise NotAnalysed(made.stdout + made.stderr)
    found = build / "slither.json"
    said = run(
        PROVERS / "slither", ".", "--foundry-ignore-compile", "--foundry-out-directory", build,
        "--filter-paths", "node_modules", "--json", found, "--no-fail-pedantic", cwd=project,
    )  # fmt: skip
    require_all_analysed(said.stderr, compiled(project, build))
    return [Finding.read(entry) for entry in json.loads(found.read_text())["results"].get("detectors", [])]


def compiled(project: Path, build: Path) -> int:
    """How many contracts the build holds; each file of contracts/ is among them."""
    infos = [json.loads(path.read_text())["output"] for path in (build / "build-info").glob("*.json")]
    sources = {name for output in infos for name in output["sources"]}
    missing = {str(file.relative_to(project)) for file in (project / "contracts").rglob("*.sol")} - sources
    if missing:
        raise NotAnalysed(f"not in the build: {', '.join(sorted(missing))}")
    return sum(len(units) for output in infos for units in output["contracts"].values())


def require_all_analysed(said: str, expected: int) -> None:
    """slither exits with 0 where it saw no contract at all."""
    match = _ANALYSED.search(said)
    analysed, detectors = (int(match[1]), int(match[2])) if match else (0, 0)
    if analysed == 0 or analysed < expected or detectors < 100:
        raise NotAnalysed(f"{analysed} of {expected} contracts, {detectors} detectors:\n{said[-2000:]}")


def unexplained(findings: Iterable[Finding], known: Iterable[Explanation]) -> list[Finding]:
    known = list(known)
    return [finding for finding in findings if not any(one.fits(finding) for one in known)]


def idle(findings: Iterable[Finding], known: Iterable[Explanation]) -> list[Explanation]:
    """Explanations of what is found no more."""
    findings = list(findings)
    return [one for one in known if not any(one.fits(finding) for finding in findings)]
