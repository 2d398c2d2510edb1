"""One account's hold on each of the contracts in memory; they keep the Protocols of `domain.ports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workmoot.chain.memory import (
    ballot_audit,
    claims,
    decisions,
    humans,
    instructions,
    membership,
    motions,
    posting,
    runs,
    slots,
    voting,
)
from workmoot.chain.memory.memory_chain import MemoryChain, Transaction
from workmoot.chain.memory.state import Cell
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import NOBODY, Address, Number, OrderId, OverrideId, ProposalId, TaskId, task_id
from workmoot.domain.instructions import INSTRUCTIONS, UNSAID, Standing, group_of
from workmoot.domain.overrides import EMPTY_SLOT, HumanOrder, Level, Slot, SubjectType
from workmoot.domain.ports import OrderState, PlantState, Receipt, TaskState
from workmoot.domain.proposals import NO_STATE, Opening, Policy, ProposalState, content_hash_of, content_id_of
from workmoot.domain.workers import Kind, Member, Record, Scope, roll_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Hold:
    """One account's hold on one contract in memory."""

    def __init__(self, chain: MemoryChain, account: Address) -> None:
        self._chain = chain
        self._account = account

    def _send(self, act: Callable[[Transaction], object]) -> Receipt:
        return self._chain.transact(self._account, act)


class MemoryMembers(Hold):
    """Members."""

    def admit(self, account: Address, kind: Kind, capabilities: int, profile: str) -> Receipt:
        return self._send(lambda tx: membership.admit(tx, account, kind, capabilities, profile, by=self._account))

    def suspend(self, number: Number) -> Receipt:
        return self._send(lambda tx: membership.suspend(tx, number, by=self._account))

    def reinstate(self, number: Number) -> Receipt:
        return self._send(lambda tx: membership.reinstate(tx, number, by=self._account))

    def retire(self, number: Number) -> Receipt:
        return self._send(lambda tx: membership.retire(tx, number, by=self._account))

    def come_back(self) -> Receipt:
        return self._send(membership.come_back)

    def bind(self, robot: Number, worker: Number, resource: bytes, scope: Scope) -> Receipt:
        return self._send(lambda tx: membership.bind(tx, robot, worker, resource, scope))

    def member(self, number: Number) -> Member | None:
        return self._chain.state.members.get(number)

    def number_of(self, account: Address) -> Number:
        return self._chain.state.numbers.get(account, NOBODY)

    def is_capable(self, number: Number, capability: int) -> bool:
        found = self.member(number)
        return found is not None and found.is_capable(capability)

    def may_vote(self, number: Number, roster: int) -> bool:
        found = self.member(number)
        return found is not None and found.may_vote(roster)

    def belonged(self, number: Number, roster: int) -> bool:
        return membership.belongs(self._chain.state, number, roster)

    def accounts(self) -> bytes:
        return roll_of(self._chain.state.members.values())

    def is_suspended(self, account: Address) -> bool:
        return membership.is_suspended(self._chain.state, account)

    def roster(self) -> tuple[int, int]:
        state = self._chain.state
        return state.roster, state.rosters.get(state.roster, 0)

    def members_at(self, version: int) -> int:
        return self._chain.state.rosters.get(min(version, self._chain.state.roster), 0)

    def count(self) -> int:
        return len(self._chain.state.members)

    def record(self, worker: Number, capability: int) -> Record:
        return self._chain.state.records.get((worker, capability), Record())


