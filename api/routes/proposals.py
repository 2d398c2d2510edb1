"""Proposals with their reviews and votes."""

from functools import partial

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.decisions import ProposalDetail, ProposalState
from api.openapi import refuses
from api.paging import Pages
from api.problems import not_found
from api.views.proposals import proposal_detail
from workmoot.domain.ids import ProposalId

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.get("", operation_id="list_proposals")
def list_proposals(
    plant: Plant,
    pages: Pages,
    state: ProposalState | None = None,
) -> Listing[ProposalDetail]:
    """Every proposal, the latest first, with its plan, reviews and votes."""
    with plant.read() as snap:
        found = (it for it in snap.ledger.proposals.values() if state in (None, it.state.name.lower()))
        latest_first, show = sorted(found, key=lambda it: -it.id), partial(proposal_detail, snap)
        return pages.listing("proposals", snap.head, latest_first, place=lambda it: (-it.id,), show=show)


@router.get("/{id}", operation_id="read_proposal", responses=refuses("not-found"))
def read_proposal(plant: Plant, id: int) -> ProposalDetail:  # noqa: A002 (the path's own name)
    """One proposal with its plan, reviews and votes."""
    with plant.read() as snap:
        proposal = snap.ledger.proposals.get(ProposalId(id))
        if proposal is None:
            raise not_found("proposal", id, "GET /api/v1/proposals lists them.")
        return proposal_detail(snap, proposal)
