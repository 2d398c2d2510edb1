import json

import pytest

from gateway.adapters import Stance
from gateway.guidance import LEASE_SECONDS, guided
from gateway.human import taken
from gateway.records import Record, RobotGuided, from_json, to_json
from gateway.show import guided_json
from gateway.state import GUIDED_KEPT, Motion, State
from tests.gateway.floors import (
    CLOCK,
    MAINTAINER,
    OPERATOR,
    R1,
    R2,
    ROLES,
    SPRAYER,
    STANCE,
    START_S,
    STRANGER,
    SUPERVISOR,
    a_command,
    a_guidance,
    a_guided_state,
    a_held_state,
    a_robot,
    a_running_state,
    a_signed,
    a_signed_guidance,
    a_view,
    an_order,
    guides,
    job_of,
    now,
    obeyed,
    refused,
)
from workmoot.domain.errors import GatewayRefused, Malformed
from workmoot.domain.guidance import DEAD_MAN_MS, HOME, MAX_NUMBER, Act, write_parameters
from workmoot.domain.overrides import OverrideKind, SubjectType

ACTS = ("take", "retain", "return", "jog", "waypoint", "aside", "stop")
NO_DEVICE = Stance(pose=HOME, manual=True, enabling_device=False)
AUTOMATIC = Stance(pose=HOME, manual=False, enabling_device=True)


def refuses(state, guidance, at=0.0, **more):
    """Why the guidance does not stand."""
    with pytest.raises(GatewayRefused) as refusal:
        guides(state, guidance, at, **more)
    return refusal.value.code


def a_guided_part():
    """The supervisor has taken robot 1 with the sprayer's part in hand: term 3."""
    return a_guided_state(a_running_state(a_view()))


def pose(state, at):
    return state.motions[R1, "arm"].at(now(at).unix_ms)


# Taking


def test_take__from_a_worker_by_the_hold__says_whom_it_was_taken_from():
    state = a_guided_part()
    lease = state.lease(R1, "arm")
    assert (lease.term, lease.human, lease.holder) == (3, SUPERVISOR, 0)
    assert (lease.from_worker, lease.from_human) == (SPRAYER, "")


def test_take__held_on_chain_alone__from_the_worker_who_still_has_the_lease():
    state = a_running_state(a_view())
    state.roles = ROLES
    guides(state, a_guidance("take", seq=2), view=a_view(robots=a_robot(a_view(), R1, held=True)))
    assert (state.lease(R1, "arm").from_worker, state.lease(R1, "arm").term) == (SPRAYER, 2)


def test_take__from_another_human__by_force_and_the_first_is_fenced():
    state = a_guided_state()
    guides(state, a_guidance("take", human=OPERATOR, term=2))
    lease = state.lease(R1, "arm")
    assert (lease.human, lease.from_human, lease.term) == (OPERATOR, SUPERVISOR, 3)
    assert refuses(state, a_guidance("jog")) == "FENCED"
    assert refuses(state, a_guidance("jog", term=3)) == "NOT_HOLDER"


def test_take__two_at_once__one_wins():
    state = a_held_state()
    guides(state, a_guidance("take"))
    assert refuses(state, a_guidance("take", human=OPERATOR)) == "FENCED"


def test_retain__goes_on_with_the_lease_and_is_no_news():
    state = a_guided_state()
    guides(state, a_guidance("retain", not_after=START_S + 60), at=20)
    assert state.lease(R1, "arm").until == START_S + 20 + LEASE_SECONDS
    assert [record.action for record in state.guided[R1, "arm"]] == ["take"]


def test_lease__over__the_hold_stays_and_it_is_taken_again():
    state, late = a_guided_state(), LEASE_SECONDS + 1
    assert refuses(state, a_guidance("jog", not_after=START_S + 60), at=late) == "NOT_HOLDER"
    assert refused(state, a_view(), a_command("acquire", term=2, not_after=START_S + 99), at=late) == "HELD"
    guides(state, a_guidance("take", term=2, not_after=START_S + 60), at=late)


def test_guided__more_than_are_kept__the_latest():
    state = a_guided_state()
    for seq in range(1, GUIDED_KEPT + 3):
        guides(state, a_guidance("stop", seq=seq))
    assert [record.seq for record in state.guided[R1, "arm"]] == list(range(3, GUIDED_KEPT + 3))