class MemoryWorkOrders(Hold):
    """WorkOrders."""

    def describe(self, description: str, capabilities: int, origin_milliseconds: int, speed_milli: int) -> Receipt:
        return self._send(lambda tx: posting.describe(tx, description, capabilities, origin_milliseconds, speed_milli))

    def post(self, tasks: bytes, detail: str) -> Receipt:
        return self._send(lambda tx: posting.post(tx, self._account, tasks, detail))

    def post_by_sig(
        self, tasks: bytes, detail: str, human: Address, nonce: int, deadline: int, signature: bytes
    ) -> Receipt:
        return self._send(lambda tx: posting.post_by_sig(tx, tasks, detail, human, nonce, deadline, signature))

    def acknowledge(self, task: TaskId, epoch: int) -> Receipt:
        return self._send(lambda tx: runs.acknowledge(tx, task, epoch))

    def decline(self, task: TaskId, epoch: int) -> Receipt:
        return self._send(lambda tx: runs.decline(tx, task, epoch))

    def start(self, task: TaskId, epoch: int) -> Receipt:
        return self._send(lambda tx: runs.start(tx, task, epoch))

    def heartbeat(self, task: TaskId, epoch: int) -> Receipt:
        return self._send(lambda tx: runs.heartbeat(tx, task, epoch))

    def submit(self, task: TaskId, epoch: int, grade: int, busy_ticks: int, evidence: bytes) -> Receipt:
        return self._send(lambda tx: runs.submit(tx, task, epoch, grade, busy_ticks, evidence))

    def fail(self, task: TaskId, epoch: int) -> Receipt:
        return self._send(lambda tx: runs.fail(tx, task, epoch))

    def inspect(
        self, task: TaskId, epoch: int, evidence: bytes, *, accepted: bool, grade: int, findings: bytes
    ) -> Receipt:
        return self._send(
            lambda tx: runs.inspect(tx, task, epoch, evidence, accepted=accepted, grade=grade, findings=findings)
        )

    def poke(self, task: TaskId) -> Receipt:
        return self._send(lambda tx: runs.poke(tx, task))

    def task(self, task: TaskId) -> TaskState:
        return self._state_of(runs.cell_of(self._chain.state, task))

    def tasks(self, order: OrderId, first: int, count: int) -> tuple[TaskState, ...]:
        end = min(first + count, self.order(order).task_count)
        return tuple(self.task(task_id(order, index)) for index in range(first, end))

    def plant(self) -> PlantState:
        state = self._chain.state
        return PlantState(orders=len(state.orders), held=state.plant_held, epoch=state.plant_epoch)

    def order(self, order: OrderId) -> OrderState:
        found = self._chain.state.orders.get(order)
        if found is None:
            return OrderState(task_count=0, posted_at=0, spec_hash=ZERO_HASH)
        return OrderState(task_count=found.task_count, posted_at=found.posted_at, spec_hash=found.spec_hash)

    def require_open(self, assignments: bytes) -> None:
        decisions.require_open(self._chain.state, assignments)

    def is_excluded(self, task: TaskId, worker: Number) -> bool:
        cell = self._chain.state.cells.get(task)
        return cell is not None and worker in cell.excluded

    def _state_of(self, cell: Cell) -> TaskState:
        state = self._chain.state
        return TaskState(
            status=cell.status,
            worker=cell.worker,
            inspector=cell.inspector,
            epoch=cell.epoch + state.plant_epoch,
            version=cell.version,
            overridden=cell.overridden or state.plant_held,
            held=cell.held or state.plant_held,
            capability=cell.capability,
            retries=cell.retries,
            attempt=cell.attempt,
            deadline=cell.deadline,
            evidence=cell.evidence,
            predecessors=cell.predecessors,
            standing_worker=cell.standing_worker,
            standing_inspector=cell.standing_inspector,
        )


class MemoryAllocationDao(Hold):
    """AllocationDAO."""

    def offer(self, offers: bytes, ranking: bytes) -> Receipt:
        return self._send(lambda tx: voting.offer(tx, offers, ranking))

    def confirm(
        self, tasks: Sequence[TaskId], versions: Sequence[int], leads: Sequence[Number], sequences: Sequence[int]
    ) -> Receipt:
        return self._send(lambda tx: voting.confirm(tx, tasks, versions, leads, sequences))

    def say(self, to: Number, about: int, message: bytes) -> Receipt:
        return self._send(lambda tx: voting.say(tx, to, about, message))

    def propose(self, opening: Opening) -> Receipt:
        return self._send(lambda tx: voting.propose(tx, opening))

    def review(self, proposal: ProposalId, *, support: bool, makespan: int, findings: bytes, words: str) -> Receipt:
        return self._send(
            lambda tx: voting.review(tx, proposal, support=support, makespan=makespan, findings=findings, words=words)
        )

    def vote(
        self, proposal: ProposalId, *, support: bool, reason: str, assignments: bytes = b"", rest: bytes = ZERO_HASH
    ) -> Receipt:
        return self._send(
            lambda tx: voting.vote(tx, proposal, support=support, reason=reason, assignments=assignments, rest=rest)
        )

    def cast_vote_by_sig(self, proposal: ProposalId, *, support: bool, voter: Address, signature: bytes) -> Receipt:
        return self._send(
            lambda tx: voting.cast_vote_by_sig(tx, proposal, support=support, voter=voter, signature=signature)
        )

    def decide(self, proposal: ProposalId, assignments: bytes, rest: bytes, ballots: bytes) -> Receipt:
        return self._send(lambda tx: voting.decide(tx, proposal, assignments, rest, ballots))

    def decide_at_once(self, proposal: ProposalId, deadline: int, opening: Opening, ballots: bytes) -> Receipt:
        return self._send(lambda tx: voting.decide_at_once(tx, proposal, deadline, opening, ballots))

    def bar(self, proposal: ProposalId, member: Number) -> Receipt:
        return self._send(lambda tx: voting.bar(tx, proposal, member))

    def enact(self, proposal: ProposalId, assignments: bytes, rest: bytes, *, words: int) -> Receipt:
        return self._send(lambda tx: voting.enact(tx, proposal, assignments, rest, words))

    def poke(self, proposal: ProposalId) -> Receipt:
        return self._send(lambda tx: voting.poke(tx, proposal))

    def seal(self) -> Receipt:
        return self._send(voting.seal)

    def proposal(self, proposal: ProposalId) -> ProposalState:
        return self._chain.state.proposals.get(proposal, NO_STATE)

    def progress(self, proposal: ProposalId) -> int:
        return self._chain.state.progress.get(proposal, 0)

    def proposal_count(self) -> int:
        return len(self._chain.state.proposals)

    def has_voted(self, proposal: ProposalId, account: Address) -> bool:
        number = self._chain.state.numbers.get(account, NOBODY)
        return (proposal, number) in self._chain.state.ballots

    def is_confirmed(self, task: TaskId, version: int, lead: Number, sequence: int, helper: Number) -> bool:
        return (task, version, lead, sequence, helper) in self._chain.state.confirmed

    def is_content(self, proposal: ProposalId, assignments: bytes, rest: bytes) -> bool:
        return self.proposal(proposal).content_id == content_id_of(content_hash_of(assignments, rest))

    def nonce_of(self, account: Address) -> int:
        return voting.nonce_of(self._chain.state, account)


