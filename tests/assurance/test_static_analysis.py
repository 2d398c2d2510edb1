import pytest

from tests.assurance.project import BUILD, ROOT, break_rule, copy_to, keep
from tests.assurance.static_analysis import (
    Finding,
    NotAnalysed,
    analyse,
    explanations,
    idle,
    require_all_analysed,
    unexplained,
)


@pytest.fixture(scope="module")
def findings():
    return analyse(ROOT, BUILD / "slither")


def test_analyse__the_contracts__nothing_unexplained(findings):
    assert not unexplained(findings, explanations())


def test_explanations__each__explains_something(findings):
    assert not idle(findings, explanations())


def test_analyse__members_that_ask_for_the_origin__found(tmp_path):
    project = copy_to(tmp_path / "project")
    keep(project, "contracts/Members.sol", "contracts/interfaces/*.sol", "contracts/libraries/*", "contracts/types/*")
    rule = "if (msg.sender != workOrders) revert NotTheWorkOrders(msg.sender);"
    break_rule(project / "contracts" / "Members.sol", rule, rule.replace("msg.sender !=", "tx.origin !="))
    found = unexplained(analyse(project, tmp_path / "build"), explanations())
    assert [finding.check for finding in found] == ["tx-origin"]


def test_analyse__a_contract_outside_the_build__red(tmp_path):
    project = copy_to(tmp_path / "project")
    (project / "foundry.toml").write_text((project / "foundry.toml").read_text().replace('"contracts"', '"other"', 1))
    with pytest.raises(NotAnalysed, match="AllocationDAO"):
        analyse(project, tmp_path / "build")


@pytest.mark.parametrize(
    "said", ["", ". analyzed (0 contracts with 102 detectors), 0 result(s) found", ". analyzed (47 contracts with 102"]
)
def test_require_all_analysed__nothing_or_too_little__red(said):
    with pytest.raises(NotAnalysed):
        require_all_analysed(said, 48)


@pytest.mark.parametrize("impact", ["High", "Medium", "Low", "Informational"])
def test_unexplained__of_any_impact__found(impact):
    finding = Finding(check="timestamp", impact=impact, text="")
    assert unexplained([finding], explanations()) == [finding]
