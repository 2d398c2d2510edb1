"""`--steps` says how far the long walk goes, `--from-seed` which walk the one of chance is."""

import os
import secrets
from collections.abc import Iterator

import pytest

from tests.again import CHANCE

LONG, FROM = "--steps", "--from-seed"
FIGURES = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(LONG, type=int, default=0, help="walk so many steps with the model of the law")
    parser.addoption(FROM, type=int, default=None, help="walk as a run did that named this seed")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []
    config.addinivalue_line("markers", "far: only where the long walk is asked for")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption(LONG, default=0):
        items[:] = [item for item in items if item.get_closest_marker("far") is None]


@pytest.fixture(scope="session")
def chance(request: pytest.FixtureRequest) -> int:
    """The seed of this run."""
    told = request.config.getoption(FROM, default=None)
    return int(os.environ.get(CHANCE, secrets.randbelow(1 << 32)) if told is None else told)


@pytest.fixture(scope="session")
def steps(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption(LONG, default=0))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Lines to be printed at the end."""
    lines: list[str] = []
    yield lines
    request.config.stash.setdefault(FIGURES, []).extend(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