class MemoryClaims(Hold):
    """Claims."""

    def claim(self, proposal: ProposalId, entry: bytes, proof: Sequence[bytes]) -> Receipt:
        return self._send(lambda tx: claims.claim(tx, proposal, entry, proof))

    def root_of(self, proposal: ProposalId) -> bytes:
        return self._chain.state.roots.get(proposal, ZERO_HASH)


class MemoryBallotAudit(Hold):
    """BallotAudit."""

    def record(self, proposal: ProposalId, content_hash: bytes, ballots: bytes) -> Receipt:
        return self._send(lambda tx: ballot_audit.record(tx, proposal, content_hash, ballots))

    def prove_equivocation(
        self, proposal: ProposalId, content_hash: bytes, member: Number, yes: bytes, no: bytes
    ) -> Receipt:
        return self._send(lambda tx: ballot_audit.prove_equivocation(tx, proposal, content_hash, member, yes, no))


class MemoryOverrides(Hold):
    """Overrides, and Instructions beside them."""

    def execute(self, order: HumanOrder, signature: bytes) -> Receipt:
        take = instructions.give if order.kind in INSTRUCTIONS else humans.execute
        return self._send(lambda tx: take(tx, order, signature))

    def ratify(self, override: OverrideId, *, support: bool, words: str) -> Receipt:
        return self._send(lambda tx: humans.ratify(tx, override, words, support=support))

    def poke(self, subject_type: SubjectType, subject: int, level: int) -> Receipt:
        return self._send(lambda tx: slots.poke(tx, (subject_type, subject, level)))

    def safe_stop(self, task: TaskId, *, stopped: bool) -> Receipt:
        return self._send(lambda tx: slots.safe_stop(tx, task, stopped=stopped))

    def digest_of(self, order: HumanOrder) -> bytes:
        return instructions.contracts_of(self._chain.chain_id).digest(order)

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        return self._chain.state.slots.get((subject_type, subject, level), EMPTY_SLOT)

    def robot(self, robot: Number) -> tuple[int, bool]:
        state = self._chain.state
        levels = (Level.MAINTENANCE, Level.HUMAN_HOLD)
        held = any(self.slot(SubjectType.ROBOT, robot, level).held for level in levels)
        return 1 + state.robot_epochs.get(robot, 0) + state.plant_epoch, state.plant_held or held

    def count(self) -> int:
        return self._chain.state.overrides_given

    def standing(self, kind: int, subject: int) -> Standing:
        return self._chain.state.instructions.get((group_of(kind), subject), UNSAID)

    def instruction_count(self) -> int:
        return self._chain.state.instructions_given


class MemoryMotions(Hold):
    """Motions."""

    def leave_out(self, number: Number) -> Receipt:
        return self._send(lambda tx: motions.leave_out(tx, number))

    def policy(self) -> Policy:
        return self._chain.state.policy

    def require_sound(self, motion: bytes) -> None:
        motions.require_sound(self._chain.state, motion)

    def voting_seconds_of(self, proposal: ProposalId) -> int:
        return motions.voting_seconds_of(self._chain.state, proposal)
