from collections.abc import Mapping
from typing import Any

import pytest

from agents.actions import (
    AcknowledgeTask,
    Action,
    BeatHeart,
    InspectResult,
    ReportFailure,
    RunRobot,
    StartTask,
    StopTask,
    SubmitResult,
)
from agents.policy.working import HEARTBEAT_BEFORE_S, decide, product_of, report_hash
from agents.robots import RobotPart
from tests.builders import a_task, an_entry
from tests.workshop import ARM, FINISHER, LIMITS, NOZZLE, SCAN, SCANNER, SPRAYER, START_S, Workshop
from workmoot.domain.errors import Refused
from workmoot.domain.ids import NOBODY, Number, TaskId
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.payloads import assign_payload
from workmoot.domain.work import OnFailure
from workmoot.skills.desk import evidence_of

TEAM: dict[str, Any] = {"helpers": (FINISHER,), "robots": (ARM, NOZZLE), "inspector": SCANNER}


def actions(workshop: Workshop, name: str = "sprayer", **view: Any) -> list[Action]:
    return decide(workshop.view(name, **view))


def allocated(name: str = "sprayer", **plan: Any) -> tuple[Workshop, TaskId]:
    workshop = Workshop()
    (task,) = workshop.post(a_task(), tasks=[{"key": "pair-1/glue", "product": "pair-1"}])
    workshop.allocate(task, name, **plan)
    return workshop, task


def started(name: str = "sprayer", **plan: Any) -> tuple[Workshop, TaskId]:
    workshop, task = allocated(name, **plan)
    workshop.start(task)
    return workshop, task


def two_tasks(first: dict[str, Any], second: dict[str, Any]) -> tuple[Workshop, list[TaskId]]:
    """The sprayer has both, the second planned later."""
    workshop = Workshop()
    tasks = workshop.post(a_task(), a_task())
    plans: list[dict[str, Any]] = [{"start": 0} | first, {"start": 5_000} | second]
    for task, plan in zip(tasks, plans, strict=True):
        workshop.allocate(task, "sprayer", **plan)
    return workshop, list(tasks)


def begun(workshop: Workshop, name: str = "sprayer") -> list[TaskId]:
    return [action.task for action in actions(workshop, name) if isinstance(action, StartTask)]


# Drained and quarantined


def test_decide__drained__begins_nothing_and_finishes_what_it_began():
    workshop, task = allocated()
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert begun(workshop) == []
    workshop.lift(OverrideKind.DRAIN, "sprayer")
    workshop.start(task)
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    (done,) = actions(workshop, now_s=workshop.now_s + 2.0, running_since={(task, 1): float(workshop.now_s)})
    assert isinstance(done, SubmitResult)


@pytest.mark.parametrize("kind", [OverrideKind.DRAIN, OverrideKind.QUARANTINE])
def test_decide__withdrawn__stops_what_goes_to_another_so_that_nobody_has_it_fail(kind: OverrideKind):
    workshop, task = allocated()
    workshop.withdraw(kind, "sprayer")
    assert actions(workshop) == [StopTask(task=task, stopped=True)]
    workshop.by("sprayer").overrides.safe_stop(task, stopped=True)
    with pytest.raises(Refused, match="Held"):
        workshop.by("stranger").work_orders.poke(task)
    assert actions(workshop) == []
    workshop.lift(kind, "sprayer")
    assert actions(workshop) == [StopTask(task=task, stopped=False)]


def test_decide__stopped_by_who_had_it_before__goes_on():
    workshop, task = allocated()
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    workshop.by("sprayer").overrides.safe_stop(task, stopped=True)
    workshop.allocate(task, "finisher")
    assert actions(workshop, "finisher") == [StopTask(task=task, stopped=False)]
    workshop.by("finisher").overrides.safe_stop(task, stopped=False)
    assert begun(workshop, "finisher") == [task]


def test_decide__stopped_and_cancelled__leaves_the_stop_to_run_out():
    workshop, task = started()
    workshop.by("sprayer").overrides.safe_stop(task, stopped=True)
    workshop.order(OverrideKind.CANCEL, task)
    assert actions(workshop) == []


def test_decide__drained_till_then__begins_when_it_is_over():
    workshop, task = allocated()
    workshop.withdraw(OverrideKind.DRAIN, "sprayer", for_s=60)
    assert actions(workshop, now_s=workshop.now_s + 61.0) == [StartTask(task=task, epoch=2)]


