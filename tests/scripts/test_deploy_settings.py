from pathlib import Path

import pytest
from pydantic import ValidationError

from scripts.deploy_settings import ROOT, DeploySettings


def test_of_environment__nothing_set__the_flexvega_plant():
    settings = DeploySettings.of_environment({})
    assert settings.scenario == ROOT / "scenarios" / "flexvega"
    assert settings.deployment is None


def test_of_environment__variables__read_and_empty_ones_left():
    settings = DeploySettings.of_environment({"WORKMOOT_SCENARIO": "x", "WORKMOOT_SPEED": "2.5", "WORKMOOT_FUNDER": ""})
    assert (settings.scenario, settings.speed, settings.funder) == (Path("x"), 2.5, None)


def test_of_environment__mnemonic__never_shown():
    assert "junk" not in repr(DeploySettings.of_environment({"WORKMOOT_MNEMONIC": "test junk"}))


@pytest.mark.parametrize("value", ["0", "-1", "fast"])
def test_of_environment__no_speed__refused(value):
    with pytest.raises(ValidationError, match="speed"):
        DeploySettings.of_environment({"WORKMOOT_SPEED": value})
