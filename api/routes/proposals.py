"""Proposals with their reviews and votes."""

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.decisions import ProposalDetail
from api.problems import not_found
from api.views.proposals import proposal_detail
from workmoot.domain.ids import ProposalId

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.get("", operation_id="list_proposals")
def list_proposals(plant: Plant, state: str | None = None) -> Listing[ProposalDetail]:
    """Every proposal, the latest first, with its plan, reviews and votes."""
    with plant.read() as snap:
        latest_first = sorted(snap.ledger.proposals.values(), key=lambda proposal: -proposal.id)
        proposals = (proposal_detail(snap, proposal) for proposal in latest_first)
        return Listing(head=snap.head, items=tuple(p for p in proposals if state in (None, p.state)))


@router.get("/{id}", operation_id="read_proposal")
def read_proposal(plant: Plant, id: int) -> ProposalDetail:  # noqa: A002 (the path's own name)
    """One proposal with its plan, reviews and votes."""
    with plant.read() as snap:
        proposal = snap.ledger.proposals.get(ProposalId(id))
        if proposal is None:
            raise not_found("proposal", id, "GET /api/v1/proposals lists them.")
        return proposal_detail(snap, proposal)
