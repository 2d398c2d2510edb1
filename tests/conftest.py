"""Rules for every test: connections are refused, nothing is timed, and what could not run is said at the end."""

import os
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.absent import closing_lines
from tests.again import FAILED_FIRST
from tests.connections import connections_refused, may_connect

# A busy machine is slow, not wrong.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Where processes share the tests, each takes a file at a time. These take longest; the others fit in beside them.
LONGEST_FIRST = ("scenarios", "assurance", "stock", "page", "benchmarks", "chain")

collect_ignore = ["contracts"]  # brownie runs these, with its own plugin: `make test-contracts`


# What runs on every node runs on Ganache, the slowest by far, one time in so many; `--long` runs all.
GANACHE_ONE_IN = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run every proof and every mutation, which takes hours")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether every proof and every mutation runs, or a part of each kind, in minutes."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def long_only(long: bool) -> None:
    """What takes too long for every day."""
    if not long:
        pytest.skip("only with --long")


@pytest.fixture(scope="session", autouse=True)
def settings_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep for their user is not kept for who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with connections_refused(loopback=may_connect(item.path)):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with connections_refused(loopback=may_connect(item.path)):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    # What a whole session shares is torn down after the last test, whichever that is.
    with connections_refused(loopback=True):
        return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        named = any("[ganache" in asked for asked in config.args)
        left_out = {item for item in items if not named and _only_in_the_long_form(item)}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _only_in_the_long_form(item: pytest.Item) -> bool:
    return "[ganache" in item.name and zlib.crc32(item.nodeid.encode()) % GANACHE_ONE_IN != 0


def _place(item: pytest.Item) -> int:
    part = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    return LONGEST_FIRST.index(part) if part in LONGEST_FIRST else len(LONGEST_FIRST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in os.environ.get(FAILED_FIRST, "").split():
        terminalreporter.write_line(f"failed first, and ran once more: {name}", yellow=True)
    for line in closing_lines(str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line, yellow=True)
