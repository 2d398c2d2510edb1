"""The forge suite with the long runs of foundry.toml's profile `assure`; it says what ran and is red where less did."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from tests.assurance.project import BIN, ROOT

FUZZ_RUNS = 100_000
INVARIANT_CALLS = 1_000_000
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

    def too_little(self) -> list[str]:
        """The properties that were tried less than they have to be."""
        calls = sum(self.invariants.values())
        few = [name for name, runs in self.fuzz.items() if runs < FUZZ_RUNS]
        none = [] if self.fuzz else ["fuzz tests: none"]
        return none + few + ([f"invariants: {calls:,} calls"] if calls < INVARIANT_CALLS else [])


def read(lines: Iterable[str]) -> Ran:
    """What forge says that it ran."""
    told = list(lines)
    fuzz = {found[1]: int(found[2]) for line in told if (found := _FUZZ.match(line))}
    invariants = {found[1]: int(found[2]) for line in told if (found := _INVARIANT.match(line))}
    return Ran(fuzz=fuzz, invariants=invariants)


def main() -> int:
    lines: list[str] = []
    environment = {**os.environ, "FOUNDRY_PROFILE": "assure"}
    with subprocess.Popen(
        [BIN / "forge", "test"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            sys.stdout.write(line)
    ran = read(lines)
    sys.stdout.write(f"\n{ran}\n")
    for name in ran.too_little():
        sys.stdout.write(f"tried too little: {name}\n")
    return process.returncode or int(bool(ran.too_little()))


if __name__ == "__main__":
    sys.exit(main())
