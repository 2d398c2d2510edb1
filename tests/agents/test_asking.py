"""An inspector that measured close to the criterion asks humans, goes on meanwhile, and settles by the answer."""

from typing import Any

import pytest

from agents.actions import InspectResult
from agents.daemon import Daemon, Self
from agents.policy import decide
from agents.policy.asking import FORM
from agents.policy.working import report_hash
from agents.profile import Profile
from agents.robots import Finding, RobotPart
from tests.agents.bodies import ToldRobots, WorkshopEyes, hands
from tests.builders import a_task
from tests.workshop import ARM, LIMITS, SCANNER, SPRAY, Workshop, account
from workmoot.domain.ids import NOBODY, TaskId
from workmoot.domain.ledger import Question, Task
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import canonical
from workmoot.domain.work import Status

ASKS = Profile(ask_within_mm=0.05)
PARTS = (RobotPart(robot=ARM, state="done", ticks=1_000, grade=80),)


def measured(error_mm: float, *, criterion_mm: float = 1.0) -> Finding:
    report = {"grade": 70, "error_mm": error_mm, "criterion_mm": criterion_mm}
    return Finding(grade=70, accepted=error_mm <= criterion_mm, report=report)


class Inspection:
    """A result of the sprayer's robot that the scanner is to inspect; `error_mm` is what it measures."""

    def __init__(self, error_mm: float = 0.97, *, profile: Profile = ASKS) -> None:
        self.workshop = Workshop()
        self.ahead_s = 0.0
        """How far the inspector's clock is ahead of the chain's."""
        self.robots = ToldRobots()
        self.robots.finding = measured(error_mm)
        self.profile = profile
        self.task, self.other = self.workshop.post(a_task(), a_task(SPRAY))
        self.workshop.allocate(self.task, "sprayer", robots=(ARM,))
        self.robots.said[self.task] = PARTS
        self.workshop.start(self.task)
        self.workshop.submit(self.task, evidence=report_hash(PARTS))
        self.inspector = self.woken()

    def woken(self) -> Daemon:
        """The inspector's daemon as it wakes, knowing nothing."""
        who = Self(account=account("scanner"), profile=self.profile, seed=1, chain_id=1, dao="0x" + "da" * 20)
        own = hands(self.workshop, "scanner", self.robots)
        return Daemon(who, WorkshopEyes(self.workshop), lambda _: own, lambda: self.workshop.now_s + self.ahead_s)

    def looks(self, *, in_s: int = 0) -> None:
        if in_s:
            self.workshop.chain.advance(in_s)
        self.inspector.cycle()

    def answer(self, verdict: str, **more: Any) -> None:
        payload = canonical({"verdict": verdict} | more)
        self.workshop.order(OverrideKind.ANSWER, self.question.id, subject_type=SubjectType.NONE, payload=payload)

    @property
    def found(self) -> Task:
        return self.workshop.task(self.task)

    @property
    def questions(self) -> list[Question]:
        return list(self.workshop.ledger.questions.values())

    @property
    def question(self) -> Question:
        (asked,) = self.questions
        return asked


@pytest.fixture
def inspection() -> Inspection:
    return Inspection()


def test_close_to_the_criterion__asks_with_its_own_verdict_for_a_default(inspection: Inspection) -> None:
    inspection.looks()
    asked = inspection.question.asked
    assert asked.words == f"Task {inspection.task} measures 0.97 mm off, 1 mm are allowed. Accept it?"
    assert (inspection.question.asker, asked.fields, asked.default) == (SCANNER, FORM, {"verdict": "accept"})
    assert asked.deadline == inspection.found.deadline - 10
    assert inspection.found.status is Status.SUBMITTED


def test_just_beyond_the_criterion__the_default_is_to_reject() -> None:
    inspection = Inspection(1.05)
    inspection.looks()
    assert inspection.question.asked.default == {"verdict": "reject"}


@pytest.mark.parametrize(("error_mm", "status"), [(0.9, Status.ACCEPTED), (1.2, Status.FAILED)])
def test_clear_of_the_criterion__judges_at_once(error_mm: float, status: Status) -> None:
    inspection = Inspection(error_mm)
    inspection.looks()
    assert inspection.questions == []
    assert inspection.found.runs[-1].accepted is (status is Status.ACCEPTED)


def test_profile_says_nothing_of_asking__judges_at_once() -> None:
    inspection = Inspection(profile=Profile())
    inspection.looks()
    assert (inspection.questions, inspection.found.status) == ([], Status.ACCEPTED)


def test_too_little_time_for_an_answer__judges_at_once() -> None:
    inspection = Inspection()
    inspection.looks(in_s=LIMITS.inspect_seconds - 24)
    assert (inspection.questions, inspection.found.status) == ([], Status.ACCEPTED)


