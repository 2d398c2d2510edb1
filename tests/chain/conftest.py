"""One plant for each test: in memory, and on both development nodes, which are started once and set back after each.

After each test the ledger rebuilt from the events alone is compared with what the contracts say.
"""

from collections.abc import Iterator

import pytest

from scripts.nodes import Kind, running
from tests.chain.agreement import assert_events_tell_all
from tests.chain.plants import MemoryPlant, NodePlant, Plant, deploy, found, found_with_humans
from workmoot.chain.node import Node
from workmoot.domain.overrides import STRICT

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


def _strict_beside(plant: NodePlant) -> NodePlant:
    strict = NodePlant(deploy(plant.node, STRICT))
    found_with_humans(strict)
    return strict


@pytest.fixture(scope="session")
def anvil_strict(anvil_plant: NodePlant) -> NodePlant:
    return _strict_beside(anvil_plant)


@pytest.fixture(scope="session")
def ganache_strict(ganache_plant: NodePlant) -> NodePlant:
    return _strict_beside(ganache_plant)


@pytest.fixture(params=FORMS)
def strict(request: pytest.FixtureRequest) -> Iterator[Plant]:
    """A plant with the policy that plants have which say nothing, and humans with badges."""
    if request.param == "memory":
        memory = MemoryPlant(STRICT)
        found_with_humans(memory)
        yield memory
        assert_events_tell_all(memory)
        return
    yield from _set_back(request.getfixturevalue(f"{request.param}_strict"))


@pytest.fixture(params=FORMS)
def plant(request: pytest.FixtureRequest) -> Iterator[Plant]:
    if request.param == "memory":
        memory = MemoryPlant()
        found(memory)
        yield memory
        assert_events_tell_all(memory)
        return
    yield from _set_back(request.getfixturevalue(f"{request.param}_plant"))


def _set_back(on_node: NodePlant) -> Iterator[NodePlant]:
    # The nodes' clocks do not go back: a plant set back finds itself later, as after a night. A block says so.
    before = on_node.node.ask("evm_snapshot")
    on_node.node.ask("evm_mine")
    try:
        yield on_node
        assert_events_tell_all(on_node)
    finally:
        on_node.node.ask("evm_revert", before)
