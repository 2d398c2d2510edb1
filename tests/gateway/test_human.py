import pytest

from gateway.checks import holds
from gateway.human import require_allowed, require_known, require_sound, taken
from gateway.state import State
from tests.gateway.floors import (
    MAINTAINER,
    OPERATOR,
    R1,
    R2,
    START_S,
    STRANGER,
    SUPERVISOR,
    TASK,
    a_command,
    a_running_state,
    a_signed,
    a_view,
    an_order,
    job_of,
    now,
    obeyed,
    refused,
)
from workmoot.domain.errors import GatewayRefused
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.workers import Role

HOLD, RELEASE = OverrideKind.HOLD, OverrideKind.RELEASE
ROBOT, PLANT, OF_TASK = SubjectType.ROBOT, SubjectType.PLANT, SubjectType.TASK
ROLES: dict[str, list[int]] = {SUPERVISOR: [3], OPERATOR: [1], MAINTAINER: [4]}


def held_by(order, state=None):
    state = state or a_running_state(a_view())
    state.apply_all(taken(state, a_view(), a_signed(order), now(1)))
    return state


@pytest.mark.parametrize("subject", [(ROBOT, R1), (OF_TASK, TASK), (PLANT, 0)])
def test_taken__hold__the_part_stands_still_and_the_lease_is_gone(subject):
    state = held_by(an_order(HOLD, *subject))
    assert (job_of(state).state, job_of(state).worked) == ("paused", 10_000)
    assert (state.lease(R1, "arm").term, state.lease(R1, "arm").holder) == (2, 0)


@pytest.mark.parametrize("subject", [(ROBOT, R1), (OF_TASK, TASK), (PLANT, 0)])
def test_taken__hold__commands_are_refused_before_the_chain_knows(subject):
    state = held_by(an_order(HOLD, *subject))
    assert refused(state, a_view(), a_command("acquire", term=2), at=1) == "HELD"


def test_taken__hold__the_worker_may_still_stop():
    state = held_by(an_order(HOLD, ROBOT, R1))
    obeyed(state, a_view(), a_command("stop", term=2), at=1)


def test_taken__hold_of_one_robot__others_keep_their_terms():
    state = held_by(an_order(HOLD, ROBOT, R2))
    assert job_of(state).state == "running"
    assert (state.lease(R1, "arm").term, state.lease(R2, "arm").term) == (1, 1)


def test_taken__release__changes_nothing_here():
    state = held_by(an_order(HOLD, ROBOT, R1))
    state = held_by(an_order(RELEASE, ROBOT, R1, nonce=1), state)
    assert holds(state, a_view(), robot=R1)
    assert job_of(state).state == "paused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": OverrideKind.ASSIGN}, "MALFORMED"),
        ({"subject_type": SubjectType.WORKER}, "MALFORMED"),
        ({"subject_type": PLANT, "subject": 3}, "MALFORMED"),
        ({"reason": ""}, "MALFORMED"),
        ({"reason_code": 0}, "MALFORMED"),
        ({"level": 1}, "MALFORMED"),
        ({"valid_until": START_S - 1}, "EXPIRED"),
        ({"expires_at": START_S + 5}, "EXPIRED"),
    ],
)
def test_require_sound__what_the_chain_could_never_take__refused(changes, code):
    values = {"kind": HOLD, "subject_type": ROBOT, "subject": R1} | changes
    with pytest.raises(GatewayRefused) as refusal:
        require_sound(an_order(**values), now())
    assert refusal.value.code == code


@pytest.mark.parametrize("level", [0, 5, 7, 8])
def test_require_sound__levels_of_a_robot__accepted(level):
    require_sound(an_order(HOLD, ROBOT, R1, level=level), now())


def test_require_sound__a_workers_own_stop__released_by_a_human_and_never_given_by_one():
    require_sound(an_order(RELEASE, OF_TASK, 256, level=12), now())
    for kind, subject in ((HOLD, (OF_TASK, 256)), (RELEASE, (ROBOT, R1))):
        with pytest.raises(GatewayRefused, match="MALFORMED"):
            require_sound(an_order(kind, *subject, level=12), now())


@pytest.mark.parametrize("level", [0, 8])
def test_require_allowed__planner__releases_what_a_planner_may_assign(level):
    roles = State(roles={STRANGER: [Role.PLANNER]})
    require_allowed(roles, an_order(RELEASE, OF_TASK, 256, level=level, human=STRANGER))
    for kind, named in ((RELEASE, 7), (HOLD, level), (RELEASE, 12)):
        with pytest.raises(GatewayRefused, match="NOT_ALLOWED"):
            require_allowed(roles, an_order(kind, OF_TASK, 256, level=named, human=STRANGER))


@pytest.mark.parametrize(
    ("kind", "subject_type", "level", "humans"),
    [
        (HOLD, ROBOT, 0, {SUPERVISOR, OPERATOR}),
        (RELEASE, ROBOT, 8, {SUPERVISOR, OPERATOR}),
        (HOLD, OF_TASK, 5, {MAINTAINER}),
        (RELEASE, OF_TASK, 5, {MAINTAINER}),
        (HOLD, PLANT, 0, {SUPERVISOR, OPERATOR, MAINTAINER}),
        (RELEASE, PLANT, 1, {SUPERVISOR}),
    ],
)
def test_require_allowed__as_the_contract_has_it(kind, subject_type, level, humans):
    for human in (SUPERVISOR, OPERATOR, MAINTAINER, STRANGER):
        order = an_order(kind, subject_type, R1, level=level, human=human)
        if human in humans:
            require_allowed(State(roles=ROLES), order)
            continue
        with pytest.raises(GatewayRefused, match="NOT_ALLOWED"):
            require_allowed(State(roles=ROLES), order)


@pytest.mark.parametrize(("subject", "code"), [((ROBOT, 99), "UNKNOWN_ROBOT"), ((OF_TASK, 99), "UNKNOWN_TASK")])
def test_require_known__no_such_subject__refused(subject, code):
    with pytest.raises(GatewayRefused, match=code):
        require_known(a_view(), an_order(HOLD, *subject))


def test_require_known__chain_never_seen__believed():
    require_known(a_view(block=0), an_order(HOLD, ROBOT, 99))
