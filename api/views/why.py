"""Why a worker has a task: what the chain tells of how it came to that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.models.common import Who, moment, seconds
from api.models.why import AlternativeOut, CommunityRank, MemberRank, OfferOut, RefusalOut, WhyOut
from api.views.proposals import figures_out, naming
from api.views.snapshot import Snapshot
from api.views.tasks import filled_slots
from api.views.workers import PARTS, ranked_numbers
from workmoot.domain.ids import Number, TaskId
from workmoot.domain.ledger import Ledger, OfferRecord, Proposal, Task
from workmoot.domain.plan import PlanEntry
from workmoot.domain.work import Failure
from workmoot.planning.alternatives import Alternative
from workmoot.planning.horizon import hindrance
from workmoot.planning.ranking import community_rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The proposal that a task is explained by, where there is one, and the plant as of the block it was made from."""

    proposal: Proposal | None
    ledger: Ledger
    alternatives: tuple[Alternative, ...]
    failures: Mapping[Number, Failure]
    """How each worker failed the task that did, its last time."""

    def entry(self, task: TaskId) -> PlanEntry | None:
        """What the proposal says of the task."""
        return _entry_of(self.proposal, task) if self.proposal else None


def proposal_about(ledger: Ledger, task: Task) -> Proposal | None:
    """The one whose decision stands, or else the newest that names the task as it waits to be decided."""
    if task.standing_entry is not None:
        return ledger.proposals.get(task.decided_by)
    return next(iter(_naming(ledger, task.id, task.version)), None)


def why_out(snap: Snapshot, task: Task, grounds: Grounds) -> WhyOut:
    """All of it."""
    entry = grounds.entry(task.id)
    version = entry.version if entry else task.version
    found = grounds.alternatives
    others = tuple(_alternative(snap, place, it, entry) for place, it in enumerate(found, start=1))
    return WhyOut(
        head=snap.head,
        says=_says(snap, task, grounds, others),
        task=task.id,
        name=snap.task_name(task.id),
        capability=snap.capability(task.spec.capability),
        status=task.status.name.lower(),
        worker=snap.who(task.worker),
        version=version,
        proposal=grounds.proposal.id if grounds.proposal else None,
        decided=task.standing_entry is not None,
        as_of=grounds.proposal.opening.read_at if grounds.proposal else snap.ledger.head.number,
        in_control=snap.ledger.in_control(task),
        slots=filled_slots(snap, task),
        offers=tuple(_offers(snap, task, grounds)),
        refusals=tuple(_refusals(snap, task, grounds)),
        community=_community(grounds.ledger, task.id),
        members=tuple(_members(snap, grounds.ledger, task.id)),
        proposals=tuple(naming(snap, it, task.id) for it in _naming(snap.ledger, task.id, version)),
        alternatives=others,
    )


def _naming(ledger: Ledger, task: TaskId, version: int) -> list[Proposal]:
    """The proposals that name a task at a decision version, the newest first."""
    entries = ((it, _entry_of(it, task)) for it in reversed(ledger.proposals.values()))
    return [it for it, entry in entries if entry is not None and entry.version == version]


def _entry_of(proposal: Proposal, task: TaskId) -> PlanEntry | None:
    return next((entry for entry in proposal.decided_entries if entry.task == task), None)


def _offers(snap: Snapshot, task: Task, grounds: Grounds) -> Iterator[OfferOut]:
    entry, ledger = grounds.entry(task.id), grounds.ledger
    records = [record for record in ledger.offers.get(task.id, ()) if ledger.stands(record)]
    for record in sorted(records, key=lambda it: (it.offer.p50, it.worker, it.offer.sequence)):
        yield _offer(snap, record, ledger, taken=entry is not None and record.is_taken_by(entry))


