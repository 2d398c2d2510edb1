"""Exports of real chains, from both nodes: proved without a node, compared with one, and refused where they are not."""

import csv
import hashlib
import json
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scripts import audit, product
from scripts.audit_file import whole_file
from scripts.nodes import Kind
from tests.chain import workshop
from tests.chain.workshop import IDLE, JOINT, MADE, Plant, decide_who_belongs, let_time_run_out, running_workshop
from workmoot.audit.export import About
from workmoot.audit.verify import verify
from workmoot.chain.evidence import read_evidence, receipt_bytes, transaction_bytes
from workmoot.chain.proof import chain_of, read_header, root_of
from workmoot.domain.errors import Unprovable

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")
NODES: tuple[Kind, ...] = ("anvil", "ganache")


@pytest.fixture(scope="module", params=NODES)
def plant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running_workshop(request.param, tmp_path_factory.mktemp("exported")) as made:
        yield made


@pytest.fixture
def undone(plant: Plant) -> Iterator[Plant]:
    with workshop.undone(plant):
        yield plant


@pytest.fixture
def exported(plant: Plant, tmp_path: Path) -> Path:
    file = tmp_path / "plant.jsonl"
    result = run(audit, plant, "export", str(file))
    assert result.exit_code == 0, result.output
    return file


def run(command: Any, plant: Plant, *words: str) -> Result:
    """A command at the plant's own node."""
    where = ("--rpc", plant.url, "--deployment", str(plant.folder / "here.json"))
    return CliRunner().invoke(command.app, [*words, *where], catch_exceptions=False)


def offline(command: Any, *words: str) -> Result:
    return CliRunner().invoke(command.app, list(words), catch_exceptions=False)


def objects(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def rows(file: Path) -> list[dict[str, Any]]:
    return [line for line in objects(file) if line["kind"] == "row"]


def head_of(plant: Plant) -> str:
    head = plant.connection.node.block()
    assert head is not None
    return "0x" + head.hash.hex()


def test_verify__an_export__proved_without_a_node_and_says_under_which_head(plant, exported):
    result = offline(audit, "verify", str(exported))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"proved: {len(rows(exported))} rows follow from ")
    assert f"true if {head_of(plant)} is the hash of block" in result.stdout
    assert "true if the contracts are those of line 1 and the first of them came to be in block" in result.stdout


def test_verify__an_export__agrees_with_its_node_deployment_and_head(plant, exported):
    found = json.loads(run(audit, plant, "verify", str(exported), "--head", head_of(plant), "--json").stdout)
    assert (found["ok"], found["faults"], found["differences"]) == (True, [], [])
    assert found["compared_with"] == ["the head", str(plant.folder / "here.json"), plant.url]
    assert found["rows"] == found["events"] == len(rows(exported))
    assert found["block_hash"] == head_of(plant)


def test_verify__another_head__named_and_exit_1(exported):
    result = offline(audit, "verify", str(exported), "--head", "0x" + "1" * 64)
    assert result.exit_code == 1
    assert "not 0x1111" in result.stdout


def test_verify__a_chain_that_turned__the_node_has_another_block(undone, tmp_path):
    file = tmp_path / "before.jsonl"
    with workshop.undone(undone):
        undone.mine()
        run(audit, undone, "export", str(file))
        undone.mine()
        assert run(audit, undone, "verify", str(file)).exit_code == 0, "the chain went on, and turned nowhere"
    undone.connection.node.ask("evm_increaseTime", 100)
    undone.mine()
    result = run(audit, undone, "verify", str(file))
    assert result.exit_code == 1
    assert "has another block" in result.stdout


def test_verify__other_contracts__named_and_exit_1(plant, exported, tmp_path):
    other = json.loads((plant.folder / "here.json").read_text())
    other |= {"Claims": other["Members"]}
    (tmp_path / "other.json").write_text(json.dumps(other))
    result = offline(audit, "verify", str(exported), "--deployment", str(tmp_path / "other.json"))
    assert result.exit_code == 1
    assert "line 1 has other contracts" in result.stdout


