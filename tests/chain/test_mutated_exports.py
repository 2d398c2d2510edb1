"""No byte of an export can be changed unseen, by accident or on purpose; `--long` tries a thousand changes."""

import json
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scripts.audit_file import report_on, whole_file
from tests.audit.blocks import Log, chained
from tests.chain.mutations import MUTATIONS, begun_later, mutated
from tests.chain.workshop import Plant, running_workshop
from workmoot.audit.export import About, export
from workmoot.audit.verify import verify
from workmoot.chain.abi import abi_of
from workmoot.chain.archive import RawLog
from workmoot.chain.deployment import Deployment, read_deployment
from workmoot.chain.node import Node
from workmoot.chain.proof import BlockEvidence, logs_of, read_header
from workmoot.domain.errors import Unreachable
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")
SHORT, LONG = 120, 1_000
VOTE_CAST = next(form.topic for form in abi_of("AllocationDAO").events.values() if form.name == "VoteCast")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """In its last block nothing is said."""
    with running_workshop("anvil", tmp_path_factory.mktemp("mutated")) as made:
        made.mine()
        yield made


@pytest.fixture(scope="module")
def told(plant: Plant) -> tuple[bytes, str, Path]:
    """An export, the hash of its head, and the deployment's file."""
    about = About(deployment=plant.connection.deployment)
    original = "".join(whole_file(plant.connection, about)).encode()
    head = plant.connection.node.block()
    assert head is not None
    return original, head.hash.hex(), plant.folder / "here.json"


def test_verify__any_change__is_found(told: tuple[bytes, str, Path], long: bool) -> None:
    original, head, deployment = told
    chance, missed, tried = Random(20_261_122), [], Counter[str]()
    for number in range(LONG if long else SHORT):
        name, made = mutated(original, chance)
        report = report_on(BytesIO(made), rpc=None, deployment=deployment, head=head)
        tried[name] += 1
        if report.is_proved or not report.found.faults or not report.found.faults[0].reason:
            missed.append((number, name))
    assert missed == []
    assert tried.keys() == {mutation.__name__ for mutation in MUTATIONS}


def test_verify__nothing_changed__is_proved(told: tuple[bytes, str, Path]) -> None:
    original, head, deployment = told
    report = report_on(BytesIO(original), rpc=None, deployment=deployment, head=head)
    assert report.is_proved
    assert report.compared == ["the head", str(deployment)]


def test_verify__beginning_cut_off__true_only_if_the_contracts_began_there(plant: Plant, told: tuple[bytes, str, Path]):
    original, head, _ = told
    made, first = without_beginning(original)
    report = report_on(BytesIO(made), rpc=None, deployment=None, head=head)
    assert report.is_proved
    condition = f"the contracts are those of line 1 and the first of them came to be in block {first}"
    assert condition in report.verdict()
    report = report_on(BytesIO(made), rpc=plant.url, deployment=None, head=head)
    [fault] = report.found.faults
    assert fault.reason.startswith(f"the beginning is missing: {plant.url} has AccessManager, Members, ")
    assert fault.reason.endswith(f" before block {first}")


def test_verify__beginning_cut_off__a_node_that_forgot_what_was_says_nothing_of_it(plant, told, monkeypatch):
    made, first = without_beginning(told[0])
    honest = Node.try_all

    def forgotten(node: Node, questions: Any) -> list[Any]:
        if questions[0][0] == "eth_getCode":
            return [Unreachable("missing trie node") for _ in questions]
        return honest(node, questions)

    monkeypatch.setattr(Node, "try_all", forgotten)
    report = report_on(BytesIO(made), rpc=plant.url, deployment=None, head=None)
    assert report.is_proved
    assert f"came to be in block {first}" in report.verdict()


def test_verify__whole_file__its_node_agrees_on_the_beginning(plant: Plant, told: tuple[bytes, str, Path]):
    assert report_on(BytesIO(told[0]), rpc=plant.url, deployment=None, head=None).is_proved


def without_beginning(original: bytes) -> tuple[bytes, int]:
    """All but the last block left out; its number."""
    lines = original.splitlines(keepends=True)
    left_out = original.count(b'{"kind":"block"') - 1
    return begun_later(lines, left_out), json.loads(lines[0])["block"] + left_out


def test_verify__a_made_up_chain_in_which_a_vote_is_turned__counted_again_and_named(told: tuple[bytes, str, Path]):
    original, _, deployment = told
    blocks = [json.loads(line) for line in original.splitlines() if b'"kind":"block"' in line]
    deployed = read_deployment(deployment)
    groups = [[_turned(log) for log in _logs(block, deployed)] for block in blocks]
    made_up = chained(*groups, first=deployed.block, chain_id=deployed.chain_id)
    verdict = verify(BytesIO("".join(export(About(deployment=deployed), made_up)).encode()))
    assert verdict.faults == []
    assert not verdict.is_proved
    assert {difference.subject for difference in verdict.differences} >= {"proposal 1"}


def _logs(block: dict[str, Any], deployed: Deployment) -> list[RawLog]:
    header, *whole = (
        bytes.fromhex(block["header"][2:]),
        *(tuple(bytes.fromhex(item[2:]) for item in block.get(name, ())) for name in ("receipts", "transactions")),
    )
    return logs_of(BlockEvidence(header, *whole), read_header(header), deployed.addresses.values())


def _turned(log: RawLog) -> Log:
    """The same log; of a vote the contrary."""
    topics = [log.topics[at : at + 32] for at in range(0, len(log.topics), 32)]
    content = log.data
    if topics[0] == VOTE_CAST:
        content = content[:32] + (1 - int.from_bytes(content[32:64], "big")).to_bytes(32, "big") + content[64:]
    return Address(checksum_address("0x" + log.address.hex())), topics, content
