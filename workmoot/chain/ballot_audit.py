"""BallotAudit on a node: what members signed beside what was counted."""

from workmoot.chain.contract import Contract
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.ports import Receipt


class ChainBallotAudit(Contract):
    """One account's hold on BallotAudit; keeps `domain.ports.BallotAudit`."""

    name = "BallotAudit"

    def record(self, proposal: ProposalId, content_hash: bytes, ballots: bytes) -> Receipt:
        return self._send("record", proposal, content_hash, ballots)

    def prove_equivocation(
        self, proposal: ProposalId, content_hash: bytes, member: Number, yes: bytes, no: bytes
    ) -> Receipt:
        return self._send("proveEquivocation", proposal, content_hash, member, yes, no)
