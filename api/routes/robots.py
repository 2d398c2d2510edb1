"""Robots: the chain's view merged with the gateway's live state; and a human's hand on one that is held."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from api.access.door import Admitted
from api.access.rules import DRAFT, GIVE, HUMAN, READ
from api.access.visitor import Visitor
from api.dependencies import Guide, Once, Plant
from api.errands import Answer, Errands
from api.guidance import Asked, GuidanceDesk
from api.models.common import Listing
from api.models.guidance import CommandIn, GuidanceGiven, GuidanceIn, GuidancePreview, ReturnIn, TakeIn
from api.models.people import RobotOut
from api.openapi import refuses, sends
from api.paging import Pages
from api.routes.writing import KEYED, IdempotencyKey
from api.views.workers import members_of, robot_named, robot_out
from workmoot.domain.guidance import Act
from workmoot.domain.workers import Kind

router = APIRouter(prefix="/robots", tags=["robots"])
ROBOTS = "/api/v1/robots"
DRY_RUN = Query(description="Only show who has the robot and the exact bytes to sign.")
MATCH = Header(
    alias="If-Match",
    description="The `etag` of the dry run: who had the robot, as its human saw it. Needed to take it; any other act "
    "that has one is done only while it is true, also a stop.",
)
Given = GuidanceGiven | GuidancePreview | Response
GUIDES: dict[str, Any] = {
    "status_code": 201,
    "response_model": GuidanceGiven | GuidancePreview,
    "responses": {
        200: sends("ETag", model=GuidancePreview, description="What is to be signed."),
        201: sends("Location", model=GuidanceGiven),
        **refuses(*KEYED, "stale-version", "not-found", "gateway-refused", "gateway-unavailable"),
    },
}
TAKES = {**GUIDES, "responses": GUIDES["responses"] | refuses("precondition-required")}
"""What a human's acts on a lease have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who asks for an act, and how."""

    desk: GuidanceDesk
    errands: Errands
    response: Response
    visitor: Visitor
    dry_run: bool
    key: str | None
    if_match: str | None

    def act(self, asked: Asked) -> Given:
        """Shows what is to be signed, or does it: once, however often it is asked for under its key."""
        is_signed = asked.body.signature is not None
        if self.dry_run or not is_signed:
            self.visitor.require(DRAFT if self.dry_run else GIVE)
        fresh = self._as_the_visitor(asked)
        if self.dry_run:
            seen = self.desk.preview(fresh)
            self.response.status_code = 200
            self.response.headers["ETag"] = seen.etag
            return seen
        at = f"{ROBOTS}/{asked.robot}/{asked.act}"
        with self.errands.begin(self.key, at, asked.body.model_dump(), even_unkept=is_signed) as errand:
            if errand.answer:
                return errand.answer.again()
            given = self.desk.give(fresh, errand, self.if_match, may_read=self.visitor.may(READ))
            errand.answer = Answer(status=201, body=given.model_dump(mode="json"))
        self.response.headers["Location"] = f"{ROBOTS}/{given.robot.number}"
        return given

    def _as_the_visitor(self, asked: Asked) -> Asked:
        if asked.body.human is not None or HUMAN not in self.visitor.roles:
            return asked
        return replace(asked, body=asked.body.model_copy(update={"human": self.visitor.account}))


def _acting(
    desk: Guide,
    errands: Once,
    response: Response,
    visitor: Admitted,
    *,
    dry_run: Annotated[bool, DRY_RUN] = False,
    idempotency_key: IdempotencyKey = None,
    if_match: Annotated[str | None, MATCH] = None,
) -> Acting:
    return Acting(
        desk=desk,
        errands=errands,
        response=response,
        visitor=visitor,
        dry_run=dry_run,
        key=idempotency_key,
        if_match=if_match,
    )


Doing = Annotated[Acting, Depends(_acting)]


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
        return robot_out(snap, robot_named(snap, id))


@router.post("/{id}/lease", operation_id="take_robot", **TAKES)
def take_robot(doing: Doing, id: str, body: TakeIn) -> Given:  # noqa: A002 (the path's own name)
    """Takes a held robot's lease by force, from whoever has it. It lasts 30 s from each act; the hold outlasts it."""
    return doing.act(Asked(robot=id, act=Act.TAKE, body=body))


@router.post("/{id}/lease/retain", operation_id="retain_robot", **GUIDES)
def retain_robot(doing: Doing, id: str, body: GuidanceIn) -> Given:  # noqa: A002 (the path's own name)
    """Keeps the lease for another 30 s."""
    return doing.act(Asked(robot=id, act=Act.RETAIN, body=body))


@router.post("/{id}/lease/return", operation_id="return_robot", **GUIDES)
def return_robot(doing: Doing, id: str, body: ReturnIn) -> Given:  # noqa: A002 (the path's own name)
    """Gives the lease back, with how the human leaves it. The hold stays until a human releases it."""
    return doing.act(Asked(robot=id, act=Act.RETURN, body=body))


@router.post("/{id}/commands", operation_id="command_robot", **GUIDES)
def command_robot(doing: Doing, id: str, body: CommandIn) -> Given:  # noqa: A002 (the path's own name)
    """Moves a robot that the human took, slowly and for half a second at most; puts its part aside; stops it."""
    return doing.act(Asked(robot=id, act=Act(body.command), body=body))
