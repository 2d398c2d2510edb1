"""The desk work of a customised pair: wishes to requirements, a sole's outline, the material, the glue's path.

A first, plain form of each: whole micrometres and tenths of a degree, so that everyone computes the same.
Size: one European size is 2/3 cm of last length (Paris point).
"""

from collections.abc import Mapping
from math import atan2, cos, degrees, hypot, pi, sin
from typing import Any

POINTS = 48
GLUE_INSET_UM = 4_000
GLUE_UG_PER_MM = 9_000
WORDS = {"light": "weight", "soft": "heel", "wide": "toe-box", "warm": "lining", "dry": "membrane", "road": "outsole"}
STANDARD_SIZE = 42
LARGEST_SIZE = 100


def product_of(order: Mapping[str, Any], task: Mapping[str, Any]) -> Mapping[str, Any]:
    """The product a task is for, as the order describes it."""
    products = order.get("products")
    listed = products if isinstance(products, list) else []
    found = (product for product in listed if isinstance(product, dict) and product.get("id") == task.get("product"))
    return next(found, {})


def requirements(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Demand analysis: the features that the customer's words ask for, and the last's length."""
    product = product_of(order, task)
    words = str(product.get("wishes", "")).lower()
    asked = sorted({feature for word, feature in WORDS.items() if word in words})
    return {"features": asked, "last_length_um": _length_um(product)}


def design(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Product design: the sole's outline, wider where the customer asked for it."""
    product = product_of(order, task)
    width = 38 if "toe-box" in requirements(order, task)["features"] else 36
    return {"outline_um": _outline(_length_um(product), width)}


def material(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Production planning: blank, glue and upper that the pair takes."""
    outline = design(order, task)["outline_um"]
    path = glue_path(order, task)
    return {"sole_area_mm2": _area(outline) // 1_000_000, "glue_ug": 2 * path["length_um"] * GLUE_UG_PER_MM // 1_000}


def glue_path(order: Mapping[str, Any], task: Mapping[str, Any]) -> dict[str, Any]:
    """Process engineering: the nozzle's way along the sole's edge, coordinates and angles."""
    path = [_inset(x, y) for x, y in design(order, task)["outline_um"]]
    steps = zip(path, path[1:] + path[:1], strict=True)
    length = sum(round(hypot(x2 - x1, y2 - y1)) for (x1, y1, _), (x2, y2, _) in steps)
    return {"path": path, "length_um": length}


def _length_um(product: Mapping[str, Any]) -> int:
    """Of the last; where the order says no size, a standard one."""
    attributes = product.get("attributes")
    size = attributes.get("size") if isinstance(attributes, dict) else None
    if not isinstance(size, int | float) or not 0 < size < LARGEST_SIZE:
        size = STANDARD_SIZE
    return round(size * 20_000 / 3)


def _outline(length_um: int, width_percent: int) -> list[tuple[int, int]]:
    """An egg: broad at the toes, narrow at the heel."""
    half = length_um / 2
    points = []
    for step in range(POINTS):
        angle = 2 * pi * step / POINTS
        broad = half * width_percent / 100 * (1 + 0.12 * cos(angle))
        points.append((round(half * cos(angle)), round(broad * sin(angle))))
    return points


def _inset(x: int, y: int) -> tuple[int, int, int]:
    """The point a nozzle's inset further in, and the nozzle's direction in tenths of a degree."""
    distance = hypot(x, y)
    scale = max(0.0, 1 - GLUE_INSET_UM / distance) if distance else 0.0
    return round(x * scale), round(y * scale), round(10 * degrees(atan2(y, x)))


def _area(outline: list[tuple[int, int]]) -> int:
    closed = zip(outline, outline[1:] + outline[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in closed)) // 2
