"""The ledger's pages about questions to humans: which messages are questions, and which answers count."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from workmoot.domain.errors import Malformed
from workmoot.domain.ids import NOBODY, TaskId
from workmoot.domain.ledger.records import Question
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import (
    LONGEST_S,
    MOST_OPEN,
    SHORTEST_S,
    Asked,
    QuestionState,
    question_id,
    read_answer,
    read_question,
)
from workmoot.domain.workers import Kind

if TYPE_CHECKING:
    from workmoot.domain.events import InstructionGiven, MessageSent, Place
    from workmoot.domain.ledger.ledger import Ledger


def note_question(ledger: Ledger, event: MessageSent) -> None:
    """Enters a message that is a question; any other is left alone."""
    try:
        asked = read_question(event.message)
    except Malformed:
        return
    id_ = question_id(event.sender, event.about, event.message)
    still_open = _open_questions(ledger, event)
    if id_ in ledger.questions or not _is_asked_well(ledger, event, asked) or not _may_ask(still_open, asked):
        return
    ledger.questions[id_] = Question(
        id=id_,
        asker=event.sender,
        asked=asked,
        runs=_runs(ledger, asked),
        at=event.at,
        override=ledger.instruction(OverrideKind.ANSWER, id_).id,
    )
    ledger.asking[event.sender] = (*(question.id for question in still_open), id_)
    if asked.about_type is SubjectType.TASK:
        task = TaskId(asked.about)
        ledger.asked_about[task] = (*ledger.asked_about.get(task, ()), id_)


def note_answer(ledger: Ledger, event: InstructionGiven) -> None:
    """Enters the one answer to a question; it counts if it came in time and fits."""
    question = ledger.questions.get(event.subject)
    if question is None or question.is_closed or event.order.kind is not OverrideKind.ANSWER:
        return
    question = replace(question, override=event.id)
    if event.at.timestamp <= question.asked.deadline:
        with suppress(Malformed):
            question = replace(question, answer=read_answer(question.asked, event.order.payload))
    ledger.questions[question.id] = question


def close_questions(ledger: Ledger, task: TaskId, at: Place) -> None:
    """Nobody has to answer any more what was asked about a task that failed, was put back or is done with."""
    for id_ in ledger.asked_about.pop(task, ()):
        question = ledger.questions[id_]
        if question.state(at.timestamp) is QuestionState.OPEN:
            ledger.questions[id_] = replace(question, is_closed=True)


def _open_questions(ledger: Ledger, event: MessageSent) -> list[Question]:
    """The sender's, as of the message."""
    asked = (ledger.questions[id_] for id_ in ledger.asking.get(event.sender, ()))
    return [question for question in asked if question.state(event.at.timestamp) is QuestionState.OPEN]


def _may_ask(still_open: list[Question], asked: Asked) -> bool:
    """One question at a time about each thing, and so many in all."""
    about = ((question.asked.about_type, question.asked.about) for question in still_open)
    return len(still_open) < MOST_OPEN and (asked.about_type, asked.about) not in about


def _is_asked_well(ledger: Ledger, event: MessageSent, asked: Asked) -> bool:
    """Of all, about what there is and is not done with, with a time to answer in."""
    of_all = event.to == NOBODY and event.about == asked.about
    return of_all and _exists(ledger, asked) and SHORTEST_S <= asked.deadline - event.at.timestamp <= LONGEST_S


def _exists(ledger: Ledger, asked: Asked) -> bool:
    if asked.about_type is SubjectType.TASK:
        task = ledger.tasks.get(asked.about)  # type: ignore[call-overload]  # a stranger's number
        return task is not None and not task.status.is_final
    if asked.about_type is SubjectType.PROPOSAL:
        return asked.about in ledger.proposals
    robot = ledger.members.get(asked.about)  # type: ignore[call-overload]  # a stranger's number
    return robot is not None and robot.kind is Kind.ROBOTIC


def _runs(ledger: Ledger, asked: Asked) -> int:
    is_task = asked.about_type is SubjectType.TASK
    return len(ledger.tasks[asked.about].runs) if is_task else 0  # type: ignore[index]
