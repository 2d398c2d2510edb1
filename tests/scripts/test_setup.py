import subprocess

import pytest

from scripts import setup
from scripts.setup import SetupFailed, Step, call, foundry_platform


@pytest.fixture
def step(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    (tmp_path / "lock").write_text("one")
    return Step(what="Things", stamp=tmp_path / "stamps" / "things", inputs=(tmp_path / "lock",), run=lambda: "done")


def test_take__ended__is_done(step):
    setup.take(step)
    assert step.is_done()


def test_take__interrupted__is_not_done(step):
    def break_off():
        raise KeyboardInterrupt

    interrupted = Step(what=step.what, stamp=step.stamp, inputs=step.inputs, run=break_off)
    with pytest.raises(KeyboardInterrupt):
        setup.take(interrupted)
    assert not interrupted.is_done()


def test_is_done__lock_changed_since__no(step, tmp_path):
    setup.take(step)
    (tmp_path / "lock").write_text("two")
    assert not step.is_done()


def test_is_done__what_it_made_is_gone__no(step):
    gone = Step(what=step.what, stamp=step.stamp, inputs=step.inputs, run=step.run, stands=lambda: False)
    setup.take(gone)
    assert not gone.is_done()


def test_call__command_fails__says_what_it_printed():
    with pytest.raises(SetupFailed, match="no such thing"):
        call("sh", "-c", "echo no such thing; exit 3")


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [("Linux", "x86_64", "linux-amd64"), ("Linux", "aarch64", "linux-arm64"), ("Darwin", "arm64", "darwin-arm64")],
)
def test_foundry_platform__known_machine__npm_name(monkeypatch, system, machine, name):
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert foundry_platform() == name


def test_foundry_platform__unknown_machine__says_so(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(SetupFailed, match="riscv64"):
        foundry_platform()


@pytest.fixture
def native(tmp_path, monkeypatch):
    """Stands in for a downloaded compiler: the one at hand under another name, or one that gives other bytecode."""

    def stand_in(*, output=None):
        program = tmp_path / "native"
        solc = setup.SOLCX / f"solc-v{setup.SOLC}"
        program.write_text(f"#!/bin/sh\n{f'echo {output!r}' if output else f'exec {solc} $@'}\n")
        program.chmod(0o755)
        monkeypatch.setattr(setup, "SOLCX", tmp_path)
        monkeypatch.setattr(setup, "download_native_solc", lambda: program)
        monkeypatch.setattr(setup, "link", lambda name, target: None)
        monkeypatch.setattr(setup, "write_npm_solc", lambda path: path.symlink_to(solc))
        return tmp_path / solc.name

    return stand_in


def test_provide_solidity_tools__native_gives_the_same_bytecode__native_is_used(native):
    solc = native()
    assert "native (same bytecode" in setup.provide_solidity_tools()
    assert not solc.is_symlink()


def test_provide_solidity_tools__native_gives_other_bytecode__npm_stays(native):
    solc = native(output='{"contracts": {}}')
    assert "other bytecode" in setup.provide_solidity_tools()
    assert solc.is_symlink()


def test_solc__asked_for_anything_else__refuses():
    answer = subprocess.run(
        [setup.BIN / "node", setup.ROOT / "scripts" / "solc.js", "--bin"], capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert "--standard-json only" in answer.stderr
