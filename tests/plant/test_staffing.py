from pathlib import Path

import pytest

from workmoot.plant.findings import BadDocument
from workmoot.plant.order_checks import check_order, crew_of
from workmoot.plant.plant_checks import check_plant
from workmoot.plant.scenario import load_scenario
from workmoot.plant.staffing import fitted, staffed

FLEXVEGA = load_scenario(Path(__file__).parents[2] / "scenarios" / "flexvega")
PLANT = FLEXVEGA.plant


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 15, 30])
def test_staffed__any_possible_number__a_sound_plant(count):
    plant = staffed(PLANT, count)
    assert len(plant.workers) == count
    assert not check_plant(plant)


def test_staffed__as_many_as_there_are__unchanged():
    assert staffed(PLANT, len(PLANT.workers)) == PLANT


def test_staffed__more__newcomers_have_names_and_paces_of_their_own():
    newcomer = staffed(PLANT, 8).workers[-1]
    assert (newcomer.id, newcomer.name) == ("analyst-2", "Analyst 2")
    assert newcomer.skills["demand-analysis"].pace != PLANT.workers[0].skills["demand-analysis"].pace


def test_staffed__more__newcomers_take_their_own_time_for_single_tasks_too():
    model = PLANT.workers[0]
    skill = model.skills["demand-analysis"].model_copy(update={"times": {"P1/demand": 100.0}})
    told = model.model_copy(update={"skills": {"demand-analysis": skill}})
    newcomer = staffed(PLANT.model_copy(update={"workers": (told, *PLANT.workers[1:])}), 8).workers[-1]
    assert newcomer.skills["demand-analysis"].times == {"P1/demand": 105.0}


def test_staffed__fewer__robots_of_those_who_left_are_taken_over():
    plant = staffed(PLANT, 4)
    assert all(plant.commanders(robot.id) for robot in plant.robots)


def test_staffed__too_few__refused_with_the_least():
    with pytest.raises(BadDocument, match="the plant needs 4 digital workers"):
        staffed(PLANT, 3)


def test_fitted__fewer_workers__teams_shrink_and_the_order_passes():
    crew = crew_of(staffed(PLANT, 4))
    order = FLEXVEGA.orders[0]
    assert check_order(order, crew)
    assert not check_order(fitted(order, crew), crew)
