from dataclasses import replace

import pytest

from gateway.checks import holds
from gateway.human import taken
from gateway.records import OrderRefused
from gateway.settle import OtherPlant, settle, settle_jobs
from gateway.state import State
from tests.gateway.floors import (
    CLOCK,
    EPOCH,
    OTHER_MANDATE,
    R1,
    R2,
    RIVAL,
    ROBOT_EPOCH,
    SPRAYER,
    START_S,
    TASK,
    a_command,
    a_given,
    a_mandate,
    a_robot,
    a_running_state,
    a_signed,
    a_view,
    an_order,
    hex_of,
    job_of,
    now,
    obeyed,
)
from workmoot.domain.clock import Clock
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.work import Status

HOLD_R1 = an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1)
LATER_HOLD = an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1, nonce=1)
HOLD_PLANT = an_order(OverrideKind.HOLD, SubjectType.PLANT)
RELEASE_R1 = an_order(OverrideKind.RELEASE, SubjectType.ROBOT, R1, nonce=2)


def see(state, view, at=0):
    """Settles, and checks that there is nothing left to settle."""
    state.apply_all(settle(state, view))
    state.apply_all(settle_jobs(state, view, now(at)))
    assert not settle(state, view)
    assert not settle_jobs(state, view, now(at))


def a_state_that_saw(view):
    state = State()
    see(state, view)
    return state


def give(state, view, order):
    state.apply_all(taken(state, view, a_signed(order), now()))


# Quarantine


def test_settle_jobs__its_worker_is_quarantined__stands_still_until_it_is_commanded_anew():
    state = a_running_state(a_view())
    see(state, a_view(quarantined={SPRAYER: START_S + 10}))
    assert (job_of(state).state, job_of(state).why) == ("paused", f"worker {SPRAYER} is quarantined")
    see(state, a_view(), at=11)
    obeyed(state, a_view(), a_command("run", seq=2), at=11)
    see(state, a_view(quarantined={SPRAYER: START_S + 10}), at=12)
    assert job_of(state).state == "running"


def test_settle_jobs__its_robot_is_in_maintenance__stands_still():
    state = a_running_state(a_view())
    see(state, a_view(maintained={R1: 0}))
    assert (job_of(state).state, job_of(state).why) == ("paused", "robot R-1 is in maintenance")


# Reorganisations


def test_settle__task_epoch_falls__its_robots_are_held():
    state = a_state_that_saw(a_view())
    see(state, a_view(a_mandate(epoch=EPOCH - 1)))
    assert set(state.latches) == {R1}
    assert "reorganisation" in state.latches[R1].why


def test_settle__task_vanishes_with_its_order__the_robot_at_it_is_held():
    state = a_running_state(a_view())
    see(state, a_view())
    see(state, replace(a_view(), tasks={}))
    assert set(state.latches) == {R1}
    assert job_of(state).state == "stopped"


def test_settle__robot_epoch_falls__held():
    state = a_state_that_saw(a_view())
    see(state, replace(a_view(), robots=a_robot(a_view(), R2, epoch=ROBOT_EPOCH - 1)))
    assert set(state.latches) == {R2}


def test_settle__other_mandate_under_the_same_epoch__held():
    state = a_state_that_saw(a_view())
    see(state, a_view(a_mandate(mandate=hex_of(OTHER_MANDATE), robots=(R2,))))
    assert set(state.latches) == {R2}


def test_settle__other_mandate_by_a_new_human_slot__not_held():
    state = a_state_that_saw(a_view(a_mandate(slot=1)))
    see(state, a_view(a_mandate(slot=2, mandate=hex_of(OTHER_MANDATE))))
    assert not state.latches


def test_settle__other_mandate_under_plant_hold__not_held():
    state = a_state_that_saw(a_view(plant_held=True))
    see(state, a_view(a_mandate(mandate=hex_of(OTHER_MANDATE)), plant_held=True))
    assert not state.latches


def test_settle__mandate_ends_and_epoch_rises__not_held():
    state = a_state_that_saw(a_view())
    see(state, a_view(a_mandate(epoch=EPOCH + 1, mandate="", lead=0, robots=(), status=Status.POSTED)))
    assert not state.latches


def test_settle__latched_robot_and_the_epochs_rise__still_held():
    state = a_state_that_saw(a_view())
    see(state, a_view(a_mandate(epoch=EPOCH - 1)))
    see(state, replace(a_view(a_mandate(epoch=EPOCH + 9)), robots=a_robot(a_view(), R1, epoch=ROBOT_EPOCH + 9)))
    assert set(state.latches) == {R1}


@pytest.mark.parametrize("order", [HOLD_R1, HOLD_PLANT])
def test_settle__latched_robot_and_a_later_humans_order__settled(order):
    state = a_state_that_saw(a_view())
    see(state, a_view(a_mandate(epoch=EPOCH - 1)))
    see(state, a_view(a_mandate(epoch=EPOCH - 1), given=a_given(order)))
    assert not state.latches


def test_settle__latched_robot_and_an_order_from_before__still_held():
    given = a_given(HOLD_R1)
    state = a_state_that_saw(a_view(given=given))
    see(state, a_view(a_mandate(epoch=EPOCH - 1), given=given))
    assert set(state.latches) == {R1}


def test_settle__latched_robot_and_an_old_order_anchored_again__still_held():
    given = a_given(HOLD_R1, RELEASE_R1)
    state = a_state_that_saw(a_view(given=given))
    see(state, a_view(a_mandate(epoch=EPOCH - 1)))
    see(state, a_view(a_mandate(epoch=EPOCH + 1), given=given))
    assert set(state.latches) == {R1}


