"""What digital workers ask humans, and what was answered."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import Plant
from api.models.common import Listing
from api.models.questions import QuestionOut
from api.openapi import refuses
from api.paging import Pages
from api.problems import not_found
from api.views.questions import question_of, question_out, state_of
from workmoot.domain.ledger import Question
from workmoot.domain.questions import QuestionState

router = APIRouter(prefix="/questions", tags=["questions"])
STATE = Query(description="Only those that are so.")


@router.get("", operation_id="list_questions")
def list_questions(
    plant: Plant, pages: Pages, state: Annotated[QuestionState | None, STATE] = None
) -> Listing[QuestionOut]:
    """Every question to humans, the latest first. POST /api/v1/overrides answers it."""
    with plant.read() as snap:
        asked = reversed(snap.ledger.questions.values())
        found = (question for question in asked if state in (None, state_of(snap, question)))
        return pages.listing(
            "questions", snap.head, found, place=_place, show=lambda question: question_out(snap, question)
        )


@router.get("/{id}", operation_id="read_question", responses=refuses("not-found"))
def read_question(plant: Plant, id: str) -> QuestionOut:  # noqa: A002 (the path's own name)
    """One question to humans, with its form and what became of it."""
    with plant.read() as snap:
        found = question_of(snap, id)
        if found is None:
            raise not_found("question", id, "GET /api/v1/questions lists them.")
        return question_out(snap, found)


def _place(question: Question) -> tuple[int, int]:
    return -question.at.block, -question.at.log_index
