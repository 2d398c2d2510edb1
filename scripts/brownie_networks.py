"""Adds our two networks to brownie's list, which lives in the user's home and not in the project.

Of brownie's own entries, Ganache's asks for istanbul and Anvil's for its newest fork: our contracts are for shanghai.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from scripts.nodes import ACCOUNTS, BALANCE_ETHER, BLOCK_GAS_LIMIT, CHAIN_IDS, HARDFORK, MNEMONIC, Kind


def ours() -> list[dict[str, Any]]:
    # Quiet, because brownie never reads what the node prints: a full pipe would stop it.
    return [
        _network("ganache", cmd="ganache --logging.quiet", port=18545),
        _network("anvil", cmd="anvil", port=18546),
    ]


def _network(kind: Kind, *, cmd: str, port: int) -> dict[str, Any]:
    settings = {
        "port": port,
        "chain_id": CHAIN_IDS[kind],
        "evm_version": HARDFORK,
        "gas_limit": BLOCK_GAS_LIMIT,
        "accounts": ACCOUNTS,
        "default_balance": BALANCE_ETHER,
        "mnemonic": MNEMONIC,
    }
    entry = {"id": f"workmoot-{kind}", "name": f"{kind.title()} (Workmoot)", "cmd": cmd, "host": "http://127.0.0.1"}
    return {**entry, "timeout": 120, "cmd_settings": settings}


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
