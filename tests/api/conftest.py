"""The API over the contracts in memory."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.serving import LOOPBACK, serve
from tests.api.story import Story, a_running_plant


@pytest.fixture
def story() -> Story:
    return a_running_plant()


@pytest.fixture
def client(story: Story) -> Iterator[TestClient]:
    with TestClient(serve(story).app, base_url=LOOPBACK) as made:
        yield made
