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
from tests.chain.mutations import MUTATIONS, mutated
from tests.chain.workshop import running_workshop
from workmoot.audit.export import About, export
from workmoot.audit.verify import verify
from workmoot.chain.abi import abi_of
from workmoot.chain.archive import RawLog
from workmoot.chain.deployment import Deployment, read_deployment
from workmoot.chain.proof import BlockEvidence, logs_of, read_header
from workmoot.domain.hashing import checksum_address
from workmoot.domain.ids import Address

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")
SHORT, LONG = 120, 1_000
VOTE_CAST = next(form.topic for form in abi_of("AllocationDAO").events.values() if form.name == "VoteCast")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, str, Path]]:
    """An export, the hash of its head, and the deployment's file."""
    folder = tmp_path_factory.mktemp("mutated")
    with running_workshop("anvil", folder) as plant:
        about = About(deployment=plant.connection.deployment)
        original = "".join(whole_file(plant.connection, about)).encode()
        head = plant.connection.node.block()
        assert head is not None
        yield original, head.hash.hex(), folder / "here.json"


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
