"""One account's hold on a whole deployment: the contracts and a follower."""

from dataclasses import dataclass
from pathlib import Path

from workmoot.chain.allocation_dao import ChainAllocationDao
from workmoot.chain.archive import Archive
from workmoot.chain.ballot_audit import ChainBallotAudit
from workmoot.chain.claims import ChainClaims
from workmoot.chain.deployment import Deployment, find_deployment
from workmoot.chain.follower import Follower
from workmoot.chain.members import ChainMembers
from workmoot.chain.motions import ChainMotions
from workmoot.chain.node import Node
from workmoot.chain.overrides import overrides_of
from workmoot.chain.sender import Sender
from workmoot.chain.signer import Signer
from workmoot.chain.work_orders import ChainWorkOrders
from workmoot.domain.ports import AllocationDao, BallotAudit, Claims, Members, Motions, Overrides, WorkOrders


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """The contracts as one account calls them."""

    members: Members
    work_orders: WorkOrders
    dao: AllocationDao
    overrides: Overrides
    motions: Motions
    claims: Claims
    ballot_audit: BallotAudit


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A node and the deployment on it, checked."""

    node: Node
    deployment: Deployment

    def contracts(self, signer: Signer | None = None) -> Contracts:
        """The contracts as this key calls them; without a key they can only be read."""
        sender = Sender(self.node, signer, chain_id=self.deployment.chain_id) if signer else None
        work_orders = ChainWorkOrders(self.node, self.deployment.work_orders, sender)
        return Contracts(
            members=ChainMembers(self.node, self.deployment.members, sender),
            work_orders=work_orders,
            dao=ChainAllocationDao(self.node, self.deployment.allocation_dao, sender, work_orders=work_orders),
            overrides=overrides_of(self.node, self.deployment, sender),
            motions=ChainMotions(self.node, self.deployment.motions, sender),
            claims=ChainClaims(self.node, self.deployment.claims, sender),
            ballot_audit=ChainBallotAudit(self.node, self.deployment.ballot_audit, sender),
        )

    def follower(self, archive: Archive | None = None) -> Follower:
        """A new projection of the deployment; without an archive it remembers as long as it lives."""
        return Follower(self.node, self.deployment, archive)


def connect(url: str, *, deployment: Path | None = None) -> Connection:
    """The deployment at a node: the file named, or deployments/<the node's chain id>.json."""
    node = Node(url)
    return Connection(node=node, deployment=find_deployment(node, deployment))
