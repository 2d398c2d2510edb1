"""Which small faults of the contracts the forge suite notices.

Each mutant is compiled into a warm copy of the project and the suite stops at its first failure: first the tests
that are likely to notice, then all others. A run that was stopped goes on where it was. What survives has to be
explained by name in survivors.json.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

from tests.assurance.mutants import Mutant, mutants
from tests.assurance.project import BUILD, ROOT, copy_to, run

SURVIVORS = Path(__file__).with_name("survivors.json")
PROOFS = Path("tests/assurance/proofs")
REPORT = BUILD / "mutation.json"
JOURNAL = BUILD / "mutation.jsonl"
AT_ONCE = 2
SECONDS = "300"
KILLED_AT_LEAST = 0.95
LIKELY = {
    "AllocationDAO": "Voting|Enactment|Governor|CoreEquality",
    "Claims": "Claims|Vectors",
    "Members": "Membership|Motions|Voting",
    "Motions": "Motions|Vectors|Deployment",
    "Overrides": "Orders|Control|Slots|CoreEquality",
    "WorkOrders": "LifeCycle|Posting|Control|Enactment|CoreEquality",
}
SETTINGS = {
    "FOUNDRY_DYNAMIC_TEST_LINKING": "true",  # a changed contract leaves the tests compiled
    "FOUNDRY_DENY": "never",
    "FOUNDRY_FUZZ_RUNS": "32",
    "FOUNDRY_FUZZ_SEED": "0x1",
    "FOUNDRY_INVARIANT_RUNS": "8",
}


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    STILLBORN = "stillborn"  # does not compile


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mutant of `contract`; `of` tells the text it was made from."""

    contract: str
    name: str
    kind: str
    of: str
    fate: Fate


def contracts() -> list[Path]:
    return sorted(path for path in (ROOT / "contracts").rglob("*.sol") if mutants(path.read_text()))


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Judge:
    """Copies of the project, each compiled, in which mutants are tried."""

    def __init__(self, folder: Path, *, copies: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        shutil.rmtree(folder, ignore_errors=True)
        first = self._warm(folder / "0")
        for number in range(1, copies):
            shutil.copytree(first, folder / str(number), symlinks=True)
            self._free.put(folder / str(number))
        self._free.put(first)

    def _warm(self, project: Path) -> Path:
        copy_to(project)
        (project / "tests" / "assurance").mkdir()
        (project / PROOFS).symlink_to(ROOT / PROOFS)
        done = run("forge", "build", cwd=project, **SETTINGS)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return project

    def judge(self, path: Path, mutant: Mutant) -> Fate:
        project = self._free.get()
        file = project / path.relative_to(ROOT)
        whole = path.read_text()
        try:
            file.write_text(mutant.of(whole))
            return self._fate(project, LIKELY.get(path.stem, path.stem))
        finally:
            file.write_text(whole)
            self._free.put(project)

    def _fate(self, project: Path, likely: str) -> Fate:
        for choice in (("--match-contract", f"^({likely})"), ("--no-match-contract", f"^({likely})")):
            done = run("timeout", SECONDS, "forge", "test", "--fail-fast", *choice, cwd=project, **SETTINGS)
            if "Compiler run failed" in done.stdout + done.stderr:
                return Fate.STILLBORN
            if done.returncode:
                return Fate.KILLED
        return Fate.SURVIVED


def journal() -> dict[tuple[str, str, str], Verdict]:
    """What earlier runs found of the present text."""
    if not JOURNAL.exists():
        return {}
    told = [Verdict(**json.loads(line)) for line in JOURNAL.read_text().splitlines()]
    return {(verdict.contract, verdict.name, verdict.of): verdict for verdict in told}


def try_all(chosen: list[tuple[Path, Mutant]]) -> Iterator[Verdict]:
    """Judge what no earlier run has judged; a change of any contract or test begins anew."""
    known = journal()
    state = suite()
    left = [(path, mutant) for path, mutant in chosen if (path.stem, mutant.name, state) not in known]
    yield from (known[key] for path, mutant in chosen if (key := (path.stem, mutant.name, state)) in known)
    if not left:
        return
    judge = Judge(BUILD / "mutants", copies=AT_ONCE)

    def one(place: tuple[Path, Mutant]) -> Verdict:
        path, mutant = place
        fate = judge.judge(path, mutant)
        return Verdict(contract=path.stem, name=mutant.name, kind=mutant.kind, of=state, fate=fate)

    with ThreadPoolExecutor(AT_ONCE) as pool, JOURNAL.open("a") as log:
        for verdict in pool.map(one, left):
            log.write(json.dumps(asdict(verdict)) + "\n")
            log.flush()
            yield verdict


def suite() -> str:
    files = sorted([*(ROOT / "contracts").rglob("*.sol"), *(ROOT / "tests" / "solidity").rglob("*.sol")])
    return fingerprint("".join(file.read_text() for file in files))


def explained() -> dict[str, str]:
    """Why a mutant that survives changes nothing, by `Contract: name`."""
    return dict(json.loads(SURVIVORS.read_text()))


def report(verdicts: Iterable[Verdict], known: dict[str, str]) -> dict[str, dict[str, object]]:
    """The score of each contract and of all, and the names of unexplained survivors."""
    born = [verdict for verdict in verdicts if verdict.fate != Fate.STILLBORN]
    parts = {name: [v for v in born if v.contract == name] for name in sorted({v.contract for v in born})}
    return {name: _score(some, known) for name, some in {**parts, "all": born}.items()}


def _score(some: list[Verdict], known: dict[str, str]) -> dict[str, object]:
    survivors = [f"{verdict.contract}: {verdict.name}" for verdict in some if verdict.fate != Fate.KILLED]
    killed = len(some) - len(survivors)
    return {
        "mutants": len(some),
        "killed": killed,
        "score": round(killed / len(some), 4) if some else 1.0,
        "explained": sum(name in known for name in survivors),
        "survivors": [name for name in survivors if name not in known],
    }


def is_green(scores: dict[str, dict[str, object]]) -> bool:
    return scores["all"]["score"] >= KILLED_AT_LEAST and not scores["all"]["survivors"]  # type: ignore[operator]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("contracts", nargs="*", help="names; all without")
    options.add_argument("--sample", type=int, help="this many of them, drawn by lot")
    options.add_argument("--seed", type=int, default=1)
    told = options.parse_args()
    paths = [path for path in contracts() if not told.contracts or path.stem in told.contracts]
    chosen = [(path, mutant) for path in paths for mutant in mutants(path.read_text())]
    if told.sample:
        chosen = random.Random(told.seed).sample(chosen, min(told.sample, len(chosen)))
    BUILD.mkdir(parents=True, exist_ok=True)
    os.nice(10)
    verdicts: list[Verdict] = []
    for verdict in try_all(chosen):
        verdicts.append(verdict)
        sys.stdout.write(f"{len(verdicts)}/{len(chosen)} {verdict.fate} {verdict.contract}: {verdict.name}\n")
        sys.stdout.flush()
    scores = report(verdicts, explained())
    REPORT.write_text(json.dumps(scores, indent=2) + "\n")
    sys.stdout.write(json.dumps(scores, indent=2) + "\n")
    return 0 if is_green(scores) else 1


if __name__ == "__main__":
    sys.exit(main())
