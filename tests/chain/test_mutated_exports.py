"""No byte of an export can be changed unseen, by accident or on purpose; `--long` tries a thousand changes."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from scripts.audit_file import report_on, whole_file
from tests.chain.mutations import MUTATIONS, mutated
from tests.chain.workshop import running_workshop
from workmoot.audit.export import About

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")
SHORT, LONG = 120, 1_000


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
