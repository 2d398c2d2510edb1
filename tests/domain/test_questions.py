"""What is a question, what is an answer to it, and when it counts: from the chain's events alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_task, an_entry
from tests.workshop import ARM, BADGES, SCANNER, SPRAYER, Workshop
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import NOBODY, Number
from workmoot.domain.ledger import Question
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import (
    LONGEST_S,
    MOST_OPEN,
    Amount,
    Asked,
    Choice,
    QuestionState,
    Text,
    Values,
    canonical,
    pack_question,
    question_id,
    read_answer,
    read_question,
)

FORM = (
    Choice(name="verdict", options=("accept", "reject")),
    Amount(name="offset", least=-5, most=5, unit="µm"),
    Text(name="note", most=20),
)
DEFAULT: Values = {"verdict": "reject", "offset": 0, "note": ""}
ASKED = Asked(
    words="Is it good enough?",
    fields=FORM,
    default=DEFAULT,
    deadline=1_800_000_100,
    about_type=SubjectType.TASK,
    about=256,
)
TOLD = json.loads(pack_question(ASKED))
ACCEPT = {"verdict": "accept", "offset": 5, "note": "schön"}


def told(**changes: Any) -> bytes:
    return canonical(TOLD | changes)


# Bytes


def test_pack__question__is_as_the_specification_has_it() -> None:
    assert pack_question(ASKED) == (
        b'{"about":{"id":256,"type":"task"},"deadline":1800000100,'
        b'"default":{"note":"","offset":0,"verdict":"reject"},'
        b'"fields":[{"name":"verdict","options":["accept","reject"],"type":"choice"},'
        b'{"least":-5,"most":5,"name":"offset","type":"number","unit":"\\u00b5m"},'
        b'{"most":20,"name":"note","type":"text"}],'
        b'"format":"workmoot/question/1","words":"Is it good enough?"}'
    )
    assert read_question(pack_question(ASKED)) == ASKED


def test_question_id__is_the_hash_of_who_said_what_about_what() -> None:
    message = pack_question(ASKED)
    assert question_id(SPRAYER, 256, message).to_bytes(32, "big") == hash_of_words(SPRAYER, 256, keccak(message))


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b"\xff\xfe",
    "a list": b"[]",
    "nested too deep": b"[" * 3_000,
    "too long": told(words="x" * 5_000),
    "blanks between": json.dumps(TOLD, sort_keys=True).encode(),
    "not in order": json.dumps(dict(reversed(TOLD.items())), separators=(",", ":")).encode(),
    "a name twice": told().replace(b'"words":', b'"words":"x","words":'),
    "not in ASCII": told().replace(b"\\u00b5", "µ".encode()),
    "another format": told(format="workmoot/question/2"),
    "a field nobody knows": told(more=1),
    "no fields": told(fields=[], default={}),
    "five fields": told(fields=[{"type": "text", "name": f"n{i}", "most": 1} for i in range(5)]),
    "two of one name": told(fields=[*TOLD["fields"], TOLD["fields"][2]]),
    "no words": told(words=""),
    "words of two lines": told(words="a\nb"),
    "half a character": told(words="\ud800"),
    "words that are none": told(words=["x"]),
    "a name that is none": told(fields=[{"type": "text", "name": ["x"], "most": 1}], default={}),
    "an upper-case name": told(fields=[{"type": "text", "name": "X", "most": 1}], default={"X": ""}),
    "one option": told(fields=[{"type": "choice", "name": "v", "options": ["a"]}], default={"v": "a"}),
    "an option twice": told(fields=[{"type": "choice", "name": "v", "options": ["a", "a"]}], default={"v": "a"}),
    "options that are none": told(fields=[{"type": "choice", "name": "v", "options": [[1], [2]]}], default={"v": "a"}),
    "no kind of field": told(fields=[{"type": "date", "name": "v"}], default={"v": "a"}),
    "bounds that cross": told(
        fields=[{"type": "number", "name": "v", "least": 2, "most": 1, "unit": "mm"}], default={"v": 1}
    ),
    "a bound that is a fraction": told(
        fields=[{"type": "number", "name": "v", "least": 0.5, "most": 1, "unit": "mm"}], default={"v": 1}
    ),
    "a text of any length": told(fields=[{"type": "text", "name": "v", "most": 10_000}], default={"v": ""}),
    "a default that does not fit": told(default={**DEFAULT, "verdict": "maybe"}),
    "a default that lacks a field": told(default={"verdict": "accept"}),
    "a default as pairs": told(default=[["verdict", "accept"]]),
    "a deadline that is true": told(deadline=True),
    "a deadline in words": told(deadline="soon"),
    "about a worker": told(about={"type": "worker", "id": 3}),
    "about nothing": told(about={"type": ["task"], "id": 3}),
}


@pytest.mark.parametrize("message", WRONG.values(), ids=WRONG)
def test_read_question__anything_else__is_none(message: bytes) -> None:
    with pytest.raises(Malformed):
        read_question(message)


@pytest.mark.parametrize(
    "letter",
    "\0\x1f\x7f\x85\x9f\u200b\u200d\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ud800\udfff",
    ids=lambda letter: f"U+{ord(letter):04X}",
)
def test_text__that_does_not_read_as_it_is_written__is_in_no_question_and_no_answer(letter: str) -> None:
    for question in (
        told(words=f"Accept{letter} it?"),
        told(fields=[{"type": "choice", "name": "v", "options": ["a", f"b{letter}"]}], default={"v": "a"}),
        told(fields=[{"type": "number", "name": "v", "least": 0, "most": 1, "unit": letter}], default={"v": 1}),
    ):
        with pytest.raises(Malformed):
            read_question(question)
    with pytest.raises(Malformed):
        read_answer(ASKED, canonical(ACCEPT | {"note": f"good{letter}"}))


@pytest.mark.parametrize("letter", " ~\xa0µ\u200a\u2010\u2027\u202f\u2065\u206a\ud7ff\ue000🤖")
def test_text__in_any_other_letter__is_read_as_it_is(letter: str) -> None:
    assert read_question(told(words=f"Accept{letter} it?")).words == f"Accept{letter} it?"


@given(st.integers(0, len(told()) - 1), st.integers(0, 255))
def test_read_question__a_byte_changed__is_none_or_another_written_in_its_one_way(place: int, byte: int) -> None:
    message = told()[:place] + bytes((byte,)) + told()[place + 1 :]
    try:
        asked = read_question(message)
    except Malformed:
        return
    assert pack_question(asked) == message


@pytest.mark.parametrize(
    "answer",
    [
        canonical({}),
        canonical(ACCEPT | {"verdict": "maybe"}),
        canonical(ACCEPT | {"offset": 6}),
        canonical(ACCEPT | {"offset": True}),
        canonical(ACCEPT | {"offset": 1.0}),
        canonical(ACCEPT | {"note": "x" * 21}),
        canonical(ACCEPT | {"note": "two\nlines"}),
        canonical(ACCEPT | {"more": 1}),
        json.dumps(ACCEPT, sort_keys=True).encode(),
        b"[" * 1_024,
        b'"accept"',
        b"\xff",
    ],
)
def test_read_answer__does_not_fill_the_form__refused(answer: bytes) -> None:
    with pytest.raises(Malformed):
        read_answer(ASKED, answer)


def test_read_answer__fills_the_form__is_what_it_says() -> None:
    assert read_answer(ASKED, canonical(ACCEPT)) == ACCEPT


# On the chain


class Asking:
    """A workshop with a task, about which its workers ask."""

    def __init__(self) -> None:
        self.workshop = Workshop()
        self.task, self.other = self.workshop.post(a_task(), a_task())

    def asks(self, name: str = "scanner", *, for_s: int = 60, to: Number = NOBODY, **changes: Any) -> int:
        """The id of what it asks, be it a question or none."""
        deadline = self.workshop.now_s + for_s
        about = {"type": "task", "id": self.task} | changes.pop("about", {})
        message = canonical(TOLD | {"deadline": deadline, "about": about} | changes)
        self.workshop.by(name).dao.say(to, about["id"], message)
        return question_id(BADGES[name], about["id"], message)

    def answers(self, question: int, answer: bytes = canonical(ACCEPT)) -> None:
        self.workshop.order(OverrideKind.ANSWER, question, subject_type=SubjectType.NONE, payload=answer)

    def question(self, id_: int) -> Question:
        return self.workshop.ledger.questions[id_]

    def is_one(self, id_: int) -> bool:
        return id_ in self.workshop.ledger.questions

    def state(self, id_: int) -> QuestionState:
        return self.question(id_).state(self.workshop.ledger.now)


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_asked__is_open_until_its_deadline__then_the_default_holds(asking: Asking) -> None:
    id_ = asking.asks(for_s=60)
    found = asking.question(id_)
    assert (found.asker, found.asked.words, asking.state(id_)) == (SCANNER, ASKED.words, QuestionState.OPEN)
    asking.workshop.chain.advance(found.asked.deadline - asking.workshop.now_s)
    assert asking.state(id_) is QuestionState.OPEN
    asking.workshop.chain.advance(1)
    assert (asking.state(id_), asking.question(id_).outcome) == (QuestionState.DEFAULTED, DEFAULT)


def test_answered__in_time_and_fitting__counts(asking: Asking) -> None:
    id_ = asking.asks()
    asking.answers(id_)
    asking.workshop.chain.advance(600)
    (record,) = asking.workshop.ledger.overrides.values()
    assert (asking.state(id_), asking.question(id_).outcome) == (QuestionState.ANSWERED, ACCEPT)
    assert asking.question(id_).override == record.id


def test_answered__in_the_last_second__counts_and_in_the_next_not(asking: Asking) -> None:
    in_time, late = asking.asks(), asking.asks("sprayer")
    asking.workshop.chain.advance(60)
    asking.answers(in_time)
    asking.workshop.chain.advance(1)
    asking.answers(late)
    assert (asking.state(in_time), asking.state(late)) == (QuestionState.ANSWERED, QuestionState.DEFAULTED)


def test_answered__what_does_not_fit__the_default_holds_at_once(asking: Asking) -> None:
    id_ = asking.asks()
    asking.answers(id_, b"accept")
    assert (asking.state(id_), asking.question(id_).outcome) == (QuestionState.DEFAULTED, DEFAULT)


def test_task_is_done_with__its_questions_are_closed_and_no_answer_counts(asking: Asking) -> None:
    id_, another = asking.asks(), asking.asks(about={"id": asking.other})
    asking.workshop.order(OverrideKind.CANCEL, asking.task)
    assert (asking.state(id_), asking.state(another)) == (QuestionState.CLOSED, QuestionState.OPEN)
    asking.answers(id_)
    asking.workshop.chain.advance(600)
    assert (asking.state(id_), asking.question(id_).answer) == (QuestionState.CLOSED, None)
    assert not asking.is_one(asking.asks(words="Really?"))


def test_task_is_done_with__what_was_answered_or_defaulted_before_stays_so(asking: Asking) -> None:
    answered, defaulted = asking.asks(), asking.asks("sprayer")
    asking.answers(answered)
    asking.workshop.chain.advance(61)
    asking.workshop.order(OverrideKind.CANCEL, asking.task)
    assert (asking.state(answered), asking.state(defaulted)) == (QuestionState.ANSWERED, QuestionState.DEFAULTED)


def test_run_is_judged__the_question_about_it_is_closed_and_the_next_run_may_be_asked_about(asking: Asking) -> None:
    asking.workshop.allocate(asking.task, "sprayer", robots=(ARM,))
    asking.workshop.start(asking.task)
    asking.workshop.submit(asking.task)
    id_ = asking.asks()
    asking.workshop.inspect(asking.task, accepted=False)
    assert asking.state(id_) is QuestionState.CLOSED
    assert asking.workshop.ledger.open_questions() == []
    assert asking.is_one(asking.asks(words="Really?"))


def test_answered__before_it_was_asked__the_default_holds_at_once(asking: Asking) -> None:
    id_ = asking.asks(for_s=100)
    foreseen = asking.workshop.ledger.messages[-1].message
    again = Asking()
    again.answers(id_)
    again.workshop.by("scanner").dao.say(NOBODY, again.task, foreseen)
    assert again.state(id_) is QuestionState.DEFAULTED


@pytest.mark.parametrize(
    "change",
    [
        {"for_s": 9},
        {"for_s": LONGEST_S + 1},
        {"to": SPRAYER},
        {"about": {"id": 7}},
        {"about": {"type": "proposal", "id": 1}},
        {"about": {"type": "robot", "id": SPRAYER}},
        {"default": {}},
    ],
)
def test_asked__not_as_a_question_has_to_be__is_none(asking: Asking, change: dict[str, Any]) -> None:
    assert not asking.is_one(asking.asks(**change))
    assert len(asking.workshop.ledger.messages) == 1


def test_asked__about_a_robot_or_a_proposal__is_one(asking: Asking) -> None:
    proposal = asking.workshop.propose("scanner", an_entry(asking.task, SPRAYER))
    assert asking.is_one(asking.asks(about={"type": "proposal", "id": proposal}))
    assert asking.is_one(asking.asks(about={"type": "robot", "id": ARM}))


def test_asked__a_second_about_the_same__only_once_the_first_is_not_open(asking: Asking) -> None:
    first = asking.asks()
    assert not asking.is_one(asking.asks(words="Really?"))
    assert asking.is_one(asking.asks(about={"id": asking.other}))
    assert asking.is_one(asking.asks("sprayer"))
    asking.answers(first)
    assert asking.is_one(asking.asks(words="Really?"))


def test_asked__more_than_a_member_may__is_none_until_one_is_over() -> None:
    asking = Asking()
    tasks = asking.workshop.post(*(a_task() for _ in range(MOST_OPEN + 1)))
    asked = [asking.asks(about={"id": task}, for_s=20) for task in tasks]
    assert [asking.is_one(id_) for id_ in asked] == [True] * MOST_OPEN + [False]
    asking.workshop.chain.advance(30)
    assert asking.is_one(asking.asks(about={"id": tasks[-1]}))


def test_copy__asked_and_answered_since__is_as_it_was(asking: Asking) -> None:
    id_ = asking.asks()
    former = asking.workshop.ledger.copy()
    asking.asks(about={"id": asking.other})
    asking.answers(id_)
    assert [question.override for question in former.questions.values()] == [0]
