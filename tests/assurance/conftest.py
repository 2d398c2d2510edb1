"""`--long` runs every proof; without it a part of each kind runs, in minutes."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run every proof of tests/assurance, which takes hours")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long", default=False))


@pytest.fixture
def long_only(long: bool) -> None:
    """What takes too long for every day."""
    if not long:
        pytest.skip("only with --long")
