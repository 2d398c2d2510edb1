"""Proposals with their plans, reviews and votes."""

from typing import Any

from api.models.common import Who, moment, seconds
from api.models.decisions import EntryOut, FiguresOut, ProposalDetail, ProposalOut, ReviewOut, VoteOut
from api.models.why import Naming
from api.views.motions import motion_words
from api.views.snapshot import Snapshot
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Proposal, Review, Vote
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import Figures


def proposal_out(snap: Snapshot, proposal: Proposal) -> ProposalOut:
    """One proposal."""
    return ProposalOut(**_fields(snap, proposal))


def proposal_detail(snap: Snapshot, proposal: Proposal) -> ProposalDetail:
    """One proposal with its plan, reviews and votes."""
    return ProposalDetail(
        **_fields(snap, proposal),
        plan=tuple(_entry(snap, proposal, index, entry) for index, entry in enumerate(proposal.decided_entries)),
        **_said(snap, proposal),
    )


def naming(snap: Snapshot, proposal: Proposal, task: TaskId) -> Naming:
    """One proposal with its entry about one task, reviews and votes."""
    places = (place for place, entry in enumerate(proposal.decided_entries) if entry.task == task)
    place = next(places)
    entry = _entry(snap, proposal, place, proposal.decided_entries[place])
    return Naming(**_fields(snap, proposal), entry=entry, **_said(snap, proposal))


def _fields(snap: Snapshot, proposal: Proposal) -> dict[str, Any]:
    counters = (other.id for other in snap.ledger.proposals.values() if other.counters == proposal.id)
    return {
        "id": proposal.id,
        "proposer": _named(snap, proposal.proposer),
        "state": proposal.state.name.lower(),
        "words": proposal.opening.words,
        "motion": motion_words(snap, proposal.motion) if proposal.motion else None,
        "counters": proposal.counters or None,
        "countered_by": tuple(counters),
        "yes": proposal.yes,
        "no": proposal.no,
        "barred": len(proposal.barred),
        "members": proposal.members,
        "needed": proposal.members // 2 + 1,
        "opened_at": moment(proposal.at.timestamp),
        "deadline": moment(proposal.deadline),
        "block": proposal.at.block,
        "content_hash": "0x" + proposal.content_hash.hex(),
        "evidence": "0x" + proposal.opening.evidence.hex(),
        "figures": figures_out(proposal.opening.figures),
        "tasks": len(proposal.decided_entries),
    }


def figures_out(figures: Figures) -> FiguresOut:
    """What a plan predicts."""
    return FiguresOut(
        makespan_s=seconds(figures.makespan),
        tardiness_s=seconds(figures.tardiness),
        energy_wh=figures.energy,
        cost_micro=figures.cost,
    )


def _said(snap: Snapshot, proposal: Proposal) -> dict[str, Any]:
    return {
        "reviews": tuple(_review(snap, proposal, review) for review in proposal.reviews),
        "votes": tuple(_vote(snap, vote) for vote in proposal.votes),
    }


def _entry(snap: Snapshot, proposal: Proposal, index: int, entry: PlanEntry) -> EntryOut:
    return EntryOut(
        task=entry.task,
        task_name=snap.task_name(entry.task),
        version=entry.version,
        lead=_named(snap, entry.lead),
        helpers=snap.team(entry.helpers),
        robots=snap.team(entry.robots),
        inspector=snap.who(entry.inspector),
        start_s=seconds(entry.start),
        duration_s=seconds(entry.duration),
        sequence=entry.sequence,
        outcome=_outcome(snap, proposal, index),
    )


def _outcome(snap: Snapshot, proposal: Proposal, index: int) -> str:
    if proposal.is_tree:
        return _claimed(snap, proposal, proposal.entries[index])
    part = proposal.part_of(index)
    if part is None:
        return "open"
    if part.is_skipped(index):
        return "skipped"
    return "standing" if part.is_standing(index) else "taken"


def _claimed(snap: Snapshot, proposal: Proposal, entry: PlanEntry) -> str:
    """Of a tree: open while its lead may yet claim it, skipped once nobody can."""
    if entry.task in proposal.claimed:
        return "taken"
    task = snap.ledger.tasks.get(entry.task)
    return "open" if task is not None and task.is_open and task.version == entry.version else "skipped"


def _review(snap: Snapshot, proposal: Proposal, review: Review) -> ReviewOut:
    vote = proposal.vote_of(review.member)
    return ReviewOut(
        member=_named(snap, review.member),
        support=review.support,
        makespan_s=seconds(review.makespan),
        words=review.words,
        at=moment(review.at.timestamp),
        block=review.at.block,
        changed=vote is not None and vote.support != review.support,
    )


def _vote(snap: Snapshot, vote: Vote) -> VoteOut:
    return VoteOut(
        member=_named(snap, vote.member),
        support=vote.support,
        reason=vote.reason,
        at=moment(vote.at.timestamp),
        block=vote.at.block,
    )


def _named(snap: Snapshot, number: Number) -> Who:
    return snap.who(number) or Who(number=0, id="0", name="nobody")
