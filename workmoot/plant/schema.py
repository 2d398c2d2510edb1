"""The documents' JSON Schemas, for editors and for other programs."""

import json
from typing import Any

from workmoot.plant.model import Part
from workmoot.plant.order import Order
from workmoot.plant.plant import Plant

DOCUMENTS: dict[str, type[Part]] = {"plant": Plant, "order": Order}


def schema(document: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of `plant` or `order`."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **DOCUMENTS[document].model_json_schema()}


def schema_text(document: str) -> str:
    """The schema as it is kept in scenarios/schema."""
    return json.dumps(schema(document), indent=2, ensure_ascii=False) + "\n"
