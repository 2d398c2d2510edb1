"""`workmoot serve`: what it refuses to start with."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from scripts.cli import app

RPC = ("serve", "--rpc", "http://127.0.0.1:1", "--port", "0")


def refused(*options: str) -> str:
    result = CliRunner().invoke(app, [*RPC, *options])
    assert result.exit_code == 2, result.output
    return " ".join(result.output.split())


def test_serve__development_keys_without_dev__refused(tmp_path: Path) -> None:
    assert "--dev" in refused("--keys", str(tmp_path))


def test_serve__dev_beyond_loopback__refused() -> None:
    assert "loopback" in refused("--dev", "--origin", "https://plant.example")


def on_chain(monkeypatch: pytest.MonkeyPatch, chain_id: int) -> None:
    connection = SimpleNamespace(deployment=SimpleNamespace(chain_id=chain_id))
    monkeypatch.setattr("workmoot.chain.connection.connect", lambda *_, **__: connection)


def test_serve__dev_on_another_chain__refused(monkeypatch: pytest.MonkeyPatch) -> None:
    on_chain(monkeypatch, 1)
    assert "1337 and 31337" in refused("--dev")


@pytest.mark.parametrize("origin", ["http://plant.example", "plant.example", "https://plant.example/"])
def test_serve__no_origin__refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    on_chain(monkeypatch, 1)
    assert "origin" in refused("--origin", origin)


def test_serve__no_database__refused(monkeypatch: pytest.MonkeyPatch) -> None:
    on_chain(monkeypatch, 1)
    said = refused("--database", "mysql://localhost/x")
    assert "--database" in said
    assert "PostgreSQL" in said
