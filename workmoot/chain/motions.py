"""Motions on a node: what a majority decides besides who does what."""

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.domain.ids import Number, ProposalId
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import Policy


class ChainMotions(Contract):
    """One account's hold on Motions; keeps `domain.ports.Motions`."""

    name = "Motions"

    def leave_out(self, number: Number) -> Receipt:
        return self._send("leaveOut", number)

    def policy(self) -> Policy:
        found: Policy = build(Policy, self._read("policy")[0])
        return found

    def require_sound(self, motion: bytes) -> None:
        self._read("requireSound", motion)

    def voting_seconds_of(self, proposal: ProposalId) -> int:
        return int(self._read("votingSecondsOf", proposal)[0])
