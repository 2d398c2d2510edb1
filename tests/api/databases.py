"""The API's database, of either kind, empty."""

from collections.abc import Iterator
from itertools import count

import pytest

from api.database import METADATA, Database
from tests.postgres import create_database, server

KINDS = ("sqlite", "postgresql")
_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server; URLs of its databases begin so."""
    with server() as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of its own, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/api.db"
    return create_database(request.getfixturevalue("postgresql"), f"test{next(_numbers)}")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    made.create_tables()
    yield made
    made.close()


def empty(database: Database) -> None:
    """As it was when its tables were made."""
    with database.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
