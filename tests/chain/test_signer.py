"""Keys: kept in files of their owner, never shown; signatures that anyone can check."""

import json
import stat

import pytest

from tests.builders import an_address, an_order
from tests.chain.plants import signer
from workmoot.chain.signer import KeyUnusable, Signer, load_keystore, load_signer, new_key, recover, write_key
from workmoot.domain.hashing import keccak
from workmoot.domain.overrides import OverrideKind, order_digest

DIGEST = keccak(b"anything")


def test_write_key__then_load__the_same_account_in_a_file_of_its_owner(tmp_path):
    key, path = new_key(), tmp_path / "key"
    write_key(path, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_signer(path).address == Signer(key).address


def test_write_key__file_exists__never_overwritten(tmp_path):
    write_key(tmp_path / "key", new_key())
    with pytest.raises(FileExistsError):
        write_key(tmp_path / "key", new_key())


@pytest.fixture
def keystore(tmp_path):
    from eth_account import Account

    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(bytes(31) + b"\1", "open sesame", kdf="pbkdf2", iterations=2)))
    return path


def test_load_keystore__its_password__the_account(keystore):
    assert load_keystore(keystore, "open sesame").address == Signer(bytes(31) + b"\1").address


def test_load_keystore__another_password__refused_without_telling_it(keystore):
    with pytest.raises(KeyUnusable, match="another password") as refused:
        load_keystore(keystore, "guess")
    assert "guess" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 3}', '{"version": 9}'])
def test_load_keystore__no_keystore__refused(tmp_path, content):
    (tmp_path / "keystore.json").write_text(content)
    with pytest.raises(KeyUnusable, match="no keystore"):
        load_keystore(tmp_path / "keystore.json", "x")


def test_load_keystore__no_file__refused(tmp_path):
    with pytest.raises(KeyUnusable, match="No such file"):
        load_keystore(tmp_path / "none", "x")


def test_load_signer__readable_by_others__refused_with_the_cure(tmp_path):
    path = tmp_path / "key"
    write_key(path, new_key())
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        load_signer(path)


@pytest.mark.parametrize("content", ["", "0x12", "not hexadecimal"])
def test_load_signer__no_key_inside__refused(tmp_path, content):
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match="not a private key"):
        load_signer(path)


def test_load_signer__no_file__refused(tmp_path):
    with pytest.raises(KeyUnusable, match="No such file"):
        load_signer(tmp_path / "none")


def test_repr__of_a_signer__shows_no_key():
    key = new_key()
    assert key.hex() not in repr(Signer(key))


def test_recover__a_signature__whose_it_is():
    assert recover(DIGEST, signer("supervisor").sign(DIGEST)) == signer("supervisor").address


@pytest.mark.parametrize("signature", [b"", b"\1" * 64, b"\0" * 65, b"\xff" * 65])
def test_recover__no_signature__nobody(signature):
    assert recover(DIGEST, signature) is None


def test_recover__malleated_signature__nobody():
    signature = signer("supervisor").sign(DIGEST)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = order - int.from_bytes(signature[32:64], "big")
    assert recover(DIGEST, signature[:32] + high.to_bytes(32, "big") + bytes((55 - signature[64],))) is None


def test_sign_order__digest_of_the_domain__recovers_to_the_human():
    order, overrides = an_order(OverrideKind.HOLD), an_address(7)
    signature = signer("supervisor").sign_order(order, chain_id=1337, overrides=overrides)
    assert recover(order_digest(order, chain_id=1337, overrides=overrides), signature) == signer("supervisor").address
    assert recover(order_digest(order, chain_id=1, overrides=overrides), signature) != signer("supervisor").address
