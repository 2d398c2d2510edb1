"""The brownie script, in a process of its own: brownie's imports are slow and its settings global."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.running.folder import ROOT
from scripts.running.processes import NotReady, tail

DEPLOYED_WITHIN_S = 300.0


def deploy(rpc: str, told: Mapping[str, str], log: Path) -> None:
    """Puts the contracts on the node's chain and founds the plant that these settings name."""
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.deploy", "--rpc", rpc],
            cwd=ROOT,
            env=environment() | dict(told),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=DEPLOYED_WITHIN_S,
            check=False,
        )
    if done.returncode:
        raise NotReady(f"the deployment ended with code {done.returncode}:\n{tail(log)}")


def environment() -> dict[str, str]:
    """Ours, less anything that would redirect the programs; unbuffered, so that logs are current."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKMOOT_")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
