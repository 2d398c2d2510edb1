"""Signed ballots: one box of any number, for members that vote by signature."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.dependencies import Ballots
from api.models.ballots import BallotIn, BallotOut, BallotsOut
from api.models.problem import ProblemOut
from api.problems import MEDIA_TYPE

router = APIRouter(prefix="/ballots", tags=["ballots"])
PROPOSAL = Query(ge=1, description="Whose ballots.")
AFTER = Query(ge=0, lt=1 << 31, description="The place of the last one known.")
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": BallotOut, "description": "It was in the box before."},
    429: {"model": ProblemOut, "content": {MEDIA_TYPE: {}}, "description": "Too many ballots in a second."},
}


@router.get("", operation_id="list_ballots")
def list_ballots(box: Ballots, proposal: Annotated[int, PROPOSAL], after: Annotated[int, AFTER] = 0) -> BallotsOut:
    """A page of a proposal's ballots, in the order they came."""
    return box.show(proposal, after=after)


@router.post("", operation_id="put_ballot", status_code=201, responses=ANSWERS)
def put_ballot(box: Ballots, ballot: BallotIn, response: Response) -> BallotOut:
    """Puts a ballot in, if its signature is that of a member who may vote. It counts once somebody sends `decide`."""
    taken, is_new = box.take(ballot)
    response.status_code = 201 if is_new else 200
    return taken
