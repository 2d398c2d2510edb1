from dataclasses import replace

import pytest

from gateway.checks import LEASE_SECONDS
from gateway.records import JobResumed, JobStarted, RobotLatched
from gateway.settle import settle, settle_jobs
from gateway.state import State
from tests.gateway.floors import (
    EPOCH,
    HELPER,
    INSPECTOR,
    OTHER_MANDATE,
    OTHER_TASK,
    R1,
    R2,
    RIVAL,
    ROBOT_EPOCH,
    SPRAYER,
    START_S,
    TASK,
    a_command,
    a_mandate,
    a_robot,
    a_running_state,
    a_view,
    job_of,
    now,
    obeyed,
    refused,
)
from workmoot.domain.guidance import MAX_NUMBER
from workmoot.domain.work import Status

ALL_ACTIONS = ("acquire", "run", "measure", "return")


def settled(state, view, at=0):
    state.apply_all(settle(state, view))
    state.apply_all(settle_jobs(state, view, now(at)))


def done(state, robot=R1, task=TASK):
    job = job_of(state, robot, task)
    state.jobs[task, robot] = replace(job, state="done", result={"grade": 90})


# The lease


def test_acquire__free_robot__a_new_term_for_the_lead():
    state = State()
    obeyed(state, a_view(), a_command("acquire"))
    lease = state.lease(R1, "arm")
    assert (lease.term, lease.holder, lease.task, lease.seq) == (1, SPRAYER, TASK, 0)


def test_acquire__task_only_allocated__granted():
    obeyed(State(), a_view(a_mandate(status=Status.ALLOCATED)), a_command("acquire"))


def test_acquire__anothers_lease_is_alive__busy():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK, lead=RIVAL))
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("acquire", task=OTHER_TASK, term=1), RIVAL) == "BUSY"


def test_acquire__anothers_lease_idle_for_long__granted():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK, lead=RIVAL))
    state = State()
    obeyed(state, view, a_command("acquire"))
    obeyed(state, view, a_command("acquire", task=OTHER_TASK, term=1), RIVAL, at=LEASE_SECONDS + 1)
    assert state.lease(R1, "arm").holder == RIVAL


def test_acquire__holder_runs_for_longer_than_the_lease__busy():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK, lead=RIVAL))
    state = a_running_state(view)
    late = a_command("acquire", task=OTHER_TASK, term=1, seq=2, not_after=now(999).unix_s)
    assert refused(state, view, late, RIVAL, at=900) == "BUSY"


def test_acquire__holders_assignment_has_passed__granted():
    state = State()
    obeyed(state, a_view(), a_command("acquire"))
    view = a_view(a_mandate(epoch=EPOCH + 1, lead=RIVAL))
    obeyed(state, view, a_command("acquire", task_epoch=EPOCH + 1, term=1), RIVAL)


def test_acquire__holders_task_has_its_result__granted():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK, lead=RIVAL))
    state = a_running_state(view)
    done(state)
    view = a_view(a_mandate(status=Status.SUBMITTED), a_mandate(task=OTHER_TASK, lead=RIVAL))
    obeyed(state, view, a_command("acquire", task=OTHER_TASK, term=1, seq=2), RIVAL)


def test_acquire__robot_has_anothers_part_in_hand__busy():
    state = a_running_state(a_view())
    view = a_view(a_mandate(epoch=EPOCH + 1), a_mandate(task=OTHER_TASK, lead=RIVAL))
    assert refused(state, view, a_command("acquire", task=OTHER_TASK, term=1, seq=2), RIVAL) == "BUSY"


def test_return__by_the_holder__anyone_may_acquire():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK, lead=RIVAL))
    state = State()
    obeyed(state, view, a_command("acquire"))
    obeyed(state, view, a_command("return"))
    obeyed(state, view, a_command("acquire", task=OTHER_TASK, term=1), RIVAL)


def test_return__part_in_hand__busy():
    view = a_view()
    assert refused(a_running_state(view), view, a_command("return", seq=2)) == "BUSY"


def test_return__by_another__not_holder():
    view = a_view()
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("return"), RIVAL) == "NOT_HOLDER"


# Who and when


def test_decide__no_such_robot__unknown_robot():
    assert refused(State(), a_view(), a_command("acquire", robot=99)) == "UNKNOWN_ROBOT"


def test_decide__no_such_resource__unknown_robot():
    assert refused(State(), a_view(), a_command("acquire", resource="wings")) == "UNKNOWN_ROBOT"


