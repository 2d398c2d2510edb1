"""Claims on a node: the assignments of trees, taken one by one."""

from collections.abc import Sequence

from workmoot.chain.contract import Contract
from workmoot.domain.ids import ProposalId
from workmoot.domain.ports import Receipt


class ChainClaims(Contract):
    """One account's hold on Claims; keeps `domain.ports.Claims`."""

    name = "Claims"

    def claim(self, proposal: ProposalId, entry: bytes, proof: Sequence[bytes]) -> Receipt:
        return self._send("claim", proposal, entry, list(proof))

    def root_of(self, proposal: ProposalId) -> bytes:
        return bytes(self._read("rootOf", proposal)[0])
