from typing import Any

import pytest
from eth_account.messages import encode_typed_data

from tests.builders import an_address, an_order
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak
from workmoot.domain.overrides import ORDER, OverrideKind, order_digest, order_values, overrides_domain
from workmoot.domain.typed import TypedDomain, TypedStruct, digest_of, message_of

DOMAIN = TypedDomain(name="Test", chain_id=5, verifying_contract=an_address(1))
PAIR = TypedStruct("Pair", (("who", "address"), ("amount", "uint16"), ("note", "string"), ("raw", "bytes")))
VALUES: dict[str, Any] = {"who": an_address(2), "amount": 7, "note": "ä", "raw": b"\1\2"}


def test_signature__as_eip712_writes_it():
    assert PAIR.signature == "Pair(address who,uint16 amount,string note,bytes raw)"


def test_digest_of__any_struct__equals_eth_accounts():
    message = encode_typed_data(full_message=message_of(DOMAIN, PAIR, VALUES))
    assert digest_of(DOMAIN, PAIR, VALUES) == keccak(b"\x19" + message.version + message.header + message.body)


def test_digest_of__too_large__refused():
    with pytest.raises(Malformed, match="uint16"):
        digest_of(DOMAIN, PAIR, VALUES | {"amount": 65_536})


def test_order_digest__what_a_wallet_would_sign():
    order, overrides = an_order(OverrideKind.HOLD, payload=b"\1"), an_address(3)
    message = message_of(overrides_domain(chain_id=1, overrides=overrides), ORDER, order_values(order))
    signable = encode_typed_data(full_message=message)
    digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
    assert order_digest(order, chain_id=1, overrides=overrides) == digest


@pytest.mark.parametrize("changes", [{"chain_id": 2}, {"overrides": an_address(4)}])
def test_order_digest__elsewhere__another_digest(changes):
    where: dict[str, Any] = {"chain_id": 1, "overrides": an_address(3)}
    assert order_digest(an_order(OverrideKind.HOLD), **where) != order_digest(
        an_order(OverrideKind.HOLD), **where | changes
    )
