"""A small sound plant and order as plain values, and changed copies of them."""

from copy import deepcopy
from typing import Any

PLANT: dict[str, Any] = {
    "format": "workmoot/plant/1",
    "name": "Bench",
    "capabilities": ["planning", "spraying"],
    "stations": [{"id": "booth", "name": "Booth", "x": 1, "y": 2, "capabilities": ["spraying"]}],
    "robots": [{"id": "arm-1", "name": "Arm", "station": "booth", "capabilities": ["spraying"]}],
    "sensors": [{"id": "eye-1", "station": "booth", "measures": "glue"}],
    "workers": [
        {"id": "sprayer", "name": "Sprayer", "commands": ["arm-1"], "skills": {"spraying": {"pace": 0.8}}},
        {
            "id": "planner",
            "name": "Planner",
            "commands": ["arm-1"],
            "skills": {"planning": {"pace": 1}, "spraying": {"pace": 1.2}},
            "team": {"spraying": {"factor": 0.6, "alone_s": 90}},
            "experience": [{"worker": "sprayer", "capability": "spraying", "samples": 4, "ratio": 1.5}],
        },
    ],
    "humans": [{"id": "owner", "name": "Owner", "roles": ["planner", "supervisor"], "station": "booth"}],
    "truth": {"defect": 0.04, "robots": {"arm-1": {"pace": 1.25}}},
}

ORDER: dict[str, Any] = {
    "format": "workmoot/order/1",
    "name": "Two soles",
    "routes": {
        "sole": [
            {"id": "plan", "name": "Plan", "stage": "production-planning", "capability": "planning", "work_s": 10},
            {
                "id": "spray",
                "name": "Spray",
                "stage": "manufacturing-execution",
                "capability": "spraying",
                "work_s": 20,
                "after": ["plan"],
                "team": 2,
                "on_failure": "human",
            },
        ]
    },
    "products": [
        {"id": "A", "name": "Left", "route": "sole", "due_s": 90},
        {"id": "B", "name": "Right", "route": "sole"},
    ],
}


def changed(document: dict[str, Any], *steps: str | int, to: Any) -> dict[str, Any]:
    """A copy with one value set; `...` as value takes it out."""
    copy = deepcopy(document)
    part: Any = copy
    for step in steps[:-1]:
        part = part[step]
    if to is ...:
        del part[steps[-1]]
    else:
        part[steps[-1]] = to
    return copy