def test_guided__more_than_are_kept__the_last_taking_and_return_are_told_all_the_same():
    state = a_guided_state()
    guides(state, a_guidance("return"))
    guides(state, a_guidance("take", human=OPERATOR, term=3))
    for seq in range(1, GUIDED_KEPT + 2):
        guides(state, a_guidance("stop", human=OPERATOR, term=4, seq=seq))
    assert {record.action for record in state.guided[R1, "arm"]} == {"stop"}
    handed = state.handed[R1, "arm"]
    assert (handed["take"].human, handed["return"].guidance["parameters"]) == (OPERATOR, '{"outcome":"redo"}')


# Refusals


@pytest.mark.parametrize("action", ACTS)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"robot": 99}, "UNKNOWN_ROBOT"),
        ({"resource": "wings"}, "UNKNOWN_ROBOT"),
        ({"not_after": START_S - 1}, "EXPIRED"),
        ({"not_after": START_S + 61}, "MALFORMED"),
        ({"human": STRANGER}, "NOT_ALLOWED"),
        ({"term": 0}, "FENCED"),
        ({"term": 9}, "FENCED"),
    ],
)
def test_guided__any_act_that_does_not_fit__refused(action, changes, code):
    state = a_held_state() if action == "take" else a_guided_state()
    assert refuses(state, a_guidance(action, **changes)) == code


@pytest.mark.parametrize("action", ACTS)
def test_guided__robot_of_another_cell__only_stopped_and_returned(action):
    here, elsewhere = a_robot(a_view(), R1, capabilities=0b0110), a_robot(a_view(), R1, capabilities=0b1000)
    state = a_held_state() if action == "take" else a_guided_part()
    guidance = a_guidance(action, term=state.lease(R1, "arm").term)
    if action in ("stop", "return"):
        guides(state, guidance, view=a_view(robots=elsewhere, cells={SUPERVISOR: 0b0010}))
        return
    for robots in (elsewhere, a_view().robots):
        assert refuses(state, guidance, view=a_view(robots=robots, cells={SUPERVISOR: 0b0010})) == "NOT_ALLOWED"
    guides(state, guidance, view=a_view(robots=here, cells={SUPERVISOR: 0b0010, OPERATOR: 0b1000}))


@pytest.mark.parametrize("action", ACTS[1:])
def test_guided__by_whom_has_no_lease__not_holder(action):
    assert refuses(a_guided_state(), a_guidance(action, human=OPERATOR)) == "NOT_HOLDER"
    assert refuses(a_held_state(), a_guidance(action, term=1)) == "NOT_HOLDER"


@pytest.mark.parametrize("action", ["take", "retain", "jog", "waypoint", "aside"])
def test_guided__no_hold_in_force__not_held(action):
    state = a_guided_state()
    state.orders.clear()
    assert refuses(state, a_guidance(action, term=2)) == "NOT_HELD"


@pytest.mark.parametrize("action", ["jog", "waypoint", "aside"])
@pytest.mark.parametrize(
    ("stance", "code"), [(NO_DEVICE, "NO_ENABLING_DEVICE"), (AUTOMATIC, "NO_ENABLING_DEVICE"), (None, "NO_CONTACT")]
)
def test_guided__no_manual_mode_with_an_enabling_device__not_moved(action, stance, code):
    state = a_guided_part()
    assert refuses(state, a_guidance(action, term=3), stance=stance) == code
    assert (job_of(state).state, state.motions) == ("paused", {})


@pytest.mark.parametrize("action", ["retain", "stop", "return"])
def test_guided__no_enabling_device__lease_and_stop_all_the_same(action):
    guides(a_guided_state(), a_guidance(action), stance=None)


@pytest.mark.parametrize("action", ["stop", "return"])
def test_guided__released_and_the_lease_over__may_still_stop_and_return(action):
    state = a_guided_state()
    state.orders.clear()
    guides(state, a_guidance(action, not_after=START_S + 60), at=LEASE_SECONDS + 5)


def test_stop__lease_over__stays_over():
    state = a_guided_state()
    guides(state, a_guidance("stop", not_after=START_S + 60), at=LEASE_SECONDS + 5)
    late = a_guidance("jog", seq=2, not_after=START_S + 60)
    assert refuses(state, late, at=LEASE_SECONDS + 5) == "NOT_HOLDER"


def test_stop__no_hold_in_force__keeps_no_worker_out_for_longer():
    state = a_guided_state()
    state.orders.clear()
    guides(state, a_guidance("stop", not_after=START_S + 60), at=20)
    obeyed(state, a_view(), a_command("acquire", term=2, not_after=START_S + 99), at=LEASE_SECONDS + 1)