@pytest.mark.parametrize(("verdict", "is_good"), [("accept", True), ("reject", False)])
@pytest.mark.parametrize("error_mm", [0.97, 1.03])
def test_answered__settles_by_the_answer_whatever_it_measured(error_mm: float, verdict: str, is_good: bool) -> None:
    inspection = Inspection(error_mm)
    inspection.looks()
    inspection.answer(verdict)
    inspection.looks()
    run = inspection.found.runs[-1]
    assert (run.accepted, run.by) == (is_good, account("scanner"))


def test_nobody_answers__settles_by_the_default_before_the_inspection_is_overdue() -> None:
    inspection = Inspection(1.03)
    inspection.looks()
    inspection.looks(in_s=30)
    assert inspection.found.status is Status.SUBMITTED
    due = inspection.found.deadline
    inspection.looks(in_s=1)
    assert inspection.workshop.now_s < due
    assert inspection.found.runs[-1].judged_at == inspection.workshop.now_s
    assert not inspection.found.runs[-1].accepted


def test_answered_with_what_does_not_fit__settles_by_the_default(inspection: Inspection) -> None:
    inspection.looks()
    inspection.answer("reject", really="yes")
    inspection.looks()
    assert inspection.found.status is Status.ACCEPTED


def test_chain_stands_still__the_default_counts_five_seconds_past_the_deadline(inspection: Inspection) -> None:
    inspection.looks()
    deadline = inspection.question.asked.deadline
    later = inspection.workshop.view("scanner", profile=ASKS, now_s=deadline + 5.0)
    assert not any(isinstance(action, InspectResult) for action in decide(later))
    latest = inspection.workshop.view("scanner", profile=ASKS, now_s=deadline + 5.1)
    (judged,) = (action for action in decide(latest) if isinstance(action, InspectResult))
    assert judged.settled == inspection.question


def test_its_clock_is_ahead__an_answer_in_the_last_second_counts(inspection: Inspection) -> None:
    inspection.looks()
    inspection.ahead_s = 4.0
    inspection.looks(in_s=inspection.question.asked.deadline - inspection.workshop.now_s)
    assert inspection.found.status is Status.SUBMITTED
    inspection.answer("reject")
    inspection.looks()
    assert (inspection.found.status, inspection.found.runs[-1].accepted) == (Status.POSTED, False)


def test_its_clock_is_far_ahead__its_verdict_closes_the_question(inspection: Inspection) -> None:
    inspection.looks()
    inspection.ahead_s = 60.0
    inspection.looks(in_s=inspection.question.asked.deadline - inspection.workshop.now_s)
    inspection.answer("reject")
    assert inspection.found.status is Status.ACCEPTED
    assert (inspection.question.is_closed, inspection.question.answer) == (True, None)


def test_killed_while_it_waits__asks_nothing_twice_and_settles(inspection: Inspection) -> None:
    inspection.looks()
    inspection.robots.finding = measured(0.99)
    inspection.inspector = inspection.woken()
    inspection.looks()
    assert len(inspection.workshop.ledger.messages) == 1
    inspection.answer("reject")
    inspection.inspector = inspection.woken()
    inspection.looks()
    assert (len(inspection.questions), inspection.found.runs[-1].accepted) == (1, False)


def test_while_it_waits__other_work_goes_on(inspection: Inspection) -> None:
    inspection.workshop.allocate(inspection.other, "sprayer", robots=(ARM,))
    inspection.looks()
    inspection.workshop.start(inspection.other)
    inspection.workshop.submit(inspection.other, evidence=report_hash(PARTS))
    inspection.robots.said[inspection.other] = PARTS
    inspection.robots.finding = measured(0.1)
    inspection.looks()
    assert inspection.workshop.task(inspection.other).status is Status.ACCEPTED
    assert inspection.found.status is Status.SUBMITTED


def test_its_message_was_no_question__judges_by_itself_and_says_it_no_more(inspection: Inspection) -> None:
    inspection.workshop.by("scanner").dao.say(NOBODY, inspection.task, b"?")
    inspection.looks()
    assert (inspection.questions, inspection.found.status) == ([], Status.ACCEPTED)


def test_rejected_and_done_again__the_former_answer_says_nothing_about_it() -> None:
    inspection = Inspection()
    inspection.looks()
    inspection.answer("reject")
    inspection.looks()
    inspection.workshop.order(OverrideKind.REQUEUE, inspection.task, expires_at=inspection.workshop.now_s + 60)
    do_again(inspection, inspection.task)
    inspection.looks()
    assert [question.runs for question in inspection.questions] == [1, 2]
    assert inspection.found.status is Status.SUBMITTED


def do_again(inspection: Inspection, task: TaskId) -> None:
    inspection.workshop.allocate(task, "sprayer", robots=(ARM,), sequence=2)
    inspection.workshop.start(task)
    inspection.workshop.chain.advance(1)
    inspection.workshop.submit(task, evidence=report_hash(PARTS))
