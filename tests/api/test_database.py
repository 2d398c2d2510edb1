"""One setting says where the API keeps its tables; what is wrong with it is said, and never its secrets."""

import contextlib
import stat

import pytest
import typer
from sqlalchemy import text

from api.database import Database
from scripts.api_state import open_database
from tests.told_chain import DEPLOYMENT
from workmoot.domain.errors import DatabaseUnreachable


@pytest.mark.parametrize(
    "url", ["mysql://root:hunter2@127.0.0.1/x", "hunter2", "postgresql+hunter2", "http://a:hunter2@b"]
)
def test_database__no_url_of_ours__is_refused_without_its_secrets(url):
    with pytest.raises(ValueError, match="for example sqlite:///") as refused:
        Database(url)
    assert "root" not in str(refused.value)
    assert "hunter2" not in str(refused.value).replace("postgresql+hunter2", "")


def test_database__server_that_is_not_there__is_said_without_its_secrets():
    with pytest.raises(DatabaseUnreachable) as away:
        Database("postgresql://me:hunter2@127.0.0.1:1/x").create_tables()
    assert "hunter2" not in str(away.value)


def test_begin__fails__keeps_nothing(database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER)"))
    with contextlib.suppress(ZeroDivisionError), database.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    with database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_open_database__none_named__is_a_file_of_the_deployment_for_its_owner_alone(tmp_path):
    database = open_database(None, DEPLOYMENT, file=tmp_path / "deployment.json")
    [made] = tmp_path.glob("*.db")
    assert made.name == f"api-31337-{DEPLOYMENT.allocation_dao[2:10].lower()}.db"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert database.dialect == "sqlite"
    database.close()


def test_open_database__wrong_url__names_the_option(tmp_path):
    with pytest.raises(typer.BadParameter) as refused:
        open_database("mysql://127.0.0.1/x", DEPLOYMENT, file=tmp_path / "deployment.json")
    assert refused.value.param_hint == "--database"