@pytest.mark.parametrize("action", ALL_ACTIONS)
def test_decide__after_its_time__expired(action):
    assert refused(State(), a_view(), a_command(action), at=31) == "EXPIRED"


def test_decide__signed_by_a_stranger__bad_signature():
    assert refused(State(), a_view(), a_command("acquire"), "stranger") == "BAD_SIGNATURE"


def test_decide__suspended_worker__no_mandate():
    assert refused(State(), a_view(active=frozenset((HELPER,))), a_command("acquire")) == "NO_MANDATE"


@pytest.mark.parametrize("until", [0, START_S + 5])
def test_decide__quarantined_worker__may_only_stop_what_it_moves(until):
    state, view = a_running_state(a_view()), a_view(quarantined={SPRAYER: until})
    assert refused(State(), view, a_command("acquire")) == "NO_MANDATE"
    assert refused(state, view, a_command("run", seq=2)) == "NO_MANDATE"
    obeyed(state, view, a_command("stop", seq=2))


def test_decide__quarantined_inspector__measures_nothing():
    view = a_view(a_mandate(status=Status.SUBMITTED), quarantined={INSPECTOR: 0})
    state = a_running_state(a_view())
    done(state)
    assert refused(state, view, a_command("measure"), INSPECTOR) == "NO_MANDATE"
    obeyed(state, replace(view, quarantined={}), a_command("measure"), INSPECTOR)


def test_decide__robot_in_maintenance__held_until_it_is_over():
    state, view = a_running_state(a_view()), a_view(maintained={R1: START_S + 5})
    assert refused(State(), view, a_command("acquire")) == "HELD"
    assert refused(state, view, a_command("run", seq=2)) == "HELD"
    assert refused(State(), a_view(maintained={R1: 0}), a_command("acquire"), at=9) == "HELD"
    obeyed(state, view, a_command("stop", seq=2))
    obeyed(State(), view, a_command("acquire"), at=6)
    obeyed(State(), a_view(a_mandate(robots=(R1, R2)), maintained={R1: 0}), a_command("acquire", robot=R2))


def test_decide__quarantine_is_over__obeyed():
    obeyed(State(), a_view(quarantined={SPRAYER: START_S + 5}), a_command("acquire"), at=6)


def test_decide__another_worker_has_the_task__no_mandate():
    assert refused(State(), a_view(), a_command("acquire"), RIVAL) == "NO_MANDATE"


def test_decide__nobody_has_the_task__no_mandate():
    assert refused(State(), a_view(a_mandate(lead=0, mandate="")), a_command("acquire")) == "NO_MANDATE"


def test_decide__no_such_task__no_mandate():
    assert refused(State(), a_view(), a_command("acquire", task=9999)) == "NO_MANDATE"


def test_decide__entry_names_another_robot__no_mandate():
    assert refused(State(), a_view(), a_command("acquire", robot=R2)) == "NO_MANDATE"


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.ALLOCATED, Status.STARTED)])
def test_acquire__task_neither_allocated_nor_started__no_mandate(status):
    assert refused(State(), a_view(a_mandate(status=status)), a_command("acquire")) == "NO_MANDATE"


def test_decide__helper_bound_to_its_robot__may_command_it():
    view = a_view(a_mandate(helpers=(HELPER,), robots=(R1, R2)), commanders={(R2, "arm"): frozenset((HELPER,))})
    obeyed(State(), view, a_command("acquire", robot=R2), HELPER)


def test_decide__lead_not_bound_to_a_helpers_robot__no_mandate():
    view = a_view(a_mandate(helpers=(HELPER,), robots=(R1, R2)), commanders={(R2, "arm"): frozenset((HELPER,))})
    assert refused(State(), view, a_command("acquire", robot=R2)) == "NO_MANDATE"


def test_decide__robot_without_bindings__the_lead_alone():
    view = a_view(a_mandate(helpers=(HELPER,)))
    assert refused(State(), view, a_command("acquire"), HELPER) == "NO_MANDATE"


def test_decide__bound_but_not_of_the_team__no_mandate():
    view = a_view(commanders={(R1, "arm"): frozenset((RIVAL,))})
    assert refused(State(), view, a_command("acquire"), RIVAL) == "NO_MANDATE"


# Fences


