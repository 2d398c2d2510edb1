"""Orders of shoes for tests."""

from typing import Any

STEPS = ("demand-analysis", "product-design", "production-planning", "process-engineering")


def a_pair(wishes: str = "", **attributes: Any) -> dict[str, Any]:
    """A product of size 42, if nothing else is said."""
    return {"id": "pair-1", "wishes": wishes, "attributes": {"size": 42} | attributes}


def an_order_of(*products: dict[str, Any]) -> dict[str, Any]:
    """Its tasks are the four steps of desk work for the first pair."""
    tasks = [{"key": f"pair-1/{step}", "product": "pair-1"} for step in STEPS]
    return {"name": "a pair of shoes", "products": list(products or (a_pair(),)), "tasks": tasks}


TASK = {"product": "pair-1"}
