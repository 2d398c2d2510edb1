"""forge's property tests with the long runs of foundry.toml's profile `assure`; it says what ran and is red where less
did.

A run that was stopped goes on where it was: what passed stays so as long as its file of tests, all that imports and
foundry.toml are the same.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache

from tests.assurance.mutation import fingerprint
from tests.assurance.project import BIN, BUILD, ROOT, run
from tests.assurance.trial import reached

FUZZ_RUNS = 100_000
INVARIANT_CALLS = 1_000_000
JOURNAL = BUILD / "forge_runs.jsonl"
_STATED = re.compile(r"function (?:testFuzz|invariant)\w*\(")
_FUZZ = re.compile(r"^\[PASS\] (testFuzz\w*)\(.*\(runs: (\d+),")
_INVARIANT = re.compile(r"^\[PASS\] (invariant\w*)\(.*\(runs: \d+, calls: (\d+),")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How often each property was tried."""

    fuzz: dict[str, int]
    invariants: dict[str, int]

    def __str__(self) -> str:
        least = min(self.fuzz.values(), default=0)
        calls = sum(self.invariants.values())
        tried = f"{len(self.fuzz)} fuzz tests, at least {least:,} runs each, {sum(self.fuzz.values()):,} together"
        return f"{tried}; {calls:,} calls under {len(self.invariants)} invariant"

    def too_little(self, stated: Iterable[str]) -> list[str]:
        """The properties that were tried less than they have to be."""
        calls = sum(self.invariants.values())
        none = [name for name in stated if name not in self.fuzz | self.invariants]
        few = [name for name, runs in self.fuzz.items() if runs < FUZZ_RUNS]
        return none + few + ([f"invariants: {calls:,} calls"] if calls < INVARIANT_CALLS else [])


def read(file: str, lines: Iterable[str]) -> Ran:
    """What forge says that it ran of a file."""
    told = list(lines)
    fuzz = {f"{file} {found[1]}": int(found[2]) for line in told if (found := _FUZZ.match(line))}
    invariants = {f"{file} {found[1]}": int(found[2]) for line in told if (found := _INVARIANT.match(line))}
    return Ran(fuzz=fuzz, invariants=invariants)


def together(all_ran: Iterable[Ran]) -> Ran:
    fuzz, invariants = dict[str, int](), dict[str, int]()
    for ran in all_ran:
        fuzz |= ran.fuzz
        invariants |= ran.invariants
    return Ran(fuzz=fuzz, invariants=invariants)


@cache
def stated() -> dict[str, list[str]]:
    """The properties of each file of tests that has some; the invariants first, which take longest."""
    files = sorted((ROOT / "tests" / "solidity").glob("*.t.sol"))
    found = {str(file.relative_to(ROOT)): _STATED.findall(file.read_text()) for file in files}
    named = {
        file: [f"{file} {one.removeprefix('function ').rstrip('(')}" for one in told] for file, told in found.items()
    }
    return dict(
        sorted(((file, told) for file, told in named.items() if told), key=lambda one: "invariant" not in str(one[1]))
    )


def text_of(file: str) -> str:
    """The fingerprint of what its verdict depends on."""
    files = sorted({ROOT / name for name in reached(file)} | {ROOT / "foundry.toml"})
    return fingerprint("".join(f"{one.relative_to(ROOT)}\n{one.read_text()}" for one in files))


def journal() -> dict[str, list[str]]:
    """What forge said of files that passed and are as they were."""
    told = map(json.loads, JOURNAL.read_text().splitlines()) if JOURNAL.exists() else ()
    return {one["file"]: one["said"] for one in told if one["file"] in stated() and one["of"] == text_of(one["file"])}


def run_long(file: str) -> tuple[int, list[str]]:
    """forge's exit code and words."""
    failures = BUILD / "forge-failures" / file.replace("/", "-")
    command = ("forge", "test", "--threads", "1", "--match-path", file)
    done = run(*command, FOUNDRY_PROFILE="assure", FOUNDRY_TEST_FAILURES_FILE=str(failures))
    return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--at-once", type=int, default=2)
    known = journal()
    left = [file for file in stated() if file not in known]
    at_once, red = options.parse_args().at_once, 0
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([BIN / "forge", "build"], cwd=ROOT, check=True)
    with ThreadPoolExecutor(at_once) as pool, JOURNAL.open("a") as log:
        texts = {pool.submit(run_long, file): (file, text_of(file)) for file in left}
        for done in as_completed(texts):
            (file, of), (code, said) = texts[done], done.result()
            if of != text_of(file):
                code, said = 1, [*said, f"{file} was changed while it ran"]
            sys.stdout.write("\n".join(said) + "\n")
            sys.stdout.flush()
            red |= code
            if not code:
                known[file] = said
                log.write(json.dumps({"file": file, "of": of, "said": said}) + "\n")
                log.flush()
    ran = together(read(file, said) for file, said in known.items())
    sys.stdout.write(f"\n{ran}\n")
    few = ran.too_little(name for names in stated().values() for name in names)
    for name in few:
        sys.stdout.write(f"tried too little: {name}\n")
    return red or int(bool(few))


if __name__ == "__main__":
    sys.exit(main())
