from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from scripts.deploy_settings import DAO_PATH, ROOT, DeploySettings


def test_of_environment__nothing_set__the_flexvega_plant():
    settings = DeploySettings.of_environment({})
    assert settings.scenario == ROOT / "scenarios" / "flexvega"
    assert settings.deployment is None


def test_of_environment__variables__read_and_empty_ones_left():
    settings = DeploySettings.of_environment({"WORKMOOT_SCENARIO": "x", "WORKMOOT_SPEED": "2.5", "WORKMOOT_FUNDER": ""})
    assert (settings.scenario, settings.speed, settings.funder) == (Path("x"), 2.5, None)


def test_of_environment__no_api__a_box_where_serve_answers_and_no_description():
    settings = DeploySettings.of_environment({})
    assert (settings.ballot_box, settings.dao_uri) == ("http://127.0.0.1:8600", "")


def test_of_environment__an_api__has_the_box_and_describes_the_dao():
    settings = DeploySettings.of_environment({"WORKMOOT_API_URL": "http://127.0.0.1:9000/"})
    assert (settings.ballot_box, settings.dao_uri) == ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/api/v1/dao")


def test_dao_path__is_a_route_of_the_api():
    from api.app import create_app

    assert DAO_PATH in create_app(SimpleNamespace(watched=())).openapi()["paths"]  # type: ignore[arg-type]


def test_of_environment__mnemonic__never_shown():
    assert "junk" not in repr(DeploySettings.of_environment({"WORKMOOT_MNEMONIC": "test junk"}))


@pytest.mark.parametrize("value", ["0", "-1", "fast"])
def test_of_environment__no_speed__refused(value):
    with pytest.raises(ValidationError, match="speed"):
        DeploySettings.of_environment({"WORKMOOT_SPEED": value})