def test_stop__held_and_the_lease_not_over__keeps_it_as_every_act_does():
    state = a_guided_state()
    guides(state, a_guidance("stop", not_after=START_S + 60), at=20)
    assert state.lease(R1, "arm").until == START_S + 20 + LEASE_SECONDS


def test_return__raises_the_term__nothing_signed_before_passes():
    state = a_guided_state()
    guides(state, a_guidance("return"))
    assert (state.lease(R1, "arm").term, refuses(state, a_guidance("stop", seq=2))) == (3, "FENCED")


def test_guided__number_used__replayed():
    state = a_guided_state()
    guides(state, a_guidance("jog", seq=7))
    assert refuses(state, a_guidance("stop", seq=7)) == "REPLAYED"
    guides(state, a_guidance("stop", seq=8))


def test_guided__the_very_same_bytes_again__are_done_once():
    state = a_held_state()
    for seq, act in enumerate(("take", "jog", "return"), start=1):
        assert guides(state, a_guidance(act, seq=seq)) != []
        assert guides(state, a_guidance(act, seq=seq), at=50) == []
    assert state.lease(R1, "arm").human == ""


@pytest.mark.parametrize("action", ACTS[1:])
def test_guided__number_not_above_the_last__replayed(action):
    assert refuses(a_guided_state(), a_guidance(action, seq=0)) == "REPLAYED"


@pytest.mark.parametrize("human", [SUPERVISOR, OPERATOR])
def test_take__a_human_used_the_largest_number__taken_all_the_same(human):
    state = a_guided_state()
    guides(state, a_guidance("stop", seq=MAX_NUMBER))
    guides(state, a_guidance("take", human=human, term=2))
    guides(state, a_guidance("stop", human=human, term=3))


def test_take__a_worker_used_the_largest_number__taken_all_the_same():
    state = a_held_state(a_running_state(a_view()))
    obeyed(state, a_view(), a_command("stop", term=2, seq=MAX_NUMBER))
    guides(state, a_guidance("take", term=2))


def test_aside__nothing_in_hand__says_so():
    assert refuses(a_guided_state(), a_guidance("aside")) == "NO_MANDATE"


def test_take__in_maintenance_and_not_held__by_maintenance():
    view, state = a_view(maintained={R1: START_S + 5}), State(roles=ROLES)
    assert refuses(state, a_guidance("take", term=0), view=view) == "HELD"
    guides(state, a_guidance("take", term=0, human=MAINTAINER), view=view)
    assert refuses(state, a_guidance("jog", term=1, human=MAINTAINER), at=6, view=view) == "NOT_HELD"


LOCKED = an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1, level=5, human=MAINTAINER)


@pytest.mark.parametrize("where", ["the gateway", "the chain", "an instruction"])
def test_guided__locked_out_for_maintenance__maintenance_alone(where):
    state, view = a_held_state(), a_view()
    if where == "the gateway":
        state.apply_all(taken(state, view, a_signed(LOCKED, "maintainer"), now()))
    if where == "the chain":
        view = a_view(robots=a_robot(view, R1, held=True, locked_out=True))
    if where == "an instruction":
        view = a_view(maintained={R1: 0})
    term = state.lease(R1, "arm").term
    assert refuses(state, a_guidance("take", term=term), view=view) == "HELD"
    guides(state, a_guidance("take", term=term, human=MAINTAINER), view=view)


@pytest.mark.parametrize(
    ("action", "parameters", "says"),
    [
        ("jog", {}, "axis, distance_mm, speed_mm_s"),
        ("jog", {"axis": "w", "distance_mm": 1, "speed_mm_s": 1}, "axis is one of x, y, z"),
        ("jog", {"axis": "x", "distance_mm": 0, "speed_mm_s": 1}, "not 0"),
        ("jog", {"axis": "x", "distance_mm": 2001, "speed_mm_s": 1}, "from -2000 to 2000"),
        ("jog", {"axis": "x", "distance_mm": 1, "speed_mm_s": 251}, "from 1 to 250"),
        ("jog", {"axis": "x", "distance_mm": True, "speed_mm_s": 1}, "whole number"),
        ("jog", {"axis": "x", "distance_mm": 1, "speed_mm_s": 1, "force": 1}, "parameters of jog are"),
        ("waypoint", {"x": 1001, "y": 0, "z": 0, "speed_mm_s": 1}, "from -1000 to 1000"),
        ("waypoint", {"x": 1.5, "y": 0, "z": 0, "speed_mm_s": 1}, "whole number"),
        ("return", {"outcome": "vanish"}, "resume, redo, abort, done-by-human, scrap"),
        ("stop", {"now": 1}, "parameters of stop are none"),
    ],
)
def test_guided__parameters_that_do_not_fit__malformed_with_what_would_be_right(action, parameters, says):
    with pytest.raises(Malformed, match=says):
        guides(a_guided_state(), a_guidance(action, parameters=write_parameters(Act(action), parameters)))


