"""AllocationDAO on a node: where digital workers offer, propose, discuss and vote."""

from collections.abc import Sequence
from dataclasses import astuple

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.chain.sender import SPARE_GAS
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Address, Number, ProposalId, TaskId
from workmoot.domain.plan import ENTRY
from workmoot.domain.ports import Receipt
from workmoot.domain.proposals import Opening, ProposalState

ENACTING_GAS = 60_000
"""For one plan entry: a vote that does not decide now may be the deciding one when it is mined."""


class ChainAllocationDao(Contract):
    """One account's hold on AllocationDAO; keeps `domain.ports.AllocationDao`."""

    name = "AllocationDAO"

    def offer(self, offers: bytes, ranking: bytes) -> Receipt:
        return self._send("offer", offers, ranking)

    def confirm(
        self, tasks: Sequence[TaskId], versions: Sequence[int], leads: Sequence[Number], sequences: Sequence[int]
    ) -> Receipt:
        return self._send("confirm", list(tasks), list(versions), list(leads), list(sequences))

    def say(self, to: Number, about: int, message: bytes) -> Receipt:
        return self._send("say", to, about, message)

    def propose(self, opening: Opening) -> Receipt:
        return self._send("propose", astuple(opening), tried=False)

    def review(self, proposal: ProposalId, *, support: bool, makespan: int, findings: bytes, words: str) -> Receipt:
        return self._send("review", proposal, support, makespan, findings, words)

    def vote(
        self, proposal: ProposalId, *, support: bool, reason: str, plan: bytes = b"", particulars: bytes = ZERO_HASH
    ) -> Receipt:
        spare_gas = SPARE_GAS + ENACTING_GAS * (len(plan) // ENTRY.size)
        return self._send("vote", proposal, support, reason, plan, particulars, spare_gas=spare_gas)

    def bar(self, proposal: ProposalId, member: Number) -> Receipt:
        return self._send("bar", proposal, member)

    def enact(self, proposal: ProposalId, plan: bytes, particulars: bytes) -> Receipt:
        return self._send("enact", proposal, plan, particulars)

    def poke(self, proposal: ProposalId) -> Receipt:
        return self._send("poke", proposal, tried=False)

    def proposal(self, proposal: ProposalId) -> ProposalState:
        found: ProposalState = build(ProposalState, self._read("proposal", proposal)[0])
        return found

    def proposal_count(self) -> int:
        return int(self._read("proposalCount")[0])

    def has_voted(self, proposal: ProposalId, account: Address) -> bool:
        return bool(self._read("hasVoted", proposal, account)[0])

    def is_confirmed(self, task: TaskId, version: int, lead: Number, sequence: int, helper: Number) -> bool:
        return bool(self._read("isConfirmed", task, version, lead, sequence, helper)[0])

    def is_content(self, proposal: ProposalId, plan: bytes, particulars: bytes) -> bool:
        return bool(self._read("isContent", proposal, plan, particulars)[0])
