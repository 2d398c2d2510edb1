import json

from tests.plant.documents import ORDER, changed
from workmoot.domain.work import OnFailure, Stage, TaskSpec, unpack_tasks
from workmoot.plant.order import Order
from workmoot.plant.packing import PackedOrder, pack_order

CAPABILITIES = ("planning", "spraying")


def packed(document: dict[str, object] = ORDER) -> PackedOrder:
    return pack_order(Order.model_validate(document), CAPABILITIES)


def test_pack_order__two_products__spelled_out():
    plan = TaskSpec(capability=1, stage=Stage.PRODUCTION_PLANNING, work=10_000)
    spray = TaskSpec(predecessors=0b01, capability=2, on_failure=OnFailure.HUMAN, team=2, work=20_000, due=90_000)
    other = TaskSpec(predecessors=0b100, capability=2, on_failure=OnFailure.HUMAN, team=2, work=20_000)
    assert packed().specs == (plan, spray, plan, other)


def test_pack_order__any__bytes_are_the_domains():
    assert unpack_tasks(packed().tasks) == packed().specs


def test_pack_order__successor_written_first__sorted():
    turned = changed(ORDER, "routes", "sole", to=list(reversed(ORDER["routes"]["sole"])))
    assert [spec.capability for spec in packed(turned).specs] == [1, 2, 1, 2]
    assert json.loads(packed(turned).detail)["tasks"][0]["key"] == "A/plan"


def test_pack_order__factor_priority_budget__packed():
    product = {**ORDER["products"][0], "work": {"spray": 1.5}, "priority": 4}
    document = changed(changed(ORDER, "products", to=[product]), "routes", "sole", 0, "budget", to=0.25)
    plan, spray = packed(document).specs
    assert (plan.budget, plan.priority, spray.work) == (250_000, 4, 30_000)


def test_pack_order__less_than_a_tick__one_tick():
    assert packed(changed(ORDER, "routes", "sole", 0, "work_s", to=1e-9)).specs[0].work == 1


def test_pack_order__detail__names_in_index_order():
    detail = json.loads(packed().detail)
    assert [task["key"] for task in detail["tasks"]] == ["A/plan", "A/spray", "B/plan", "B/spray"]
    assert detail["tasks"][1] == {"key": "A/spray", "name": "Spray", "product": "A"}
    assert [product["id"] for product in detail["products"]] == ["A", "B"]
