import re

import pytest

from tests.assurance.coverage import (
    Explanation,
    NotMeasured,
    branches,
    explanations,
    idle,
    require_all,
    untaken,
)
from tests.assurance.project import ROOT
from tests.assurance.traps import all_branches, traps

ASSEMBLY = """contract A {
    function a(uint256 one) external pure {
        if (one == 2) revert();
        assembly ("memory-safe") {
            if eq(one, 3) { one := 4 }
        }
        if (one == 5) revert();
    }
}
"""
CODE = "contract A {\n    if (a) revert();\n}\n"
TAKEN = "TN:\nSF:contracts/A.sol\nBRDA:2,0,0,3\nBRDA:2,0,1,1\nend_of_record\n"
HALF = TAKEN.replace("BRDA:2,0,1,1", "BRDA:2,0,1,-")
OTHERS = TAKEN.replace("contracts/", "node_modules/")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "A.sol").write_text(CODE)
    return tmp_path


def test_all_branches__all_tests__every_branch_taken_or_explained(long_only):
    found = all_branches()
    known = explanations()
    assert [str(branch) for branch in untaken(found, known)] == []
    assert not idle(found, known)


def test_untaken__both_ways_taken__none(project):
    assert not untaken(branches(TAKEN, project), [])


@pytest.mark.parametrize("taken", ["-", "0"])
def test_untaken__one_way__red(project, taken):
    found = untaken(branches(HALF.replace("1,-", f"1,{taken}"), project), [])
    assert [str(branch) for branch in found] == ["contracts/A.sol:2 way 0.1: if (a) revert();"]


def test_untaken__explained__green(project):
    why = Explanation(file="contracts/A.sol", code="if (a) revert();", why="a is never true")
    assert not untaken(branches(HALF, project), [why])
    assert idle(branches(TAKEN, project), [why]) == [why]


def test_require_all__a_contract_is_missing__red(project):
    with pytest.raises(NotMeasured, match=r"A\.sol"):
        require_all(branches(OTHERS, project), [project / "contracts" / "A.sol"])


def test_traps__an_if_in_assembly__one_each_way():
    found = [(line, way, trap.of(ASSEMBLY).splitlines()[line - 1].strip()) for line, way, trap in traps(ASSEMBLY)]
    assert found == [
        (5, "true", "if eq(one, 3) { revert(0, 0) } if eq(one, 3) { one := 4 }"),
        (5, "false", "if iszero(eq(one, 3)) { revert(0, 0) } if eq(one, 3) { one := 4 }"),
    ]


def test_traps__every_if_in_assembly__has_some():
    text = "".join(path.read_text() for path in (ROOT / "contracts").rglob("*.sol"))
    expected = sum(bool(re.match(r" +if [^(]", line)) for line in text.splitlines())
    found = [trap for path in (ROOT / "contracts").rglob("*.sol") for trap in traps(path.read_text())]
    assert len(found) == 2 * expected > 0
