"""The API over the contracts in memory."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.databases import database, database_url, postgresql
from tests.api.documented import UNDOCUMENTED
from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant

__all__ = ["database", "database_url", "postgresql"]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine follows the chain late; whoever waits for it waits until it has come."""
    for name in ("api.desk.SEEN_WITHIN_S", "api.intake.SEEN_WITHIN_S", "api.projection.STALE_S"):
        monkeypatch.setattr(name, 60.0)


@pytest.fixture(autouse=True)
def documented() -> Iterator[None]:
    """What the API answers, its OpenAPI document knows; what other tests have it answer is theirs."""
    UNDOCUMENTED.clear()
    yield
    assert sorted(set(UNDOCUMENTED)) == []


@pytest.fixture
def story() -> Story:
    return a_running_plant()


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made
