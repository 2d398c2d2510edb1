import json
from dataclasses import asdict

import pytest

from tests.assurance.mutants import mutants
from tests.assurance.mutation import (
    Verdict,
    contracts,
    explained,
    is_green,
    likely_range,
    read,
    report,
    share,
    shuffled,
    survivors_of,
)
from tests.assurance.trial import Fate, Site

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
    return Verdict(contract="Gate", name=f"line {number}", kind="operator", of="", fate=fate)


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


def test_read__a_journal__scores_as_the_run_that_wrote_it(tmp_path):
    ran = [
        Verdict(contract="Gate", name=str(number), kind="operator", of="", fate=fate)
        for number, fate in enumerate((Fate.KILLED, Fate.KILLED, Fate.SURVIVED))
    ]
    file = tmp_path / "mutation.jsonl"
    file.write_text("".join(json.dumps(asdict(verdict)) + "\n" for verdict in ran))
    assert report(read(file), {}) == report(ran, {})


def test_survivors_of__a_journal__they_alone_in_their_order(tmp_path):
    everything = shuffled(1, ["Majority"])
    fates = {mutant.name: Fate.SURVIVED if number % 2 else Fate.KILLED for number, (_, mutant) in enumerate(everything)}
    ran = [Verdict(contract="Majority", name=name, kind="", of="", fate=fate) for name, fate in fates.items()]
    file = tmp_path / "mutation.jsonl"
    file.write_text("".join(json.dumps(asdict(verdict)) + "\n" for verdict in ran))
    assert survivors_of(file, everything) == everything[1::2]
