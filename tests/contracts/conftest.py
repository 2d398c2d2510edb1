"""Each run has a node of its own: brownie would join whatever answers at its list's port, and undo its blocks."""

import pytest
from brownie._config import CONFIG

from scripts.nodes import free_port

for network in ("workmoot-anvil", "workmoot-ganache"):
    CONFIG.networks[network]["cmd_settings"]["port"] = free_port()


@pytest.fixture(scope="module")
def deployed(module_isolation):
    """One deployment for all tests of a module."""
    from tests.contracts.plant import deploy  # brownie knows the contracts once its project is loaded

    return deploy()


@pytest.fixture
def plant(deployed, fn_isolation):
    """Every test begins on the chain as the deployment left it."""
    return deployed


@pytest.fixture
def task(plant):
    """A posted task: to scan, alone, reallocated when its run fails."""
    from tests.contracts.plant import SCAN, TaskSpec

    return plant.post(TaskSpec(capability=SCAN, work=1_000))
