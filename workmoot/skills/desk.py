"""Work of the mind: what it produces is computed from the order, so that an inspector can compute it again."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from workmoot.domain.hashing import keccak
from workmoot.skills import shoes

Work = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
OWN: dict[str, Work] = {
    "demand-analysis": shoes.requirements,
    "product-design": shoes.design,
    "production-planning": shoes.material,
    "process-engineering": shoes.glue_path,
}


def produce(capability: str, order: Mapping[str, Any], task: Mapping[str, Any]) -> bytes:
    """What the desk work for one task of an order yields, as canonical JSON; `task` is the order's item for it."""
    result = _work(capability)(order, task)
    return json.dumps({"capability": capability, "task": task, "result": result}, sort_keys=True).encode()


def evidence_of(product: bytes) -> bytes:
    """What a result names its product by."""
    return keccak(product)


@lru_cache
def _work(capability: str) -> Work:
    """A user's own work for the capability comes before ours; work nobody knows is an account of the order."""
    for found in entry_points(group="workmoot.skills", name=capability):
        loaded: Work = found.load()
        return loaded
    return OWN.get(capability, _account)


def _account(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    return {"order": order.get("name"), "product": shoes.product_of(order, task)}
