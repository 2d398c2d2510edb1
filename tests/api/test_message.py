"""The sign-in message: what follows EIP-4361 is read as it stands, and nothing else is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.message import SignInMessage, digest_of, read_message
from tests.api.story import signer
from workmoot.chain.signer import recover
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import keccak

ACCOUNT = signer("technician").address
WHOLE = SignInMessage(
    scheme="https",
    domain="plant.example:8443",
    account=ACCOUNT,
    statement="I sign in: nothing else (really)!",
    uri="https://plant.example:8443/a?b=c#d",
    chain_id=31337,
    nonce="0123456789abcdef",
    issued_at=datetime(2026, 11, 22, 10, 0, 0, 500_000, UTC),
    expires_at=datetime(2026, 11, 22, 10, 5, tzinfo=UTC),
    not_before=datetime(2026, 11, 22, 9, 59, tzinfo=UTC),
    request_id="shift-7",
    resources=("ipfs://bafy", "https://plant.example/terms"),
)
BARE = SignInMessage(
    domain="127.0.0.1:8600",
    account=ACCOUNT,
    uri="http://127.0.0.1:8600/",
    chain_id=1337,
    nonce="12345678",
    issued_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_str__bare__is_written_as_the_standard_has_it():
    assert str(BARE) == (
        "127.0.0.1:8600 wants you to sign in with your Ethereum account:\n"
        f"{ACCOUNT}\n\n\n"
        "URI: http://127.0.0.1:8600/\nVersion: 1\nChain ID: 1337\nNonce: 12345678\nIssued At: 2026-11-22T00:00:00Z"
    )


@pytest.mark.parametrize("message", [WHOLE, BARE], ids=["whole", "bare"])
def test_read_message__what_was_written__comes_back(message):
    assert read_message(str(message)) == message


@pytest.mark.parametrize(
    "changed",
    [
        ("Issued At: 2026-11-22T10:00:00.500000Z", "Issued At: 2026-11-22t11:00:00.5+01:00"),
        ("- ipfs://bafy\n- https://plant.example/terms", "- mailto:a@plant.example\n- urn:isbn:0"),
        ("plant.example:8443 wants", "[2001:db8::1]:8443 wants"),
        ("plant.example:8443 wants", "user@plant.example wants"),
        ("Request ID: shift-7", "Request ID: "),
    ],
    ids=["offset", "URIs without hosts", "IPv6", "user", "empty request id"],
)
def test_read_message__other_words_of_the_grammar__are_read(changed):
    assert changed[0] in str(WHOLE)
    read_message(str(WHOLE).replace(*changed))


SPOILT = {
    "no domain": ("https://plant.example:8443 wants", " wants"),
    "another sentence": ("Ethereum account:", "Ethereum key:"),
    "no EIP-55": (ACCOUNT, ACCOUNT.lower()),
    "a short account": (ACCOUNT, ACCOUNT[:-1]),
    "a statement of two lines": ("nothing else", "nothing\nelse"),
    "a statement beyond the grammar": ("nothing", "nöthing"),
    "no URI": ("URI: https://plant.example:8443/a?b=c#d\n", ""),
    "a URI that is none": ("https://plant.example:8443/a?b=c#d", "plant"),
    "a URI with a blank": ("/a?b", "/a b?b"),
    "a bad percent": ("/a?b", "/%zz?b"),
    "another version": ("Version: 1", "Version: 2"),
    "a chain of words": ("31337", "one"),
    "other digits": ("31337", "\u0661"),
    "a short nonce": ("0123456789abcdef", "0123456"),
    "a nonce with a dash": ("0123456789abcdef", "01234567-89"),
    "a time in words": ("2026-11-22T10:00:00.500000Z", "noon"),
    "a time without a zone": ("2026-11-22T10:00:00.500000Z", "2026-11-22T10:00:00"),
    "a day that is none": ("2026-11-22T10:05", "2026-02-30T10:05"),
    "fields in another order": ("Version: 1\nChain ID: 31337", "Chain ID: 31337\nVersion: 1"),
    "a resource that is none": ("- ipfs://bafy", "- bafy"),
    "resources on one line": ("\n- https://plant.example/terms", " - https://plant.example/terms"),
    "more after it": ("/terms", "/terms\n"),
    "carriage returns": ("\n", "\r\n"),
    "an address that is none": ("plant.example:8443 wants", "[1::2::3]:8443 wants"),
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT)
def test_read_message__off_the_grammar__is_malformed(change):
    assert change[0] in str(WHOLE)
    with pytest.raises(Malformed):
        read_message(str(WHOLE).replace(*change))


TEXTS = st.text(max_size=300)


@given(TEXTS)
def test_read_message__any_text__is_malformed_or_comes_back_the_same(text):
    try:
        message = read_message(text)
    except Malformed:
        return
    assert read_message(str(message)) == message


@given(TEXTS, st.integers(0, len(str(WHOLE))), st.integers(0, 12))
def test_read_message__any_splice__is_malformed_or_says_what_stands_there(text, place, taken):
    spliced = str(WHOLE)[:place] + text + str(WHOLE)[place + taken :]
    try:
        message = read_message(spliced)
    except Malformed:
        return
    assert f"Nonce: {message.nonce}\n" in spliced
    assert f" wants you to sign in with your Ethereum account:\n{message.account}\n" in spliced
    assert f"{message.domain} wants" in spliced


def test_digest_of__is_that_of_personal_sign():
    prefixed = b"\x19Ethereum Signed Message:\n5hello"
    assert digest_of("hello") == keccak(prefixed)


def test_digest_of__letters_beyond_ascii__are_counted_as_bytes():
    assert digest_of("é") == keccak(b"\x19Ethereum Signed Message:\n2\xc3\xa9")


def test_digest_of__is_what_eth_account_signs():
    from eth_account import Account
    from eth_account.messages import encode_defunct

    key = keccak(b"technician")
    signed = Account.sign_message(encode_defunct(text=str(WHOLE)), key)
    assert recover(digest_of(str(WHOLE)), bytes(signed.signature)) == ACCOUNT