@pytest.mark.parametrize("action", ["take", "return"])
@pytest.mark.parametrize("changes", [{"reason_code": 0}, {"reason": ""}, {"reason": " "}])
def test_guided__taken_or_returned_without_a_reason__malformed_with_what_would_be_right(action, changes):
    state = a_held_state() if action == "take" else a_guided_state()
    with pytest.raises(Malformed, match=f"{action} says why: a reasonCode that is not 0, and a reason in words"):
        guides(state, a_guidance(action, **changes))


def test_guided_json__of_a_log_older_than_reasons__has_none():
    acts = guided(a_held_state(), a_view(), a_signed_guidance(a_guidance("take")), STANCE, now())
    line = json.loads(to_json(acts[0]))
    for name in ("reasonCode", "reason"):
        del line["guidance"][name]
    for record, why in ((acts[0], (1, "a part slipped")), (from_json(json.dumps(line)), (0, ""))):
        assert isinstance(record, RobotGuided)
        told = guided_json(record)
        assert (told["reason_code"], told["reason"]) == why


@pytest.mark.parametrize(
    "text",
    [
        '{"axis":"x","distance_mm":1,"speed_mm_s":10,"distance_mm":2000,"speed_mm_s":250}',
        '{"distance_mm":1,"axis":"x","speed_mm_s":10}',
        '{"axis": "x", "distance_mm": 1, "speed_mm_s": 10}',
        '{"axis":"\\u0078","distance_mm":1,"speed_mm_s":10}',
    ],
)
def test_guided__parameters_that_could_be_read_otherwise__malformed_with_the_one_writing(text):
    with pytest.raises(Malformed, match="one writing, which is signed"):
        guides(a_guided_state(), a_guidance("jog", parameters=text))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 4000])
def test_guided__parameters_that_are_no_object__malformed(text):
    with pytest.raises(Malformed, match="no JSON object"):
        guides(a_guided_state(), a_guidance("stop", parameters=text))


# Motion


def test_jog__further_than_the_dead_man_lets__stands_still_after_half_a_second():
    state = a_guided_state()
    guides(state, a_guidance("jog", parameters='{"axis":"y","distance_mm":-2000,"speed_mm_s":200}'))
    assert [pose(state, at) for at in (0, 0.25, 0.5, 9)] == [(0, 0, 0), (0, -50_000, 0), *[(0, -100_000, 0)] * 2]
    assert state.motions[R1, "arm"].lasts_ms == DEAD_MAN_MS


def test_jog__another_follows__moves_on_from_where_it_is():
    state = a_guided_state()
    guides(state, a_guidance("jog", seq=1))
    here = Stance(pose=pose(state, 0.2), manual=True, enabling_device=True)
    guides(state, a_guidance("jog", seq=2), at=0.2, stance=here)
    assert [pose(state, at) for at in (0.2, 0.4, 0.6)] == [(50_000, 0, 0), (100_000, 0, 0), (150_000, 0, 0)]


def test_jog__to_the_end_of_its_reach__no_further():
    edge = Stance(pose=(999_000, 0, 0), manual=True, enabling_device=True)
    state = a_guided_state()
    guides(state, a_guidance("jog"), stance=edge)
    assert pose(state, 9) == (1_000_000, 0, 0)


@pytest.mark.parametrize(("distance", "ends"), [(1, 1_200_000), (-1, 1_199_000)])
@pytest.mark.parametrize("side", [1, -1])
def test_jog__from_beyond_its_reach__never_the_other_way(distance, ends, side):
    beyond = Stance(pose=(side * 1_200_000, 0, 0), manual=True, enabling_device=True)
    jog = write_parameters(Act.JOG, {"axis": "x", "distance_mm": side * distance, "speed_mm_s": 250})
    state = a_guided_state()
    guides(state, a_guidance("jog", parameters=jog), stance=beyond)
    assert pose(state, 9) == (side * ends, 0, 0)


def test_waypoint__near__straight_there_at_the_speed():
    state = a_guided_state()
    guides(state, a_guidance("waypoint"))
    assert [pose(state, at) for at in (0.25, 0.5)] == [(15_000, -20_000, 0), (30_000, -40_000, 0)]


