"""order.yaml: what a customer wants, as a graph of tasks through the five stages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from workmoot.plant.model import Id, Number, Part, Seconds, Whole, Words

# The names of workmoot.domain.work's Stage and OnFailure, as people write them.
StageName = Literal[
    "demand-analysis", "product-design", "production-planning", "process-engineering", "manufacturing-execution"
]
FailureRule = Literal["human", "reallocate", "retry", "abort"]

TaskKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}(/[A-Za-z0-9][A-Za-z0-9._-]{0,31})?$")]
Due = Annotated[Number, Field(gt=0, le=4_000_000, description="Simulated seconds after posting.")]


class TaskStep(Part):
    """One task. In a route, `after` names tasks of the same product."""

    id: Id
    name: Words
    stage: StageName
    capability: Id
    work_s: Annotated[Seconds, Field(description="Nominal work, simulated seconds.")]
    after: tuple[TaskKey, ...] = ()
    on_failure: FailureRule = "reallocate"
    retries: Annotated[Whole, Field(ge=0, le=255)] = 0
    priority: Annotated[Whole, Field(ge=0, le=255, description="A larger number is more urgent.")] = 0
    team: Annotated[Whole, Field(ge=1, le=9, description="Most workers on it, the lead included.")] = 1
    due_s: Due | None = None
    budget: Annotated[Number, Field(ge=0, le=200_000_000, description="In the plant's currency.")] = 0.0


class Product(Part):
    """One thing to be made along a route."""

    id: Id
    name: Words
    route: Id
    wishes: Annotated[str, Field(max_length=2_000, description="The customer's own words.")] = ""
    attributes: dict[Id, str | Whole | Number] = Field(default_factory=dict)
    priority: Annotated[Whole, Field(ge=0, le=255)] = 0
    due_s: Annotated[Due, Field(description="For the product's last tasks.")] | None = None
    work: dict[Id, Annotated[Number, Field(gt=0, le=100)]] = Field(
        default_factory=dict, description="Factors on the nominal work of single tasks."
    )


class Order(Part):
    """One work order."""

    format: Literal["workmoot/order/1"]
    name: Words
    customer: Annotated[str, Field(max_length=400)] = ""
    seed: Annotated[Whole, Field(ge=0, le=2**63 - 1, description="What the simulated floor draws from.")] = 1
    routes: dict[Id, Annotated[tuple[TaskStep, ...], Field(min_length=1)]] = Field(default_factory=dict)
    products: tuple[Product, ...] = ()
    tasks: tuple[TaskStep, ...] = Field((), description="Tasks outside products; `after` may name `product/task`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A task of an order, spelled out. `path` is where the document says it."""

    key: str
    step: TaskStep
    path: str
    product: Product | None
    work_s: float
    after: tuple[str, ...]


def items(order: Order) -> tuple[Item, ...]:
    """Every task of the order in the document's order; products whose route is unknown have none."""
    return (*(item for product in order.products for item in _along(order, product)), *_loose(order))


def _along(order: Order, product: Product) -> Iterator[Item]:
    for index, step in enumerate(order.routes.get(product.route, ())):
        yield Item(
            key=f"{product.id}/{step.id}",
            step=step,
            path=f"routes.{product.route}[{index}]",
            product=product,
            work_s=step.work_s * product.work.get(step.id, 1.0),
            after=tuple(before if "/" in before else f"{product.id}/{before}" for before in step.after),
        )


def _loose(order: Order) -> Iterator[Item]:
    for index, step in enumerate(order.tasks):
        yield Item(key=step.id, step=step, path=f"tasks[{index}]", product=None, work_s=step.work_s, after=step.after)
