"""Which small faults of the contracts the forge suite notices.

Every mutant stops the suite at its first failure, or survives it. A run that was stopped goes on where it was, also
when tests or contracts were added: who was killed stays so as long as the file of tests that did it and all it imports
are the same.
Several may each take their share, and the first of a shuffled list are a sample drawn by lot. What survives has to be
explained by name in survivors.json.
"""

import argparse
import hashlib
import json
import math
import os
import random
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

from tests.assurance.mutants import Mutant, mutants
from tests.assurance.project import BUILD, ROOT
from tests.assurance.trial import Fate, Site, reached

SURVIVORS = Path(__file__).with_name("survivors.json")
REPORT = BUILD / "mutation.json"
JOURNAL = BUILD / "mutation.jsonl"
KILLED_AT_LEAST = 0.95
LIKELY_RANGE = 1.96  # standard deviations: a sample's true share lies within in 95 of 100 draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mutant of `contract`, and by which file of tests; `of` tells the text that this depends on."""

    contract: str
    name: str
    kind: str
    fate: Fate
    by: str
    of: str


Chosen = list[tuple[Path, Mutant]]


def contracts() -> list[Path]:
    return sorted(path for path in (ROOT / "contracts").rglob("*.sol") if mutants(path.read_text()))


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def journal() -> dict[tuple[str, str], Verdict]:
    """What earlier runs found and what holds of the present text."""
    told = read(JOURNAL) if JOURNAL.exists() else []
    return {
        (verdict.contract, verdict.name): verdict for verdict in told if verdict.of == text_of(verdict.fate, verdict.by)
    }


def read(file: Path) -> list[Verdict]:
    told = map(json.loads, file.read_text().splitlines())
    return [Verdict(**{**one, "fate": Fate(one["fate"])}) for one in told]


@cache
def text_of(fate: Fate, by: str) -> str:
    """The fingerprint of what a fate depends on: of one killed the tests that did it and the contracts they import, of
    one that survived all tests and contracts, else the contracts."""
    if fate is Fate.KILLED and by and (ROOT / by).exists():
        files = {ROOT / name for name in reached(by)}
    else:
        files = set((ROOT / "contracts").rglob("*.sol"))
        if fate in (Fate.KILLED, Fate.SURVIVED):
            files |= set((ROOT / "tests" / "solidity").rglob("*.sol"))
    return fingerprint("".join(f"{file.relative_to(ROOT)}\n{file.read_text()}" for file in sorted(files)))


def try_all(chosen: Chosen, *, at_once: int, folder: Path) -> Iterator[Verdict]:
    """Judge what no earlier run has judged, or has judged by another text."""
    known = journal()
    left = [(path, mutant) for path, mutant in chosen if (path.stem, mutant.name) not in known]
    yield from (known[key] for path, mutant in chosen if (key := (path.stem, mutant.name)) in known)
    if not left:
        return
    sites: SimpleQueue[Site] = SimpleQueue()
    first = Site.build(folder / "0")
    for site in (first, *(first.copied(folder / str(number)) for number in range(1, at_once))):
        sites.put(site)

    def one(place: tuple[Path, Mutant]) -> Verdict:
        path, mutant = place
        site = sites.get()
        try:
            fate, by = site.fate(path, mutant)
        finally:
            sites.put(site)
        return Verdict(contract=path.stem, name=mutant.name, kind=mutant.kind, fate=fate, by=by, of=text_of(fate, by))

    with ThreadPoolExecutor(at_once) as pool, JOURNAL.open("a") as log:
        for verdict in pool.map(one, left):
            log.write(json.dumps(asdict(verdict)) + "\n")
            log.flush()
            yield verdict
    while not sites.empty():
        sites.get().close()


def explained() -> dict[str, str]:
    """Why a mutant that survives changes nothing, by `Contract: name`."""
    return dict(json.loads(SURVIVORS.read_text()))


def report(verdicts: Iterable[Verdict], known: dict[str, str]) -> dict[str, dict[str, object]]:
    """The score of each contract and of all, and the names of unexplained survivors."""
    able = [verdict for verdict in verdicts if verdict.fate in (Fate.KILLED, Fate.SURVIVED)]
    parts = {name: [v for v in able if v.contract == name] for name in sorted({v.contract for v in able})}
    return {name: _score(some, known) for name, some in {**parts, "all": able}.items()}


def _score(some: list[Verdict], known: dict[str, str]) -> dict[str, object]:
    survivors = [f"{verdict.contract}: {verdict.name}" for verdict in some if verdict.fate is not Fate.KILLED]
    killed = len(some) - len(survivors)
    return {
        "mutants": len(some),
        "killed": killed,
        "score": round(killed / len(some), 4) if some else 0.0,
        "explained": sum(name in known for name in survivors),
        "survivors": [name for name in survivors if name not in known],
    }


def likely_range(killed: int, of: int) -> tuple[float, float]:
    """Between which shares that of all mutants lies, where so many of a sample were killed (Wilson's interval)."""
    if not of:
        return 0.0, 1.0
    share, z2 = killed / of, LIKELY_RANGE**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = LIKELY_RANGE / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return round(middle - half, 4), round(middle + half, 4)


def is_green(scores: dict[str, dict[str, object]]) -> bool:
    return scores["all"]["score"] >= KILLED_AT_LEAST and not scores["all"]["survivors"]  # type: ignore[operator]


def shuffled(seed: int, names: list[str]) -> Chosen:
    """Every mutant, in an order drawn by lot: however many of the first were tried, they are a fair sample."""
    paths = [path for path in contracts() if not names or path.stem in names]
    found = [(path, mutant) for path in paths for mutant in mutants(path.read_text())]
    random.Random(seed).shuffle(found)
    return found


def share(chosen: Chosen, told: str) -> Chosen:
    """The `2/4`: the second of four parts."""
    part, parts = map(int, told.split("/"))
    return chosen[part - 1 :: parts]


def summary(verdicts: list[Verdict], generated: int) -> dict[str, dict[str, object]]:
    """The scores, and how far a sample may be off."""
    scores = report(verdicts, explained())
    fates = {str(fate): sum(verdict.fate is fate for verdict in verdicts) for fate in Fate}
    scores["all"] |= {"generated": generated, "tried": len(verdicts), "fates": fates}
    if len(verdicts) < generated:
        scores["all"]["sample_95"] = likely_range(fates["killed"], fates["killed"] + fates["survived"])
    return scores


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("contracts", nargs="*", help="names; all without")
    options.add_argument("--sample", type=int, help="this many of them, drawn by lot")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--share", default="1/1", help="2/4: the second of four parts")
    options.add_argument("--at-once", type=int, default=2)
    options.add_argument(
        "--folder",
        type=lambda told: Path(told).absolute(),
        default=BUILD / "mutants",
        help="where the copies are tried",
    )
    told = options.parse_args()
    everything = shuffled(told.seed, told.contracts)
    chosen = share(everything[: told.sample], told.share)
    BUILD.mkdir(parents=True, exist_ok=True)
    os.nice(10)
    verdicts: list[Verdict] = []
    for verdict in try_all(chosen, at_once=told.at_once, folder=told.folder):
        verdicts.append(verdict)
        sys.stdout.write(f"{len(verdicts)}/{len(chosen)} {verdict.fate} {verdict.contract}: {verdict.name}\n")
        sys.stdout.flush()
    scores = summary(verdicts, len(everything))
    REPORT.write_text(json.dumps(scores, indent=2) + "\n")
    sys.stdout.write(json.dumps(scores, indent=2) + "\n")
    return 0 if is_green(scores) else 1


if __name__ == "__main__":
    sys.exit(main())
