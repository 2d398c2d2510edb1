import pytest

from workmoot.domain.ballots import (
    BALLOT,
    SignedBallot,
    pack_ballots,
    pack_counted,
    unpack_ballots,
    unpack_counted,
)
from workmoot.domain.errors import Malformed
from workmoot.domain.ids import Number


def a_ballot(member: int, *, support: bool = True, signature: bytes = b"\7" * 65) -> SignedBallot:
    return SignedBallot(member=Number(member), support=support, signature=signature)


def test_ballot__its_type__binds_the_content_the_roster_and_the_deadline():
    assert (
        BALLOT.signature == "Ballot(uint256 proposalId,bytes32 contentHash,uint64 roster,uint48 deadline,uint8 support)"
    )


def test_pack_ballots__in_any_order__travel_by_number():
    later, earlier = a_ballot(7), a_ballot(2, support=False)
    assert unpack_ballots(pack_ballots([later, earlier])) == (earlier, later)


def test_pack_ballots__a_member_twice__malformed():
    with pytest.raises(Malformed, match="ascending"):
        pack_ballots([a_ballot(2), a_ballot(2, support=False)])


@pytest.mark.parametrize("member", [0, 1024, 1 << 15])
def test_pack_ballots__nobodys__malformed(member):
    with pytest.raises(Malformed, match="no such number"):
        pack_ballots([a_ballot(member)])


def test_pack_ballots__four_bytes_and_the_signature():
    assert pack_ballots([a_ballot(2, signature=b"")]) == bytes.fromhex("80020000")
    assert pack_ballots([a_ballot(2, support=False, signature=b"\1\2\3")]) == bytes.fromhex("00020003010203")


@pytest.mark.parametrize("size", [1, 3, 68, 70, 137])
def test_unpack_ballots__cut_short__malformed(size):
    with pytest.raises(Malformed, match="cut short"):
        unpack_ballots(pack_ballots([a_ballot(1), a_ballot(2)])[:size])


def test_unpack_ballots__out_of_order__malformed():
    with pytest.raises(Malformed, match="ascending"):
        unpack_ballots(pack_ballots([a_ballot(2)]) + pack_ballots([a_ballot(1)]))


def test_unpack_ballots__a_bit_that_is_no_number__malformed():
    with pytest.raises(Malformed, match="no such number"):
        unpack_ballots(bytes.fromhex("44010000"))


def test_unpack_counted__who_said_what():
    packed = pack_counted([a_ballot(1), a_ballot(5, support=False)])
    assert packed == bytes.fromhex("80010005")
    assert unpack_counted(packed) == ((Number(1), True), (Number(5), False))


def test_unpack_counted__half_a_ballot__malformed():
    with pytest.raises(Malformed, match="cut short"):
        unpack_counted(b"\x80\1\0")
