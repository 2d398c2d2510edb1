"""What the contracts compile to, as they are or with a rule broken."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.assurance.project import ROOT
from tests.chain.plants import Artifact, artifact
from workmoot.chain.abi import DEPLOYED

LENS = "tests/model/Lens.sol"
WALLET = "tests/solidity/Wallet.sol"
Artifacts = dict[str, Artifact]


def as_built() -> Artifacts:
    """The contracts as brownie compiled them, which is what is deployed."""
    return {name: artifact(name) for name in DEPLOYED}


def broken(file: str, rule: str, instead: str, contracts: tuple[str, ...]) -> Artifacts:
    """The contracts where `file` says `instead` in the one place where it says `rule`, and the others as built."""
    sources = _sources()
    text = sources[file]
    assert text.count(rule) == 1, f"{file} says {text.count(rule)} times: {rule}"
    codes = _compile({**sources, file: text.replace(rule, instead)}, contracts)
    built = as_built()
    return built | {name: Artifact(constructor=built[name].constructor, code=code) for name, code in codes.items()}


@cache
def lens() -> bytes:
    """The creation code of the lens."""
    return bytes.fromhex(_compile({LENS: (ROOT / LENS).read_text()}, ("Lens",))["Lens"])


@cache
def wallet() -> bytes:
    """The creation code of the wallet: a human's account that is a contract."""
    return bytes.fromhex(_compile({WALLET: (ROOT / WALLET).read_text()}, ("Wallet",))["Wallet"])


@cache
def _sources() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "contracts").rglob("*.sol"))}


def _compile(sources: dict[str, str], wanted: tuple[str, ...]) -> dict[str, str]:
    """Not optimised: that takes three times as long, and says the same."""
    task = {
        "language": "Solidity",
        "sources": {file: {"content": text} for file, text in sources.items()},
        "settings": {
            "evmVersion": "shanghai",
            "remappings": ["@openzeppelin/=node_modules/@openzeppelin/"],
            "outputSelection": {"*": {name: ["evm.bytecode.object"] for name in wanted}},
        },
    }
    compiler: Path = ROOT / ".venv" / "solcx" / "solc-v0.8.37"
    done = subprocess.run(
        [compiler, "--standard-json"], input=json.dumps(task), cwd=ROOT, capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    faults = [error["formattedMessage"] for error in answer.get("errors", []) if error["severity"] == "error"]
    assert not faults, faults[0]
    found = {name: made for file in answer["contracts"].values() for name, made in file.items()}
    return {name: found[name]["evm"]["bytecode"]["object"] for name in wanted}
