import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.skills.orders import STEPS, TASK, a_pair, an_order_of
from workmoot.skills import desk, shoes
from workmoot.skills.desk import evidence_of, produce

PLACES = list(enumerate(STEPS))


def result(product: bytes) -> Any:
    return json.loads(product)["result"]


@pytest.mark.parametrize(("index", "capability"), PLACES)
def test_produce__computed_again_from_the_chains_json__the_same_evidence(index: int, capability: str):
    order = an_order_of(a_pair("wide toes"))
    read_back = json.loads(json.dumps(order))
    once, again = (produce(capability, known, known["tasks"][index]) for known in (order, read_back))
    assert evidence_of(once) == evidence_of(again)


@pytest.mark.parametrize(("index", "capability"), PLACES)
def test_produce__another_wish__another_product(index: int, capability: str):
    plain, wide = (an_order_of(a_pair(wishes)) for wishes in ("", "wide toes"))
    assert produce(capability, plain, plain["tasks"][index]) != produce(capability, wide, wide["tasks"][index])


def test_produce__own_work__says_for_which_task():
    order = an_order_of()
    product = json.loads(produce("demand-analysis", order, order["tasks"][2]))
    assert (product["capability"], product["task"]) == ("demand-analysis", order["tasks"][2])


def test_produce__nobody_knows_the_capability__an_account_of_the_order():
    order = an_order_of()
    assert result(produce("alchemy", order, TASK)) == {"order": "a pair of shoes", "product": order["products"][0]}


def test_produce__order_says_nothing__a_product_all_the_same():
    assert result(produce("demand-analysis", {}, {})) == {"features": [], "last_length_um": 280_000}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a package on the path that names its own work for a capability."""

    def installed(capability: str) -> None:
        (tmp_path / "cobbler.py").write_text("def work(order, task):\n    return {'by': 'cobbler', 'for': task}\n")
        dist = tmp_path / "cobbler-1.0.dist-info"
        dist.mkdir()
        (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: cobbler\nVersion: 1.0\n")
        (dist / "entry_points.txt").write_text(f"[workmoot.skills]\n{capability} = cobbler:work\n")
        monkeypatch.syspath_prepend(tmp_path)
        desk._work.cache_clear()

    return installed


@pytest.fixture(autouse=True)
def forgotten():
    yield
    desk._work.cache_clear()


@pytest.mark.parametrize("capability", ["alchemy", "demand-analysis"])
def test_produce__a_users_own_work_is_installed__it_comes_first(install: Callable[[str], None], capability: str):
    install(capability)
    order = an_order_of()
    assert result(produce(capability, order, order["tasks"][0])) == {"by": "cobbler", "for": order["tasks"][0]}


def test_produce__work_for_another_capability_is_installed__ours(install: Callable[[str], None]):
    install("alchemy")
    order = an_order_of()
    assert result(produce("demand-analysis", order, TASK)) == shoes.requirements(order, TASK)
