"""Whether a proposal holds: everything it claims is computed again, and a wrong figure is a no."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from workmoot.domain.events import Place
from workmoot.domain.evidence import Evidence, evidence_hash
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, TaskId, order_of
from workmoot.domain.ledger import Ledger, OfferRecord, Proposal
from workmoot.domain.offers import Offer, offers_digest
from workmoot.domain.plan import PackedPlan, PlanEntry, pack_plan
from workmoot.domain.proposals import Figures, Opening
from workmoot.planning.horizon import base_of, due_of, handover, is_backed, withdrawn


def faults(ledger: Ledger, proposal: Proposal, seed: bytes) -> list[str]:
    """What is wrong with a proposal, in words; nothing where it holds."""
    if not proposal.is_readable:
        return ["the words are no UTF-8"]
    if proposal.malformed:
        return ["the plan's bytes follow no layout"]
    entries = proposal.entries
    found = [*_unknown_tasks(ledger, entries)]
    if found:
        return found
    used = [ledger.offer_of(entry, proposal.opening.read_at) for entry in entries]
    found += _wrong_offers(ledger, entries, used)
    if found:
        return found
    offers = [record.offer for record in used if record is not None]
    return [
        *_too_early(ledger, entries),
        *_collisions(ledger, entries),
        *_wrong_figures(ledger, proposal.opening, entries, offers, seed),
    ]


def figures_of(ledger: Ledger, entries: Sequence[PlanEntry], offers: Sequence[Offer]) -> Figures:
    """A plan's figures by its own times and its offers' promises."""
    tardiness = 0
    for entry in entries:
        due = due_of(ledger, ledger.tasks[entry.task])
        tardiness += max(0, entry.start + entry.duration - due) if due else 0
    base = base_of(ledger, tuple(entry.task for entry in entries))
    return Figures(
        makespan=max(entry.start + entry.duration for entry in entries) - base,
        tardiness=tardiness,
        energy=sum(offer.energy for offer in offers),
        cost=sum(offer.cost for offer in offers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What an opening has to claim; of figures that cannot be, negative ones, there is no evidence."""

    figures: Figures
    offers: bytes
    evidence: bytes


def recomputed(
    ledger: Ledger, opening: Opening, entries: Sequence[PlanEntry], offers: Sequence[Offer], seed: bytes
) -> Recomputed:
    """The figures, the offers' digest and the evidence of a plan, from the offers that it takes."""
    digest = offers_digest([(entry.lead, offer) for entry, offer in zip(entries, offers, strict=True)])
    found = figures_of(ledger, entries, offers)
    read = opening.read_at, opening.read_hash
    evidence = _evidence(read, seed, digest, opening.plan, found) if min(astuple(found)) >= 0 else b""
    return Recomputed(figures=found, offers=digest, evidence=evidence)


def latest_posting(ledger: Ledger, tasks: Iterable[TaskId]) -> Place | None:
    """Where the last of these tasks was posted: its block's hash is the seed of the round that covers them."""
    posted = [order.at for task in tasks if (order := ledger.orders.get(order_of(task))) is not None]
    return max(posted, key=lambda at: at.block, default=None)


def opening_for(
    ledger: Ledger,
    entries: Sequence[PlanEntry],
    offers: Sequence[Offer],
    *,
    read: tuple[int, bytes],
    seed: bytes,
    counters: int,
    words: str,
) -> Opening:
    """The proposal that puts these entries to the vote, with evidence that everyone can rebuild."""
    plan = pack_plan(entries)
    digest = offers_digest([(entry.lead, offer) for entry, offer in zip(entries, offers, strict=True)])
    found = figures_of(ledger, entries, offers)
    evidence = _evidence(read, seed, digest, plan, found)
    return Opening(
        plan=plan,
        offers=digest,
        evidence=evidence,
        figures=found,
        counters=counters,  # type: ignore[arg-type]
        read_at=read[0],
        read_hash=read[1],
        words=words,
    )


def _evidence(read: tuple[int, bytes], seed: bytes, offers: bytes, plan: PackedPlan, found: Figures) -> bytes:
    plan_hash = keccak(plan.content)
    return evidence_hash(
        Evidence(read_at=read[0], read_hash=read[1], seed=seed, offers=offers, plan_hash=plan_hash, figures=found)
    )


def _unknown_tasks(ledger: Ledger, entries: Sequence[PlanEntry]) -> Iterator[str]:
    for entry in entries:
        task = ledger.tasks.get(entry.task)
        if task is None:
            yield f"task {entry.task} does not exist"
        elif not task.is_open or task.version != entry.version:
            yield f"task {entry.task} has moved on"
        elif ledger.is_vetoed(task):
            yield f"a human vetoes the tree that names task {entry.task}"


def _wrong_offers(ledger: Ledger, entries: Sequence[PlanEntry], used: Sequence[OfferRecord | None]) -> Iterator[str]:
    for entry, record in zip(entries, used, strict=True):
        if record is None:
            yield f"task {entry.task}: worker {entry.lead} made no offer {entry.sequence}"
        elif not ledger.stands(record):
            yield f"task {entry.task}: offer {entry.sequence} of worker {entry.lead} was for the task as it was before"
        elif not is_backed(ledger, record):
            yield f"task {entry.task}: worker {entry.lead} may not take it, or a helper has not confirmed"
        elif entry.helpers != record.offer.helpers:
            yield f"task {entry.task}: the helpers are not those of the offer"
        elif entry.inspector in entry.team:
            yield f"task {entry.task}: the inspector is on the team"
        elif member := withdrawn(ledger, (*entry.team, entry.inspector), ledger.now):
            yield f"task {entry.task}: member {member} is drained or quarantined by a human"


def _too_early(ledger: Ledger, entries: Sequence[PlanEntry]) -> Iterator[str]:
    planned = {entry.task: entry for entry in entries}
    gap = handover(ledger)
    for entry in entries:
        for before in ledger.predecessors(ledger.tasks[entry.task]):
            former = planned.get(before)
            if former is not None and entry.start < former.start + former.duration + gap:
                yield f"task {entry.task} begins before task {before} ends"
            elif former is None and _is_undecided(ledger, before):
                yield f"task {entry.task} waits for task {before}, which nobody is to do"


def _is_undecided(ledger: Ledger, task: TaskId) -> bool:
    found = ledger.tasks[task]
    return not found.status.is_done and found.is_open and ledger.decided_entry(found) is None


def _collisions(ledger: Ledger, entries: Sequence[PlanEntry]) -> Iterator[str]:
    taken: dict[Number, list[PlanEntry]] = {}
    for entry in entries:
        for resource in entry.resources:
            taken.setdefault(resource, []).append(entry)
    gap = handover(ledger)
    for resource, holders in taken.items():
        holders.sort(key=lambda entry: entry.start)
        for former, latter in pairwise(holders):
            if latter.start < former.start + former.duration + gap:
                yield f"member {resource} is planned for tasks {former.task} and {latter.task} at once"


def _wrong_figures(
    ledger: Ledger, opening: Opening, entries: Sequence[PlanEntry], offers: Sequence[Offer], seed: bytes
) -> Iterator[str]:
    found = recomputed(ledger, opening, entries, offers, seed)
    if opening.offers != found.offers:
        yield "the offers' digest is another"
    if opening.figures != found.figures:
        yield f"the figures are {found.figures}, not {opening.figures}"
    elif opening.evidence != found.evidence:
        yield "the evidence is another"
