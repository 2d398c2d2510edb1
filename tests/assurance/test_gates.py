"""A gate that cannot be red is none."""

import shutil
import sys

import pytest

from tests.assurance.project import ROOT, copy_to, keep, run
from tests.assurance.solver import Z3, Unsound, require_sound

TEST = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Majority} from "contracts/libraries/Majority.sol";

contract GateTest {
    function test_hasPassed__halfOfFour__no() public pure {
        require(Majority.hasPassed(2, 4) == false);
    }
}
"""


@pytest.fixture
def one_test(tmp_path):
    """A project with one test of forge's, which passes."""
    project = copy_to(tmp_path)
    keep(project, "contracts/libraries/Majority.sol")
    file = project / "tests" / "solidity" / "Gate.t.sol"
    file.write_text(TEST)
    return file


def make_test_forge(project):
    return run("make", "--old-file=setup", "test-forge", cwd=project)


def test_make_test_forge__tests_pass__green(one_test, tmp_path):
    done = make_test_forge(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 tests passed" in done.stdout


def test_make_test_forge__a_test_fails__red(one_test, tmp_path):
    one_test.write_text(TEST.replace("== false", "== true"))
    done = make_test_forge(tmp_path)
    assert done.returncode != 0
    assert "1 failed" in done.stdout


def test_make_test_forge__no_test__red(one_test, tmp_path):
    one_test.unlink()
    assert make_test_forge(tmp_path).returncode != 0


@pytest.mark.parametrize(("forge", "brownie"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_make_test_contracts__either_fails__red_and_both_are_heard(forge, brownie, one_test, tmp_path):
    for name, code in {"forge": forge, "brownie": brownie}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nsleep 0.1\necho {name} ran\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    done = run("make", "--old-file=setup", "test-contracts", f"BIN={tmp_path}", cwd=tmp_path)
    assert (done.returncode != 0) == bool(forge or brownie)
    assert done.stdout.splitlines() == ["forge ran", "brownie ran"]


PARTS = ("__init__", "absent", "again", "connections", "conftest")
MANY = "import pytest\n\n@pytest.mark.parametrize('number', range(20))\n"
PASSES = "def test_it(): pass"
FAILS = "def test_it(): assert False"
STUMBLES = """
from pathlib import Path

def test_it():
    seen = Path("seen").exists()
    Path("seen").touch()
    assert seen
"""
RED = {
    "fails, then is skipped": STUMBLES.replace("assert seen", "assert seen and __import__('pytest').skip()"),
    "cannot be collected": "import nothing_of_the_kind",
    "there is none": "",
    "many fail": FAILS.replace("test_it()", "test_it(number)").replace("def", MANY + "def"),
    "ends pytest": "import os\n\ndef test_it(): os._exit(0)",
    "kills pytest": "import os\n\ndef test_it(): os.kill(os.getpid(), 9)",
}


@pytest.fixture
def python_tests(tmp_path):
    """Writes the one file with tests of a project that has nothing else."""
    for name in ("Makefile", "pyproject.toml", *(f"tests/{part}.py" for part in PARTS)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "tests" / "domain").mkdir()
    return (tmp_path / "tests" / "domain" / "test_gate.py").write_text


def make_test_python(project):
    return run("make", "--old-file=provers", "test-python", cwd=project, FAILED_FIRST="")


def test_make_test_python__a_test_fails__runs_once_more_and_is_red(python_tests, tmp_path):
    python_tests(FAILS)
    done = make_test_python(tmp_path)
    assert done.returncode != 0
    assert done.stdout.count("1 failed in") == 2


def test_make_test_python__a_test_stumbles__green_and_named_at_the_end(python_tests, tmp_path):
    python_tests(STUMBLES + "\n" + PASSES.replace("it", "other"))
    done = make_test_python(tmp_path)
    assert done.returncode == 0, done.stdout
    first, second = done.stdout.split("Once more, in a fresh process, what failed first: ")
    assert "1 failed, 1 passed" in first
    assert second.startswith("tests/domain/test_gate.py::test_it\n")
    assert "failed first, and ran once more: tests/domain/test_gate.py::test_it" in second
    assert "1 passed" in second.splitlines()[-1]


@pytest.mark.parametrize("text", RED.values(), ids=RED)
def test_again__no_stumble__red(text, python_tests, tmp_path):
    python_tests(text)
    assert run(sys.executable, "-m", "tests.again", cwd=tmp_path, FAILED_FIRST="").returncode != 0


FAILS_ON_ITS_FIRST_SEED = """
from pathlib import Path

def test_it(chance):
    first = Path("seed")
    if not first.exists():
        first.write_text(str(chance))
    assert first.read_text() != str(chance)
"""


def test_again__fails_by_the_seed_of_chance__red(python_tests, tmp_path):
    python_tests(PASSES)
    shutil.copytree(ROOT / "tests" / "model", tmp_path / "tests" / "model", ignore=lambda *_: ["test_model.py"])
    (tmp_path / "tests" / "model" / "test_gate.py").write_text(FAILS_ON_ITS_FIRST_SEED)
    command = (sys.executable, "-m", "tests.again", "tests/model/test_gate.py")
    done = run(*command, cwd=tmp_path, FAILED_FIRST="")
    assert done.returncode == 1
    assert done.stdout.count("1 failed in") == 2


def test_solver__a_formula_with_a_model__sat():
    require_sound(Z3)


@pytest.mark.parametrize("answer", ["unsat", "unknown", ""])
def test_solver__says_otherwise__red(answer, tmp_path):
    liar = tmp_path / "solver"
    liar.write_text(f"#!/bin/sh\necho {answer}\n")
    liar.chmod(0o755)
    with pytest.raises(Unsound):
        require_sound(liar)
