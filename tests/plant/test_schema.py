from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.plant.documents import ORDER, PLANT, changed
from workmoot.plant.documents import read_all
from workmoot.plant.schema import DOCUMENTS, schema, schema_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"
EXAMPLES = {"plant": PLANT, "order": ORDER}


def errors(document: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema(document)).iter_errors(value)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_schema_text__committed__is_the_models(document):
    committed = (SCENARIOS / "schema" / f"{document}.schema.json").read_text()
    assert committed == schema_text(document), f"workmoot scenario schema {document} > scenarios/schema/…"


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("scenario", ["flexvega", "workshop"])
def test_schema__our_scenarios__valid(scenario, document):
    for value in read_all(SCENARIOS / scenario / f"{document}.yaml"):
        assert not errors(document, value)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_schema__unknown_field__invalid(document):
    assert errors(document, changed(EXAMPLES[document], "nmae", to=1))


def test_schema__negative_work__invalid():
    assert errors("order", changed(ORDER, "routes", "sole", 0, "work_s", to=-1))
