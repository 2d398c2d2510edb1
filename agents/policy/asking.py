"""Asking humans: an inspector that measured close to the criterion lets them say, and settles by what they said."""

from itertools import takewhile

from agents.actions import Action, Asking, InspectResult
from agents.view import View
from workmoot.domain.ledger import Question, Task
from workmoot.domain.overrides import SubjectType
from workmoot.domain.questions import MOST_OPEN, SHORTEST_S, Asked, Choice, QuestionState

ACCEPT, REJECT = "accept", "reject"
VERDICT = "verdict"
FORM = (Choice(name=VERDICT, options=(ACCEPT, REJECT)),)
SETTLE_S = 10
"""Wall seconds that stay for the verdict between a question's deadline and the inspection's."""
MINED_S = 5
"""Wall seconds that a question, or a verdict, may take to its block."""
STILL_S = SETTLE_S - MINED_S
"""Wall seconds past a question's deadline after which a chain where nothing happens is not waited for: an
answer that comes into a block after the verdict does not count, be our clock as wrong as it may."""


def inspect(view: View, task: Task, product: bytes) -> list[Action]:
    """The verdict, by what was answered where we asked; nothing while our question is open."""
    question = _question(view, task)
    if question is None:
        return [InspectResult(task=task, product=product, asking=_asking(view, task))]
    if _is_open(view, question):
        return []
    return [InspectResult(task=task, product=product, settled=question)]


def verdict_of(question: Question) -> bool:
    """Whether what holds says to accept."""
    return question.outcome[VERDICT] == ACCEPT


def question_about(task: Task, asking: Asking, *, error_mm: float, criterion_mm: float, accepted: bool) -> Asked:
    """What is asked of a result that measures so, with our own verdict for a default."""
    return Asked(
        words=f"Task {task.id} measures {error_mm:g} mm off, {criterion_mm:g} mm are allowed. Accept it?",
        fields=FORM,
        default={VERDICT: ACCEPT if accepted else REJECT},
        deadline=asking.deadline,
        about_type=SubjectType.TASK,
        about=task.id,
    )


def _question(view: View, task: Task) -> Question | None:
    """What we asked about this very run, if it was a question."""
    newest = (question for question in reversed(view.ledger.questions.values()) if question.asker == view.me)
    since = takewhile(lambda question: question.at.timestamp >= _handed_in(task), newest)
    about = (question for question in since if question.asked.fields == FORM and question.asked.about == task.id)
    return next((question for question in about if question.runs == len(task.runs)), None)


def _is_open(view: View, question: Question) -> bool:
    if question.state(view.ledger.now) is not QuestionState.OPEN:
        return False
    return view.now_s <= question.asked.deadline + STILL_S


def _asking(view: View, task: Task) -> Asking | None:
    """Until when humans could answer, where we would ask and there is time to: once a run, whatever came of it."""
    deadline = task.deadline - SETTLE_S
    now = max(view.now_s, view.ledger.now)
    soon = deadline < now + SHORTEST_S + MINED_S
    if not view.profile.ask_within_mm or not task.robots or soon or _has_said(view, task) or _asks_enough(view):
        return None
    return Asking(within_mm=view.profile.ask_within_mm, deadline=deadline)


def _asks_enough(view: View) -> bool:
    return sum(question.asker == view.me for question in view.ledger.open_questions()) >= MOST_OPEN


def _has_said(view: View, task: Task) -> bool:
    since = takewhile(lambda said: said.at.timestamp >= _handed_in(task), reversed(view.ledger.messages))
    return any(said.sender == view.me and said.about == task.id for said in since)


def _handed_in(task: Task) -> int:
    return (task.run.ended_at or 0) if task.run else 0
