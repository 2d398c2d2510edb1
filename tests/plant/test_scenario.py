from pathlib import Path

import pytest
import yaml

from tests.plant.documents import ORDER, PLANT, changed
from workmoot.plant.findings import BadDocument
from workmoot.plant.scenario import load_scenario


def folder_with(folder: Path, *, plant: str = "", order: str = "") -> Path:
    (folder / "plant.yaml").write_text(plant or yaml.safe_dump(PLANT))
    (folder / "order.yaml").write_text(order or yaml.safe_dump(ORDER))
    return folder


def refusal(folder: Path) -> BadDocument:
    with pytest.raises(BadDocument) as refused:
        load_scenario(folder)
    return refused.value


def test_load_scenario__several_orders__all(tmp_path):
    orders = yaml.safe_dump_all([ORDER, changed(ORDER, "name", to="Two more")])
    assert [order.name for order in load_scenario(folder_with(tmp_path, order=orders)).orders] == [
        "Two soles",
        "Two more",
    ]


def test_load_scenario__fault_in_the_second_order__named_with_its_line(tmp_path):
    text = (
        yaml.safe_dump(ORDER) + "---\n# the second\n" + yaml.safe_dump(changed(ORDER, "products", 1, "route", to="x"))
    )
    bad = refusal(folder_with(tmp_path, order=text))
    assert bad.source.endswith("order.yaml (order 2)")
    assert text.splitlines()[bad.findings[0].line - 1].strip() == "route: x"


def test_load_scenario__missing_field__line_of_its_entry(tmp_path):
    text = yaml.safe_dump(changed(PLANT, "robots", 0, "station", to=...), sort_keys=False)
    finding = refusal(folder_with(tmp_path, plant=text)).findings[0]
    assert (finding.path, finding.wrong) == ("robots[0].station", "it is missing")
    assert text.splitlines()[finding.line - 1] == "- id: arm-1"


@pytest.mark.parametrize("text", ["# nothing\n", "---\na: 1\n---\nb: 1\n"])
def test_load_scenario__not_one_plant__refused(tmp_path, text):
    assert "A plant file has exactly one" in str(refusal(folder_with(tmp_path, plant=text)))


def test_load_scenario__no_order__refused(tmp_path):
    assert "it has no order" in str(refusal(folder_with(tmp_path, order="# nothing\n")))
