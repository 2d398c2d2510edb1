"""A run: from allocation to a result that another accepts, and what a failure leads to."""

from dataclasses import replace

import pytest

from tests.builders import SPRAY, a_task, an_entry
from tests.chain.moves import (
    EVIDENCE,
    allocated,
    assign,
    fail,
    inspect,
    pass_plan,
    post,
    refused,
    start,
    started,
    submit,
    submitted,
    task,
)
from tests.chain.plants import FINISHER, LIMITS, SCANNER, SPRAYER, MemoryPlant, account, found
from workmoot.domain.events import (
    InspectionOverdue,
    PlanEnacted,
    RecordGrew,
    ResultSubmitted,
    TaskAccepted,
    TaskAcknowledged,
    TaskFailed,
    TaskStarted,
    TaskSummoned,
)
from workmoot.domain.work import Failure, OnFailure, Status
from workmoot.domain.workers import Record

NEVER = 2**48 - 1


def test_start__by_the_assignee__begins_the_first_attempt(plant):
    number = allocated(plant)
    begun = start(plant, number).the(TaskStarted)
    assert (begun.worker, begun.attempt, begun.epoch) == (SPRAYER, 1, 2)
    assert begun.deadline == begun.at.timestamp + LIMITS.heartbeat_seconds


def test_start__by_another__refused(plant):
    number = allocated(plant)
    with refused("NotTheAssignee", number, SPRAYER, FINISHER):
        plant.by("finisher").work_orders.start(number, 2)


def test_start__under_an_old_epoch__fenced(plant):
    number = allocated(plant)
    with refused("Fenced", number, 2, 1):
        plant.by("sprayer").work_orders.start(number, 1)


def test_start__not_allocated__refused(plant):
    (number,) = post(plant, a_task())
    with refused("WrongStatus", number, Status.POSTED):
        plant.by("sprayer").work_orders.start(number, 1)


def test_start__predecessors_not_done__refused_until_they_are(plant):
    first, second = post(plant, a_task(), a_task(predecessors=1))
    pass_plan(plant, *(an_entry(number, SPRAYER, inspector=FINISHER) for number in (first, second)))
    with refused("NotReady", second, 1):
        start(plant, second)
    start(plant, first)
    submit(plant, first)
    inspect(plant, first)
    assert start(plant, second).the(TaskStarted).task == second


def _given_to_whom_cannot(plant):
    """A majority may decide so: what a worker can is asked where the work is."""
    (number,) = post(plant, a_task(SPRAY))
    pass_plan(plant, an_entry(number, SCANNER))
    return number, task(plant, number).epoch


def test_start__without_the_capability__refused(plant):
    number, epoch = _given_to_whom_cannot(plant)
    work = plant.by("scanner").work_orders
    for begin in (work.start, work.acknowledge):
        with refused("NotCapable", SCANNER, SPRAY):
            begin(number, epoch)


def test_start__without_the_capability_by_a_humans_word__begins(plant):
    (number,) = post(plant, a_task(SPRAY))
    assign(plant, number, SCANNER, second_reason="nobody else is here")
    assert start(plant, number).the(TaskStarted).worker == SCANNER


def test_poke__worker_lacks_the_capability__taken_back_and_not_held_against_it(plant):
    number, _ = _given_to_whom_cannot(plant)
    receipt = _poke(plant, number)
    told = receipt.the(TaskFailed)
    assert (told.failure, told.next) == (Failure.WORKER_GONE, Status.POSTED)
    assert not receipt.all(RecordGrew)


def test_start__after_255_attempts__the_count_stays():
    plant = MemoryPlant()
    found(plant)
    number = allocated(plant)
    cells = plant.state.cells
    cells[number] = replace(cells[number], attempt=255)
    assert start(plant, number).the(TaskStarted).attempt == 255


def test_submit__then_accepted__by_another_than_the_worker(plant):
    number = started(plant)
    handed_in = submit(plant, number).the(ResultSubmitted)
    assert (handed_in.grade, handed_in.busy_ticks, handed_in.evidence) == (90, 1_234, EVIDENCE)
    assert handed_in.deadline == handed_in.at.timestamp + LIMITS.inspect_seconds
    receipt = inspect(plant, number)
    accepted = receipt.the(TaskAccepted)
    assert (accepted.worker, accepted.by, accepted.grade) == (SPRAYER, account("finisher"), 95)
    assert not accepted.human
    assert receipt.the(RecordGrew).done
    assert plant.by("stranger").members.record(SPRAYER, 2) == Record(done=1, failed=0)


@pytest.mark.parametrize(
    ("grade", "evidence", "error", "value"),
    [(101, EVIDENCE, "GradeTooHigh", 101), (50, bytes(32), "EvidenceMissing", None)],
)
def test_submit__without_sense__refused(plant, grade, evidence, error, value):
    number = started(plant)
    with refused(error, value or number):
        plant.by("sprayer").work_orders.submit(number, 2, grade, 1, evidence)


def test_inspect__by_the_worker_itself__refused(plant):
    number = submitted(plant)
    with refused("NotTheInspector", number, FINISHER, SPRAYER):
        inspect(plant, number, by="sprayer")


def test_inspect__other_evidence__refused(plant):
    number = submitted(plant)
    with refused("OtherEvidence", number, EVIDENCE, b"\1" * 32):
        inspect(plant, number, evidence=b"\1" * 32)


def test_inspect__grade_over_100__refused(plant):
    number = submitted(plant)
    with refused("GradeTooHigh", 101):
        inspect(plant, number, grade=101)