@pytest.mark.parametrize(
    "stale",
    [
        {"task_epoch": EPOCH - 1},
        {"task_epoch": EPOCH + 1},
        {"robot_epoch": ROBOT_EPOCH - 1},
        {"mandate": OTHER_MANDATE},
        {"term": 7},
    ],
)
@pytest.mark.parametrize("action", ["acquire", "run"])
def test_decide__a_counter_is_not_the_present_one__fenced(action, stale):
    view = a_view()
    state = State()
    if action == "run":
        obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command(action, **stale)) == "FENCED"


def test_decide__a_humans_slot_has_run_out__fenced_until_the_epoch_is_seen():
    view = a_view(a_mandate(expires_at=now(10).unix_s))
    obeyed(State(), view, a_command("acquire"), at=9)
    assert refused(State(), view, a_command("acquire"), at=10) == "FENCED"
    obeyed(State(), a_view(a_mandate(epoch=EPOCH + 1)), a_command("acquire", task_epoch=EPOCH + 1), at=10)


def test_acquire__largest_number_used__the_term_alone_fences_it():
    view = a_view()
    state = a_running_state(view)
    obeyed(state, view, a_command("stop", seq=MAX_NUMBER))
    obeyed(state, view, a_command("acquire", term=1, seq=0))
    assert refused(state, view, a_command("acquire", term=1, seq=0)) == "FENCED"
    obeyed(state, view, a_command("run", term=2))


def test_decide__same_number_again__replayed():
    view = a_view()
    assert refused(a_running_state(view), view, a_command("run")) == "REPLAYED"


def test_decide__old_acquire_again__fenced_by_the_term():
    view = a_view()
    assert refused(a_running_state(view), view, a_command("acquire")) == "FENCED"


# Running


def test_run__with_the_lease__starts_at_this_tick():
    state = a_running_state(a_view(), at=3)
    job = job_of(state)
    assert (job.state, job.order.tick, job.order.work_ticks, job.order.worker) == ("running", 30_000, 1000, SPRAYER)


def test_run__without_the_lease__not_holder():
    assert refused(State(), a_view(), a_command("run", term=0)) == "NOT_HOLDER"


def test_run__lease_for_another_task__not_holder():
    view = a_view(a_mandate(), a_mandate(task=OTHER_TASK))
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("run", task=OTHER_TASK)) == "NOT_HOLDER"


def test_run__lease_of_an_older_epoch__not_holder():
    state = State()
    obeyed(state, a_view(), a_command("acquire"))
    view = a_view(a_mandate(epoch=EPOCH + 1))
    assert refused(state, view, a_command("run", task_epoch=EPOCH + 1)) == "NOT_HOLDER"


def test_run__task_not_started_on_the_chain__no_mandate():
    view = a_view(a_mandate(status=Status.ALLOCATED))
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("run")) == "NO_MANDATE"


def test_run__running_already__busy():
    view = a_view()
    assert refused(a_running_state(view), view, a_command("run", seq=2)) == "BUSY"


def test_run__part_of_this_attempt_is_done__replayed():
    view = a_view()
    state = a_running_state(view)
    done(state)
    assert refused(state, view, a_command("run", seq=2)) == "REPLAYED"


def test_run__a_new_attempt__starts_anew():
    state = a_running_state(a_view())
    done(state)
    obeyed(state, a_view(a_mandate(run=2)), a_command("run", seq=2))
    assert (job_of(state).state, job_of(state).order.run) == ("running", 2)


def test_run__older_attempt_still_in_hand__busy():
    state = a_running_state(a_view())
    assert refused(state, a_view(a_mandate(run=2)), a_command("run", seq=2)) == "BUSY"


@pytest.mark.parametrize(
    "parameters", ["", "[]", "{}", '{"capability": 4, "work_ticks": 0}', '{"capability": true, "work_ticks": 5}']
)
def test_run__parameters_make_no_sense__malformed(parameters):
    view = a_view()
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("run", parameters=parameters)) == "MALFORMED"


def test_stop__ones_own_part__stopped():
    view = a_view()
    state = a_running_state(view)
    obeyed(state, view, a_command("stop", seq=2))
    assert job_of(state).state == "stopped"


def test_stop__by_another__not_holder():
    view = a_view()
    assert refused(a_running_state(view), view, a_command("stop", seq=2), RIVAL) == "NOT_HOLDER"


def test_stop__nothing_runs__no_mandate():
    view = a_view()
    state = State()
    obeyed(state, view, a_command("acquire"))
    assert refused(state, view, a_command("stop")) == "NO_MANDATE"


