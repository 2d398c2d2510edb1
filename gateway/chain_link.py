"""The gateway's line to the chain: reads by one connection, relays humans' orders by another."""

from gateway.chain_view import view_of
from gateway.follower import Chain
from gateway.view import NOTHING_SEEN, View
from workmoot.chain.deployment import Deployment, check_node
from workmoot.chain.follower import Follower
from workmoot.chain.node import Node
from workmoot.chain.overrides import overrides_of
from workmoot.chain.sender import Sender
from workmoot.chain.signer import Signer
from workmoot.domain.errors import GatewayError
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import HumanOrder

ANSWER_SECONDS = 5.0
MINED_SECONDS = 10.0
"""Longer, and the order is sent again: its nonce makes that safe."""


class NotThePlantsGateway(GatewayError):
    """The plant names another gateway: what workers sign would not count here."""

    def __init__(self, *, described: str, mine: str) -> None:
        super().__init__(f"the plant's gateway is {described}, this key is {mine}'s: start it with the plant's key")


class ChainLink(Chain):
    """A node and the deployment on it; the node need not answer yet."""

    def __init__(self, url: str, deployment: Deployment, signer: Signer) -> None:
        self._node = Node(url, timeout_s=ANSWER_SECONDS)
        self._deployment = deployment
        self._follower = Follower(self._node, deployment)
        own = Node(url, timeout_s=ANSWER_SECONDS)
        sender = Sender(own, signer, chain_id=deployment.chain_id, mined_within_s=MINED_SECONDS)
        self._overrides = overrides_of(own, deployment, sender)
        self._mine = signer.address
        self._checked = False
        self._view = NOTHING_SEEN

    def check(self) -> None:
        """Refuses a node of another chain, or one without the contracts."""
        check_node(self._node, self._deployment)
        self._checked = True

    def look(self) -> View:
        """The picture at the present head."""
        if not self._checked:
            self.check()
        entered = self._follower.catch_up()
        ledger = self._follower.ledger
        if entered or self._view is NOTHING_SEEN or self._view.block_hash != "0x" + ledger.head.hash.hex():
            _require_mine(ledger, self._mine)
            self._view = view_of(ledger)
        return self._view

    def execute(self, order: HumanOrder, signature: bytes) -> None:
        """Relays a human's order; returns once it is mined."""
        self._overrides.execute(order, signature)


def _require_mine(ledger: Ledger, mine: str) -> None:
    described = (ledger.description or {}).get("gateway")
    address = described.get("address") if isinstance(described, dict) else None
    if address and checksum_address(str(address)) != mine:
        raise NotThePlantsGateway(described=str(address), mine=mine)
