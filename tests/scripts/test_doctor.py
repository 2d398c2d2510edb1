import json
import socket

import pytest
import typer
from typer.testing import CliRunner

from scripts import doctor
from scripts.doctor import Finding

PRESENT = Finding(what="Anvil", ok=True, found="1.7.1")
MISSING = Finding(what="solc", ok=False, found="does not run", remedy="run `make setup`")
ABSENT = Finding(what="Chromium", ok=False, found="not found", needed=False, remedy="install it")


def program(folder, body: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def run(monkeypatch):
    app = typer.Typer()
    app.command()(doctor.doctor)

    def invoke(*findings: Finding, options: tuple[str, ...] = ()):
        monkeypatch.setattr(doctor, "examine", lambda: list(findings))
        return CliRunner().invoke(app, options)

    return invoke


def test_doctor__nothing_missing__exits_0(run):
    assert run(PRESENT).exit_code == 0


def test_doctor__something_needed_missing__exits_1_and_says_what_to_do(run):
    result = run(PRESENT, MISSING)
    assert result.exit_code == 1
    assert "missing" in result.stdout
    assert "→ run `make setup`" in result.stdout


def test_doctor__only_the_optional_absent__exits_0(run):
    result = run(PRESENT, ABSENT)
    assert result.exit_code == 0
    assert "absent" in result.stdout


def test_doctor__json__one_object(run):
    told = json.loads(run(PRESENT, MISSING, options=("--json",)).stdout)
    assert told["ok"] is False
    assert [finding["what"] for finding in told["findings"]] == ["Anvil", "solc"]


def test_find_python__older_than_needed__not_ok():
    assert not doctor.find_python((3, 10, 9)).ok
    assert doctor.find_python((3, 11, 0)).ok


def test_find_program__says_much__its_version_alone(tmp_path):
    found = doctor.find_program("solc", [program(tmp_path, "echo solc, the compiler; echo Version: 0.8.37+commit.f4")])
    assert (found.ok, found.found) == (True, "0.8.37+commit.f4")


def test_find_program__ends_badly__not_ok(tmp_path):
    assert not doctor.find_program("Anvil", [program(tmp_path, "exit 3")]).ok


def test_find_program__is_not_there__not_ok(tmp_path):
    assert not doctor.find_program("Anvil", [tmp_path / "none"]).ok


def test_find_program__old_node__not_ok(tmp_path):
    assert not doctor.find_program("Node", [program(tmp_path, "echo v18.20.1")]).ok


def test_find_ganache__installed__its_version(tmp_path):
    (tmp_path / "package.json").write_text('{"version": "7.9.2"}')
    assert doctor.find_ganache(tmp_path / "package.json").found == "7.9.2"


def test_find_ganache__not_installed__not_ok(tmp_path):
    assert not doctor.find_ganache(tmp_path / "package.json").ok


def test_find_ports__loopback_closed__says_why():
    def refused() -> socket.socket:
        raise OSError("no loopback here")

    found = doctor.find_ports(refused)
    assert (found.ok, found.found) == (False, "no loopback here")


def test_find_ports__free__names_some():
    found = doctor.find_ports(doctor.listening)
    assert found.ok
    assert "127.0.0.1" in found.found


def test_find_chromium__named_but_not_there__absent(tmp_path):
    found = doctor.find_chromium(str(tmp_path / "none"))
    assert (found.ok, found.needed) == (False, False)


def test_find_chromium__named__that_one(tmp_path):
    browser = program(tmp_path, "true")
    assert doctor.find_chromium(browser).found == browser


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_find_run__no_run__is_no_fault(tmp_path, content):
    if content is not None:
        (tmp_path / "latest.json").write_text(content)
    found = doctor.find_run(tmp_path / "latest.json", lambda url: True)
    assert (found.ok, found.needed, found.found) == (False, False, "none yet")


@pytest.mark.parametrize("alive", [True, False])
def test_find_run__newest__whether_it_answers(tmp_path, alive):
    (tmp_path / "latest.json").write_text('{"api": "http://127.0.0.1:8000"}')
    found = doctor.find_run(tmp_path / "latest.json", lambda url: alive)
    assert found.ok is alive
    assert "http://127.0.0.1:8000" in found.found


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1", ""])
def test_is_healthy__not_http__no(url):
    assert not doctor.is_healthy(url)


def test_examine__this_machine__looks_at_every_tool(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "LATEST", tmp_path / "latest.json")
    found = {finding.what for finding in doctor.examine()}
    assert {"Python", "Node", "Anvil", "Forge", "solc", "Ganache", "Free ports", "Chromium", "Newest run"} <= found
