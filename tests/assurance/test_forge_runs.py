import json

import pytest

from tests.assurance import forge_runs
from tests.assurance.forge_runs import FUZZ_RUNS, INVARIANT_CALLS, journal, read, stated, text_of, together

FUZZ = "[PASS] testFuzz_areOn__anyNumbers__asTheRollSays(uint256,uint8) (runs: {runs}, μ: 324486, ~: 24181)"
INVARIANT = "[PASS] invariant_all() (runs: 32, calls: {calls}, reverts: 1335)"
UNIT = "[PASS] test_vote__twice__refused() (gas: 206453)"
FILE = "tests/solidity/Rolls.t.sol"
NAMES = (f"{FILE} testFuzz_areOn__anyNumbers__asTheRollSays", f"{FILE} invariant_all")


def ran(*, runs=FUZZ_RUNS, calls=INVARIANT_CALLS):
    return read(FILE, [UNIT, FUZZ.format(runs=runs), INVARIANT.format(calls=calls)])


def test_read__a_run__counts_fuzz_runs_and_calls():
    assert str(ran()) == (
        "1 fuzz tests, at least 100,000 runs each, 100,000 together; 1,000,000 calls under 1 invariant"
    )
    assert ran().too_little(NAMES) == []


@pytest.mark.parametrize(
    ("less", "name"),
    [({"runs": FUZZ_RUNS - 1}, "testFuzz_areOn__anyNumbers__asTheRollSays"), ({"calls": 999_999}, "999,999 calls")],
)
def test_too_little__less_than_has_to_be__named(less, name):
    (found,) = ran(**less).too_little(NAMES)
    assert name in found


def test_too_little__nothing_was_said__red():
    assert read(FILE, [UNIT]).too_little(NAMES) == [*NAMES, "invariants: 0 calls"]


def test_together__the_same_name_in_two_files__counts_twice():
    assert len(together([ran(), read("tests/solidity/Plans.t.sol", [FUZZ.format(runs=7)])]).fuzz) == 2


def test_stated__the_invariants__first():
    assert next(iter(stated())) == "tests/solidity/Invariants.t.sol"
    assert len([name for names in stated().values() for name in names if " testFuzz_" in name]) > 70


@pytest.mark.parametrize("of", [text_of(FILE), "another text"])
def test_journal__what_has_changed_since__runs_again(tmp_path, monkeypatch, of):
    monkeypatch.setattr(forge_runs, "JOURNAL", tmp_path / "journal")
    (tmp_path / "journal").write_text(json.dumps({"file": FILE, "of": of, "said": [UNIT]}) + "\n")
    assert journal() == ({FILE: [UNIT]} if of == text_of(FILE) else {})