def test_decide__drained_and_named_by_a_human__begins():
    workshop, task = allocated()
    payload = assign_payload(an_entry(task, SPRAYER))
    workshop.order(OverrideKind.ASSIGN, task, payload=payload, expires_at=workshop.now_s + 600)
    workshop.withdraw(OverrideKind.DRAIN, "sprayer")
    assert begun(workshop) == [task]


def test_decide__quarantined__stops_what_it_began_and_goes_on_when_it_is_lifted():
    workshop, task = started()
    workshop.withdraw(OverrideKind.QUARANTINE, "sprayer")
    assert actions(workshop) == [StopTask(task=task, stopped=True)]
    workshop.by("sprayer").overrides.safe_stop(task, stopped=True)
    assert actions(workshop) == []
    workshop.lift(OverrideKind.QUARANTINE, "sprayer")
    assert actions(workshop) == [StopTask(task=task, stopped=False)]
    workshop.by("sprayer").overrides.safe_stop(task, stopped=False)
    assert all(not isinstance(action, StopTask) for action in actions(workshop))


def test_decide__quarantined__neither_begins_nor_inspects():
    workshop, task = allocated()
    workshop.withdraw(OverrideKind.QUARANTINE, "sprayer")
    workshop.withdraw(OverrideKind.QUARANTINE, "scanner")
    assert begun(workshop) == []
    workshop.lift(OverrideKind.QUARANTINE, "sprayer")
    workshop.start(task)
    workshop.submit(task)
    assert actions(workshop, "scanner") == []


# Beginning


def test_decide__its_task_is_ready__begins():
    workshop, task = allocated()
    assert actions(workshop) == [StartTask(task=task, epoch=workshop.task(task).epoch)]


def test_decide__anothers_task__does_nothing():
    workshop, _ = allocated()
    assert actions(workshop, "finisher") == []


def test_decide__a_predecessor_is_not_done__waits():
    workshop = Workshop()
    first, second = workshop.post(a_task(), a_task(predecessors=0b1))
    workshop.allocate(second, "sprayer")
    assert begun(workshop) == []
    workshop.allocate(first, "finisher")
    workshop.do(first)
    assert begun(workshop) == [second]


def test_decide__held_by_a_human__waits():
    workshop, task = allocated()
    workshop.order(OverrideKind.HOLD, task)
    assert actions(workshop) == []


def hold_robot(workshop: Workshop, robot: Number, kind: OverrideKind = OverrideKind.HOLD) -> None:
    workshop.order(kind, robot, subject_type=SubjectType.ROBOT)


def test_decide__its_robot_is_held_by_a_human__waits_for_the_release():
    workshop, task = allocated(robots=(ARM,))
    hold_robot(workshop, ARM)
    assert begun(workshop) == []
    hold_robot(workshop, ARM, OverrideKind.RELEASE)
    assert begun(workshop) == [task]


def test_decide__its_robot_is_in_maintenance__waits_until_it_is_lifted():
    workshop, task = allocated(robots=(ARM,))
    hold_robot(workshop, ARM, OverrideKind.MAINTAIN)
    assert actions(workshop) == []
    workshop.order(OverrideKind.LIFT, ARM, subject_type=SubjectType.ROBOT, payload=bytes((OverrideKind.MAINTAIN,)))
    assert begun(workshop) == [task]
    workshop.start(task)
    hold_robot(workshop, ARM, OverrideKind.MAINTAIN)
    assert actions(workshop, parts=parts(task)) == []


def test_decide__two_tasks_for_one_robot__begins_the_one_planned_first():
    workshop, (_, early) = two_tasks({"start": 9_000, "robots": (ARM,)}, {"robots": (ARM,)})
    assert begun(workshop) == [early]


def test_decide__two_tasks_for_one_robot__begins_the_one_first_that_a_human_made_more_urgent():
    workshop, (first, second) = two_tasks({"robots": (ARM,)}, {"robots": (ARM,)})
    order: dict[str, Any] = {"payload": b"\5", "expires_at": workshop.now_s + 60}
    workshop.order(OverrideKind.REPRIORITISE, second, **order)
    assert begun(workshop) == [second]
    assert [did.task for did in actions(workshop, now_s=workshop.now_s + 61.0) if isinstance(did, StartTask)] == [first]


def test_decide__two_tasks_for_two_robots__begins_both():
    workshop, tasks = two_tasks({"robots": (ARM,)}, {"robots": (NOZZLE,)})
    assert begun(workshop) == tasks