def test_verify__a_changed_reason__names_line_and_field(exported):
    lines = exported.read_bytes().splitlines(keepends=True)
    at = next(place for place, line in enumerate(lines) if b'"code":"TEST"' in line)
    lines[at] = lines[at].replace(b"a test", b"a jest")
    exported.write_bytes(b"".join(lines))
    result = offline(audit, "verify", str(exported))
    assert result.exit_code == 1
    assert f"line {at + 1}: row {json.loads(lines[at])['id']} differs from its event in reason" in result.stdout


def test_verify__no_such_file__refused(tmp_path):
    result = offline(audit, "verify", str(tmp_path / "none"))
    assert result.exit_code == 2


def test_verify__a_head_without_a_file__refused(plant):
    assert run(audit, plant, "verify", "--head", head_of(plant)).exit_code == 2


def test_export__rows__who_what_why_displaced_and_what_it_did(exported):
    told = {row["id"]: row for row in rows(exported)}
    orders = [row for row in told.values() if row["act"] == "OverrideGiven"]
    assign, accept = orders[0], orders[1]
    assert (assign["by"]["id"], assign["by"]["kind"]) == ("owner", "human")
    assert assign["subject"] == {"type": "task", "id": JOINT}
    assert assign["reason"] == {"code": "TEST", "words": "a test"}
    assert accept["displaced"]["id"] == "clerk"
    assert assign["effect"][0].startswith("override 1: assign at level 8, until 20")
    assert assign["effect"][1].startswith(f"task {JOINT}: in force: clerk, inspected by checker")
    assert assign["digest"].startswith("0x")
    votes = [row for row in told.values() if row["act"] == "VoteCast"]
    assert [row["by"]["id"] for row in votes[:2]] == ["cutter", "driller"]


def test_export__last_line__has_the_digest_that_sha256sum_tells(exported):
    content = exported.read_bytes()
    before = content[: content[:-1].rindex(b"\n") + 1]
    assert objects(exported)[-1]["sha256"] == hashlib.sha256(before).hexdigest()


