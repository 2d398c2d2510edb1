"""Proofs without bound: what solc's model checker says of the contracts of proofs/, whole and with a rule broken."""

import json
import re
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.assurance.project import BIN, ROOT
from tests.assurance.solver import Z3

FOLDER = Path(__file__).with_name("proofs")
SECONDS = 60
_MAJORITY = Path("contracts/libraries/Majority.sol")


class Verdict(StrEnum):
    PROVED = "proved"
    REFUTED = "refuted"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A property, and a rule of its core without which it does not hold."""

    core: str
    name: str
    rule: str
    broken: str


PROOFS = tuple(Proof(**entry) for entry in json.loads(FOLDER.with_suffix(".json").read_text()))
SHORT = ("PassedByAMajority",)


def check(proof: Proof, *, broken: bool) -> Verdict:
    """What the model checker says of the property, or of the property where its rule is broken."""
    sources = _sources(proof)
    if broken:
        sources = _without_its_rule(sources, proof)
    properties = f"{FOLDER.relative_to(ROOT)}/{proof.core}Proofs.sol"
    task = {"root": str(ROOT), "sources": sources, "contract": [properties, proof.name], "solver": str(Z3)}
    done = subprocess.run(
        [BIN / "node", Path(__file__).with_name("prove.js")], input=json.dumps({**task, "seconds": SECONDS}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return verdict(json.loads(done.stdout)["said"])


def verdict(said: list[str]) -> Verdict:
    """Proved only where the checker names safe assertions and nothing else; a word of doubt leaves it open."""
    if any("CHC: Assertion violation happens here" in line for line in said):
        return Verdict.REFUTED
    safe = [line for line in said if "CHC: Assertion violation check is safe" in line]
    return Verdict.PROVED if safe and len(safe) == len(said) else Verdict.OPEN


def stated(core: str) -> list[str]:
    """The properties that are written down."""
    return re.findall(r"^contract (\w+) is", (FOLDER / f"{core}Proofs.sol").read_text(), re.MULTILINE)


def _sources(proof: Proof) -> dict[str, str]:
    core, properties = (FOLDER / f"{proof.core}{part}.sol" for part in ("Core", "Proofs"))
    files = {str(file.relative_to(ROOT)): file.read_text() for file in (core, properties)}
    files[str(properties.relative_to(ROOT))] = _alone(properties.read_text(), proof.name)
    return {**files, str(_MAJORITY): (ROOT / _MAJORITY).read_text()}


def _alone(properties: str, name: str) -> str:
    """The file with one property: the checker would else seek all of them."""
    head, *contracts = re.split(r"^(?=contract )", properties, flags=re.MULTILINE)
    return head + next(text for text in contracts if text.startswith(f"contract {name} is"))


def _without_its_rule(sources: dict[str, str], proof: Proof) -> dict[str, str]:
    places = sum(text.count(proof.rule) for name, text in sources.items() if "Proofs" not in name)
    assert places == 1, f"{proof.name}: its rule stands in {places} places"
    return {
        name: text if "Proofs" in name else text.replace(proof.rule, proof.broken) for name, text in sources.items()
    }
