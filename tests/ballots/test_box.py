from typing import Any

import pytest

from tests.ballots.voters import POLL, SCANNER, boxed
from workmoot.ballots.box import LONGEST_SIGNATURE, PAGE, Page
from workmoot.ballots.wire import as_json, ballots_from_json, from_json
from workmoot.domain.errors import Malformed

GOOD = as_json(boxed(SCANNER))
BAD: dict[str, Any] = {
    "no object": [],
    "no support": {name: value for name, value in GOOD.items() if name != "support"},
    "support as a number": GOOD | {"support": 1},
    "proposal as text": GOOD | {"proposal": "1"},
    "proposal as a truth": GOOD | {"proposal": True},
    "a negative roster": GOOD | {"roster": -1},
    "a late deadline": GOOD | {"deadline": 1 << 48},
    "no such badge": GOOD | {"member": 1 << 10},
    "a short hash": GOOD | {"content_hash": "0x00"},
    "a long hash": GOOD | {"content_hash": GOOD["content_hash"] + "00"},
    "no signature": GOOD | {"signature": "0x"},
    "a signature of words": GOOD | {"signature": "0xyes"},
    "a bare signature": GOOD | {"signature": "07" * 65},
    "an endless signature": GOOD | {"signature": "0x" + "07" * (LONGEST_SIGNATURE + 1)},
}
PAGES: dict[str, Any] = {
    "no object": [GOOD],
    "no name": {"items": [], "last": 0, "more": False},
    "no list": {"box": "b", "items": {}, "last": 0, "more": False},
    "a long list": {"box": "b", "items": [GOOD] * (PAGE + 1), "last": 0, "more": False},
    "no word of more": {"box": "b", "items": [], "last": 0},
    "a bad ballot": {"box": "b", "items": [{}], "last": 0, "more": False},
    "no place": {"box": "b", "items": [], "last": "0", "more": False},
}


def test_from_json__a_ballot__as_it_was():
    assert from_json(GOOD) == boxed(SCANNER)


@pytest.mark.parametrize("told", BAD.values(), ids=BAD)
def test_from_json__no_ballot__refused(told: object):
    with pytest.raises(Malformed):
        from_json(told)


def test_ballots_from_json__a_page__as_it_was():
    told = {"box": "b", "items": [GOOD | {"place": 1}], "last": 1, "more": False, "head": {}}
    assert ballots_from_json(told) == Page(box="b", items=(boxed(SCANNER),), last=1, more=False)


@pytest.mark.parametrize("told", PAGES.values(), ids=PAGES)
def test_ballots_from_json__no_page__refused(told: object):
    with pytest.raises(Malformed):
        ballots_from_json(told)


def test_signed__as_it_travels_in_a_transaction():
    found = boxed(SCANNER, support=False).signed
    assert (found.member, found.support, found.signature) == (SCANNER, False, boxed(SCANNER, support=False).signature)
    assert POLL.binds(boxed(SCANNER).ballot)
