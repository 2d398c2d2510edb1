"""Products of orders: found by name, refused with those there are, and their histories apart from each other."""

from typing import Any

import pytest

from tests.api.story import Story, a_decided_plant, a_running_plant
from workmoot.audit.product import belongs_to, find_product, products_of
from workmoot.audit.rows import AuditRow, rows_of
from workmoot.chain.memory import MemoryFollower
from workmoot.domain.errors import NoSuchProduct
from workmoot.domain.ids import OrderId
from workmoot.domain.ledger import Ledger
from workmoot.domain.overrides import OverrideKind, SubjectType
from workmoot.domain.questions import pack_answer


@pytest.fixture(scope="module")
def story() -> Story:
    return a_running_plant()


@pytest.fixture(scope="module")
def told(story: Story) -> tuple[Ledger, tuple[Any, ...]]:
    follower = MemoryFollower(story.chain)
    return follower.ledger, follower.catch_up()


def history(told: tuple[Ledger, tuple[Any, ...]], id_: str) -> list[AuditRow]:
    ledger, events = told
    return list(rows_of(ledger, events, belongs_to(ledger, find_product(ledger, id_))))


def test_products_of__an_order__in_its_order(told):
    ledger, _ = told
    assert products_of(ledger.orders[OrderId(1)])[:2] == ["P1", "P2"]


def test_find_product__its_tasks_and_the_customers_words(told):
    found = find_product(told[0], "1.P2")
    assert len(found.tasks) == 10
    assert found.document["id"] == "P2"


@pytest.mark.parametrize(
    "id_",
    ["", "1", "P1", "1.", "2.P1", "-1.P1", "１.P1", "x" * 10_000, "9" * 5_000 + ".P1", "1.P99"],  # noqa: RUF001
)
def test_find_product__nothing_of_that_name__refused(told, id_: str):
    with pytest.raises(NoSuchProduct) as refused:
        find_product(told[0], id_)
    assert len(str(refused.value)) < 400


def test_belongs_to__two_products__each_has_its_own_tasks_alone(story, told):
    for name, other in (("P1", "P2"), ("P2", "P1")):
        subjects = {row.subject.id for row in history(told, f"1.{name}") if row.subject.type == "task"}
        assert story.task(name, "glue") in subjects
        assert story.task(other, "glue") not in subjects


def test_belongs_to__a_product__from_order_to_rework(told):
    acts = [row.act for row in history(told, "1.P2")]
    assert acts[0] == "OrderPosted"
    assert {"OffersPublished", "ProposalCreated", "ProposalReviewed", "VoteCast", "PlanEnacted"} <= set(acts)
    assert {"TaskStarted", "ResultSubmitted", "TaskFailed"} <= set(acts)


def test_belongs_to__an_order_about_another_product__not_in_it(story, told):
    reassigned = [row for row in history(told, "1.P3") if row.act == "OverrideGiven"]
    assert story.task("P3", "attach") in {row.subject.id for row in reassigned}
    elsewhere = [row for row in history(told, "1.P4") if row.act == "OverrideGiven"]
    assert story.task("P3", "attach") not in {row.subject.id for row in elsewhere}


def test_belongs_to__hold_of_a_robot__in_the_history_of_what_it_worked_on(story, told):
    held = story.badge["R-6"]
    tasks = told[0].tasks
    for name in ("P1", "P2", "P4"):
        runs = [run for task in find_product(told[0], f"1.{name}").tasks for run in tasks[task].runs]
        worked = any(held in run.entry.robots for run in runs)
        assert (("robot", held) in {(r.subject.type, r.subject.id) for r in history(told, f"1.{name}")}) == worked
    assert any(held in run.entry.robots for task in find_product(told[0], "1.P1").tasks for run in tasks[task].runs)


def test_belongs_to__question_about_its_task_and_the_answer__in_no_other_history():
    story = a_decided_plant()
    story.ask("finisher", story.task("P1", "load"))
    (question,) = story.ledger.questions
    answer = pack_answer({"verdict": "accept", "offset": 0, "note": ""})
    story.order(OverrideKind.ANSWER, SubjectType.NONE, question, why="I saw it", payload=answer)
    follower = MemoryFollower(story.chain)
    told = (follower.ledger, follower.catch_up())
    said = {"MessageSent", "InstructionGiven"}
    assert [row.act for row in history(told, "1.P1") if row.act in said] == ["MessageSent", "InstructionGiven"]
    assert not said & {row.act for row in history(told, "1.P2")}
