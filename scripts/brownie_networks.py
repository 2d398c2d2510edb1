"""Adds our two networks to brownie's list, which lives in the user's home and not in the project.

brownie's own Ganache entry asks for istanbul, and its Anvil entry for Anvil's newest hard fork: the contracts are for shanghai.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

MNEMONIC = "test test test test test test test test test test test junk"


def ours() -> list[dict[str, Any]]:
    # Quiet, because brownie never reads what the node prints: a full pipe would stop it.
    return [
        _network("workmoot-ganache", "Ganache (Workmoot)", cmd="ganache --logging.quiet", port=18545, chain_id=1337),
        _network("workmoot-anvil", "Anvil (Workmoot)", cmd="anvil", port=18546, chain_id=31337),
    ]


def _network(id_: str, name: str, *, cmd: str, port: int, chain_id: int) -> dict[str, Any]:
    settings = {
        "port": port,
        "chain_id": chain_id,
        "evm_version": "shanghai",
        "gas_limit": 30_000_000,
        "accounts": 20,
        "default_balance": 10_000,
        "mnemonic": MNEMONIC,
    }
    return {"id": id_, "name": name, "cmd": cmd, "host": "http://127.0.0.1", "timeout": 120, "cmd_settings": settings}


def add(listing: Path) -> bool:
    """Put our entries into brownie's list; false where they stand there already."""
    networks = yaml.safe_load(listing.read_text())
    ids = {network["id"] for network in ours()}
    development = [network for network in networks["development"] if network["id"] not in ids] + ours()
    if networks["development"] == development:
        return False
    networks["development"] = development
    draft = listing.with_suffix(".workmoot")
    draft.write_text(yaml.safe_dump(networks, sort_keys=False))
    draft.replace(listing)
    return True


def main() -> None:
    listing = Path.home() / ".brownie" / "network-config.yaml"
    listing.parent.mkdir(exist_ok=True)
    if not listing.exists():
        brownie = find_spec("brownie")
        if brownie is None or brownie.origin is None:
            sys.exit("brownie is not installed")
        shutil.copyfile(Path(brownie.origin).parent / "data" / "network-config.yaml", listing)
    add(listing)


if __name__ == "__main__":
    main()
