from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.assurance.proofs import PROOFS, SHORT, Verdict, check, stated, verdict

SAFE = "Info: CHC: Assertion violation check is safe!"
AT_ONCE = 2


def chosen(long):
    return [proof for proof in PROOFS if long or proof.name in SHORT]


def verdicts(proofs, *, broken):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = pool.map(lambda proof: check(proof, broken=broken), proofs)
        return {proof.name: str(word) for proof, word in zip(proofs, said, strict=True)}


@pytest.mark.usefixtures("sound_solver")
def test_properties__each__proved(long):
    proofs = chosen(long)
    assert verdicts(proofs, broken=False) == {proof.name: Verdict.PROVED for proof in proofs}


def test_properties__rule_broken__refuted(long):
    proofs = chosen(long)
    assert verdicts(proofs, broken=True) == {proof.name: Verdict.REFUTED for proof in proofs}


def test_stated__properties__12_or_more():
    assert len(PROOFS) >= 12


def test_properties__each_that_is_stated__has_its_proof():
    assert [proof.name for proof in PROOFS] == stated("Proposal") + stated("Task")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([SAFE], Verdict.PROVED),
        ([SAFE, SAFE], Verdict.PROVED),
        ([], Verdict.OPEN),
        ([SAFE, "Warning: CHC: Assertion violation might happen here."], Verdict.OPEN),
        ([SAFE, "Warning: CHC: Error trying to invoke SMT solver."], Verdict.OPEN),
        ([SAFE, "Warning: CHC: Assertion violation happens here."], Verdict.REFUTED),
    ],
)
def test_verdict__any_doubt__is_no_proof(said, word):
    assert verdict(said) is word
