"""Signed ballots and drafts: one box of any number, for members that vote by signature."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.dependencies import Ballots
from api.models.ballots import BallotIn, BallotOut, BallotsOut, DraftIn, DraftOut, DraftsOut
from api.models.common import Wire
from api.openapi import refuses

router = APIRouter(prefix="/ballots", tags=["ballots"])
PROPOSAL = Query(ge=1, description="Whose ballots.")
AFTER = Query(ge=0, lt=1 << 31, description="The place of the last one known.")
NUMBER = Query(ge=1, lt=1 << 64, description="The number the drafts are to have.")
BALLOT = ("not-in-electorate", "too-many-ballots", "chain-unavailable")
"""What is wrong with a ballot that is signed; a draft carries one."""
DRAFT = ("not-at-once", "not-the-next", "another-deadline", "too-many-drafts")


def _answers(known: type[Wire], *slugs: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": known, "description": "It was in the box before."}, **refuses(*BALLOT, *slugs)}


@router.get("", operation_id="list_ballots", responses=refuses("not-found"))
def list_ballots(box: Ballots, proposal: Annotated[int, PROPOSAL], after: Annotated[int, AFTER] = 0) -> BallotsOut:
    """A page of a proposal's ballots, in the order they came."""
    return box.show(proposal, after=after)


@router.post(
    "",
    operation_id="put_ballot",
    status_code=201,
    responses=_answers(BallotOut, "not-found", "proposal-not-open", "another-content"),
)
def put_ballot(box: Ballots, ballot: BallotIn, response: Response) -> BallotOut:
    """Puts a ballot in, if its signature is that of a member who may vote. It counts once somebody sends `decide`."""
    taken, is_new = box.take(ballot)
    response.status_code = 201 if is_new else 200
    return taken


@router.get("/drafts", operation_id="list_drafts")
def list_drafts(box: Ballots, proposal: Annotated[int, NUMBER], after: Annotated[int, AFTER] = 0) -> DraftsOut:
    """A page of the drafts that are to have a number, in the order they came."""
    return box.show_drafts(proposal, after=after)


@router.post("/drafts", operation_id="put_draft", status_code=201, responses=_answers(DraftOut, *DRAFT))
def put_draft(box: Ballots, draft: DraftIn, response: Response) -> DraftOut:
    """Puts a draft in, if its proposer votes and signed it. It is opened once the proposer sends `decideAtOnce`."""
    taken, is_new = box.take_draft(draft)
    response.status_code = 201 if is_new else 200
    return taken