def _offer(snap: Snapshot, record: OfferRecord, ledger: Ledger, *, taken: bool) -> OfferOut:
    offer = record.offer
    return OfferOut(
        worker=_who(snap, record.worker),
        helpers=snap.team(offer.helpers),
        robots=snap.team(offer.robots),
        sequence=offer.sequence,
        earliest_s=seconds(offer.earliest),
        p50_s=seconds(offer.p50),
        p90_s=seconds(offer.p90),
        energy_wh=offer.energy,
        cost_micro=offer.cost,
        success=offer.success / PARTS,
        confidence=offer.confidence / PARTS,
        valid_until=moment(offer.valid_until),
        block=record.at.block,
        taken=taken,
        hindrance=hindrance(ledger, record, wall_s=ledger.now),
    )


def _refusals(snap: Snapshot, task: Task, grounds: Grounds) -> Iterator[RefusalOut]:
    records = grounds.ledger.offers.get(task.id, ())
    offered = {record.worker for record in records if grounds.ledger.stands(record)} - task.excluded
    for member in grounds.ledger.members.values():
        if member.is_capable(task.spec.capability) and member.number not in offered:
            yield RefusalOut(worker=_who(snap, member.number), reason=_reason(task, member.number, grounds))


def _reason(task: Task, worker: Number, grounds: Grounds) -> str:
    failure = grounds.failures.get(worker)
    if worker not in task.excluded or failure is None:
        away = grounds.ledger.is_withdrawn(worker, grounds.ledger.now)
        return "a human has it take nothing new" if away else "it made no offer"
    return f"it had the task and lost it: {failure.name.lower().replace('_', ' ')}"


def _community(ledger: Ledger, task: TaskId) -> CommunityRank | None:
    ranks = community_rank(ledger)
    if task not in ranks:
        return None
    earlier = sum(score < ranks[task] for score in ranks.values())
    return CommunityRank(score=ranks[task], place=earlier + 1, of=len(ranks))


def _members(snap: Snapshot, ledger: Ledger, task: TaskId) -> Iterator[MemberRank]:
    for number, ranking in sorted(ledger.rankings.items()):
        for place, item in enumerate(ranking.items, start=1):
            if item.task == task:
                numbers = ranked_numbers(place, item)
                yield MemberRank(worker=_who(snap, number), of=len(ranking.items), block=ranking.at.block, **numbers)


def _alternative(snap: Snapshot, place: int, found: Alternative, entry: PlanEntry | None) -> AlternativeOut:
    mode = found.mode
    return AlternativeOut(
        place=place,
        worker=_who(snap, mode.lead),
        helpers=snap.team(mode.offer.helpers),
        sequence=mode.offer.sequence,
        taken=entry is not None and (entry.lead, entry.sequence) == (mode.lead, mode.offer.sequence),
        objective=found.plan.objective,
        figures=figures_out(found.plan.figures),
    )


def _says(snap: Snapshot, task: Task, grounds: Grounds, others: tuple[AlternativeOut, ...]) -> str:
    proposal, worker = grounds.proposal, snap.who(task.worker)
    has = f"{worker.name} has it" if worker else "Nobody has it"
    if task.overridden:
        has += ", by a human's word"
    if proposal is None:
        return f"{has}; no plan names it at decision version {task.version}."
    votes = f"{proposal.yes} yes, {proposal.no} no of {proposal.members}"
    return f"{has}; proposal {proposal.id} is {proposal.state.name.lower()}: {votes}. {otherwise(others)}"


def otherwise(others: tuple[AlternativeOut, ...]) -> str:
    """What comes next where what was taken is left out."""
    if not others:
        return "What else could have been decided cannot be told: the plan takes what nobody offered then."
    taken = next(it for it in others if it.taken)
    rest = [it for it in others if not it.taken]
    if not rest:
        return "Nobody else offered to do it."
    best = rest[0]
    later_s, more = best.figures.makespan_s - taken.figures.makespan_s, best.objective - taken.objective
    team = " with ".join(who.name for who in (best.worker, *best.helpers))
    first = f"By the policy's weights {team} would have been better" if more < 0 else f"Next best is {team}"
    ends = f"{abs(later_s):.1f} s {'sooner' if later_s < 0 else 'later'}" if later_s else "at the same time"
    return f"{first}: the plan would end {ends} and weigh {abs(more)} {'less' if more < 0 else 'more'}."


def _who(snap: Snapshot, number: Number) -> Who:
    return snap.who(number) or Who(number=0, id="0", name="nobody")
