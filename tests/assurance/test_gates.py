"""A gate that cannot be red is none."""

import shutil

import pytest

from tests.assurance.project import copy_to, run
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
    tests = project / "tests" / "solidity"
    shutil.rmtree(tests)
    tests.mkdir()
    file = tests / "Gate.t.sol"
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


def test_solver__a_formula_with_a_model__sat():
    require_sound(Z3)


@pytest.mark.parametrize("answer", ["unsat", "unknown", ""])
def test_solver__says_otherwise__red(answer, tmp_path):
    liar = tmp_path / "solver"
    liar.write_text(f"#!/bin/sh\necho {answer}\n")
    liar.chmod(0o755)
    with pytest.raises(Unsound):
        require_sound(liar)
