from dataclasses import replace

import pytest

from tests.assurance.mutants import mutants
from tests.assurance.project import ROOT
from tests.assurance.trial import Fate, Site

RULE = ROOT / "contracts" / "libraries" / "Majority.sol"


@pytest.fixture
def site(long_only, tmp_path):
    site = Site.build(tmp_path / "project")
    yield site
    site.close()


def test_fate__each_kind_of_mutant__as_it_is(site):
    fault = next(mutant for mutant in mutants(RULE.read_text()) if mutant.was == ">" and mutant.now == ">=")
    tried = {
        Fate.KILLED: fault,
        Fate.STILLBORN: replace(fault, now=">>>=>"),
        Fate.SAME: replace(fault, now=" >"),
    }
    told = [site.fate(RULE, mutant) for mutant in tried.values()]
    assert [fate for fate, _ in told] == list(tried)
    assert told[0][1].endswith(".t.sol")
