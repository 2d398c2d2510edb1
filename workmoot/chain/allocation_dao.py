"""AllocationDAO on a node: where digital workers offer, propose, discuss and vote."""

from collections.abc import Sequence

from workmoot.chain.contract import Contract
from workmoot.chain.decoder import build
from workmoot.chain.node import Node
from workmoot.chain.sender import SPARE_GAS, Sender
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Address, Number, ProposalId, TaskId
from workmoot.domain.motions import is_motion
from workmoot.domain.plan import ASSIGNED, TASKS_PER_WORD
from workmoot.domain.ports import Receipt, WorkOrders
from workmoot.domain.proposals import Opening, ProposalState, pack_detail

ENACTING_GAS = 46_000
"""For one plan entry whose task a human has assigned, where the decision gets a word of its own; most take far less.

A vote that does not decide now may be the deciding one when it is mined."""


class ChainAllocationDao(Contract):
    """One account's hold on AllocationDAO; keeps `domain.ports.AllocationDao`."""

    name = "AllocationDAO"

    def __init__(self, node: Node, address: Address, sender: Sender | None = None, *, work_orders: WorkOrders) -> None:
        super().__init__(node, address, sender)
        self._work_orders = work_orders

    def offer(self, offers: bytes, ranking: bytes) -> Receipt:
        return self._send("offer", offers, ranking)

    def confirm(
        self, tasks: Sequence[TaskId], versions: Sequence[int], leads: Sequence[Number], sequences: Sequence[int]
    ) -> Receipt:
        return self._send("confirm", list(tasks), list(versions), list(leads), list(sequences))

    def say(self, to: Number, about: int, message: bytes) -> Receipt:
        return self._send("say", to, about, message)

    def propose(self, opening: Opening) -> Receipt:
        plan = opening.plan
        if not plan.is_tree and not is_motion(plan.assignments):
            self._work_orders.require_open(plan.assignments)
        return self._send("propose", *_parts_of(opening), tried=False)

    def review(self, proposal: ProposalId, *, support: bool, makespan: int, findings: bytes, words: str) -> Receipt:
        return self._send("review", proposal, support, makespan, findings, words)

    def vote(
        self, proposal: ProposalId, *, support: bool, reason: str, assignments: bytes = b"", rest: bytes = ZERO_HASH
    ) -> Receipt:
        return self._send(
            "vote", proposal, support, reason, assignments, rest, spare_gas=SPARE_GAS + _enacting_gas(assignments)
        )

    def cast_vote_by_sig(self, proposal: ProposalId, *, support: bool, voter: Address, signature: bytes) -> Receipt:
        return self._send("castVoteBySig", proposal, int(support), voter, signature)

    def decide(self, proposal: ProposalId, assignments: bytes, rest: bytes, ballots: bytes) -> Receipt:
        return self._send(
            "decide", proposal, assignments, rest, ballots, spare_gas=SPARE_GAS + _enacting_gas(assignments)
        )

    def decide_at_once(self, proposal: ProposalId, deadline: int, opening: Opening, ballots: bytes) -> Receipt:
        spare_gas = SPARE_GAS + _enacting_gas(opening.plan.assignments)
        return self._send(
            "decideAtOnce", proposal, deadline, _parts_of(opening), ballots, spare_gas=spare_gas, tried=False
        )

    def bar(self, proposal: ProposalId, member: Number) -> Receipt:
        return self._send("bar", proposal, member)

    def enact(self, proposal: ProposalId, assignments: bytes, rest: bytes, *, words: int) -> Receipt:
        entries = min(len(assignments) // ASSIGNED.size, TASKS_PER_WORD * words)
        return self._send("enact", proposal, assignments, rest, words, spare_gas=SPARE_GAS + ENACTING_GAS * entries)

    def poke(self, proposal: ProposalId) -> Receipt:
        return self._send("poke", proposal, tried=False)

    def seal(self) -> Receipt:
        return self._send("seal")

    def proposal(self, proposal: ProposalId) -> ProposalState:
        found: ProposalState = build(ProposalState, self._read("proposal", proposal)[0])
        return found

    def progress(self, proposal: ProposalId) -> int:
        return int(self._read("progress", proposal)[0])

    def proposal_count(self) -> int:
        return int(self._read("proposalCount")[0])

    def has_voted(self, proposal: ProposalId, account: Address) -> bool:
        return bool(self._read("hasVoted", proposal, account)[0])

    def is_confirmed(self, task: TaskId, version: int, lead: Number, sequence: int, helper: Number) -> bool:
        return bool(self._read("isConfirmed", task, version, lead, sequence, helper)[0])

    def is_content(self, proposal: ProposalId, assignments: bytes, rest: bytes) -> bool:
        return bool(self._read("isContent", proposal, assignments, rest)[0])

    def nonce_of(self, account: Address) -> int:
        return int(self._read("nonces", account)[0])


def _parts_of(opening: Opening) -> tuple[object, ...]:
    """What is put to the vote, as the contract takes it."""
    plan = opening.plan
    return plan.assignments, plan.teams, plan.timetable, pack_detail(opening), opening.words


def _enacting_gas(assignments: bytes) -> int:
    return ENACTING_GAS * (len(assignments) // ASSIGNED.size)
