"""Transactions of types that the development nodes do not send: written down as another program signed them."""

from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from workmoot.chain.evidence import transaction_bytes
from workmoot.chain.proof import chain_of

CHAIN_ID = 1337
SIGNER: LocalAccount = Account.from_key("0x" + "11" * 32)
RECEIVER, STORED, BLOB = "0x" + "56" * 20, "0x" + "34" * 32, "0x01" + "9a" * 31
COMMON: dict[str, Any] = {
    "chainId": CHAIN_ID,
    "nonce": 7,
    "maxPriorityFeePerGas": 1,
    "maxFeePerGas": 10**11,
    "gas": 100_000,
    "to": RECEIVER,
    "value": 3,
    "data": "0x0102",
    "accessList": [{"address": RECEIVER, "storageKeys": [STORED]}],
}


def as_told(kind: int, signed: Any, more: dict[str, Any]) -> dict[str, Any]:
    """As JSON-RPC has it, without a `v`."""
    told = {name: hex(value) if isinstance(value, int) else value for name, value in (COMMON | more).items()}
    told |= {"type": hex(kind), "input": told.pop("data"), "hash": "0x" + signed.hash.hex()}
    return told | {"yParity": hex(signed.v), "r": hex(signed.r), "s": hex(signed.s)}


def test_transaction__with_blobs__as_it_was_signed():
    more: dict[str, Any] = {"maxFeePerBlobGas": 5, "blobVersionedHashes": [BLOB, BLOB]}
    signed = SIGNER.sign_transaction({**COMMON, **more, "type": 3})
    found = transaction_bytes(as_told(3, signed, more))
    assert (found, chain_of(found)) == (bytes(signed.raw_transaction), CHAIN_ID)


def test_transaction__that_gives_accounts_code__as_it_was_signed():
    grants = ({"chainId": 0, "address": RECEIVER, "nonce": nonce} for nonce in (0, 8))
    granted: list[Any] = [SIGNER.sign_authorization(grant) for grant in grants]
    signed = SIGNER.sign_transaction({**COMMON, "type": 4, "authorizationList": granted})
    listed = [
        {
            "chainId": hex(one.chain_id),
            "address": "0x" + one.address.hex(),
            "nonce": hex(one.nonce),
            "yParity": hex(one.y_parity),
            "r": hex(one.r),
            "s": hex(one.s),
        }
        for one in granted
    ]
    found = transaction_bytes(as_told(4, signed, {"authorizationList": listed}))
    assert (found, chain_of(found)) == (bytes(signed.raw_transaction), CHAIN_ID)
