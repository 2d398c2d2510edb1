import json
from collections import Counter

import pytest

from tests.assurance.project import break_rule
from tests.assurance.symbolic import Doubtful, check, controls, prepare, read, stated

SHORT = ["check_hasPassed__anyTally__isMoreThanHalf"]
SHORT_OF = ("contracts/libraries/Majority.sol", "tests/solidity/symbolic/MajoritySymbolic.sol")


@pytest.fixture(scope="module")
def project(tmp_path_factory, long, sound_solver):
    return prepare(tmp_path_factory.mktemp("symbolic"), *(() if long else SHORT_OF))


def test_properties__each__holds(project, long):
    names = stated() if long else SHORT
    assert check(project, names) == dict.fromkeys(names, True)


def test_properties__rule_broken__fail(project, long):
    for control in controls():
        names = [name for name in control.caught_by if long or name in SHORT]
        if not names:
            continue
        file = project / control.file
        whole = file.read_text()
        break_rule(file, control.rule, control.broken)
        assert check(project, names) == dict.fromkeys(names, False), control.broken
        file.write_text(whole)


def test_stated__properties__30_or_more():
    assert len(stated()) >= 30


def test_controls__each_property__has_one():
    assert Counter(name for control in controls() for name in control.caught_by) == Counter(stated())


@pytest.fixture
def found(tmp_path):
    results = {"A.sol:A": [{"name": "check_a(uint8)", "exitcode": 0}]}
    file = tmp_path / "halmos.json"
    file.write_text(json.dumps({"test_results": results}))
    return file


def test_read__a_pass__holds(found):
    assert read("", found, ["check_a"]) == {"check_a": True}


def test_read__a_warning__red(found):
    with pytest.raises(Doubtful):
        read("WARNING  Loop unrolling bound reached", found, ["check_a"])


def test_read__a_property_that_was_not_run__red(found):
    with pytest.raises(Doubtful, match="check_b"):
        read("", found, ["check_a", "check_b"])


def test_read__a_time_out__red(found):
    found.write_text(found.read_text().replace('"exitcode": 0', '"exitcode": 2'))
    with pytest.raises(Doubtful, match="undecided: check_a"):
        read("", found, ["check_a"])


def test_read__nothing__red(tmp_path):
    with pytest.raises(Doubtful):
        read("", tmp_path / "halmos.json", [])
