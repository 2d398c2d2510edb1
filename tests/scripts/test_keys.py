import stat

import pytest

from scripts.keys import ensure_signer, key_file
from workmoot.chain.signer import KeyUnusable


def test_ensure_signer__absent__made_for_the_owners_eyes_alone(tmp_path):
    ensure_signer(tmp_path / "keys", "sprayer")
    file = key_file(tmp_path / "keys", "sprayer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_ensure_signer__present__kept(tmp_path):
    assert ensure_signer(tmp_path, "sprayer").address == ensure_signer(tmp_path, "sprayer").address


def test_ensure_signer__two_names__two_keys(tmp_path):
    assert ensure_signer(tmp_path, "sprayer").address != ensure_signer(tmp_path, "grinder").address


def test_ensure_signer__no_key_in_the_file__refused(tmp_path):
    key_file(tmp_path, "sprayer").touch(mode=0o600)
    with pytest.raises(KeyUnusable):
        ensure_signer(tmp_path, "sprayer")
