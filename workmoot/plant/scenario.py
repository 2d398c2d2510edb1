"""A scenario: a folder with a plant and the orders for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workmoot.plant.documents import located, parsed, read_all
from workmoot.plant.findings import BadDocument, Finding
from workmoot.plant.order import Order
from workmoot.plant.order_checks import Crew, check_order, crew_of
from workmoot.plant.plant import Plant
from workmoot.plant.plant_checks import check_plant

PLANT_FILE = "plant.yaml"
ORDER_FILE = "order.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A plant and what is ordered from it."""

    plant: Plant
    orders: tuple[Order, ...]


def load_scenario(folder: Path) -> Scenario:
    """The plant and orders of a folder, checked."""
    plant = load_plant(folder / PLANT_FILE)
    return Scenario(plant=plant, orders=load_orders(folder / ORDER_FILE, crew_of(plant)))


def load_plant(file: Path) -> Plant:
    """A plant, checked."""
    documents = read_all(file)
    if len(documents) != 1:
        wrong = f"it has {len(documents)} documents"
        raise BadDocument(str(file), [Finding(path="", wrong=wrong, right="A plant file has exactly one")])
    try:
        return plant_of(documents[0], str(file))
    except BadDocument as error:
        raise located(error, file, 0) from error


def plant_of(document: Any, source: str) -> Plant:
    """A plant from plain values, checked."""
    plant = parsed(Plant, document, source)
    _refuse(source, check_plant(plant))
    return plant


def load_orders(file: Path, crew: Crew) -> tuple[Order, ...]:
    """The orders of a file, one a document, checked against who is to carry them out."""
    documents = read_all(file)
    if not documents:
        raise BadDocument(str(file), [Finding(path="", wrong="it has no order", right="Write at least one")])
    orders: list[Order] = []
    for index, document in enumerate(documents):
        source = str(file) if len(documents) == 1 else f"{file} (order {index + 1})"
        try:
            orders.append(order_of(document, crew, source))
        except BadDocument as error:
            raise located(error, file, index) from error
    return tuple(orders)


def order_of(document: Any, crew: Crew, source: str) -> Order:
    """An order from plain values (a request's body), checked."""
    order = parsed(Order, document, source)
    _refuse(source, check_order(order, crew))
    return order


def _refuse(source: str, findings: tuple[Finding, ...]) -> None:
    if findings:
        raise BadDocument(source, findings)
