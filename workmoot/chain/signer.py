"""Keys: one hex private key in a file that only its owner reads; signs transactions, orders, ballots and commands."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING, Any

from workmoot.domain.ballots import Ballot, ballot_digest
from workmoot.domain.errors import WorkmootError
from workmoot.domain.ids import Address
from workmoot.domain.overrides import HumanOrder, order_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eth_account.signers.local import LocalAccount


# Half the order of secp256k1: as OpenZeppelin's ECDSA, one of the two signatures of a digest is taken.
_LARGEST_S = bytes.fromhex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")


class KeyUnusable(WorkmootError):
    """The key file is missing, is no key, or is readable by others."""


class Signer:
    """One account's key; it never shows it."""

    def __init__(self, key: str | bytes) -> None:
        from eth_account import Account

        self._account: LocalAccount = Account.from_key(key)
        self.address = Address(self._account.address)

    def __repr__(self) -> str:
        return f"Signer({self.address})"

    def sign(self, digest: bytes) -> bytes:
        """65 bytes over an EIP-712 digest: r, s, v."""
        from eth_typing import Hash32

        return bytes(self._account.unsafe_sign_hash(Hash32(digest)).signature)

    def sign_order(self, order: HumanOrder, *, chain_id: int, overrides: str) -> bytes:
        """A human's signature under an order."""
        return self.sign(order_digest(order, chain_id=chain_id, overrides=overrides))

    def sign_ballot(self, ballot: Ballot, *, chain_id: int, dao: str) -> bytes:
        """A member's signature under a ballot."""
        return self.sign(ballot_digest(ballot, chain_id=chain_id, dao=dao))

    def sign_transaction(self, transaction: Mapping[str, Any]) -> tuple[bytes, str]:
        """The transaction's raw bytes and its hash."""
        signed = self._account.sign_transaction(dict(transaction))
        return bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex()


def load_signer(path: Path) -> Signer:
    """The key in a file with mode 0600."""
    try:
        content, mode = path.read_text().strip(), path.stat().st_mode
    except OSError as error:
        raise KeyUnusable(f"{path}: {error.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusable(f"{path}: others may read it; chmod 600 {path}")
    try:
        return Signer(bytes.fromhex(content.removeprefix("0x")))
    except ValueError:
        raise KeyUnusable(f"{path}: not a private key of 64 hexadecimal digits") from None


def load_keystore(path: Path, password: str) -> Signer:
    """The key in an encrypted file, as wallets and nodes write it (Web3 Secret Storage)."""
    from eth_account import Account

    try:
        return Signer(bytes(Account.decrypt(path.read_text(), password)))
    except OSError as error:
        raise KeyUnusable(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
        raise KeyUnusable(f"{path}: no keystore, or another password") from None


def write_key(path: Path, key: bytes) -> None:
    """Keeps a key in a new file with mode 0600."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("0x" + key.hex() + "\n")


def new_key() -> bytes:
    """A fresh random key."""
    return secrets.token_bytes(32)


def recover(digest: bytes, signature: bytes) -> Address | None:
    """Whose signature this is; None for one that is nobody's."""
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    if len(signature) != 65 or signature[64] not in (27, 28) or signature[32:64] > _LARGEST_S:
        return None
    try:
        key = Signature(signature[:64] + bytes((signature[64] - 27,))).recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError):
        return None
    return Address(key.to_checksum_address())
