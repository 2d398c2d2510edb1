"""The ledger's pages about offers, messages, proposals and votes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workmoot.domain.errors import Malformed
from workmoot.domain.events import (
    HelpConfirmed,
    MessageSent,
    OffersPublished,
    PolicySet,
    ProposalOpened,
    ProposalReviewed,
    ProposalSettled,
    VoteCast,
    VoterBarred,
)
from workmoot.domain.ledger.records import Message, OfferRecord, Proposal, Ranking, Review, Vote
from workmoot.domain.offers import unpack_offers, unpack_ranking
from workmoot.domain.plan import unpack_plan
from workmoot.domain.proposals import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from workmoot.domain.ledger.ledger import Ledger


def _policy_set(ledger: Ledger, event: PolicySet) -> None:
    ledger.policy = Policy(voting_seconds=event.voting_seconds, open_limit=event.open_limit)


def _published(ledger: Ledger, event: OffersPublished) -> None:
    try:
        offers, ranking = unpack_offers(event.offers), unpack_ranking(event.ranking)
    except Malformed:
        ledger.malformed.append(event)
        return
    for task in {offer.task for offer in offers}:
        others = [record for record in ledger.offers.get(task, []) if record.worker != event.worker]
        ledger.offers[task] = others
    for offer in offers:
        ledger.offers[offer.task].append(OfferRecord(worker=event.worker, offer=offer, at=event.at))
    if ranking:
        ledger.rankings[event.worker] = Ranking(worker=event.worker, items=ranking, at=event.at)


def _confirmed(ledger: Ledger, event: HelpConfirmed) -> None:
    ledger.confirmations.add((event.task, event.version, event.lead, event.sequence, event.helper))


def _said(ledger: Ledger, event: MessageSent) -> None:
    ledger.messages.append(
        Message(sender=event.sender, to=event.to, about=event.about, message=event.message, at=event.at)
    )


def _opened(ledger: Ledger, event: ProposalOpened) -> None:
    ledger.proposals[event.id] = Proposal(
        id=event.id,
        proposer=event.proposer,
        counters=event.counters,
        roster=event.roster,
        members=event.members,
        deadline=event.deadline,
        content_hash=event.content_hash,
        particulars=event.particulars,
        opening=event.opening,
        entries=unpack_plan(event.opening.plan),
        at=event.at,
    )


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
    found = ledger.proposals[event.proposal_id]
    ledger.proposals[event.proposal_id] = replace(found, votes=(*found.votes, vote))


def _barred(ledger: Ledger, event: VoterBarred) -> None:
    found = ledger.proposals[event.id]
    ledger.proposals[event.id] = replace(found, barred=(*found.barred, event.member))


def _settled(ledger: Ledger, event: ProposalSettled) -> None:
    found = ledger.proposals[event.id]
    ledger.proposals[event.id] = replace(found, state=event.state, settled_at=event.at)


ENTRIES: dict[type, Callable[[Ledger, Any], None]] = {
    PolicySet: _policy_set,
    OffersPublished: _published,
    HelpConfirmed: _confirmed,
    MessageSent: _said,
    ProposalOpened: _opened,
    ProposalReviewed: _reviewed,
    VoteCast: _cast,
    VoterBarred: _barred,
    ProposalSettled: _settled,
}
