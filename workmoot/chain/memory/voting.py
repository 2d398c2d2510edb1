"""The rules of AllocationDAO."""

from collections.abc import Sequence
from dataclasses import replace

from workmoot.chain.memory import decisions, membership
from workmoot.chain.memory.memory_chain import ADDRESSES, BLOCKS_REMEMBERED, Transaction
from workmoot.chain.memory.plans import read_plan
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    HelpConfirmed,
    MessageSent,
    OffersPublished,
    ProposalOpened,
    ProposalReviewed,
    ProposalSettled,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.ids import Address, Number, ProposalId, TaskId
from workmoot.domain.majority import has_passed, is_defeated
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import (
    NO_STATE,
    Opening,
    ProposalState,
    State,
    content_hash_of,
    particulars_of,
)


def offer(tx: Transaction, offers: bytes, ranking: bytes) -> None:
    tx.say(OffersPublished, worker=membership.active_worker(tx), offers=offers, ranking=ranking)


def confirm(
    tx: Transaction,
    tasks: Sequence[TaskId],
    versions: Sequence[int],
    leads: Sequence[Number],
    sequences: Sequence[int],
) -> None:
    helper = membership.active_worker(tx)
    for task, version, lead, sequence in zip(tasks, versions, leads, sequences, strict=True):
        tx.state.confirmed[(task, version, lead, sequence, helper)] = True
        tx.say(HelpConfirmed, task=task, lead=lead, helper=helper, version=version, sequence=sequence)


def say(tx: Transaction, to: Number, about: int, message: bytes) -> None:
    tx.say(MessageSent, sender=membership.active_worker(tx), to=to, about=about, message=message)


def propose(tx: Transaction, opening: Opening) -> None:
    proposer = membership.active_worker(tx)
    open_now = tx.state.open_of.get(proposer, 0)
    if open_now == tx.chain.policy.open_limit:
        raise Refused("TooManyOpen", proposer, tx.chain.policy.open_limit)
    _require_known_block(tx, opening.read_at, opening.read_hash)
    if opening.counters > len(tx.state.proposals):
        raise Refused("UnknownProposal", opening.counters)
    decisions.require_open(tx, read_plan(opening.plan))
    for entry in read_plan(opening.plan):
        _require_confirmed(tx, entry)
    tx.state.open_of[proposer] = open_now + 1
    _open(tx, proposer, opening)


def review(tx: Transaction, proposal: ProposalId, *, support: bool, makespan: int, findings: bytes, words: str) -> None:
    member = membership.active_worker(tx)
    _require_open(tx, proposal)
    tx.say(
        ProposalReviewed,
        id=proposal,
        member=member,
        support=support,
        makespan=makespan,
        findings=findings,
        words=words,
    )


def vote(tx: Transaction, proposal: ProposalId, *, support: bool, reason: str, plan: bytes, particulars: bytes) -> None:
    found = _require_open(tx, proposal)
    member = membership.active_worker(tx)
    if not membership.may_vote(tx, member, found.roster):
        raise Refused("NotInElectorate", proposal, member)
    if (proposal, member) in tx.state.ballots:
        raise Refused("AlreadyVoted", proposal, member)
    tx.state.ballots[(proposal, member)] = True
    tally = replace(found, yes=found.yes + 1) if support else replace(found, no=found.no + 1)
    tx.state.proposals[proposal] = tally
    tx.say(VoteCast, voter=tx.sender, proposal_id=proposal, support=int(support), weight=1, reason=reason)
    _decide(tx, proposal)
    if plan and tx.state.proposals[proposal].state is State.PASSED:
        _enact(tx, proposal, plan, particulars)


def bar(tx: Transaction, proposal: ProposalId, member: Number) -> None:
    found = _require_open(tx, proposal)
    if not membership.belonged(tx, member, found.roster):
        raise Refused("NotInElectorate", proposal, member)
    if membership.may_vote(tx, member, found.roster):
        raise Refused("StillInElectorate", proposal, member)
    if (proposal, member) in tx.state.ballots or (proposal, member) in tx.state.bars:
        raise Refused("AlreadyVoted", proposal, member)
    tx.state.bars[(proposal, member)] = True
    tx.state.proposals[proposal] = replace(found, barred=found.barred + 1)
    tx.say(VoterBarred, id=proposal, member=member)
    _decide(tx, proposal)