def test_decide__two_tasks_for_one_mind__begins_one():
    workshop, (first, _) = two_tasks({}, {})
    assert begun(workshop) == [first]


def test_decide__desk_work_beside_a_robot__begins_both():
    workshop, tasks = two_tasks({}, {"robots": (ARM,)})
    assert begun(workshop) == tasks


def test_decide__its_robot_works_for_another__waits():
    workshop, (first, _) = two_tasks({"robots": (ARM,)}, {"robots": (ARM,)})
    workshop.start(first)
    assert begun(workshop) == []


def test_decide__its_helper_is_at_another_desk__waits():
    workshop = Workshop()
    first, second = workshop.post(a_task(SCAN), a_task(SCAN, team=2))
    workshop.allocate(first, "finisher")
    workshop.start(first)
    help_out(workshop, 1, second, SCANNER)
    workshop.allocate(second, "scanner", helpers=(FINISHER,), inspector=SPRAYER)
    assert begun(workshop, "scanner") == []
    workshop.submit(first)
    assert begun(workshop, "scanner") == [second]


def test_decide__summoned_while_its_robot_works__says_it_knows():
    workshop, (first, second) = two_tasks({"robots": (ARM,)}, {"robots": (ARM,)})
    workshop.start(first)
    workshop.by("scanner").work_orders.poke(second)
    assert AcknowledgeTask(task=second, epoch=workshop.task(second).epoch) in actions(workshop, parts=parts(first))


def test_decide__said_so_already__not_again():
    workshop, (first, second) = two_tasks({"robots": (ARM,)}, {"robots": (ARM,)})
    workshop.start(first)
    workshop.by("scanner").work_orders.poke(second)
    workshop.by("sprayer").work_orders.acknowledge(second, workshop.task(second).epoch)
    assert [act for act in actions(workshop, parts=parts(first)) if isinstance(act, AcknowledgeTask)] == []


# Desk work


def desk_result(workshop: Workshop, task: TaskId, worked_s: float, name: str = "sprayer") -> list[Action]:
    """What it does when it has worked for so long."""
    since = {(task, workshop.task(task).attempt): float(START_S)}
    return actions(workshop, name, running_since=since, now_s=START_S + worked_s)


def test_decide__desk_work_is_not_done__goes_on():
    workshop, task = started(duration=10_000)
    assert desk_result(workshop, task, 8.9) == []


def test_decide__desk_work_is_done__hands_in_what_anyone_can_compute():
    workshop, task = started(duration=10_000)
    (result,) = desk_result(workshop, task, 12.1)
    assert isinstance(result, SubmitResult)
    product = product_of(workshop.view("scanner"), workshop.task(task))
    assert (result.task, result.evidence) == (task, evidence_of(product))
    assert 9_000 <= result.busy_ticks < 12_000


def test_decide__many_runs_of_desk_work__each_takes_another_time():
    took = []
    workshop = Workshop()
    for task in workshop.post(*(a_task() for _ in range(6))):
        workshop.allocate(task, "sprayer", duration=10_000)
        workshop.start(task)
        (result,) = [act for act in desk_result(workshop, task, 13.0) if isinstance(act, SubmitResult)]
        took.append(result.busy_ticks)
        workshop.submit(task)
    assert len(set(took)) == 6


def test_decide__woke_up_in_the_middle__counts_from_now():
    workshop, _ = started(duration=10_000)
    assert actions(workshop, now_s=START_S + 13.0) == []


def test_decide__helps_at_the_desk__leaves_the_result_to_the_lead():
    workshop, task = allocated()
    workshop.order(OverrideKind.REQUEUE, task)
    joint = an_entry(task, SPRAYER, version=workshop.task(task).version, helpers=(FINISHER,))
    help_out(workshop, joint.version, task)
    workshop.decide(joint)
    workshop.start(task)
    assert desk_result(workshop, task, 13.0, "finisher") == []


# Heartbeats


def test_decide__its_time_runs_out__says_it_is_alive():
    workshop, task = started(duration=1_000_000)
    soon = START_S + LIMITS.heartbeat_seconds - HEARTBEAT_BEFORE_S
    assert desk_result(workshop, task, soon - START_S) == []
    assert desk_result(workshop, task, soon - START_S + 1) == [BeatHeart(task=task, epoch=workshop.task(task).epoch)]


def test_decide__gateway_is_silent__says_it_is_alive_all_the_same():
    workshop, task = started(robots=(ARM,))
    late = float(START_S + LIMITS.heartbeat_seconds)
    assert actions(workshop, now_s=late) == [BeatHeart(task=task, epoch=workshop.task(task).epoch)]


