"""The rules of AllocationDAO."""

from collections.abc import Sequence
from dataclasses import replace

from workmoot.chain.memory import claims, decisions, membership, motions
from workmoot.chain.memory.ballots import read_ballots, require_content, require_its_own
from workmoot.chain.memory.memory_chain import ADDRESSES, BLOCKS_REMEMBERED, MOST_OPEN, Transaction, made_up
from workmoot.chain.memory.nonces import use_nonce
from workmoot.chain.memory.plans import read_assignments, read_teams, read_tree, require_sound
from workmoot.chain.memory.state import State as Storage
from workmoot.chain.signer import recover
from workmoot.domain.ballots import pack_counted, vote_digest
from workmoot.domain.errors import Refused
from workmoot.domain.events import (
    BallotsCounted,
    HelpConfirmed,
    MessageSent,
    OffersPublished,
    ProposalCanceled,
    ProposalCreated,
    ProposalExecuted,
    ProposalReviewed,
    ProposalSettled,
    RosterSealed,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import ZERO_ADDRESS, Address, Number, ProposalId, TaskId
from workmoot.domain.majority import has_passed, is_defeated
from workmoot.domain.motions import MOTION_SECONDS, is_motion, is_plan
from workmoot.domain.plan import MOST_ENTRIES, PackedPlan, end_of
from workmoot.domain.proposals import (
    NO_PROPOSAL,
    NO_STATE,
    Opening,
    ProposalState,
    State,
    content_hash_of,
    content_id_of,
    pack_detail,
    rest_of,
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
    if is_plan(opening.plan.assignments):
        # Whoever sends a plan asks the work orders first; the DAO takes its word for it, and the voters look again.
        decisions.require_open(tx.state, opening.plan.assignments)
    _require_sound(tx, opening)
    proposer = membership.voter(tx.state, tx.sender)
    seal(tx)
    proposal = _next(tx)
    _take_place(tx, proposer, proposal)
    _open(tx, proposal, proposer, opening, tx.now + tx.state.policy.voting_seconds)


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


def vote(tx: Transaction, proposal: ProposalId, *, support: bool, reason: str, assignments: bytes, rest: bytes) -> None:
    _cast(tx, proposal, tx.sender, support=support, reason=reason)
    if assignments or rest != ZERO_HASH:
        require_content(tx, proposal, _content_of(assignments, rest))
    _decide(tx, proposal, assignments)


def cast_vote_by_sig(tx: Transaction, proposal: ProposalId, *, support: bool, voter: Address, signature: bytes) -> None:
    nonce = nonce_of(tx.state, voter)
    chain_id, dao = tx.chain.chain_id, ADDRESSES["AllocationDAO"]
    digest = vote_digest(proposal, support=support, voter=voter, nonce=nonce, chain_id=chain_id, dao=dao)
    if recover(digest, signature) != voter:
        raise Refused("BadSignature", voter)
    use_nonce(tx, "AllocationDAO", voter, nonce)
    _cast(tx, proposal, voter, support=support, reason="")
    _decide(tx, proposal)


def decide(tx: Transaction, proposal: ProposalId, assignments: bytes, rest: bytes, ballots: bytes) -> None:
    _require_open(tx, proposal)
    content_hash = _content_of(assignments, rest)
    require_content(tx, proposal, content_hash)
    seal(tx)
    _decide_together(tx, proposal, content_hash, assignments, ballots)


def decide_at_once(tx: Transaction, proposal: ProposalId, deadline: int, opening: Opening, ballots: bytes) -> None:
    _require_sound(tx, opening)
    proposer = membership.voter(tx.state, tx.sender)
    seal(tx)
    following = _next(tx)
    if proposal != following:
        raise Refused("NotTheNext", proposal, following)
    if tx.now > deadline:
        raise Refused("VotingOver", proposal, deadline)
    latest = tx.now + tx.state.policy.voting_seconds
    if deadline > latest:
        raise Refused("DeadlineTooLate", deadline, latest)
    content_hash = _open(tx, proposal, proposer, opening, deadline)
    _decide_together(tx, proposal, content_hash, opening.plan.assignments, ballots)


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


def enact(tx: Transaction, proposal: ProposalId, assignments: bytes, rest: bytes, words: int) -> None:
    found = state_of(tx, proposal)
    if found.state is not State.PASSED:
        raise Refused("ProposalNotOpen", proposal, found.state)
    require_content(tx, proposal, content_hash_of(assignments, rest))
    if not is_plan(assignments):
        if not _carry_out(tx, proposal, assignments):
            raise Refused("NothingEnacted", proposal)
        return
    entries, first = read_assignments(assignments), tx.state.progress.get(proposal, 0)
    last = end_of(entries, first, words)
    seal(tx)
    if not decisions.enact(tx, proposal, first, entries[first:last]):
        raise Refused("NothingEnacted", proposal)
    tx.state.progress[proposal] = last
    if last == len(entries):
        _save_enacted(tx, proposal)


def take(tx: Transaction, proposal: ProposalId, assignments: bytes, *, by: Address) -> None:
    if by != ADDRESSES["Claims"]:
        raise Refused("NotTheContract", by)
    seal(tx)
    decisions.enact(tx, proposal, 0, read_assignments(assignments))


def poke(tx: Transaction, proposal: ProposalId) -> None:
    found = state_of(tx, proposal)
    if found.state is not State.OPEN:
        raise Refused("ProposalNotOpen", proposal, found.state)
    if tx.now <= found.deadline:
        raise Refused("VotingNotOver", proposal, found.deadline)
    _settle(tx, proposal, State.EXPIRED)


def veto(tx: Transaction, proposal: ProposalId, *, by: Address) -> int:
    """How many of its entries were enacted."""
    if by != ADDRESSES["Overrides"]:
        raise Refused("NotTheContract", by)
    found = state_of(tx, proposal)
    ended = found.state in (State.OPEN, State.PASSED)
    enacted = MOST_ENTRIES if found.state is State.ENACTED else tx.state.progress.get(proposal, 0)
    if not ended and not enacted:
        raise Refused("ProposalNotOpen", proposal, found.state)
    if ended:
        _settle(tx, proposal, State.VETOED)
        tx.say(ProposalCanceled, proposal_id=proposal)
    return enacted


def seal(tx: Transaction) -> None:
    """Writes the present roll, unless somebody needed it before."""
    if tx.state.roll == ZERO_ADDRESS:
        tx.state.roll = made_up(f"roll of roster {tx.state.roster}")
        tx.say(RosterSealed, roster=tx.state.roster, roll=tx.state.roll)


def state_of(tx: Transaction, proposal: ProposalId) -> ProposalState:
    return tx.state.proposals.get(proposal, NO_STATE)


def is_content(tx: Transaction, proposal: ProposalId, assignments: bytes, rest: bytes) -> bool:
    return state_of(tx, proposal).content_id == content_id_of(content_hash_of(assignments, rest))


def nonce_of(state: Storage, account: Address) -> int:
    """The nonce of the account's next signed vote."""
    return state.nonces.get(("AllocationDAO", account, 0), 0)


def _take_place(tx: Transaction, proposer: Number, proposal: ProposalId) -> None:
    """A place is free again once its proposal is settled or its time is over."""
    limit = tx.state.policy.open_limit
    recent = tx.state.recent.get(proposer, ())
    recent += (NO_PROPOSAL,) * (MOST_OPEN - len(recent))
    free = next((place for place in reversed(range(limit)) if not _takes_place(tx, recent[place])), None)
    if free is None:
        raise Refused("TooManyOpen", proposer, limit)
    tx.state.recent[proposer] = (proposal, *recent[:free], *recent[free + 1 :])


def _takes_place(tx: Transaction, proposal: ProposalId) -> bool:
    found = state_of(tx, proposal)
    return found.state is State.OPEN and tx.now <= found.deadline


def _next(tx: Transaction) -> ProposalId:
    return ProposalId(len(tx.state.proposals) + 1)


def _open(tx: Transaction, proposal: ProposalId, proposer: Number, opening: Opening, deadline: int) -> bytes:
    """The content hash of what is open now."""
    roster, members = tx.state.roster, tx.state.rosters.get(tx.state.roster, 0)
    plan = opening.plan
    rest = rest_of(opening, proposer=proposer, roster=roster, members=members, deadline=deadline)
    content_hash = content_hash_of(plan.assignments, rest)
    tx.state.proposals[proposal] = replace(
        NO_STATE,
        state=State.OPEN,
        proposer=proposer,
        roster=roster,
        members=members,
        deadline=deadline,
        content_id=content_id_of(content_hash),
    )
    tx.say(
        ProposalCreated,
        proposal_id=proposal,
        proposer=tx.sender,
        calldatas=(plan.assignments, pack_detail(opening)),
        vote_start=tx.now,
        vote_end=deadline,
        description=opening.words,
    )
    return content_hash


def _cast(tx: Transaction, proposal: ProposalId, voter: Address, *, support: bool, reason: str) -> None:
    found = _require_open(tx, proposal)
    member = membership.voter(tx.state, voter)
    if tx.state.members[member].joined > found.roster:
        raise Refused("NotInElectorate", proposal, member)
    if (proposal, member) in tx.state.ballots:
        raise Refused("AlreadyVoted", proposal, member)
    tx.state.ballots[(proposal, member)] = True
    tally = replace(found, yes=found.yes + 1) if support else replace(found, no=found.no + 1)
    tx.state.proposals[proposal] = tally
    tx.say(VoteCast, voter=voter, proposal_id=proposal, support=int(support), weight=1, reason=reason)


def _decide_together(
    tx: Transaction, proposal: ProposalId, content_hash: bytes, assignments: bytes, ballots: bytes
) -> None:
    counted = []
    for ballot in read_ballots(proposal, ballots):
        _require_uncast(tx, proposal, ballot.member)
        require_its_own(tx, proposal, content_hash, ballot)
        counted.append(ballot)
    found, yes = state_of(tx, proposal), sum(ballot.support for ballot in counted)
    found = replace(found, yes=found.yes + yes, no=found.no + len(counted) - yes)
    tx.state.proposals[proposal] = found
    tx.say(BallotsCounted, id=proposal, ballots=pack_counted(counted))
    _decide(tx, proposal, assignments)
    if state_of(tx, proposal).state is State.OPEN:
        raise Refused("Undecided", proposal, found.yes, found.no, found.members)


def _decide(tx: Transaction, proposal: ProposalId, assignments: bytes = b"") -> None:
    found = state_of(tx, proposal)
    if has_passed(yes=found.yes, members=found.members):
        if assignments:
            _enact(tx, proposal, assignments)
        else:
            _settle(tx, proposal, State.PASSED)
    elif is_defeated(no=found.no, barred=found.barred, members=found.members):
        _settle(tx, proposal, State.DEFEATED)


def _settle(tx: Transaction, proposal: ProposalId, state: State) -> None:
    found = state_of(tx, proposal)
    tx.state.proposals[proposal] = replace(found, state=state)
    tx.say(ProposalSettled, id=proposal, state=state, yes=found.yes, no=found.no)


def _enact(tx: Transaction, proposal: ProposalId, assignments: bytes) -> None:
    """What has just passed, all of it; while the plant is held a plan waits, and a tree."""
    seal(tx)
    if not is_plan(assignments):
        if not _carry_out(tx, proposal, assignments):
            _settle(tx, proposal, State.PASSED)
    elif decisions.enact(tx, proposal, 0, read_assignments(assignments)):
        _save_enacted(tx, proposal)
    else:
        _settle(tx, proposal, State.PASSED)


def _carry_out(tx: Transaction, proposal: ProposalId, assignments: bytes) -> bool:
    """Whether nothing of it waits: a tree does while the plant is held."""
    late = tx.now > state_of(tx, proposal).deadline + MOTION_SECONDS
    if is_motion(assignments) and late:
        _settle(tx, proposal, State.EXPIRED)
        return True
    if not is_motion(assignments) and tx.state.plant_held:
        return False
    _save_enacted(tx, proposal)
    if is_motion(assignments):
        motions.carry_out(tx, proposal, assignments)
    else:
        claims.record(tx, proposal, assignments)
    return True


def _save_enacted(tx: Transaction, proposal: ProposalId) -> None:
    tx.state.progress.pop(proposal, None)
    tx.state.proposals[proposal] = replace(state_of(tx, proposal), state=State.ENACTED)
    tx.say(ProposalExecuted, proposal_id=proposal)


def _content_of(assignments: bytes, rest: bytes) -> bytes:
    """Without assignments, which no proposal is, the hash itself is given."""
    return content_hash_of(assignments, rest) if assignments else rest


def _require_uncast(tx: Transaction, proposal: ProposalId, member: Number) -> None:
    if not membership.may_vote(tx, member, state_of(tx, proposal).roster):
        raise Refused("NotInElectorate", proposal, member)
    if (proposal, member) in tx.state.ballots:
        raise Refused("AlreadyVoted", proposal, member)


def _require_open(tx: Transaction, proposal: ProposalId) -> ProposalState:
    found = state_of(tx, proposal)
    if found.state is not State.OPEN:
        raise Refused("ProposalNotOpen", proposal, found.state)
    if tx.now > found.deadline:
        raise Refused("VotingOver", proposal, found.deadline)
    return found


def _require_sound(tx: Transaction, opening: Opening) -> None:
    plan = opening.plan
    if plan.is_tree:
        read_tree(plan.assignments)
    elif is_motion(plan.assignments):
        _require_sound_motion(tx, plan)
    else:
        require_sound(plan.assignments)
        _require_confirmed(tx, plan.teams)
    _require_known_block(tx, opening.read_at, opening.read_hash)
    if opening.counters > len(tx.state.proposals):
        raise Refused("UnknownProposal", opening.counters)


def _require_known_block(tx: Transaction, number: int, given: bytes) -> None:
    recent = 0 < tx.block.number - number <= BLOCKS_REMEMBERED
    if not recent or tx.block_hash(number) != given:
        raise Refused("UnknownBlock", number, given)


def _require_sound_motion(tx: Transaction, plan: PackedPlan) -> None:
    if plan.teams:
        raise Refused("MalformedTeams", 0)
    motions.require_sound(tx.state, plan.assignments)


def _require_confirmed(tx: Transaction, teams: bytes) -> None:
    for needed in read_teams(teams):
        if needed not in tx.state.confirmed:
            task, _, lead, _, helper = needed
            raise Refused("HelperNotConfirmed", task, lead, helper)
