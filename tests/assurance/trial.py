"""Tries one mutant after another: only what the fault changes is compiled, and the compiled tests load it.

forge compiles the tests once, so that they load the contracts they deploy from the build (its dynamic linking). A
mutant is compiled by a solc that stays awake, without its optimizer, and its bytecode is written into the build; forge
takes it for its own. So a mutant takes seconds instead of a minute. The tests that killed most mutants of the same
contract go first. What no mutant can be judged by is left out: how large the contracts are, and what they cost.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.assurance.mutants import Mutant
from tests.assurance.project import BIN, ROOT, copy_to, run

SECONDS, TIMED_OUT = "900", 124
COMPILES = 200  # of one solc, before a new one takes over: it never gives memory back
LIKELY = 4  # files of tests that are tried before all of them
WEIGHS = (
    "test_deployment__everyContract__fitsTheSizeLimit",
    "test_enact__declinedAndUnderAHumansSlotOneAWord__aPartFits",
    "test_veto__theLargestPart__fitsOneTransaction",
)
SETTINGS = {
    "FOUNDRY_DYNAMIC_TEST_LINKING": "true",
    "FOUNDRY_DENY": "never",
    "FOUNDRY_FUZZ_SEED": "0x1",
}
QUICK = {"FOUNDRY_FUZZ_RUNS": "1", "FOUNDRY_INVARIANT_RUNS": "1"}
WHOLE = {"FOUNDRY_FUZZ_RUNS": "32", "FOUNDRY_INVARIANT_RUNS": "8"}
_IMPORT = re.compile(r"^import [^;]*?\"([^\"]+)\";", re.MULTILINE | re.DOTALL)
_SUITE = re.compile(r"Ran \d+ tests? for (\S+):\w+")
_CONTRACT = re.compile(r"^contract (\w+)", re.MULTILINE)
Code = dict[str, Any]


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    SAME = "same"  # the optimizer makes the same code of it as of the contract: no test could tell them apart
    STILLBORN = "stillborn"  # does not compile


class NotTried(Exception):
    """Without any mutant the suite is red, or forge said neither yes nor no."""


class Compiler:
    """A solc that stays awake."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._compiles = 0

    def compile(self, sources: dict[str, str], wanted: dict[str, list[str]], *, optimize: bool = False) -> Code | None:
        """The code of each wanted contract by `file:name`; none where the sources are no Solidity."""
        process = self._awake()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"sources": sources, "wanted": wanted, "optimize": optimize}) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        if answer["errors"]:
            return None
        found = answer["contracts"]
        return {f"{file}:{name}": found[file][name]["evm"] for file, names in wanted.items() for name in names}

    def close(self) -> None:
        if self._process:
            self._process.communicate()
        self._process = None

    def _awake(self) -> "subprocess.Popen[str]":
        if self._compiles % COMPILES == 0:
            self.close()
        self._compiles += 1
        if not self._process:
            command = [BIN / "node", Path(__file__).with_name("compile.js"), ROOT]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._process


