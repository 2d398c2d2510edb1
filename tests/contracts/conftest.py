"""Each run has a node of its own: brownie would join whatever answers at its list's port, and undo its blocks."""

import pytest
from brownie._config import CONFIG

from scripts.nodes import free_port

for network in ("workmoot-anvil", "workmoot-ganache"):
    CONFIG.networks[network]["cmd_settings"]["port"] = free_port()


@pytest.fixture(autouse=True)
def isolation(fn_isolation):
    """Every test begins on the chain as the module left it."""
