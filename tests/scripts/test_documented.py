"""What docs/scenario-format.md and docs/deployment.md say there is, is there, and the other way round."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from scripts.deploy_settings import PREFIX, DeploySettings
from workmoot.plant import order, plant

DOCS = Path(__file__).parents[2] / "docs"
PARTS = [
    part
    for module in (plant, order)
    for part in vars(module).values()
    if isinstance(part, type) and issubclass(part, BaseModel) and part.__module__ == module.__name__
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_scenario_format__each_field__documented(part):
    prose = re.sub(r"```.*?```", "", (DOCS / "scenario-format.md").read_text(), flags=re.DOTALL)
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", prose))))
    assert set(part.model_fields) <= words


def test_deployment__settings__are_the_documented_ones():
    documented = set(re.findall(r"^\| `(WORKMOOT_\w+)`", (DOCS / "deployment.md").read_text(), re.MULTILINE))
    assert documented == {PREFIX + name.upper() for name in DeploySettings.model_fields}
