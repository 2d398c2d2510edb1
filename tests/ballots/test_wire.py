import json
from dataclasses import replace
from typing import Any

import pytest

from tests.ballots.voters import SCANNER, a_draft, boxed, boxed_draft
from tests.builders import an_entry, an_opening
from workmoot.ballots.box import (
    DRAFTS_PAGE,
    LARGEST_ANSWER,
    LARGEST_DRAFT,
    LONGEST_SIGNATURE,
    LONGEST_WORDS,
    PAGE,
    Page,
)
from workmoot.ballots.wire import (
    as_json,
    ballots_from_json,
    draft_as_json,
    draft_from_json,
    drafts_from_json,
    from_json,
)
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number, task_id
from workmoot.domain.plan import MOST_ENTRIES, pack_plan

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
GOOD_DRAFT = draft_as_json(boxed_draft())
BAD_DRAFTS: dict[str, Any] = {
    "no object": [],
    "no number": GOOD_DRAFT | {"proposal": None},
    "no such badge": GOOD_DRAFT | {"proposer": 1 << 10},
    "no plan": {name: value for name, value in GOOD_DRAFT.items() if name != "assignments"},
    "too large a plan": GOOD_DRAFT | {"detail": "0x" + "07" * (LARGEST_DRAFT + 1)},
    "too large together": GOOD_DRAFT
    | {"assignments": "0x" + "07" * 40000, "detail": GOOD_DRAFT["detail"] + "07" * 40000},
    "a short detail": GOOD_DRAFT | {"detail": "0x07"},
    "words of another kind": GOOD_DRAFT | {"words": 7},
    "long words": GOOD_DRAFT | {"words": "a" * (LONGEST_WORDS + 1)},
    "words of long letters": GOOD_DRAFT | {"words": "ä" * LONGEST_WORDS},
    "half characters": GOOD_DRAFT | {"words": "\ud800"},
    "no signature": GOOD_DRAFT | {"signature": "0x"},
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


def test_draft_from_json__a_draft__as_it_was():
    assert draft_from_json(GOOD_DRAFT) == boxed_draft()
    assert draft_from_json(GOOD_DRAFT).draft.content_hash == a_draft().content_hash


def test_draft_from_json__a_plan_of_a_thousand_tasks_with_helpers__as_it_was():
    tasks = [task_id(order, index) for order in range(1, 5) for index in range(250)]
    entries = [an_entry(task, 1, helpers=(Number(2), Number(3)), inspector=Number(4)) for task in tasks]
    draft = replace(a_draft(), opening=an_opening(pack_plan(entries)))
    found = draft_from_json(json.loads(json.dumps(draft_as_json(boxed_draft(draft)))))
    assert len(entries) == MOST_ENTRIES
    assert (found.draft, found.draft.size <= LARGEST_DRAFT) == (draft, True)


@pytest.mark.parametrize("told", BAD_DRAFTS.values(), ids=BAD_DRAFTS)
def test_draft_from_json__no_draft__refused(told: object):
    with pytest.raises(Malformed):
        draft_from_json(told)


def test_drafts_from_json__a_page__as_it_was():
    told = {"box": "b", "items": [GOOD_DRAFT | {"place": 1}], "last": 1, "more": False, "head": {}}
    assert drafts_from_json(told) == Page(box="b", items=(boxed_draft(),), last=1, more=False)


def test_drafts_from_json__a_long_page__refused():
    with pytest.raises(Malformed):
        drafts_from_json({"box": "b", "items": [GOOD_DRAFT] * (DRAFTS_PAGE + 1), "last": 4, "more": False})


def test_drafts_from_json__the_largest_page__is_no_longer_than_an_answer_may_be():
    longest = GOOD_DRAFT | {
        "assignments": "0x" + "07" * LARGEST_DRAFT,
        "words": "\0" * LONGEST_WORDS,
        "signature": "0x" + "07" * LONGEST_SIGNATURE,
    }
    assert len(json.dumps([longest] * DRAFTS_PAGE)) < LARGEST_ANSWER