def test_stop__twice__replayed():
    view = a_view()
    state = a_running_state(view)
    obeyed(state, view, a_command("stop", seq=2))
    assert refused(state, view, a_command("stop", seq=2)) == "REPLAYED"


def test_stop__then_run_again__begins_from_the_start():
    view = a_view()
    state = a_running_state(view)
    obeyed(state, view, a_command("stop", seq=2), at=5)
    obeyed(state, view, a_command("run", seq=3), at=9)
    assert (job_of(state).order.tick, job_of(state).worked) == (90_000, 0)


# Holds


@pytest.fixture(params=["plant", "robot", "task", "gateway"])
def held(request):
    """A state with a running part, and a view or latch that holds it."""
    state = a_running_state(a_view())
    view = {
        "plant": a_view(plant_held=True),
        "robot": replace(a_view(), robots=a_robot(a_view(), R1, held=True)),
        "task": a_view(a_mandate(held=True)),
        "gateway": a_view(),
    }[request.param]
    if request.param == "gateway":
        state.apply(RobotLatched(robot=R1, why="reorganisation", after=0))
    return state, view


@pytest.mark.parametrize("action", ALL_ACTIONS)
def test_decide__held__refused(held, action):
    state, view = held
    submitted = replace(view.tasks[TASK], status=Status.SUBMITTED) if action == "measure" else view.tasks[TASK]
    view = replace(view, tasks={TASK: submitted})
    worker = INSPECTOR if action == "measure" else SPRAYER
    assert refused(state, view, a_command(action, seq=2), worker) == "HELD"


def test_stop__held__passes(held):
    state, view = held
    obeyed(state, view, a_command("stop", seq=2))
    assert job_of(state).state == "stopped"


def test_decide__robot_held__other_robots_go_on():
    view = a_view(a_mandate(robots=(R1, R2)))
    view = replace(view, robots=a_robot(view, R1, held=True))
    obeyed(State(), view, a_command("acquire", robot=R2))


def test_run__after_hold_and_release__goes_on_where_it_stood():
    state = a_running_state(a_view())
    settled(state, a_view(a_mandate(held=True, epoch=EPOCH + 1)), at=2)
    view = a_view(a_mandate(epoch=EPOCH + 2))
    settled(state, view, at=20)
    assert job_of(state).state == "paused"
    fresh = {"task_epoch": EPOCH + 2}
    obeyed(state, view, a_command("acquire", term=1, seq=2, **fresh), at=20)
    obeyed(state, view, a_command("run", term=2, seq=1, **fresh), at=21)
    assert (job_of(state).state, job_of(state).worked, job_of(state).motion(now(22).tick)) == (
        "running",
        20_000,
        30_000,
    )


# Measuring


def measured_view(**changes):
    return a_view(a_mandate(status=Status.SUBMITTED, **changes))


@pytest.fixture
def finished():
    state = a_running_state(a_view())
    done(state)
    return state


def test_measure__by_the_inspector__allowed(finished):
    obeyed(finished, measured_view(), a_command("measure"), INSPECTOR)


def test_measure__without_naming_a_robot__allowed(finished):
    obeyed(finished, measured_view(), a_command("measure", robot=0, robot_epoch=0, resource=""), INSPECTOR)


def test_measure__by_the_worker__not_holder(finished):
    assert refused(finished, measured_view(), a_command("measure")) == "NOT_HOLDER"


def test_measure__nothing_submitted__no_mandate(finished):
    assert refused(finished, a_view(), a_command("measure"), INSPECTOR) == "NO_MANDATE"


def test_measure__nothing_made_in_this_attempt__no_mandate(finished):
    assert refused(finished, measured_view(run=2), a_command("measure"), INSPECTOR) == "NO_MANDATE"


def test_measure__older_epoch__fenced(finished):
    assert refused(finished, measured_view(epoch=EPOCH + 1), a_command("measure"), INSPECTOR) == "FENCED"


def test_run__resumed__under_the_new_counters():
    started = next(r for r in (job_of(a_running_state(a_view())).order,) if isinstance(r, JobStarted))
    resumed = JobResumed(task=TASK, robot=R1, epoch=9, robot_epoch=8, mandate="0x01", tick=5)
    state = State(jobs={})
    state.apply_all((started, resumed))
    assert (job_of(state).epoch, job_of(state).robot_epoch, job_of(state).mandate) == (9, 8, "0x01")
