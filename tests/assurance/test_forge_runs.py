import pytest

from tests.assurance.forge_runs import FUZZ_RUNS, INVARIANT_CALLS, read

FUZZ = "[PASS] testFuzz_areOn__anyNumbers__asTheRollSays(uint256,uint8) (runs: {runs}, μ: 324486, ~: 24181)"
INVARIANT = "[PASS] invariant_all() (runs: 32, calls: {calls}, reverts: 1335)"
UNIT = "[PASS] test_vote__twice__refused() (gas: 206453)"


def ran(*, runs=FUZZ_RUNS, calls=INVARIANT_CALLS):
    return read([UNIT, FUZZ.format(runs=runs), INVARIANT.format(calls=calls)])


def test_read__a_run__counts_fuzz_runs_and_calls():
    assert str(ran()) == (
        "1 fuzz tests, at least 100,000 runs each, 100,000 together; 1,000,000 calls under 1 invariant"
    )
    assert ran().too_little() == []


@pytest.mark.parametrize(
    ("less", "name"),
    [({"runs": FUZZ_RUNS - 1}, "testFuzz_areOn__anyNumbers__asTheRollSays"), ({"calls": 999_999}, "999,999 calls")],
)
def test_too_little__less_than_has_to_be__named(less, name):
    (found,) = ran(**less).too_little()
    assert name in found


def test_too_little__nothing_was_said__red():
    assert read([UNIT]).too_little() == ["fuzz tests: none", "invariants: 0 calls"]
