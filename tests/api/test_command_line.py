"""The command line as a client that signs in, and makes keys for scripts."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.access.access import Terms
from scripts.cli import app
from scripts.nodes import free_port
from scripts.signing import sign_order, sign_text
from tests.api.requests import an_order, get, preview
from tests.api.serving import LOOPBACK, listening, serve
from tests.api.story import a_decided_plant, signer
from tests.api.test_message import BARE
from tests.api.visitors import peopled
from workmoot.chain.signer import write_key
from workmoot.domain.hashing import keccak


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    story, port = peopled(a_decided_plant()), free_port()
    served = serve(story, signs=(), terms=Terms(rate=10_000), url=f"http://127.0.0.1:{port}")
    with listening(served, port=port) as address:
        yield address


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a key, and settings of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WORKMOOT_API", url)
    monkeypatch.delenv("WORKMOOT_API_KEY", raising=False)
    write_key(tmp_path / "planner.key", keccak(b"planner"))
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    return result


def sessions_file(home: Path) -> Path:
    return home / "config" / "workmoot" / "sessions.json"


def test_sign_in__key_file__later_commands_may_read(at_home: Path) -> None:
    assert "`workmoot sign-in`" in run("order", "list", code=3).output
    assert "planner" in run("sign-in", "--key", str(at_home / "planner.key")).output
    assert "Six customised pairs" in run("order", "list").output
    run("sign-out")
    run("order", "list", code=3)


def test_sign_in__session__is_in_a_file_of_its_owner(at_home: Path, url: str) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    assert stat.S_IMODE(sessions_file(at_home).stat().st_mode) == 0o600
    assert stat.S_IMODE(sessions_file(at_home).parent.stat().st_mode) == 0o700
    assert list(json.loads(sessions_file(at_home).read_text())) == [url]


def test_sign_in__keystore__asks_for_the_password_or_reads_it(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eth_account import Account

    store = at_home / "planner.json"
    store.write_text(json.dumps(Account.encrypt(keccak(b"planner"), "sesame", kdf="pbkdf2", iterations=2)))
    asked = CliRunner().invoke(app, ["sign-in", "--keystore", str(store)], input="sesame\n")
    assert (asked.exit_code, "sesame" in asked.output) == (0, False)
    monkeypatch.setenv("WORKMOOT_KEYSTORE_PASSWORD", "sesame")
    run("sign-in", "--keystore", str(store))


def test_sign_in__no_key_named__says_so() -> None:
    assert "--keystore" in run("sign-in", code=2).output


def test_sign_in__stranger__is_told_why(at_home: Path) -> None:
    write_key(at_home / "stranger.key", keccak(b"stranger"))
    assert "neither a badge nor a role" in run("sign-in", "--key", str(at_home / "stranger.key"), code=3).output
    assert not sessions_file(at_home).exists()


def test_key__made__lets_a_script_in(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    key = run("key", "create", "dashboard", "--scope", "read", "--days", "2").output.strip()
    sessions_file(at_home).unlink()
    monkeypatch.setenv("WORKMOOT_API_KEY", key)
    assert "Six customised pairs" in run("order", "list").output
    monkeypatch.delenv("WORKMOOT_API_KEY")
    run("sign-in", "--key", str(at_home / "planner.key"))
    listed = run("key", "list").output
    assert ("dashboard, read" in listed, key in listed) == (True, False)
    run("key", "revoke", listed.split(":")[0].removeprefix("key "))
    monkeypatch.setenv("WORKMOOT_API_KEY", key)
    run("order", "list", code=3)


def test_key__bad_scope__names_the_field(at_home: Path) -> None:
    run("sign-in", "--key", str(at_home / "planner.key"))
    assert "/scopes/0" in run("key", "create", "x", "--scope", "sign", code=2).output


def test_sign_text__text_for_elsewhere__is_not_signed(at_home: Path, url: str) -> None:
    with pytest.raises(typer.BadParameter, match="asked to sign in"):
        sign_text(str(BARE), signer("technician"), url)


def test_override__own_key__is_signed_here_and_sent(at_home: Path) -> None:
    write_key(at_home / "operator.key", keccak(b"operator"))
    key = ("--key", str(at_home / "operator.key"))
    run("override", "hold", "robot:R-1", "--reason", "somebody stands there", *key, code=3)
    run("sign-in", *key)
    assert "dry run" in run("override", "hold", "robot:R-1", "--reason", "look", "--dry-run", *key).output
    told = run("override", "hold", "robot:R-1", "--reason", "somebody stands there", "--wait", "60", *key).output
    assert ("effective" in told, "operator" in told) == (True, True)
    assert "sign the typed data" in run("override", "hold", "robot:R-2", "--reason", "x", code=2).output


def test_sign_order__drafted_otherwise__is_not_signed(at_home: Path, url: str) -> None:
    story = a_decided_plant()
    task = story.task("P1", "glue")
    asked = an_order("cancel", "task", task) | {"human": signer("technician").address}
    with TestClient(serve(story).app, base_url=LOOPBACK) as client:
        order, about = preview(client, asked)["order"], get(client, "about")
    sign_order(asked, order, about, signer("technician"))
    for changed in ({"subject": task + 1}, {"kind": 7}, {"reason": "else"}, {"human": signer("operator").address}):
        with pytest.raises(typer.BadParameter, match="another order"):
            sign_order(asked, order | changed, about, signer("technician"))
