from typing import Any

import pytest

from agents.profile import Experience, Profile
from tests.builders import a_task
from tests.workshop import ARM, FINISHER, NOZZLE, SCANNER, SEED, SPRAY, SPRAYER, Workshop
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import Number, task_id
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.planning.beliefs import Finding

EVERYONE = [SCANNER, SPRAYER, FINISHER]


def an_experience(**changes: Any) -> Profile:
    """Has seen the sprayer take half again as long, four times."""
    values: dict[str, Any] = {"worker": "sprayer", "capability": "spraying", "samples": 4, "ratio": 1.5}
    return Profile(experience=(Experience(**values | changes),))


def test_now__some_seconds_after_the_origin__in_ticks():
    workshop = Workshop()
    workshop.chain.advance(3)
    assert workshop.view("scanner").now == 3_000


def test_talk_and_margin__policy_says__those():
    view = Workshop(talk_s=1.5, margin_bps=300).view("scanner")
    assert (view.talk_s, view.margin) == (1.5, 300)


def test_experience__of_a_colleague__in_numbers():
    found = Workshop().view("scanner", profile=an_experience()).experience()
    assert found == (Finding(worker=SPRAYER, capability=SPRAY, samples=4, ratio=15_000),)


@pytest.mark.parametrize("unknown", [{"worker": "nobody"}, {"capability": "alchemy"}])
def test_experience__of_what_the_plant_does_not_have__left_out(unknown: dict[str, str]):
    assert Workshop().view("scanner", profile=an_experience(**unknown)).experience() == ()


def test_needs_robot__some_robot_does_it__yes():
    view = Workshop().view("scanner")
    assert [view.needs_robot(work) for work in ("spraying", "inspecting", "scanning")] == [True, True, False]


def test_robots_of__member__those_it_commands_that_fit():
    view = Workshop().view("scanner")
    members = view.ledger.members
    assert [view.robots_of(members[number], "spraying") for number in EVERYONE] == [(), (ARM,), (NOZZLE,)]
    assert view.robots_of(members[SPRAYER], "scanning") == ()


def test_robots_of__held_by_a_human__not_that_one():
    workshop = Workshop()
    workshop.order(OverrideKind.HOLD, ARM, subject_type=SubjectType.ROBOT)
    view = workshop.view("sprayer")
    assert view.robots_of(view.member, "spraying") == ()


@pytest.mark.parametrize("robots", ["arm", [[4]], {"4": 4}])
def test_robots_of__a_strangers_profile__no_robots(robots: object):
    workshop = Workshop()
    workshop.admit("latecomer", SPRAY, robots=robots)
    view = workshop.view("scanner")
    assert view.robots_of(view.ledger.members[Number(6)], "spraying") == ()


def test_place__three_members__each_has_another_turn():
    workshop = Workshop()
    places = [workshop.view(name).place(EVERYONE, SEED) for name in ("scanner", "sprayer", "finisher")]
    assert sorted(places) == [0, 1, 2]


def test_place__another_round__drawn_anew():
    view = Workshop().view("scanner")
    assert {view.place(EVERYONE, keccak(bytes([draw]))) for draw in range(20)} == {0, 1, 2}


def test_place__not_among_them__last():
    assert Workshop().view("scanner").place([SPRAYER, FINISHER], SEED) == 2


def test_round_seed__tasks_of_two_orders__of_the_later_posting():
    workshop = Workshop()
    (first,) = workshop.post(a_task())
    (second,) = workshop.post(a_task())
    blocks = [workshop.ledger.orders[order].at.block for order in sorted(workshop.ledger.orders)]
    view = workshop.view("scanner", round_seeds={blocks[0]: b"early", blocks[1]: b"late"})
    assert (view.round_seed([first]), view.round_seed([first, second])) == (b"early", b"late")


def test_capability__task__by_its_name():
    workshop = Workshop()
    workshop.post(a_task(SPRAY))
    assert workshop.view("scanner").capability(workshop.task(task_id(1, 0))) == "spraying"
