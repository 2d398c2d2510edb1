"""One product of an order: which tasks make it, and which of the chain's events are its history."""

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from workmoot.audit.rows import HINTS
from workmoot.domain.errors import Malformed, NoSuchProduct
from workmoot.domain.events import Event, MessageSent, OffersPublished, PlantHoldChanged, RobotEpochRaised
from workmoot.domain.ids import OrderId, OverrideId, ProposalId, TaskId
from workmoot.domain.instructions import subject_word
from workmoot.domain.ledger import Ledger, Question, WorkOrder
from workmoot.domain.offers import unpack_offers
from workmoot.domain.overrides import PLANT, HumanOrder, OverrideKind, SubjectType
from workmoot.domain.payloads import cancelled_tasks
from workmoot.domain.strangers import text

NAMED: dict[Any, str] = {TaskId: "task", OrderId: "order", ProposalId: "proposal", OverrideId: "override"}
MOST_NAMED = 20
MOST_DIGITS = 20
Topic = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing a customer ordered; `id` is `ORDER.PRODUCT`, such as 1.P1."""

    id: str
    order: WorkOrder
    tasks: tuple[TaskId, ...]
    document: Mapping[str, Any]
    """What the order's document says of it; a stranger's text."""


def find_product(ledger: Ledger, id_: str) -> Product:
    """The product with that id; refused where there is none."""
    number, _, name = id_.partition(".")
    known = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    order = ledger.orders.get(OrderId(int(number))) if known else None
    if order is None:
        raise NoSuchProduct(f"There is no product {id_[:80]!r}: its id is ORDER.PRODUCT, such as 1.P1.")
    tasks = tuple(task for index, task in enumerate(order.tasks) if name and _product_of(order, index) == name)
    if not tasks:
        there_are = ", ".join(f"{order.id}.{product}" for product in products_of(order)[:MOST_NAMED]) or "none"
        raise NoSuchProduct(f"Order {order.id} has no product {name[:80]!r}; it has {there_are}.")
    return Product(id=id_, order=order, tasks=tasks, document=_document(order, name))


def products_of(order: WorkOrder) -> list[str]:
    """The products that tasks of an order name, in its order."""
    named = (_product_of(order, index) for index in range(len(order.tasks)))
    return [name for name in dict.fromkeys(named) if name]


def belongs_to(ledger: Ledger, product: Product) -> Callable[[Event], bool]:
    """Which events are its history: those about its order, its tasks, the offers for them, the proposals that name
    them, and the humans' orders about all these, questions about its tasks, the robots that worked on it and the plant,
    once it was ordered."""
    topics = _topics(ledger, product)
    begin = product.order.at.position
    return lambda event: event.at.position >= begin and not topics.isdisjoint(_topics_of(event))


def _document(order: WorkOrder, name: str) -> Mapping[str, Any]:
    listed = order.detail.get("products")
    products = listed if isinstance(listed, list) else []
    return next((item for item in products if isinstance(item, dict) and text(item.get("id")) == name), {})


def _product_of(order: WorkOrder, index: int) -> str:
    return text(order.item(index).get("product"))


def _topics(ledger: Ledger, product: Product) -> frozenset[Topic]:
    tasks = frozenset(product.tasks)
    proposals = (p for p in ledger.proposals.values() if any(entry.task in tasks for entry in p.decided_entries))
    runs = (run for task in product.tasks for run in ledger.tasks[task].runs)
    topics = {("order", int(product.order.id)), ("plant", PLANT), *(("task", int(task)) for task in tasks)}
    topics |= {("proposal", int(proposal.id)) for proposal in proposals}
    topics |= {("question", question.id) for question in ledger.questions.values() if _is_about(question, tasks)}
    topics |= {("robot", int(robot)) for run in runs if run.entry for robot in run.entry.robots}
    given = (record for record in ledger.overrides.values() if topics & set(_order_topics(record.order)))
    return frozenset(topics | {("override", int(record.id)) for record in given})


def _is_about(question: Question, tasks: Container[int]) -> bool:
    return question.asked.about_type is SubjectType.TASK and question.asked.about in tasks


def _topics_of(event: Event) -> Iterator[Topic]:
    """What an event is about, where that may be part of a product's history."""
    for name, hint in HINTS[type(event)].items():
        if hint in NAMED:
            yield NAMED[hint], int(getattr(event, name))
    if isinstance(event, OffersPublished):
        yield from _offered(event)
    if isinstance(event, MessageSent):
        yield "task", event.about
    if isinstance(event, RobotEpochRaised):
        yield "robot", int(event.robot)
    if isinstance(event, PlantHoldChanged):
        yield "plant", PLANT


def _order_topics(order: HumanOrder) -> Iterator[Topic]:
    yield subject_word(order), order.subject
    if order.kind is OverrideKind.CANCEL:
        yield from (("task", int(task)) for task in cancelled_tasks(order.subject, order.payload))


def _offered(event: OffersPublished) -> Iterator[Topic]:
    with suppress(Malformed):
        yield from (("task", int(offer.task)) for offer in unpack_offers(event.offers))
