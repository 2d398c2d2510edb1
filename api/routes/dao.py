"""The DAO as ERC-4824 has it told: where `daoURI` leads, and the documents that it leads to."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from api.dependencies import Given, Plant
from api.models.dao import DaoActivities, DaoContracts, DaoMembers, DaoOut, DaoProposals
from api.views.dao import (
    dao_activities,
    dao_contracts,
    dao_description,
    dao_members,
    dao_name,
    dao_proposals,
    governance,
)

router = APIRouter(prefix="/dao", tags=["dao"])
DAO = "AllocationDAO"


class Markdown(PlainTextResponse):
    """Text for people."""

    media_type = "text/markdown"


@router.get("", operation_id="read_dao")
def read_dao(plant: Plant, request: Request) -> DaoOut:
    """The DAO's name, and where its members, proposals, acts, rules and contracts are."""
    with plant.read() as snap:
        return DaoOut(
            name=dao_name(snap),
            description=dao_description(snap),
            members_uri=str(request.url_for("list_dao_members")),
            proposals_uri=str(request.url_for("list_dao_proposals")),
            activity_log_uri=str(request.url_for("list_dao_activities")),
            governance_uri=str(request.url_for("read_dao_governance")),
            contracts_uri=str(request.url_for("list_dao_contracts")),
        )


@router.get("/members", operation_id="list_dao_members")
def list_dao_members(plant: Plant) -> DaoMembers:
    """The accounts that vote."""
    with plant.read() as snap:
        return dao_members(snap)


@router.get("/proposals", operation_id="list_dao_proposals")
def list_dao_proposals(given: Given, request: Request) -> DaoProposals:
    """Every proposal, the latest first."""
    with given.projection.read() as snap:
        return dao_proposals(snap, given.contracts[DAO], contents=str(request.url_for("list_proposals")))


@router.get("/activities", operation_id="list_dao_activities")
def list_dao_activities(given: Given) -> DaoActivities:
    """Proposals, reviews and votes, the earliest first."""
    with given.projection.read() as snap:
        return dao_activities(snap, given.contracts[DAO])


@router.get("/contracts", operation_id="list_dao_contracts")
def list_dao_contracts(given: Given) -> DaoContracts:
    """The contracts by name."""
    with given.projection.read() as snap:
        return dao_contracts(snap, given.contracts)


@router.get("/governance.md", operation_id="read_dao_governance", response_class=Markdown)
def read_dao_governance(plant: Plant) -> str:
    """The rules of voting, in words."""
    with plant.read() as snap:
        return governance(snap)