class Site:
    """A copy of the project with its tests compiled, in which one mutant at a time is tried."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._compiler = Compiler()
        whole = self._compiler.compile({}, self.deployed())
        if not whole:
            raise NotTried("the contracts do not compile without any mutant")
        self._whole = whole
        self._optimized: dict[str, Code | None] = {}
        self._killers: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @classmethod
    def build(cls, project: Path) -> "Site":
        """Compile the tests and see that they are green without any mutant."""
        shutil.rmtree(project, ignore_errors=True)
        copy_to(project)
        for file in (project / "tests" / "solidity").glob("*.sol"):
            text = file.read_text()
            file.write_text(re.sub(rf"\b({'|'.join(WEIGHS)})\b", r"left_out_\1", text))
        done = run("forge", "build", cwd=project, **SETTINGS)
        if done.returncode:
            raise NotTried(done.stdout + done.stderr)
        return cls(project).checked()

    def checked(self) -> "Site":
        """Its tests, once they were seen to be green."""
        self._write(self._whole)
        done = self._test(WHOLE)
        if done.returncode:
            raise NotTried(done.stdout[-3000:] + done.stderr)
        return self

    def copied(self, project: Path) -> "Site":
        """Another one, which needs no compiling."""
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(self._project, project, symlinks=True)
        return Site(project).checked()

    def close(self) -> None:
        self._compiler.close()

    def fate(self, path: Path, mutant: Mutant) -> tuple[Fate, str]:
        """And the file of the test that killed it."""
        name, whole = str(path.relative_to(ROOT)), path.read_text()
        sources, wanted = {name: mutant.of(whole)}, self.changed_by(name)
        code = self._compiler.compile(sources, wanted)
        if code is None:
            return Fate.STILLBORN, ""
        before = self._whole | {key: self._code(key) for key in code if key not in self._whole}
        try:
            self._write(code)
            if (by := self._killer(name)) is not None:
                return Fate.KILLED, by
        finally:
            self._write({key: before[key] for key in code})
        if name not in self._optimized:
            self._optimized[name] = self._compiler.compile({name: whole}, wanted, optimize=True)
        made = self._compiler.compile(sources, wanted, optimize=True)
        return (Fate.SAME if made == self._optimized[name] else Fate.SURVIVED), ""

    def _killer(self, name: str) -> str | None:
        """The file of tests, as far as forge says, that notices the fault in a file of contracts."""
        killers = self._killers[name]
        for file in [file for file, _ in killers.most_common(LIKELY) if file] + [""]:
            by = self._killed(QUICK, file)
            if by is not None:
                killers[by] += 1
                return by
        return self._killed(WHOLE)

    def _killed(self, runs: dict[str, str], file: str = "") -> str | None:
        """By which file of tests, as far as forge says; None: not at all."""
        done = self._test(runs, file)
        if not done.returncode:
            return None
        if "[FAIL" not in done.stdout and done.returncode != TIMED_OUT:
            raise NotTried(done.stdout[-3000:] + done.stderr)
        return file_of_failure(done.stdout)

    def _test(self, runs: dict[str, str], file: str = "") -> "subprocess.CompletedProcess[str]":
        """All tests, or those of one file."""
        solc = self._project / "solc-that-remembers"
        if not solc.exists():
            _remember(solc)
        only = ("--match-path", file) if file else ()
        command = ("timeout", SECONDS, "forge", "test", "--fail-fast", "--threads", "1", *only)
        return run(*command, cwd=self._project, **SETTINGS, **runs, FOUNDRY_SOLC=str(solc))

    def _artifact(self, key: str) -> Path:
        file, name = key.split(":")
        return self._project / "build" / "forge" / Path(file).name / f"{name}.json"

    def _code(self, key: str) -> Code:
        artifact = json.loads(self._artifact(key).read_text())
        return {part: artifact[part] for part in ("bytecode", "deployedBytecode")}

    def _write(self, code: Code) -> None:
        for key, parts in code.items():
            file = self._artifact(key)
            artifact = json.loads(file.read_text())
            for part in ("bytecode", "deployedBytecode"):
                text = parts[part]["object"].removeprefix("0x")
                artifact[part] |= parts[part] | {"object": f"0x{text}"}
            file.write_text(json.dumps(artifact))

    # What has to be compiled

    @staticmethod
    def deployed() -> dict[str, list[str]]:
        """The contracts that are deployed: each stands in a file of its own."""
        return _contracts_of(ROOT / "contracts")

    @classmethod
    def changed_by(cls, name: str) -> dict[str, list[str]]:
        """Whose code a change of a file can change. Tests load what they deploy: only a library is part of them."""
        leaves = set(cls.deployed()) - {name}
        contracts = {file: names for file, names in cls.deployed().items() if name in reached(file)}
        tests = {
            file: names
            for file, names in _contracts_of(ROOT / "tests" / "solidity").items()
            if name not in cls.deployed() and name in reached(file, leaves)
        }
        return contracts | tests


def file_of_failure(said: str) -> str:
    """The file of the first test that forge says failed; empty where it says none."""
    file = ""
    for line in said.splitlines():
        if found := _SUITE.match(line):
            file = found[1]
        elif line.startswith("[FAIL"):
            return file
    return ""


def _contracts_of(folder: Path) -> dict[str, list[str]]:
    """The contracts of the folder's files."""
    told = {str(file.relative_to(ROOT)): _CONTRACT.findall(file.read_text()) for file in sorted(folder.glob("*.sol"))}
    return {file: names for file, names in told.items() if names}


def reached(file: str, leaves: Collection[str] = ()) -> set[str]:
    """A file and all it imports; what `leaves` import is not followed."""
    found, left = set[str](), [file]
    while left:
        here = left.pop()
        if here in found:
            continue
        found.add(here)
        if here not in leaves:
            left += [_place(here, told) for told in _IMPORT.findall((ROOT / here).read_text()) if told[0] != "@"]
    return found


def _place(file: str, told: str) -> str:
    if not told.startswith("."):
        return told
    return os.path.normpath(Path(file).parent / told)


def _remember(file: Path) -> None:
    """forge asks its compiler's version at each start, and for one file of tests what it compiles to."""
    solc = ROOT / ".venv" / "solcx" / "solc-v0.8.37"
    said = run(solc, "--version").stdout
    file.write_text(f"""#!/bin/sh
if [ "$1" = --version ]; then
  cat <<'END'
{said}END
  exit
fi
mkdir -p {file}.kept
asked=$(mktemp)
cat > "$asked"
told={file}.kept/$(sha256sum < "$asked" | cut -c 1-32)
[ -f "$told" ] || {{ {solc} "$@" < "$asked" > "$asked.told" && mv "$asked.told" "$told"; }}
rm "$asked"
exec cat "$told"
""")
    file.chmod(0o755)
