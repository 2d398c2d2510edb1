import pytest

from tests.builders import an_entry, an_offer
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number
from workmoot.domain.offers import (
    OFFER,
    RANKED,
    as_offered,
    offers_digest,
    pack_offers,
    unpack_offers,
    unpack_ranking,
)


def test_layouts__44_and_28_bytes():
    assert (OFFER.size, RANKED.size) == (44, 28)


def test_unpack_offers__nothing__no_offers():
    assert unpack_offers(b"") == ()


def test_unpack_offers__cut_short__refused():
    with pytest.raises(Malformed):
        unpack_offers(pack_offers([an_offer(helpers=(1, 2))])[:-1])


def test_unpack_ranking__not_whole_items__refused():
    with pytest.raises(Malformed, match="28"):
        unpack_ranking(b"\0" * 29)


def test_offers_digest__same_offer_of_another_lead__another_digest():
    first, second = (Number(1), an_offer()), (Number(2), an_offer())
    assert offers_digest([first]) != offers_digest([second])
    assert offers_digest([first, second]) != offers_digest([second, first])


def test_pack_offers__negative_time__names_the_field():
    with pytest.raises(Malformed, match="p50 -1"):
        pack_offers([an_offer(p50=-1)])


def test_as_offered__the_offers_median_and_robots__or_none():
    entries = as_offered([an_entry(), an_entry(lead=2, robots=(8,))], [an_offer(p50=700, robots=(9,)), None])
    assert [(entry.duration, entry.robots) for entry in entries] == [(700, (9,)), (0, ())]
