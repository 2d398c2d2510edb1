import pytest
import yaml

from scripts.brownie_networks import add


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "network-config.yaml"
    path.write_text(yaml.safe_dump({"live": [], "development": [{"id": "theirs", "cmd": "anvil"}]}))
    return path


def test_add__first_time__ours_stand_beside_theirs(listing):
    assert add(listing)
    found = {network["id"]: network for network in yaml.safe_load(listing.read_text())["development"]}
    assert set(found) == {"theirs", "workmoot-ganache", "workmoot-anvil"}
    assert found["workmoot-ganache"]["cmd_settings"]["evm_version"] == "shanghai"


def test_add__second_time__nothing_is_written(listing):
    add(listing)
    before = listing.stat().st_mtime_ns
    assert not add(listing)
    assert listing.stat().st_mtime_ns == before


def test_add__ours_were_edited__put_right_once(listing):
    add(listing)
    listing.write_text(listing.read_text().replace("shanghai", "istanbul"))
    add(listing)
    assert "istanbul" not in listing.read_text()
    assert listing.read_text().count("workmoot-ganache") == 1
