"""What the peers are made of: OpenZeppelin 5.7 compiled as our contracts are, Safe 1.4.1 as its authors built it."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.gas.chain import NotMeasured
from scripts.setup import NPM_PACKAGES, ROOT, SOLC, SOLCX
from workmoot.chain.abi import type_of

SOURCES = ROOT / "benchmarks" / "contracts"
COMPILED = ROOT / "build" / "benchmarks"
SAFE = NPM_PACKAGES / "@safe-global" / "safe-contracts" / "build" / "artifacts" / "contracts"
OPENZEPPELIN = NPM_PACKAGES / "@openzeppelin" / "contracts-5.7"
SETTINGS = {
    "remappings": [f"@openzeppelin/contracts/={OPENZEPPELIN.relative_to(ROOT)}/"],
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 200},
    "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A contract ready to be deployed."""

    constructor: tuple[str, ...]
    code: bytes


@cache
def safe_artifact(place: str) -> Artifact:
    """One of Safe's own builds, such as `Safe` or `proxies/SafeProxyFactory`."""
    name = place.rpartition("/")[2]
    built = json.loads((SAFE / f"{place}.sol" / f"{name}.json").read_text())
    return _artifact(built["abi"], built["bytecode"])


@cache
def artifact(name: str) -> Artifact:
    """One of benchmarks/contracts."""
    built = _compiled()[f"benchmarks/contracts/{name}.sol"][name]
    return _artifact(built["abi"], built["evm"]["bytecode"]["object"])


def _artifact(abi: list[Json], code: str) -> Artifact:
    constructors = [entry["inputs"] for entry in abi if entry["type"] == "constructor"]
    types = tuple(type_of(entry) for entry in (constructors[0] if constructors else []))
    return Artifact(constructor=types, code=bytes.fromhex(code.removeprefix("0x")))


@cache
def _compiled() -> Json:
    """All of benchmarks/contracts, compiled once for each state of the sources."""
    sources = {str(path.relative_to(ROOT)): {"content": path.read_text()} for path in sorted(SOURCES.glob("*.sol"))}
    task = json.dumps({"language": "Solidity", "sources": sources, "settings": SETTINGS})
    version = json.loads((OPENZEPPELIN / "package.json").read_text())["version"]
    kept = COMPILED / f"{hashlib.sha256(f'{SOLC} {version} {task}'.encode()).hexdigest()[:16]}.json"
    if not kept.is_file():
        _keep(kept, _compile(task))
    found: Json = json.loads(kept.read_text())
    return found


def _compile(task: str) -> Json:
    command = [str(SOLCX / f"solc-v{SOLC}"), "--standard-json", "--allow-paths", "node_modules"]
    done = subprocess.run(command, input=task, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: Json = json.loads(done.stdout)
    wrong = [error["formattedMessage"] for error in answer.get("errors", ()) if error["severity"] == "error"]
    if wrong:
        raise NotMeasured("\n".join(wrong))
    contracts: Json = answer["contracts"]
    return contracts


def _keep(path: Path, contracts: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(contracts))
    draft.replace(path)
