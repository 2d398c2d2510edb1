from typing import Any

import pytest

from tests.plant.documents import ORDER, PLANT, changed
from workmoot.plant.findings import BadDocument
from workmoot.plant.order import Order
from workmoot.plant.order_checks import Crew, crew_of
from workmoot.plant.scenario import order_of, plant_of

CREW = crew_of(plant_of(PLANT, "plant"))
PLAN, SPRAY = ORDER["routes"]["sole"]
SOLE = ("routes", "sole")


def order(*steps: str | int, to: Any) -> Order:
    return order_of(changed(ORDER, *steps, to=to), CREW, "order")


def refusal(*steps: str | int, to: Any) -> str:
    with pytest.raises(BadDocument) as refused:
        order(*steps, to=to)
    return str(refused.value)


def test_crew_of__plant__counts_the_capable():
    expected = Crew(capabilities=("planning", "spraying"), skilled={"planning": 1, "spraying": 2}, workers=2, humans=1)
    assert expected == CREW


@pytest.mark.parametrize(
    ("steps", "to", "words"),
    [
        ((*SOLE, 0, "work_s"), -5, "routes.sole[0].work_s: -5 is too small. It is more than 0"),
        ((*SOLE, 0, "work_s"), 0, "routes.sole[0].work_s: 0 is too small"),
        ((*SOLE, 0, "due_s"), -1, "routes.sole[0].due_s: -1 is too small"),
        ((*SOLE, 0, "capability"), "planing", "the plant has no capability `planing`. Did you mean planning?"),
        ((*SOLE, 0, "stage"), "shipping", "routes.sole[0].stage: 'shipping' is none of the possible values"),
        ((*SOLE, 0, "on_failure"), "ignore", "routes.sole[0].on_failure: 'ignore' is none of"),
        ((*SOLE, 1, "team"), 3, "routes.sole[1].team: a team of 3, while 2 workers can do `spraying`. At most 2"),
        ((*SOLE, 1, "after"), ["plam"], "there is no task `A/plam` that could come before `A/spray`"),
        ((*SOLE, 1, "retries"), 2, "retries without `on_failure: retry` (it is `human`)"),
        ((*SOLE, 1, "id"), "plan", "the task `A/plan` stands already at routes.sole[0]"),
        (("products", 1, "id"), "A", "products[1]: the id `A` is used twice"),
        (("products", 1, "route"), "soul", "products[1].route: there is no route `soul`. Did you mean sole?"),
        (("products", 1, "work"), {"dry": 2}, "products[1].work.dry: the route has no task `dry`"),
        (("products",), [], "the order has no task"),
    ],
)
def test_order_of__a_fault__refused_with_its_place(steps, to, words):
    assert words in refusal(*steps, to=to)


def test_order_of__a_cycle__refused_by_name():
    words = refusal(*SOLE, 0, to={**PLAN, "after": ["spray"]})
    assert "these tasks wait for each other: A/plan → A/spray → A/plan" in words


def test_order_of__a_task_before_itself__refused_by_name():
    assert "A/plan → A/plan" in refusal(*SOLE, 0, to={**PLAN, "after": ["plan"]})


def test_order_of__256_tasks__accepted():
    assert order("products", to=[{**ORDER["products"][0], "id": f"P{number}"} for number in range(128)])


def test_order_of__257_tasks__refused_with_the_first_too_many():
    words = refusal("tasks", to=[{**PLAN, "id": f"t{number}"} for number in range(253)])
    assert "tasks[252]: the order has 257 tasks, `t252` is the 257th. An order has at most 256" in words


def test_order_of__a_fault_in_a_route_of_many_products__told_once():
    assert "\n" not in refusal(*SOLE, 0, "capability", to="sewing")


def test_order_of__a_capability_whose_workers_left__refused():
    crew = Crew(capabilities=CREW.capabilities, skilled={"spraying": 2}, workers=2, humans=1)
    with pytest.raises(BadDocument, match="no digital worker can do `planning`"):
        order_of(ORDER, crew, "order")


def test_order_of__the_team_takes_everyone__nobody_inspects():
    crew = Crew(capabilities=CREW.capabilities, skilled=CREW.skilled, workers=2, humans=0)
    with pytest.raises(
        BadDocument, match="nobody is left to inspect `A/spray`: 2 workers, a team of up to 2, no human"
    ):
        order_of(ORDER, crew, "order")


def test_order_of__a_task_after_products__accepted():
    assert order("tasks", to=[{**PLAN, "id": "pack", "after": ["A/spray", "B/spray"]}])
