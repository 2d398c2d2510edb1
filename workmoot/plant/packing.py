"""An order as the chain gets it: packed tasks, and a detail with the names."""

import json
from dataclasses import dataclass

from workmoot.domain.clock import TICKS_A_SECOND
from workmoot.domain.work import OnFailure, Stage, TaskSpec, mask_of, pack_tasks
from workmoot.plant.graph import topological
from workmoot.plant.order import Item, Order, items

MICRO_UNITS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedOrder:
    """What `WorkOrders.post` takes."""

    specs: tuple[TaskSpec, ...]
    tasks: bytes
    detail: str


def pack_order(order: Order, capabilities: tuple[str, ...]) -> PackedOrder:
    """A checked order for a plant whose capabilities are numbered from 1 in this order."""
    by_key = {item.key: item for item in items(order)}
    keys = topological({key: item.after for key, item in by_key.items()})
    place = {key: index for index, key in enumerate(keys)}
    last = by_key.keys() - {before for item in by_key.values() for before in item.after}
    specs = tuple(_spec(by_key[key], place, capabilities, is_last=key in last) for key in keys)
    detail = _detail(order, tuple(by_key[key] for key in keys))
    return PackedOrder(specs=specs, tasks=pack_tasks(specs), detail=detail)


def _spec(item: Item, place: dict[str, int], capabilities: tuple[str, ...], *, is_last: bool) -> TaskSpec:
    step, product = item.step, item.product
    due_s = step.due_s or (product.due_s if product and is_last else None) or 0
    return TaskSpec(
        predecessors=mask_of([place[before] for before in item.after]),
        capability=capabilities.index(step.capability) + 1,
        stage=Stage[_member(step.stage)],
        on_failure=OnFailure[_member(step.on_failure)],
        retries=step.retries,
        priority=max(step.priority, product.priority if product else 0),
        team=step.team,
        work=max(1, round(item.work_s * TICKS_A_SECOND)),
        due=round(due_s * TICKS_A_SECOND),
        budget=round(step.budget * MICRO_UNITS),
    )


def _member(words: str) -> str:
    """`product-design` as the name of the enumeration's member."""
    return words.upper().replace("-", "_")


def _detail(order: Order, listed: tuple[Item, ...]) -> str:
    return compact(
        {
            "name": order.name,
            "customer": order.customer,
            "seed": order.seed,
            "products": [
                {"id": product.id, "name": product.name, "wishes": product.wishes, "attributes": product.attributes}
                for product in order.products
            ],
            "tasks": [
                {"key": item.key, "name": item.step.name, "product": item.product.id if item.product else None}
                for item in listed
            ],
        }
    )


def compact(value: object) -> str:
    """JSON without blanks, in the order given: every byte on chain costs gas."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