def enact(tx: Transaction, proposal: ProposalId, plan: bytes, particulars: bytes) -> None:
    found = state_of(tx, proposal)
    if found.state is not State.PASSED:
        raise Refused("ProposalNotOpen", proposal, found.state)
    _enact(tx, proposal, plan, particulars)


def poke(tx: Transaction, proposal: ProposalId) -> None:
    found = state_of(tx, proposal)
    if found.state is not State.OPEN:
        raise Refused("ProposalNotOpen", proposal, found.state)
    if tx.now <= found.deadline:
        raise Refused("VotingNotOver", proposal, found.deadline)
    _settle(tx, proposal, State.EXPIRED)


def veto(tx: Transaction, proposal: ProposalId, *, by: Address) -> None:
    if by != ADDRESSES["Overrides"]:
        raise Refused("NotTheContract", by)
    found = state_of(tx, proposal)
    if found.state not in (State.OPEN, State.PASSED):
        raise Refused("ProposalNotOpen", proposal, found.state)
    _settle(tx, proposal, State.VETOED)


def state_of(tx: Transaction, proposal: ProposalId) -> ProposalState:
    return tx.state.proposals.get(proposal, NO_STATE)


def is_content(tx: Transaction, proposal: ProposalId, plan: bytes, particulars: bytes) -> bool:
    return state_of(tx, proposal).content_hash == content_hash_of(plan, particulars)


def _open(tx: Transaction, proposer: Number, opening: Opening) -> None:
    proposal = ProposalId(len(tx.state.proposals) + 1)
    roster, members = tx.state.roster, tx.state.rosters.get(tx.state.roster, 0)
    deadline = tx.now + tx.chain.policy.voting_seconds
    particulars = particulars_of(opening, proposer=proposer, roster=roster, members=members, deadline=deadline)
    content_hash = content_hash_of(opening.plan, particulars)
    tx.state.proposals[proposal] = replace(
        NO_STATE,
        state=State.OPEN,
        proposer=proposer,
        roster=roster,
        members=members,
        deadline=deadline,
        content_hash=content_hash,
    )
    tx.say(
        ProposalOpened,
        id=proposal,
        proposer=proposer,
        counters=opening.counters,
        roster=roster,
        members=members,
        deadline=deadline,
        content_hash=content_hash,
        particulars=particulars,
        opening=opening,
    )


def _decide(tx: Transaction, proposal: ProposalId) -> None:
    found = state_of(tx, proposal)
    if has_passed(yes=found.yes, members=found.members):
        _settle(tx, proposal, State.PASSED)
    elif is_defeated(no=found.no, barred=found.barred, members=found.members):
        _settle(tx, proposal, State.DEFEATED)


def _settle(tx: Transaction, proposal: ProposalId, state: State) -> None:
    found = state_of(tx, proposal)
    if found.state is State.OPEN:
        tx.state.open_of[found.proposer] -= 1
    tx.state.proposals[proposal] = replace(found, state=state)
    tx.say(ProposalSettled, id=proposal, state=state, yes=found.yes, no=found.no, members=found.members)


def _enact(tx: Transaction, proposal: ProposalId, plan: bytes, particulars: bytes) -> None:
    if not is_content(tx, proposal, plan, particulars):
        raise Refused("OtherPlan", proposal, state_of(tx, proposal).content_hash)
    _settle(tx, proposal, State.ENACTED)
    decisions.enact(tx, proposal, plan, tuple(read_plan(plan)))


def _require_open(tx: Transaction, proposal: ProposalId) -> ProposalState:
    found = state_of(tx, proposal)
    if found.state is not State.OPEN:
        raise Refused("ProposalNotOpen", proposal, found.state)
    if tx.now > found.deadline:
        raise Refused("VotingOver", proposal, found.deadline)
    return found


def _require_known_block(tx: Transaction, number: int, given: bytes) -> None:
    recent = number < tx.block and tx.block - number <= BLOCKS_REMEMBERED
    if not recent or tx.block_hash(number) != given:
        raise Refused("UnknownBlock", number, given)


def _require_confirmed(tx: Transaction, entry: PlanEntry) -> None:
    for helper in entry.helpers:
        if (entry.task, entry.version, entry.lead, entry.sequence, helper) not in tx.state.confirmed:
            raise Refused("HelperNotConfirmed", entry.task, entry.lead, helper)
