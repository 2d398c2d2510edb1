"""The rules of Claims: what passed as the root of a tree, and who takes a leaf of it."""

from collections.abc import Sequence

from workmoot.chain.memory import decisions, membership, runs, slots, voting
from workmoot.chain.memory.memory_chain import ADDRESSES, Transaction
from workmoot.chain.memory.plans import read_entry, read_tree
from workmoot.domain.errors import Malformed, Refused
from workmoot.domain.events import AssignmentClaimed, TreeRecorded
from workmoot.domain.ids import ProposalId
from workmoot.domain.merkle import is_proof, leaf_of
from workmoot.domain.overrides import Level, SubjectType
from workmoot.domain.plan import PlanEntry, pack_assignments


def record(tx: Transaction, proposal: ProposalId, motion: bytes) -> None:
    root, count = read_tree(motion)
    tx.state.roots[proposal] = root
    tx.say(TreeRecorded, proposal=proposal, root=root, count=count)


def claim(tx: Transaction, proposal: ProposalId, packed: bytes, proof: Sequence[bytes]) -> None:
    caller = membership.active_worker(tx)
    entry, _ = read_entry(packed)
    if entry.lead != caller:
        raise Refused("NotTheLead", entry.task, entry.lead, caller)
    _require_in_tree(tx, proposal, packed, proof)
    _require_free(tx, proposal, entry)
    _require_open(tx, entry)
    _require_confirmed(tx, entry)
    voting.take(tx, proposal, _as_plan(entry), by=ADDRESSES["Claims"])
    if runs.load(tx, entry.task).version == entry.version:
        raise Refused("MayNotTake", entry.task, entry.lead, entry.inspector)
    tx.say(AssignmentClaimed, proposal=proposal, task=entry.task, worker=caller, entry=packed)


def _require_in_tree(tx: Transaction, proposal: ProposalId, packed: bytes, proof: Sequence[bytes]) -> None:
    root = tx.state.roots.get(proposal)
    if root is None:
        raise Refused("NoTree", proposal)
    if not is_proof(proof, root, leaf_of(packed)):
        raise Refused("NotInTree", proposal, leaf_of(packed))


def _require_free(tx: Transaction, proposal: ProposalId, entry: PlanEntry) -> None:
    if slots.is_filled(tx, (SubjectType.PROPOSAL, proposal, Level.HUMAN)):
        raise Refused("TreeVetoed", proposal)
    if tx.state.plant_held:
        raise Refused("Held", entry.task)


def _require_open(tx: Transaction, entry: PlanEntry) -> None:
    cell = runs.load(tx, entry.task)
    if not decisions.is_open(cell, entry.version):
        raise Refused("TaskMovedOn", entry.task, cell.version, entry.version)


def _require_confirmed(tx: Transaction, entry: PlanEntry) -> None:
    for helper in entry.helpers:
        if (entry.task, entry.version, entry.lead, entry.sequence, helper) not in tx.state.confirmed:
            raise Refused("HelperNotConfirmed", entry.task, entry.lead, helper)


def _as_plan(entry: PlanEntry) -> bytes:
    try:
        return pack_assignments([entry])
    except Malformed:
        raise Refused("MalformedPlan", 0) from None
