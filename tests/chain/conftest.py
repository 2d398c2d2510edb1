"""One plant for each test: in memory, and on both development nodes, which are started once and set back after each.

After each test the ledger rebuilt from the events alone is compared with what the contracts say.
"""

from collections.abc import Iterator

import pytest

from scripts.nodes import Kind, running
from tests.chain.agreement import assert_events_tell_all
from tests.chain.plants import MemoryPlant, NodePlant, Plant, deploy, found
from workmoot.chain.node import Node

FORMS = ("memory", "anvil", "ganache")


def _founded_on(kind: Kind) -> Iterator[NodePlant]:
    with running(kind) as process:
        plant = NodePlant(deploy(Node(process.url)))
        found(plant)
        yield plant


@pytest.fixture(scope="session")
def anvil_plant() -> Iterator[NodePlant]:
    yield from _founded_on("anvil")


@pytest.fixture(scope="session")
def ganache_plant() -> Iterator[NodePlant]:
    yield from _founded_on("ganache")


@pytest.fixture(params=FORMS)
def plant(request: pytest.FixtureRequest) -> Iterator[Plant]:
    if request.param == "memory":
        memory = MemoryPlant()
        found(memory)
        yield memory
        assert_events_tell_all(memory)
        return
    on_node: NodePlant = request.getfixturevalue(f"{request.param}_plant")
    # The nodes' clocks do not go back: a plant set back finds itself later, as after a night.
    before = on_node.node.ask("evm_snapshot")
    try:
        yield on_node
        assert_events_tell_all(on_node)
    finally:
        on_node.node.ask("evm_revert", before)
