"""One setting says where the API keeps its tables; what is wrong with it is said, and never its secrets."""

import contextlib
import socket
import stat
import subprocess
import sys

import pytest
import typer
from sqlalchemy import text

from api.database import Database
from scripts.api_state import open_database
from scripts.deploy_settings import ROOT
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


def test_database__server_that_does_not_answer__is_not_waited_for(monkeypatch):
    monkeypatch.setattr("api.database.CONNECT_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/x")
        with pytest.raises(DatabaseUnreachable, match="timeout"):
            database.create_tables()


def test_begin__statement_without_an_end__is_ended(postgresql, monkeypatch):
    monkeypatch.setattr("api.database.STATEMENT_S", 1)
    database = Database(f"{postgresql}postgres")
    with pytest.raises(DatabaseUnreachable, match="statement timeout"), database.begin() as connection:
        connection.execute(text("SELECT pg_sleep(300)"))
    database.close()


OPENS = """
import sys
import api.app
from api.archive import DatabaseArchive
from scripts.api_state import open_database
from tests.told_chain import DEPLOYMENT
print("ready", flush=True)
sys.stdin.readline()
DatabaseArchive(open_database(sys.argv[1], DEPLOYMENT, file=None), DEPLOYMENT)
"""


def test_open_database__by_two_processes_at_once__is_made_once(database_url):
    command = [sys.executable, "-c", OPENS, database_url]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said


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
