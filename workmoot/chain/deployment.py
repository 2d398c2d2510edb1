"""Where the contracts are: deployments/<chain id>.json, written by the deployment, checked against the node."""

import json
from dataclasses import dataclass
from pathlib import Path

from workmoot.chain.node import Node
from workmoot.domain.errors import NoDeployment, WrongChain
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address
from workmoot.domain.instructions import HumansContracts

FOLDER = Path("deployments")
NAMES = {
    "AccessManager": "access_manager",
    "Members": "members",
    "WorkOrders": "work_orders",
    "AllocationDAO": "allocation_dao",
    "Overrides": "overrides",
    "Motions": "motions",
    "Claims": "claims",
    "BallotAudit": "ballot_audit",
    "Instructions": "instructions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The addresses on one chain; `block` is where the first contract came to be."""

    chain_id: int
    block: int
    access_manager: Address
    members: Address
    work_orders: Address
    allocation_dao: Address
    overrides: Address
    motions: Address
    claims: Address
    ballot_audit: Address
    instructions: Address

    @property
    def addresses(self) -> dict[str, Address]:
        """Each contract's address by its name."""
        return {name: getattr(self, field) for name, field in NAMES.items()}

    @property
    def humans_contracts(self) -> HumansContracts:
        """Where humans' orders count."""
        return HumansContracts(chain_id=self.chain_id, overrides=self.overrides, instructions=self.instructions)


def path_for(chain_id: int, folder: Path = FOLDER) -> Path:
    """The default file of a chain."""
    return folder / f"{chain_id}.json"


def read_deployment(path: Path) -> Deployment:
    """The deployment a file tells of."""
    try:
        content = json.loads(path.read_text())
        addresses = {field: Address(checksum_address(content[name])) for name, field in NAMES.items()}
        return Deployment(chain_id=int(content["chain_id"]), block=int(content["block"]), **addresses)
    except OSError as error:
        raise NoDeployment(
            f"{path}: {error.strerror}; `workmoot up` deploys, --deployment names another file"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoDeployment(f"{path}: not a deployment ({error!r})") from None


def write_deployment(path: Path, deployment: Deployment) -> None:
    """Writes the file that read_deployment reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"chain_id": deployment.chain_id, "block": deployment.block, **deployment.addresses}
    path.write_text(json.dumps(content, indent=2) + "\n")


def find_deployment(node: Node, path: Path | None = None) -> Deployment:
    """The deployment on this node, checked: the same chain, and the contracts are there."""
    deployment = read_deployment(path or path_for(node.chain_id()))
    check_node(node, deployment)
    return deployment


def check_node(node: Node, deployment: Deployment) -> None:
    """Refuses a node of another chain, or one that does not have the contracts, such as one that was started anew."""
    if (found := node.chain_id()) != deployment.chain_id:
        raise WrongChain(expected=deployment.chain_id, found=found, where=node.url)
    codes = node.ask_all([("eth_getCode", [address, "latest"]) for address in deployment.addresses.values()])
    missing = [name for name, code in zip(deployment.addresses, codes, strict=True) if code in ("0x", "0x0", None)]
    if missing:
        raise NoDeployment(
            f"{', '.join(missing)} of chain {deployment.chain_id} not found at {node.url}: "
            "was the node started anew? Deploy again, or name the right file with --deployment"
        )