def test_export__for_a_spreadsheet__no_cell_is_a_formula(plant, tmp_path):
    file = tmp_path / "plant.csv"
    assert run(audit, plant, "export", "--format", "csv", str(file)).exit_code == 0
    with file.open(newline="") as opened:
        table = list(csv.DictReader(opened))
    assert [row["act"] for row in table].count("OverrideGiven") == 8
    assert {row["by_id"] for row in table if row["act"] == "OverrideGiven"} == {"owner"}
    assert not [cell for row in table for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_export__no_folder__refused_and_nothing_left(plant, tmp_path):
    assert run(audit, plant, "export", str(tmp_path / "none" / "x.jsonl")).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_export__time_runs_out_and_members_decide_who_belongs__proved(undone):
    let_time_run_out(undone)
    about = About(deployment=undone.connection.deployment)
    assert verify(BytesIO("".join(whole_file(undone.connection, about)).encode())).faults == []


def test_export__motions_and_policies__proved(undone):
    decide_who_belongs(undone)
    about = About(deployment=undone.connection.deployment)
    assert verify(BytesIO("".join(whole_file(undone.connection, about)).encode())).faults == []


def test_evidence__from_the_first_block_there_is__hashes_and_hangs_together(plant):
    node, addresses = plant.connection.node, list(plant.connection.deployment.addresses.values())
    headers = [read_header(evidence.header) for evidence in read_evidence(node, addresses, 0, 12)]
    assert [header.number for header in headers] == list(range(13))
    assert [header.parent for header in headers[1:]] == [header.hash for header in headers[:-1]]
    assert headers[-1].hash.hex() == node.ask("eth_getBlockByNumber", hex(12), False)["hash"][2:]


@pytest.mark.parametrize(
    "fields",
    [
        {"gasPrice": hex(10**11)},
        {"gasPrice": hex(10**11), "accessList": [{"address": "0x" + "12" * 20, "storageKeys": ["0x" + "34" * 32]}]},
        {"maxFeePerGas": hex(10**11), "maxPriorityFeePerGas": "0x1", "accessList": []},
        {"maxFeePerGas": hex(10**11), "maxPriorityFeePerGas": "0x0", "data": "0x600160006000a100"},
    ],
    ids=["legacy", "EIP-2930", "EIP-1559", "creation"],
)
def test_evidence__each_kind_of_transaction__makes_the_roots_of_its_block(undone, fields):
    node = undone.connection.node
    receiver = {} if "data" in fields else {"to": "0x" + "56" * 20, "value": "0x7"}
    sent = {"from": node.ask("eth_accounts")[0], "gas": hex(100_000), **receiver, **fields}
    name = node.ask("eth_sendTransaction", sent)
    while (receipt := node.ask("eth_getTransactionReceipt", name)) is None:
        time.sleep(0.02)
    block = node.ask("eth_getBlockByNumber", receipt["blockNumber"], False)
    transaction = transaction_bytes(node.ask("eth_getTransactionByHash", name))
    assert "0x" + root_of([transaction]).hex() == block["transactionsRoot"]
    assert "0x" + root_of([receipt_bytes(receipt)]).hex() == block["receiptsRoot"]
    assert chain_of(transaction) == undone.connection.deployment.chain_id


def test_evidence__a_transaction_of_a_kind_to_come__refused_by_its_type():
    with pytest.raises(Unprovable, match="of type 5; only types 0 to 4"):
        transaction_bytes({"type": "0x5", "hash": "0x01"})


def test_export__the_node_lies_about_a_block__refused(plant, monkeypatch):
    node = plant.connection.node
    honest = node.ask_all

    def lie(questions: Any) -> Any:
        answers = honest(questions)
        return [
            answer | {"stateRoot": "0x" + "1" * 64} if "stateRoot" in (answer or {}) else answer for answer in answers
        ]

    block = node.block()
    monkeypatch.setattr(node, "ask_all", lie)
    monkeypatch.setattr(node, "block", lambda: block)
    with pytest.raises(Unprovable, match="does not hash to"):
        list(whole_file(plant.connection, About(deployment=plant.connection.deployment)))


# One product


@pytest.fixture
def of_product(plant: Plant, tmp_path: Path) -> Path:
    result = run(product, plant, "show", "1.P1", "--json")
    assert result.exit_code == 0, result.output
    file = tmp_path / "product.jsonl"
    file.write_text(result.stdout)
    return file


def test_product__its_file__proved_like_any_other(of_product):
    for command in (product, audit):
        result = offline(command, "verify", str(of_product))
        assert result.exit_code == 0, result.output
        assert f"proved: {len(rows(of_product))} rows of product 1.P1 alone follow from " in result.stdout


def test_product__of_the_chain__proved_with_its_node(plant):
    result = run(product, plant, "verify", "1.P1")
    assert result.exit_code == 0, result.output
    assert f"compared with {plant.folder / 'here.json'}, {plant.url}" in result.stdout


def test_product__its_rows__those_about_it_and_no_other_task(plant, of_product, exported):
    mine, all_ = rows(of_product), rows(exported)
    assert [row for row in all_ if row in mine] == mine
    acts = {row["act"] for row in mine}
    assert acts >= {"OrderPosted", "ProposalCreated", "VoteCast", "TaskStarted", "ResultSubmitted", "TaskAccepted"}
    assert acts >= {"OverrideGiven", "TaskFailed", "HelpConfirmed", "PlantHoldChanged"}
    subjects = {(row["subject"]["type"], row["subject"]["id"]) for row in mine}
    assert ("task", MADE) in subjects
    assert ("task", IDLE) not in subjects


def test_product__another_products_name__does_not_prove_the_same_rows(of_product):
    changed = of_product.read_bytes().replace(b'"product":"1.P1"', b'"product":null')
    of_product.write_bytes(changed)
    assert offline(audit, "verify", str(of_product)).exit_code == 1


def test_product__an_export_of_the_plant__refused(exported):
    assert offline(product, "verify", str(exported)).exit_code == 2


def test_product__shown__tells_its_story_and_nothing_moves_the_cursor(plant):
    told = run(product, plant, "show", "1.P1").stdout
    assert told.startswith("product 1.P1: a bracket\n")
    assert f"task {MADE} P1/0: accepted, run 1 by cutter, grade 88, evidence 0x" in told
    assert "shiny [2J" in told
    assert "\x1b" not in told


def test_product__unknown__refused_with_those_there_are(plant):
    told = run(product, plant, "show", "1.P2")
    assert (told.exit_code, "it has 1.P1" in " ".join(told.stderr.split())) == (2, True)
