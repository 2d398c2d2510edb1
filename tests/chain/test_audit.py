"""The audit on a small story that has something of everything: it agrees, and says so when a value is tampered with."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scripts.audit import app
from tests.chain import workshop
from tests.chain.workshop import (
    DROPPED,
    JOINT,
    MADE,
    Plant,
    decide_who_belongs,
    instruct,
    let_time_run_out,
    running_workshop,
    suspend_at_once,
)
from workmoot.domain.hashing import keccak
from workmoot.domain.ids import ProposalId
from workmoot.domain.overrides import OverrideKind

# web3's own import of a package it does not use here.
pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_workshop("anvil", tmp_path_factory.mktemp("audited")) as made:
        yield made


def verify(plant: Plant, *options: str) -> Result:
    command = ["verify", "--rpc", plant.url, "--deployment", str(plant.folder / "here.json"), *options]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200"})


def told(plant: Plant) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(verify(plant, "--json").stdout)
    return found


def test_verify__untouched__all_agree_and_exits_0(plant):
    found = told(plant)
    assert found["differences"] == []
    assert found["ok"]
    assert found["compared"] > 200


def test_verify__tasks__by_whom_and_by_which_majority(plant):
    rows = {row["task"]: row for row in told(plant)["tasks"]}
    assert [rows[MADE][key] for key in ("outcome", "done_by", "majority", "ended_by")] == [
        "accepted",
        "cutter",
        "3 of 4",
        "checker",
    ]
    assert rows[JOINT]["done_by"] == "clerk"
    assert rows[JOINT]["overridden_by"] == ["assign by owner", "accept by owner"]
    assert rows[JOINT]["order"] == 1
    assert rows[JOINT]["failures"] == ["reported"]
    assert rows[DROPPED]["outcome"] == "cancelled"


def test_verify__counts__as_a_summary_names_them(plant):
    counts = told(plant)["counts"]
    expected = {"tasks": 3, "accepted": 2, "cancelled": 1, "unfinished": 1, "overrides": 8, "reallocated": 1}
    expected |= {"proposals": 3, "passed": 1, "defeated": 1, "vetoed": 1}
    expected |= {"votes": 6, "votes_for": 3, "votes_against": 3}
    assert {name: counts[name] for name in expected} == expected


def test_verify__for_people__tables_and_a_last_line(plant):
    result = verify(plant)
    assert result.exit_code == 0
    assert "Tasks that ended" in result.stdout
    assert result.stdout.rstrip().endswith("values compared: all agree")


@pytest.fixture
def undone(plant: Plant) -> Iterator[Plant]:
    with workshop.undone(plant):
        yield plant


def test_verify__time_runs_out_everywhere__all_agree(undone):
    let_time_run_out(undone)
    assert told(undone)["differences"] == []


def test_verify__instructions__count_and_agree_like_any_order(undone):
    before = told(undone)
    instruct(undone)
    found = told(undone)
    assert found["differences"] == []
    assert found["counts"]["overrides"] == before["counts"]["overrides"] + 3
    assert found["compared"] > before["compared"] + 8


def test_verify__instruction_in_storage_tampered_with__is_named(undone):
    instruct(undone)
    node, instructions = undone.connection.node, undone.connection.deployment.instructions
    key = keccak(undone.badges["cutter"].to_bytes(32, "big") + _mapping(OverrideKind.QUARANTINE, node, instructions))
    node.ask("anvil_setStorageAt", instructions, "0x" + key.hex(), "0x" + bytes(32).hex())
    undone.mine()
    differing = {item["subject"] for item in json.loads(verify(undone, "--json").stdout)["differences"]}
    assert differing == {f"instruction {int(OverrideKind.QUARANTINE)} about {undone.badges['cutter']}"}


def _mapping(group, node, instructions):
    """Where what stands of a group of kinds is kept: the slot after the one that counts."""
    places = (
        slot for slot in range(9) if int(node.ask("eth_getStorageAt", instructions, hex(slot), "latest"), 16) == 3
    )
    return keccak(group.to_bytes(32, "big") + (next(places) + 1).to_bytes(32, "big"))


def test_verify__decided_at_once__counts_and_agrees_like_any_other(undone):
    suspend_at_once(undone)
    found = told(undone)
    assert found["differences"] == []
    assert (found["counts"]["proposals"], found["counts"]["passed"], found["counts"]["votes_for"]) == (4, 2, 5)


def test_verify__decided_who_belongs__all_agree(undone):
    decide_who_belongs(undone)
    found = told(undone)
    assert found["differences"] == []
    assert (found["counts"]["expired"], found["counts"]["open"]) == (1, 1)


@pytest.fixture
def tampered(undone: Plant) -> Plant:
    """The DAO's desk is written over: its lowest bits are the number of proposals."""
    node, dao = undone.connection.node, undone.connection.deployment.allocation_dao
    slot = next(hex(slot) for slot in range(9) if int(node.ask("eth_getStorageAt", dao, hex(slot), "latest"), 16))
    desk = int(node.ask("eth_getStorageAt", dao, slot, "latest"), 16)
    assert desk & 0xFFFFFF == 3
    node.ask("anvil_setStorageAt", dao, slot, f"0x{desk ^ 3 ^ 9:064x}")
    undone.mine()
    return undone


def test_verify__storage_is_tampered_with__names_it_and_exits_1(tampered):
    result = verify(tampered, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["differences"] == [
        {"subject": "proposals", "what": "count", "events": 3, "other": 9}
    ]


def test_verify__wrong_deployment__refused_by_name(plant, tmp_path):
    content = json.loads((plant.folder / "here.json").read_text()) | {"chain_id": 5}
    (tmp_path / "other.json").write_text(json.dumps(content))
    result = CliRunner().invoke(app, ["verify", "--rpc", plant.url, "--deployment", str(tmp_path / "other.json")])
    assert type(result.exception).__name__ == "WrongChain"


def test_proposal_ids__in_the_story__are_sequential(plant):
    assert [row["proposal"] for row in told(plant)["proposals"]] == [ProposalId(number) for number in (1, 2, 3)]
