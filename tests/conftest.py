"""Rules for every test: connections are refused, and what could not run is said at the end."""

from collections.abc import Iterator

import pytest

from tests.absent import closing_lines
from tests.connections import connections_refused, may_connect

collect_ignore = ["contracts"]  # brownie runs these, with its own plugin: `make test-contracts`


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in closing_lines(str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line, yellow=True)
