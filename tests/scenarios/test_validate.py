"""`workmoot scenario validate`, and what our own scenarios must offer."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from scripts.scenario import app
from workmoot.plant.order import Item, items
from workmoot.plant.plant import DigitalWorker
from workmoot.plant.scenario import Scenario, load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


@pytest.fixture(scope="module")
def flexvega() -> Scenario:
    return load_scenario(SCENARIOS / "flexvega")


def test_validate__our_scenario__says_who_can_do_what():
    result = run("validate", str(SCENARIOS / "workshop"))
    assert result.exit_code == 0
    assert "Metal workshop" in result.stdout
    assert "Nothing to mend" in result.stdout


def test_validate__as_json__one_object():
    told = json.loads(run("validate", str(SCENARIOS / "flexvega"), "--json").stdout)
    assert (told["ok"], told["robots"], told["sensors"], told["humans"]) == (True, 10, 25, 1)
    assert told["orders"][0]["tasks"] == 60


def test_validate__bad_plant__exit_2_and_file_line_place(tmp_path):
    text = (SCENARIOS / "workshop" / "plant.yaml").read_text().replace("station: saw,", "station: sew,")
    (tmp_path / "plant.yaml").write_text(text)
    result = run("validate", str(tmp_path))
    line = 1 + next(number for number, words in enumerate(text.splitlines()) if "station: sew," in words)
    assert result.exit_code == 2
    assert f"plant.yaml:{line}: robots[0].station\n  there is no station `sew`\n  Did you mean saw?" in result.stderr


def test_validate__bad_order_as_json__findings(tmp_path):
    (tmp_path / "plant.yaml").write_text((SCENARIOS / "workshop" / "plant.yaml").read_text())
    order = yaml.safe_load((SCENARIOS / "workshop" / "order.yaml").read_text())
    order["routes"]["part"][0]["after"] = ["drill"]
    (tmp_path / "order.yaml").write_text(yaml.safe_dump(order))
    result = run("validate", str(tmp_path), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"]) == (2, False)
    assert "bracket/drill → bracket/quote" in told["findings"][0]["wrong"]


def test_schema__order__printed():
    assert json.loads(run("schema", "order").stdout)["title"] == "Order"


def test_flexvega__line__as_the_paper_has_it(flexvega):
    plant = flexvega.plant
    assert (len(plant.robots), len(plant.sensors), len(plant.humans)) == (10, 25, 1)
    assert {station.id for station in plant.stations} >= plant.floor_work()


def test_flexvega__every_capability__is_shared(flexvega):
    assert all(len(flexvega.plant.skilled(capability)) >= 2 for capability in flexvega.plant.capabilities)


def test_flexvega__bindings__of_every_kind(flexvega):
    plant = flexvega.plant
    commanders = [plant.commanders(robot.id) for robot in plant.robots]
    assert any(len(who) > 1 for who in commanders)
    assert any(len(worker.commands) > 1 for worker in plant.workers)
    assert any(worker.observes for worker in plant.workers)


def test_flexvega__experience__differs_and_is_a_minority(flexvega):
    workers = flexvega.plant.workers
    knowing = [worker for worker in workers if any(known.ratio >= 1.5 for known in worker.experience)]
    assert 1 <= len(knowing) <= len(workers) // 2


def test_flexvega__order__six_pairs_through_five_stages_some_joint(flexvega):
    listed = items(flexvega.orders[0])
    assert len(flexvega.orders[0].products) == 6
    assert len({item.step.stage for item in listed}) == 5
    assert sum(item.step.team > 1 for item in listed) == 12


def test_flexvega__the_boot__wants_two_for_glue_and_sole(flexvega):
    wanting = {
        item.key
        for item in items(flexvega.orders[0])
        if all(_takes_help(worker, item) for worker in flexvega.plant.skilled(item.step.capability))
    }
    assert wanting == {"P3/glue", "P3/attach"}


def _takes_help(worker: DigitalWorker, item: Item) -> bool:
    """Whether it does not do that much alone."""
    team = worker.team.get(item.step.capability)
    return team is not None and team.alone_s is not None and item.work_s > team.alone_s