def test_waypoint__where_it_is__stands():
    state = a_guided_state()
    guides(state, a_guidance("waypoint", parameters='{"x":0,"y":0,"z":0,"speed_mm_s":1}'))
    assert (pose(state, 0), state.motions[R1, "arm"].lasts_ms) == (HOME, 0)


@pytest.mark.parametrize("act", ["stop", "return", "take", "hold"])
def test_motion__ended_on_its_way__stands_where_it_is(act):
    state = a_guided_state()
    guides(state, a_guidance("jog"))
    if act == "hold":
        hold = an_order(OverrideKind.HOLD, SubjectType.PLANT, human=OPERATOR)
        state.apply_all(taken(state, a_view(), a_signed(hold, "operator"), now(0.1)))
    else:
        guides(state, a_guidance(act, seq=2, term=2), at=0.1)
    assert pose(state, 5) == (25_000, 0, 0)


def test_hold__of_the_guided_robot__takes_it_from_the_human_too():
    state = a_held_state(a_guided_state())
    assert state.lease(R1, "arm").from_human == SUPERVISOR
    assert refuses(state, a_guidance("jog", term=3)) == "NOT_HOLDER"


def test_motion__over__is_not_stopped_again():
    state = a_guided_state()
    guides(state, a_guidance("jog"))
    assert guides(state, a_guidance("stop", seq=2), at=1) == ["RobotGuided"]


def test_motion__clock_set_back__is_where_it_began():
    motion = Motion(start=(5, 0, 0), to=(9, 0, 0), began_ms=1000, lasts_ms=100)
    assert motion.at(0) == (5, 0, 0)


# The part in hand, and workers


def test_aside__part_in_hand__is_stopped_and_the_worker_may_begin_it_anew():
    state = a_guided_part()
    assert guides(state, a_guidance("aside", term=3)) == ["RobotGuided", "JobEnded"]
    assert (job_of(state).state, job_of(state).why) == ("stopped", f"{SUPERVISOR} put it aside")
    guides(state, a_guidance("return", term=3, seq=2))
    state.orders.clear()
    obeyed(state, a_view(), a_command("acquire", term=4), at=1)
    obeyed(state, a_view(), a_command("run", term=5), at=1)


@pytest.mark.parametrize("action", ["acquire", "run", "stop", "return"])
def test_decide__a_human_has_the_lease__no_workers_command_passes(action):
    for term in (1, 2, 3):
        command = a_command(action, term=term, seq=9, not_after=START_S + 900)
        assert refused(a_guided_part(), a_view(), command) in ("HELD", "FENCED", "NOT_HOLDER")
        assert refused(a_guided_part(), a_view(), command, at=LEASE_SECONDS + 1) in ("HELD", "FENCED", "NOT_HOLDER")


def test_acquire__released_while_a_human_has_the_lease__busy_until_it_is_over():
    state = a_guided_state()
    state.orders.clear()
    command = a_command("acquire", term=2, not_after=START_S + 900)
    assert refused(state, a_view(), command) == "BUSY"
    obeyed(state, a_view(), command, at=LEASE_SECONDS + 1)
    assert refuses(state, a_guidance("stop", not_after=START_S + 60), at=LEASE_SECONDS + 1) == "FENCED"


def test_run__after_a_human_moved_the_robot__its_work_has_it_at_home():
    state = a_guided_part()
    guides(state, a_guidance("jog", term=3))
    guides(state, a_guidance("return", term=3, seq=2), at=1)
    state.orders.clear()
    obeyed(state, a_view(), a_command("acquire", term=4), at=1)
    obeyed(state, a_view(), a_command("run", term=5), at=1)
    assert (job_of(state).state, state.motions) == ("running", {})


def test_log__read_again__the_same_lease_numbers_and_pose():
    state = State(clock=CLOCK, roles=ROLES)
    log: list[Record] = []
    hold = taken(state, a_view(), a_signed(an_order(OverrideKind.HOLD, SubjectType.ROBOT, R1)), now())
    acts = (a_guidance("take"), a_guidance("jog"), a_guidance("stop", seq=2), a_guidance("return", seq=3))
    state.apply_all(hold)
    log.extend(hold)
    for place, guidance in enumerate(acts):
        records = guided(state, a_view(), a_signed_guidance(guidance), STANCE, now(place / 10))
        state.apply_all(records)
        log.extend(records)
    again = State(clock=CLOCK)
    again.apply_all(from_json(to_json(record)) for record in log)
    assert (again.leases, again.motions, again.guided) == (state.leases, state.motions, state.guided)
    assert again.handed == state.handed
    assert pose(again, 9) == (25_000, 0, 0)
    assert again.lease(R2, "arm").human == ""
