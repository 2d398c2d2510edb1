"""`workmoot serve`: what it refuses to start with."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from api.access.access import Terms
from scripts.cli import app
from scripts.identity import identity_of

RPC = ("serve", "--rpc", "http://127.0.0.1:1", "--port", "0")


def refused(*options: str) -> str:
    result = CliRunner().invoke(app, [*RPC, *options])
    assert result.exit_code == 2, result.output
    return " ".join(result.output.replace("│", " ").split())


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


OIDC = {"--oidc-issuer": "https://idp.example", "--oidc-client-id": "plant", "--oidc-allow": "groups=line 4"}


def told(options: dict[str, str]) -> list[str]:
    return [word for option in options.items() for word in option]


@pytest.mark.parametrize("left_out", OIDC)
def test_serve__identity_provider_half_said__refused(left_out: str) -> None:
    said = refused(*told({name: value for name, value in OIDC.items() if name != left_out}))
    assert left_out in said


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--oidc-issuer", "http://idp.example", "no issuer"),
        ("--oidc-allow", "groups", "CLAIM=VALUE"),
        ("--oidc-allow", "=line 4", "CLAIM=VALUE"),
        ("--oidc-allow", "groups=", "CLAIM=VALUE"),
        ("--oidc-scope", "groups email", "one at a time"),
    ],
)
def test_serve__identity_provider_badly_said__refused(option: str, value: str, words: str) -> None:
    said = refused(*told(OIDC | {option: value}))
    assert option in said
    assert words in said


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_serve__identity_provider_without_the_extra__names_it(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert "pip install 'workmoot[oidc]'" in refused(*told(OIDC))


def test_serve__identity_provider__is_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKMOOT_OIDC_CLIENT_SECRET", raising=False)
    assert identity_of(None, None, [], []) is None
    open_client = identity_of("http://127.0.0.1:9000/realm", "plant", ["groups=a=b", "hd=x"], ["groups"])
    assert open_client is not None
    assert (open_client.secret, open_client.scopes) == (None, ("groups",))
    assert open_client.allowed == {("groups", "a=b"), ("hd", "x")}
    monkeypatch.setenv("WORKMOOT_OIDC_CLIENT_SECRET", "sesame")
    client = identity_of("https://idp.example", "plant", ["groups=a"], [])
    assert client is not None
    assert client.secret is not None
    assert client.secret.get_secret_value() == "sesame"
    assert "sesame" not in repr(client)


def test_serve__identity_provider__is_the_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    on_chain(monkeypatch, 1)
    given: list[object] = []

    def take(*everything: object) -> None:
        given.extend(everything)
        raise typer.Exit(3)

    monkeypatch.setattr("scripts.serve.open_database", lambda *_, **__: None)
    monkeypatch.setattr("scripts.serve.dependencies_of", take)
    assert CliRunner().invoke(app, [*RPC, *told(OIDC)]).exit_code == 3
    (terms,) = [it for it in given if isinstance(it, Terms)]
    assert terms.identity == identity_of("https://idp.example", "plant", ["groups=line 4"], [])