def test_decide__its_robot_is_held__says_it_is_alive_and_commands_nothing():
    workshop, task = started(robots=(ARM,))
    hold_robot(workshop, ARM)
    late = float(START_S + LIMITS.heartbeat_seconds)
    paused = parts(task, a_part(state="paused"))
    assert actions(workshop, parts=paused, now_s=late) == [BeatHeart(task=task, epoch=workshop.task(task).epoch)]


def test_decide__the_gateway_refuses_its_robot__says_it_is_alive_all_the_same():
    workshop, task = started(robots=(ARM,))
    late = float(START_S + LIMITS.heartbeat_seconds)
    command, beat = actions(workshop, parts=parts(task), now_s=late)
    assert isinstance(command, RunRobot)
    assert beat == BeatHeart(task=task, epoch=workshop.task(task).epoch)


def test_decide__its_helper_does_not_come__lets_the_time_run_out():
    workshop, task = a_team_at_work()
    late = float(START_S + LIMITS.heartbeat_seconds)
    assert actions(workshop, parts=parts(task, a_part(ARM, "running")), now_s=late) == []


def test_decide__its_helpers_robot_is_held__says_it_is_alive():
    workshop, task = a_team_at_work()
    hold_robot(workshop, NOZZLE)
    late = float(START_S + LIMITS.heartbeat_seconds)
    alive = [BeatHeart(task=task, epoch=workshop.task(task).epoch)]
    assert actions(workshop, parts=parts(task, a_part(ARM, "running")), now_s=late) == alive


def test_decide__its_helper_is_quarantined__says_it_is_alive():
    workshop, task = a_team_at_work()
    workshop.withdraw(OverrideKind.QUARANTINE, "finisher")
    late = float(START_S + LIMITS.heartbeat_seconds)
    alive = [BeatHeart(task=task, epoch=workshop.task(task).epoch)]
    found = parts(task, a_part(ARM, "running"), a_part(NOZZLE, "paused"))
    assert actions(workshop, parts=found, now_s=late) == alive


# Robots


def parts(task: TaskId, *found: RobotPart) -> Mapping[TaskId, tuple[RobotPart, ...]]:
    """What the gateway says of the task's robots."""
    return {task: found}


def a_part(robot: Number = ARM, state: str = "done", **more: Any) -> RobotPart:
    return RobotPart(robot=robot, state=state, **{"report": {"robot": robot}} | more)


def test_decide__gateway_has_not_answered__commands_nothing():
    workshop, _ = started(robots=(ARM,))
    assert actions(workshop) == []


@pytest.mark.parametrize("found", [(), (a_part(state="paused"),), (a_part(state="stopped"),)])
def test_decide__its_robot_does_not_move__commands_it(found: tuple[RobotPart, ...]):
    workshop, task = started(robots=(ARM,))
    (command,) = actions(workshop, parts=parts(task, *found))
    assert isinstance(command, RunRobot)
    assert (command.robot, command.work_ticks, command.part) == (ARM, 1_000, "1/pair-1")


def test_decide__order_names_no_product__the_part_is_the_tasks_place():
    workshop = Workshop()
    _, task = workshop.post(a_task(), a_task())
    workshop.allocate(task, "sprayer", robots=(ARM,))
    workshop.start(task)
    (command,) = actions(workshop, parts=parts(task))
    assert isinstance(command, RunRobot)
    assert command.part == "1/1"


def test_decide__its_robot_runs__waits():
    workshop, task = started(robots=(ARM,))
    assert actions(workshop, parts=parts(task, a_part(state="running"))) == []


def test_decide__its_robot_is_done__hands_in_its_report():
    workshop, task = started(robots=(ARM,))
    part = a_part(ticks=1_234, grade=88)
    (result,) = actions(workshop, parts=parts(task, part))
    assert isinstance(result, SubmitResult)
    assert (result.grade, result.busy_ticks, result.evidence) == (88, 1_234, report_hash((part,)))


def test_decide__its_robot_failed__reports_the_failure():
    workshop, task = started(robots=(ARM,))
    failed = parts(task, a_part(state="failed"))
    assert actions(workshop, parts=failed) == [ReportFailure(task=task, epoch=workshop.task(task).epoch)]


def test_decide__alone_with_two_robots__commands_both_for_the_whole_work():
    workshop, task = started(robots=(ARM, NOZZLE))
    commands = actions(workshop, parts=parts(task))
    assert [(act.robot, act.work_ticks) for act in commands if isinstance(act, RunRobot)] == [
        (ARM, 1_000),
        (NOZZLE, 1_000),
    ]


