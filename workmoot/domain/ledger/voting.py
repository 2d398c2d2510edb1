"""The ledger's pages about offers, messages, proposals and votes."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from workmoot.domain.ballots import unpack_counted
from workmoot.domain.drafts import Draft
from workmoot.domain.errors import Malformed
from workmoot.domain.events import (
    BallotsCounted,
    HelpConfirmed,
    MessageSent,
    OffersPublished,
    Place,
    PolicySet,
    ProposalCreated,
    ProposalExecuted,
    ProposalReviewed,
    ProposalSettled,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.ledger.asking import note_question
from workmoot.domain.ledger.records import Message, OfferRecord, Proposal, Ranking, Review, Vote
from workmoot.domain.motions import Motion, is_motion, unpack_motion
from workmoot.domain.offers import as_offered, unpack_offers, unpack_ranking
from workmoot.domain.plan import PlanEntry, unpack_plan
from workmoot.domain.proposals import Opening, Policy, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workmoot.domain.ids import Number, ProposalId, TaskId
    from workmoot.domain.ledger.ledger import Ledger


def _policy_set(ledger: Ledger, event: PolicySet) -> None:
    ledger.policy = Policy(
        voting_seconds=event.voting_seconds,
        open_limit=event.open_limit,
        absent_after=event.absent_after,
        weights=event.weights,
    )
    ledger.founding_policy = ledger.founding_policy or ledger.policy


def _published(ledger: Ledger, event: OffersPublished) -> None:
    try:
        offers, ranking = unpack_offers(event.offers), unpack_ranking(event.ranking)
    except Malformed:
        ledger.malformed.append(event)
        return
    for task in {offer.task for offer in offers}:
        _replace_offers(ledger, task, event.worker)
    for offer in offers:
        ledger.offers[offer.task].append(OfferRecord(worker=event.worker, offer=offer, at=event.at))
    if ranking:
        ledger.rankings[event.worker] = Ranking(worker=event.worker, items=ranking, at=event.at)


def _replace_offers(ledger: Ledger, task: TaskId, worker: Number) -> None:
    """Open proposals may name what is replaced: it is kept as long as it would stand."""
    known = ledger.offers.get(task, [])
    ledger.offers[task] = [record for record in known if record.worker != worker]
    since = ledger.tasks[task].offered_since if task in ledger.tasks else inf
    former = (*ledger.former_offers.get(task, ()), *(record for record in known if record.worker == worker))
    ledger.former_offers[task] = [record for record in former if record.offer.version >= since]


def _confirmed(ledger: Ledger, event: HelpConfirmed) -> None:
    ledger.confirmations.add((event.task, event.version, event.lead, event.sequence, event.helper))


def _said(ledger: Ledger, event: MessageSent) -> None:
    ledger.messages.append(
        Message(sender=event.sender, to=event.to, about=event.about, message=event.message, at=event.at)
    )
    note_question(ledger, event)


def _created(ledger: Ledger, event: ProposalCreated) -> None:
    opened = Draft(
        proposal=event.id,
        proposer=ledger.numbers[event.proposer],
        roster=ledger.roster,
        members=ledger.voters,
        deadline=event.vote_end,
        opening=event.opening,
    )
    ledger.proposals[event.id] = proposal_of(ledger, opened, event.at)


def proposal_of(ledger: Ledger, draft: Draft, at: Place) -> Proposal:
    """What a draft is once it is opened there, and no ballot counted."""
    opening = draft.opening
    try:
        (motion, entries), malformed = _content(ledger, opening), False
    except Malformed:
        (motion, entries), malformed = (None, ()), True
    return Proposal(
        id=draft.proposal,
        proposer=draft.proposer,
        counters=opening.counters,
        roster=draft.roster,
        members=draft.members,
        deadline=draft.deadline,
        content_hash=draft.content_hash,
        rest=draft.rest,
        opening=opening,
        entries=entries,
        motion=motion,
        malformed=malformed,
        at=at,
    )


def _content(ledger: Ledger, opening: Opening) -> tuple[Motion | None, tuple[PlanEntry, ...]]:
    """A motion, or a plan's entries."""
    if is_motion(opening.plan.assignments):
        return unpack_motion(opening.plan.assignments), ()
    return None, _entries_of(ledger, opening)


def _entries_of(ledger: Ledger, opening: Opening) -> tuple[PlanEntry, ...]:
    entries = unpack_plan(opening.plan)
    taken = (ledger.offer_of(entry, opening.read_at) for entry in entries)
    return as_offered(entries, [record.offer if record else None for record in taken])


def _reviewed(ledger: Ledger, event: ProposalReviewed) -> None:
    review = Review(
        member=event.member,
        support=event.support,
        makespan=event.makespan,
        findings=event.findings,
        words=event.words,
        at=event.at,
    )
    found = ledger.proposals[event.id]
    ledger.proposals[event.id] = replace(found, reviews=(*found.reviews, review))


def _cast(ledger: Ledger, event: VoteCast) -> None:
    vote = Vote(member=ledger.numbers[event.voter], support=event.support == 1, reason=event.reason, at=event.at)
    _count(ledger, event.proposal_id, [vote])


def _counted(ledger: Ledger, event: BallotsCounted) -> None:
    ballots = unpack_counted(event.ballots)
    votes = (Vote(member=member, support=yes, reason="", at=event.at, presented=True) for member, yes in ballots)
    _count(ledger, event.id, votes)


def _count(ledger: Ledger, proposal: ProposalId, votes: Iterable[Vote]) -> None:
    found = ledger.proposals[proposal]
    ledger.proposals[proposal] = replace(found, votes=(*found.votes, *votes))


def _barred(ledger: Ledger, event: VoterBarred) -> None:
    found = ledger.proposals[event.id]
    ledger.proposals[event.id] = replace(found, barred=(*found.barred, event.member))


def _settled(ledger: Ledger, event: ProposalSettled) -> None:
    _move(ledger, event.id, event.state, event.at)


def _executed(ledger: Ledger, event: ProposalExecuted) -> None:
    _move(ledger, event.proposal_id, State.ENACTED, event.at)


def _move(ledger: Ledger, proposal: ProposalId, state: State, at: Place) -> None:
    found = ledger.proposals[proposal]
    ledger.proposals[proposal] = replace(found, state=state, settled_at=at)


ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {
    PolicySet: _policy_set,
    OffersPublished: _published,
    HelpConfirmed: _confirmed,
    MessageSent: _said,
    ProposalCreated: _created,
    ProposalReviewed: _reviewed,
    VoteCast: _cast,
    BallotsCounted: _counted,
    VoterBarred: _barred,
    ProposalSettled: _settled,
    ProposalExecuted: _executed,
}
