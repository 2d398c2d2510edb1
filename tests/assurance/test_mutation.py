import json
import shutil
from dataclasses import asdict

import pytest

from tests.assurance import mutation, trial
from tests.assurance.mutants import mutants
from tests.assurance.mutation import (
    Verdict,
    contracts,
    explained,
    is_green,
    journal,
    likely_range,
    read,
    report,
    share,
    shuffled,
    text_of,
)
from tests.assurance.project import ROOT
from tests.assurance.trial import Compiler, Fate, NotTried, Site, file_of_failure

SOURCE = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {A} from "./A.sol";

contract Gate {
    uint256 private constant MOST = 10;

    /// @notice 1 + 1, if it is asked.
    function open(uint256 number) external returns (bool) {
        if (number > MOST && number != 12) revert TooMany(number);
        uint256 half = number / 2;
        doors = half;
        return true;
    }
}
"""


def made(source=SOURCE):
    return {mutant.name for mutant in mutants(source)}


@pytest.mark.parametrize(
    "name",
    [
        "uint256 private constant MOST = 10; → uint256 private constant MOST = 9;",
        "uint256 half = number / 2; → uint256 half = number * 2;",
        "doors = half; → nothing",
        "return true; → return false;",
        "if (number > MOST && number != 12) revert TooMany(number); → nothing",
        "if (number > MOST && number != 12) revert TooMany(number); → "
        "if (!(number > MOST && number != 12)) revert TooMany(number);",
        "if (number > MOST && number != 12) revert TooMany(number); → "
        "if (number > MOST || number != 12) revert TooMany(number);",
        "if (number > MOST && number != 12) revert TooMany(number); → "
        "if (number > MOST && number != 13) revert TooMany(number);",
    ],
)
def test_mutants__a_contract__each_kind_of_fault(name):
    assert name in made()


def test_mutants__comments_imports_declarations__left_alone():
    changed = {name.split(" → ")[0] for name in made()}
    assert not [line for line in changed if line.startswith(("//", "import", "pragma"))]
    assert "uint256 half = number / 2; → nothing" not in made()


def test_mutants__each__differs_from_the_others_and_from_the_source():
    found = mutants(SOURCE)
    texts = {mutant.of(SOURCE) for mutant in found}
    assert len(texts) == len(found) == len({mutant.name for mutant in found})
    assert SOURCE not in texts


def test_contracts__of_the_project__all_with_rules():
    names = {path.stem for path in contracts()}
    assert {"AllocationDAO", "Members", "Overrides", "WorkOrders", "Majority", "Plans", "Tasks"} <= names


def a_verdict(number, fate):
    return Verdict(contract="Gate", name=f"line {number}", kind="operator", fate=fate, by="", of="")


def verdicts(*, killed, survived=0, stillborn=0, same=0):
    fates = [Fate.KILLED] * killed + [Fate.SURVIVED] * survived + [Fate.STILLBORN] * stillborn + [Fate.SAME] * same
    return [a_verdict(number, fate) for number, fate in enumerate(fates)]


def test_report__a_survivor__named_and_red():
    scores = report(verdicts(killed=99, survived=1, stillborn=7, same=2), {})
    assert scores["Gate"] == {
        "mutants": 100, "killed": 99, "score": 0.99, "explained": 0, "survivors": ["Gate: line 99"]
    }  # fmt: skip
    assert not is_green(scores)


def test_is_green__survivor_explained__yes():
    assert is_green(report(verdicts(killed=99, survived=1), {"Gate: line 99": "the same by another way"}))


def test_is_green__nothing_but_stillborn__no():
    assert not is_green(report(verdicts(killed=0, stillborn=3), {}))


def test_is_green__too_many_explanations__no():
    known = {f"Gate: line {number}": "the same" for number in range(90, 100)}
    assert not is_green(report(verdicts(killed=90, survived=10), known))


def test_survivors__each__is_a_mutant_that_there_is():
    named = {f"{path.stem}: {mutant.name}" for path in contracts() for mutant in mutants(path.read_text())}
    assert set(explained()) <= named


def test_shuffled__a_larger_sample__begins_with_the_smaller():
    assert shuffled(1, ["Majority"])[:5] == shuffled(1, ["Majority"])[:5] != shuffled(2, ["Majority"])[:5]


def test_share__all_parts__are_the_whole():
    whole = shuffled(1, ["Plans"])
    parts = [share(whole, f"{part}/3") for part in (1, 2, 3)]
    assert sorted(place[1].name for part in parts for place in part) == sorted(place[1].name for place in whole)


@pytest.mark.parametrize(
    ("killed", "of", "low", "high"), [(0, 0, 0.0, 1.0), (95, 100, 0.8882, 0.9785), (10, 10, 0.7225, 1.0)]
)
def test_likely_range__a_sample__as_wilson_has_it(killed, of, low, high):
    assert likely_range(killed, of) == (low, high)


@pytest.mark.parametrize(
    ("name", "contracts", "tests"),
    [
        ("contracts/Overrides.sol", {"Overrides"}, set()),
        ("contracts/StockReads.sol", {"AllocationDAO"}, set()),
        ("contracts/libraries/Rolls.sol", {"AllocationDAO", "Members", "WorkOrders"}, {"RollsTest", "DecidingTest"}),
        ("contracts/libraries/Majority.sol", {"AllocationDAO", "Motions"}, {"MajorityTest", "CoreEqualityTest"}),
    ],
)
def test_changed_by__a_file__contracts_that_have_it_and_tests_that_use_it_themselves(name, contracts, tests):
    found = Site.changed_by(name)
    assert {made for file, names in found.items() for made in names if file.startswith("contracts/")} == contracts
    assert tests <= {made for file, names in found.items() for made in names if file.startswith("tests/")}
    assert bool(tests) == any(file.startswith("tests/") for file in found)


def test_site__contracts_that_do_not_compile__red(tmp_path, monkeypatch):
    monkeypatch.setattr(Compiler, "compile", lambda *_: None)
    with pytest.raises(NotTried, match="without any mutant"):
        Site(tmp_path)


MAJORITY = "tests/solidity/Majority.t.sol"


@pytest.mark.parametrize(("changed", "holds"), [(None, True), (MAJORITY, False), ("tests/solidity/Audit.t.sol", True)])
def test_journal__a_file_of_tests_changed__who_it_killed_is_tried_again(tmp_path, monkeypatch, changed, holds):
    copy_of_solidity(tmp_path, monkeypatch)
    one = {"contract": "Majority", "name": "a → b", "kind": "operator"}
    killed = Verdict(**one, fate=Fate.KILLED, by=MAJORITY, of=text_of(Fate.KILLED, MAJORITY))
    (tmp_path / "journal").write_text(json.dumps(asdict(killed)) + "\n")
    change(tmp_path, changed)
    assert (journal() == {("Majority", "a → b"): killed}) is holds


@pytest.mark.parametrize(
    ("fate", "by", "changed", "same"),
    [
        (Fate.KILLED, MAJORITY, "contracts/libraries/Majority.sol", False),
        (Fate.KILLED, MAJORITY, "contracts/Members.sol", True),
        (Fate.KILLED, "", "tests/solidity/Audit.t.sol", False),
        (Fate.SURVIVED, "", "tests/solidity/Audit.t.sol", False),
        (Fate.SAME, "", "tests/solidity/Audit.t.sol", True),
        (Fate.SAME, "", "contracts/Members.sol", False),
    ],
)
def test_text_of__a_fate__of_all_it_depends_on(tmp_path, monkeypatch, fate, by, changed, same):
    copy_of_solidity(tmp_path, monkeypatch)
    before = text_of(fate, by)
    change(tmp_path, changed)
    assert (text_of(fate, by) == before) is same


def copy_of_solidity(folder, monkeypatch):
    for name in ("contracts", "tests/solidity", "tests/assurance/proofs"):
        shutil.copytree(ROOT / name, folder / name)
    for module in (mutation, trial):
        monkeypatch.setattr(module, "ROOT", folder)
    monkeypatch.setattr(mutation, "JOURNAL", folder / "journal")
    text_of.cache_clear()


def change(folder, file):
    if file:
        (folder / file).write_text((folder / file).read_text() + "\n")
    text_of.cache_clear()


def test_file_of_failure__what_forge_says__the_suite_of_the_first():
    said = "Ran 2 tests for tests/solidity/A.t.sol:ATest\n[PASS] test_a() (gas: 1)\nSuite result: ok.\n"
    failed = "Ran 1 test for tests/solidity/B.t.sol:BTest\n[FAIL: no] test_b() (gas: 2)\n"
    assert file_of_failure(said + failed + failed.replace("B", "C")) == "tests/solidity/B.t.sol"
    assert file_of_failure(said) == ""


def test_read__a_journal__scores_as_the_run_that_wrote_it(tmp_path):
    ran = [
        Verdict(contract="Gate", name=str(number), kind="operator", fate=fate, by="", of="")
        for number, fate in enumerate((Fate.KILLED, Fate.KILLED, Fate.SURVIVED))
    ]
    file = tmp_path / "mutation.jsonl"
    file.write_text("".join(json.dumps(asdict(verdict)) + "\n" for verdict in ran))
    assert report(read(file), {}) == report(ran, {})