# Robots of a team: each member has the one at its own place


def help_out(workshop: Workshop, version: int, task: TaskId, lead: Number = SPRAYER) -> None:
    """The finisher confirms that it helps."""
    workshop.by("finisher").dao.confirm([task], [version], [lead], [0])


def a_team_at_work() -> tuple[Workshop, TaskId]:
    """The sprayer with its arm, the finisher with its nozzle."""
    workshop = Workshop()
    (task,) = workshop.post(a_task(team=2))
    help_out(workshop, 1, task)
    workshop.allocate(task, "sprayer", **TEAM)
    workshop.start(task)
    return workshop, task


@pytest.mark.parametrize(("name", "robot"), [("sprayer", ARM), ("finisher", NOZZLE)])
def test_decide__in_a_team__each_commands_its_own_robot_for_its_share(name: str, robot: Number):
    workshop, task = a_team_at_work()
    (command,) = actions(workshop, name, parts=parts(task))
    assert isinstance(command, RunRobot)
    assert (command.robot, command.work_ticks) == (robot, 600)


def test_decide__a_stranger_to_the_team__commands_nothing():
    workshop, task = a_team_at_work()
    assert actions(workshop, "scanner", parts=parts(task)) == []


def test_decide__one_of_two_robots_is_done__the_lead_waits():
    workshop, task = a_team_at_work()
    assert actions(workshop, parts=parts(task, a_part(ARM), a_part(NOZZLE, "running"))) == []


def test_decide__both_robots_are_done__the_worse_grade_and_the_longer_time():
    workshop, task = a_team_at_work()
    found = a_part(NOZZLE, ticks=700, grade=80), a_part(ARM, ticks=900, grade=95)
    (result,) = actions(workshop, parts=parts(task, *found))
    assert isinstance(result, SubmitResult)
    assert (result.grade, result.busy_ticks, result.evidence) == (80, 900, report_hash(found))


def test_decide__both_robots_are_done__the_helper_leaves_it_to_the_lead():
    workshop, task = a_team_at_work()
    assert actions(workshop, "finisher", parts=parts(task, a_part(ARM), a_part(NOZZLE))) == []


def test_decide__one_of_two_robots_failed__the_lead_reports_it_when_both_stand():
    workshop, task = a_team_at_work()
    running, failed = a_part(ARM, "running"), a_part(NOZZLE, "failed")
    assert actions(workshop, parts=parts(task, running, failed)) == []
    assert actions(workshop, parts=parts(task, a_part(ARM), failed)) == [ReportFailure(task=task, epoch=2)]


def test_report_hash__parts_in_another_order__the_same():
    arm, nozzle = a_part(ARM), a_part(NOZZLE)
    assert report_hash((arm, nozzle)) == report_hash((nozzle, arm))


def test_report_hash__another_report__another():
    assert report_hash((a_part(report={"ticks": 1}),)) != report_hash((a_part(report={"ticks": 2}),))


# Inspecting


def handed_in(**plan: Any) -> tuple[Workshop, TaskId]:
    workshop, task = started(**{"inspector": SCANNER} | plan)
    workshop.submit(task)
    return workshop, task


def test_decide__desk_work_to_inspect__does_it_again():
    workshop, task = handed_in()
    found = workshop.task(task)
    product = product_of(workshop.view("scanner"), found)
    assert actions(workshop, "scanner") == [InspectResult(task=found, product=product)]


def test_decide__robots_work_to_inspect__the_sensors_must_look():
    workshop, task = handed_in(robots=(ARM,))
    assert actions(workshop, "scanner") == [InspectResult(task=workshop.task(task), product=b"")]


@pytest.mark.parametrize("name", ["sprayer", "finisher"])
def test_decide__another_inspects__does_nothing(name: str):
    workshop, _ = handed_in()
    assert actions(workshop, name) == []


def test_decide__a_human_inspects__nobody_does_anything():
    workshop, _ = handed_in(inspector=NOBODY)
    assert [actions(workshop, name) for name in ("scanner", "sprayer", "finisher")] == [[], [], []]


def test_decide__waits_for_a_human__does_nothing():
    workshop = Workshop()
    (task,) = workshop.post(a_task(on_failure=OnFailure.HUMAN))
    workshop.allocate(task, "sprayer")
    workshop.start(task)
    workshop.fail(task)
    assert actions(workshop) == []
