"""Rules for every test: connections are refused, nothing is timed, and what could not run is said at the end."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.absent import closing_lines
from tests.connections import connections_refused, may_connect

# A busy machine is slow, not wrong.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

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
