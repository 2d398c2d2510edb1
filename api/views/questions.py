"""Questions of digital workers to humans, as the chain tells them."""

from api.models.common import moment
from api.models.questions import FieldOut, QuestionOut
from api.views.snapshot import Snapshot
from api.views.subjects import subject_of
from workmoot.domain.ledger import Question
from workmoot.domain.questions import QuestionState, in_words


def id_of(question: Question) -> str:
    """As people and programs name it."""
    return f"0x{question.id:064x}"


def question_of(snap: Snapshot, id_: str) -> Question | None:
    """The question that is named so."""
    digits = id_.lower().removeprefix("0x")
    known = digits if len(digits) == 64 and not set(digits) - set("0123456789abcdef") else "0"
    return snap.ledger.questions.get(int(known, 16))


def state_of(snap: Snapshot, question: Question) -> QuestionState:
    """By the chain's time, as all readers have it."""
    return question.state(snap.ledger.now)


def may_be_answered(snap: Snapshot, question: Question) -> bool:
    """Whether an answer given now still counts: a chain where nothing happens tells no time."""
    return state_of(snap, question) is QuestionState.OPEN and snap.now <= question.asked.deadline


def question_words(snap: Snapshot, question: Question) -> str:
    """Who asks what."""
    asker = snap.who(question.asker)
    return f"{asker.name if asker else question.asker} asks: {question.asked.words}"


def standing_words(snap: Snapshot, question: Question) -> str:
    """How it stands, and what happens where nobody answers."""
    state, outcome = state_of(snap, question), in_words(question.outcome)
    about = question_words(snap, question)
    if state is QuestionState.OPEN:
        until = moment(question.asked.deadline)
        return f"{about} Without an answer by {until:%H:%M:%S} UTC its default holds ({outcome})."
    if state is QuestionState.CLOSED:
        return f"{about} It is closed: its task failed, was put back or is done with."
    return f"{about} It is {state.value} ({outcome})."


def question_out(snap: Snapshot, question: Question) -> QuestionOut:
    """One question."""
    asked, state = question.asked, state_of(snap, question)
    record = snap.ledger.overrides.get(question.override)
    human = snap.ledger.member_of(record.human) if record and question.answer is not None else None
    return QuestionOut(
        id=id_of(question),
        asker=snap.who(question.asker),
        words=asked.words,
        about=subject_of(snap, asked.about_type, asked.about),
        fields=tuple(FieldOut(**field.as_json(), right=field.right) for field in asked.fields),
        default=dict(asked.default),
        deadline=moment(asked.deadline),
        state=state,
        outcome=None if state in (QuestionState.OPEN, QuestionState.CLOSED) else dict(question.outcome),
        override=question.override or None,
        answered_by=snap.who(human.number) if human else None,
        at=moment(question.at.timestamp),
        block=question.at.block,
    )