def test_inspect__before_a_result__refused(plant):
    number = started(plant)
    with refused("WrongStatus", number, Status.STARTED):
        inspect(plant, number)


@pytest.mark.parametrize(
    ("on_failure", "reported", "rejected"),
    [
        (OnFailure.HUMAN, Status.FAILED, Status.REWORK),
        (OnFailure.REALLOCATE, Status.POSTED, Status.POSTED),
        (OnFailure.ABORT, Status.FAILED, Status.FAILED),
        (OnFailure.RETRY, Status.ALLOCATED, Status.ALLOCATED),
    ],
)
def test_fail__as_the_task_says__goes_where_it_should(plant, on_failure, reported, rejected):
    spec = a_task(on_failure=on_failure, retries=1)
    failing, judged = started(plant, spec), submitted(plant, spec)
    failed = fail(plant, failing).the(TaskFailed)
    assert (failed.failure, failed.next, failed.by) == (Failure.REPORTED, reported, account("sprayer"))
    turned_down = inspect(plant, judged, accepted=False).the(TaskFailed)
    assert (turned_down.failure, turned_down.next) == (Failure.REJECTED, rejected)
    assert (task(plant, failing).status, task(plant, judged).status) == (reported, rejected)


def test_fail__retries_used_up__reallocated_to_another(plant):
    number = started(plant, a_task(on_failure=OnFailure.RETRY, retries=1))
    fail(plant, number)
    assert (task(plant, number).worker, task(plant, number).epoch) == (SPRAYER, 2)
    start(plant, number)
    fail(plant, number)
    assert task(plant, number).status is Status.POSTED
    assert plant.by("stranger").work_orders.is_excluded(number, SPRAYER)


def test_fail__reallocated__never_to_the_worker_that_failed_it(plant):
    number = started(plant)
    fail(plant, number)
    found = task(plant, number)
    assert (found.status, found.worker, found.epoch, found.version) == (Status.POSTED, 0, 3, 3)
    assert pass_plan(plant, an_entry(number, SPRAYER, version=3)).the(PlanEnacted).skipped == b"\1"
    assert pass_plan(plant, an_entry(number, FINISHER, version=3)).the(PlanEnacted).skipped == b""


def test_decline__before_starting__given_back_and_on_the_record(plant):
    number = allocated(plant)
    receipt = plant.by("sprayer").work_orders.decline(number, 2)
    assert receipt.the(TaskFailed).failure is Failure.DECLINED
    assert not receipt.the(RecordGrew).done
    assert task(plant, number).status is Status.POSTED


def test_acknowledge__ready_task__has_a_heartbeats_time_to_start(plant):
    number = allocated(plant)
    known = plant.by("sprayer").work_orders.acknowledge(number, 2).the(TaskAcknowledged)
    assert known.deadline == known.at.timestamp + LIMITS.heartbeat_seconds
    with refused("AlreadyAcknowledged", number):
        plant.by("sprayer").work_orders.acknowledge(number, 2)


def test_poke__idle_and_ready__summons_then_takes_it_back(plant):
    number = allocated(plant)
    summoned = _poke(plant, number).the(TaskSummoned)
    assert summoned.deadline == summoned.at.timestamp + LIMITS.acknowledge_seconds
    with refused("NotOverdue", number, summoned.deadline):
        _poke(plant, number)
    plant.advance(LIMITS.acknowledge_seconds + 1)
    failed = _poke(plant, number).the(TaskFailed)
    assert (failed.failure, failed.worker, failed.next) == (Failure.OVERDUE, SPRAYER, Status.POSTED)


def test_poke__idle_but_not_ready__refused(plant):
    first, second = post(plant, a_task(), a_task(predecessors=1))
    pass_plan(plant, *(an_entry(number, SPRAYER) for number in (first, second)))
    with refused("NotReady", second, 1):
        _poke(plant, second)


def test_poke__no_heartbeat__the_run_is_overdue(plant):
    number = started(plant)
    plant.advance(LIMITS.heartbeat_seconds - 12)
    plant.by("sprayer").work_orders.heartbeat(number, 2)
    plant.advance(LIMITS.heartbeat_seconds - 12)
    with refused("NotOverdue", number, task(plant, number).deadline):
        _poke(plant, number)
    plant.advance(13)
    assert _poke(plant, number).the(TaskFailed).failure is Failure.OVERDUE


def test_poke__inspector_never_came__the_inspection_is_a_humans(plant):
    number = submitted(plant)
    plant.advance(LIMITS.inspect_seconds + 1)
    assert _poke(plant, number).the(InspectionOverdue).inspector == FINISHER
    found = task(plant, number)
    assert (found.status, found.inspector, found.deadline) == (Status.SUBMITTED, 0, 0)
    with refused("NotTheInspector", number, 0, FINISHER):
        inspect(plant, number)
    with refused("NotOverdue", number, NEVER):
        _poke(plant, number)


@pytest.mark.parametrize("begin", [allocated, started])
def test_poke__worker_is_gone__taken_back_at_once_and_not_held_against_it(plant, begin):
    number = begin(plant)
    plant.by("supervisor").members.suspend(SPRAYER)
    receipt = _poke(plant, number)
    assert receipt.the(TaskFailed).failure is Failure.WORKER_GONE
    assert not receipt.all(RecordGrew)
    assert not plant.by("stranger").work_orders.is_excluded(number, SPRAYER)


def test_poke__nothing_to_settle__refused(plant):
    (number,) = post(plant, a_task())
    with refused("WrongStatus", number, Status.POSTED):
        _poke(plant, number)


def _poke(plant, number):
    return plant.by("stranger").work_orders.poke(number)
