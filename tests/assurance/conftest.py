"""What runs only with `--long`."""

import pytest


@pytest.fixture
def long_only(long: bool) -> None:
    """What takes too long for every day."""
    if not long:
        pytest.skip("only with --long")