def test_settle__another_plants_clock__refused():
    state = a_state_that_saw(a_view())
    with pytest.raises(OtherPlant):
        settle(state, a_view(clock=Clock(origin_ms=1, speed_milli=CLOCK.speed_milli)))


def test_settle__roles__known_also_without_the_chain():
    view = a_view()
    assert a_state_that_saw(view).roles == {human: [int(role)] for human, (role,) in view.roles.items()}


# What becomes of parts in hand


@pytest.mark.parametrize(
    "mandate",
    [
        a_mandate(epoch=EPOCH + 1, lead=RIVAL),
        a_mandate(epoch=EPOCH + 1, robots=(R2,)),
        a_mandate(epoch=EPOCH + 1, lead=0, mandate="", robots=(), status=Status.POSTED),
        a_mandate(status=Status.CANCELLED),
        a_mandate(status=Status.SUBMITTED),
        a_mandate(run=2),
    ],
)
def test_settle__another_assignment_is_in_force__the_part_is_stopped(mandate):
    state = a_running_state(a_view())
    see(state, a_view(mandate), at=1)
    assert (job_of(state).state, job_of(state).worked) == ("stopped", 10_000)


@pytest.mark.parametrize(
    "view",
    [
        a_view(a_mandate(held=True, epoch=EPOCH + 1)),
        a_view(plant_held=True),
        replace(a_view(), robots=a_robot(a_view(), R1, held=True, epoch=ROBOT_EPOCH + 1)),
        a_view(a_mandate(epoch=EPOCH + 2)),
        replace(a_view(), robots=a_robot(a_view(), R1, epoch=ROBOT_EPOCH + 2)),
    ],
)
def test_settle__held_or_epoch_passed__the_part_stands_still(view):
    state = a_running_state(a_view())
    see(state, view, at=1)
    assert (job_of(state).state, job_of(state).motion(now(99).tick)) == ("paused", 10_000)


def test_settle__released__nothing_moves_by_itself():
    state = a_running_state(a_view())
    see(state, a_view(a_mandate(held=True, epoch=EPOCH + 1)), at=1)
    see(state, a_view(a_mandate(epoch=EPOCH + 2)), at=2)
    assert job_of(state).state == "paused"


def test_settle__paused_and_given_to_another__stopped():
    state = a_running_state(a_view())
    see(state, a_view(a_mandate(held=True, epoch=EPOCH + 1)), at=1)
    see(state, a_view(a_mandate(epoch=EPOCH + 2, lead=RIVAL)), at=2)
    assert job_of(state).state == "stopped"


# Humans' orders and the chain


def test_settle__order_seen_on_chain__anchored_and_kept_by_the_chain():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_R1)
    assert holds(state, a_view(), robot=R1)
    view = replace(a_view(given=a_given(HOLD_R1)), robots=a_robot(a_view(), R1, held=True, epoch=ROBOT_EPOCH + 1))
    see(state, view)
    assert [order.state for order in state.orders.values()] == ["anchored"]
    assert holds(state, view, robot=R1) == ("robot R-1 is held",)


def test_settle__anchored_order_reorganised_away__holds_here_again():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_R1)
    see(state, a_view(given=a_given(HOLD_R1)))
    see(state, a_view())
    assert [order.state for order in state.orders.values()] == ["anchoring"]
    assert holds(state, a_view(), robot=R1)


def test_settle__refused_hold__stays_in_force():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_R1)
    state.apply(OrderRefused(digest=a_signed(HOLD_R1).id, reason="NotAllowed", after=0))
    see(state, a_view())
    assert holds(state, a_view(), robot=R1)


def test_settle__refused_hold_and_a_later_one_on_chain__the_chain_keeps_it():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_R1)
    state.apply(OrderRefused(digest=a_signed(HOLD_R1).id, reason="StaleVersion", after=0))
    see(state, a_view(given=a_given(LATER_HOLD)))
    assert not holds(state, a_view(given=a_given(LATER_HOLD)), robot=R1)
    assert [order.state for order in state.orders.values()] == ["settled"]


def test_settle__release_given_but_not_on_chain__still_held():
    held = replace(a_view(given=a_given(HOLD_R1)), robots=a_robot(a_view(), R1, held=True, epoch=ROBOT_EPOCH + 1))
    state = a_state_that_saw(held)
    give(state, held, RELEASE_R1)
    assert holds(state, held, robot=R1)


def test_settle__chain_held_by_an_order_that_never_came_here__held():
    state = a_running_state(a_view())
    see(state, a_view(plant_held=True, given=a_given(HOLD_PLANT)))
    assert job_of(state).state == "paused"
    assert TASK in state.tasks_seen


HOLD_TASK = an_order(OverrideKind.HOLD, SubjectType.TASK, TASK)


def test_settle__refused_hold_of_a_task_that_is_done_with__is_over_and_says_why():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_TASK)
    done = a_view(a_mandate(status=Status.ACCEPTED))
    see(state, done)
    assert holds(state, done, task=TASK)
    state.apply(OrderRefused(digest=a_signed(HOLD_TASK).id, reason="WrongStatus(256, 7)", after=0))
    see(state, done)
    assert not holds(state, done, task=TASK)
    (order,) = state.orders.values()
    assert (order.state, order.reason, order.over) == ("settled", "WrongStatus(256, 7)", f"task {TASK} is accepted")


def test_settle__refused_hold_of_a_task_that_goes_on__stays_in_force_until_the_task_is_done_with():
    state = a_state_that_saw(a_view())
    give(state, a_view(), HOLD_TASK)
    state.apply(OrderRefused(digest=a_signed(HOLD_TASK).id, reason="StaleVersion(6, 5)", after=0))
    see(state, a_view())
    assert holds(state, a_view(), task=TASK)
    see(state, a_view(a_mandate(status=Status.CANCELLED)))
    assert not holds(state, a_view(), task=TASK)
