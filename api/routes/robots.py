"""Robots: the chain's view merged with the gateway's live state."""

from functools import partial

from fastapi import APIRouter

from api.dependencies import Plant
from api.models.common import Listing
from api.models.people import RobotOut
from api.openapi import refuses
from api.paging import Pages
from api.problems import not_found
from api.views.workers import members_of, robot_out
from workmoot.domain.workers import Kind

router = APIRouter(prefix="/robots", tags=["robots"])


@router.get("", operation_id="list_robots")
def list_robots(plant: Plant, pages: Pages) -> Listing[RobotOut]:
    """Every robot, by badge number."""
    with plant.read() as snap:
        robots = members_of(snap, Kind.ROBOTIC)
        return pages.listing("robots", snap.head, robots, place=lambda it: (it.number,), show=partial(robot_out, snap))


@router.get("/{id}", operation_id="read_robot", responses=refuses("not-found"))
def read_robot(plant: Plant, id: str) -> RobotOut:  # noqa: A002 (the path's own name)
    """One robot, by badge number or id."""
    with plant.read() as snap:
        for member in members_of(snap, Kind.ROBOTIC):
            if id in (str(member.number), member.id):
                return robot_out(snap, member)
    raise not_found("robot", id, "GET /api/v1/robots lists them by badge number and id.")
