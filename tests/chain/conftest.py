"""One plant for each test: in memory, and on both development nodes, which are started once and set back after each."""

from collections.abc import Iterator

import pytest

from scripts.nodes import Kind, running
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
        return
    on_node: NodePlant = request.getfixturevalue(f"{request.param}_plant")
    before = on_node.node.ask("evm_snapshot")
    yield on_node
    on_node.node.ask("evm_revert", before)
