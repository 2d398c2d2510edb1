"""Which ways of assembly's `if`s the forge suite takes: forge's own coverage counts nothing in assembly.

A trap reverts where control would go that way. The suite is green without traps, so what a trap makes red goes there.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.assurance.coverage import Branch, measure
from tests.assurance.mutants import Mutant
from tests.assurance.project import BUILD, ROOT
from tests.assurance.trial import Fate, Site

_BLOCK = re.compile(r"^( *)assembly (?:\(\"memory-safe\"\) )?\{.*?^\1\}", re.DOTALL | re.MULTILINE)
_IF = re.compile(r"\bif ([^{]+) \{")
WAYS = {"true": "{}", "false": "iszero({})"}


def traps(source: str) -> list[tuple[int, str, Mutant]]:
    """The line, the way and the trap of each way of each `if` in assembly."""
    return list(_traps(source))


def _traps(source: str) -> Iterator[tuple[int, str, Mutant]]:
    for block in _BLOCK.finditer(source):
        for found in _IF.finditer(block[0]):
            begin = block.start() + found.start()
            line = source.count("\n", 0, begin) + 1
            for way, form in WAYS.items():
                trap = f"if {form.format(found[1])} {{ revert(0, 0) }} if"
                yield line, way, Mutant(name=f"{line} {way}", kind="trap", begin=begin, was="if", now=trap)


def sprung(folder: Path = BUILD / "traps") -> list[Branch]:
    """Every way of every `if` in assembly, and whether the suite takes it."""
    found: list[Branch] = []
    with closing(Site.build(folder)) as site:
        for path in sorted((ROOT / "contracts").rglob("*.sol")):
            source = path.read_text()
            for line, way, trap in traps(source):
                fate, _ = site.fate(path, trap)
                assert fate is not Fate.STILLBORN, f"{path}:{line}: the trap for {way} does not compile"
                file, code = str(path.relative_to(ROOT)), source.splitlines()[line - 1].strip()
                found.append(Branch(file=file, line=line, way=way, taken=fate is Fate.KILLED, code=code))
    return found


def all_branches() -> list[Branch]:
    """What forge counts and, of assembly, what the traps say."""
    ours = sprung()
    lines = {(branch.file, branch.line) for branch in ours}
    return [branch for branch in measure() if (branch.file, branch.line) not in lines] + ours
