"""The small rules: majority, clock, members, hashes, errors."""

from typing import Any

import pytest

from tests.builders import an_address
from workmoot.domain.clock import Clock
from workmoot.domain.errors import Malformed, OutOfGas, Refused, WorkmootError, WrongChain
from workmoot.domain.evidence import Evidence, pack_evidence, round_seed
from workmoot.domain.hashing import checksum_address, hash_of_words, keccak, word
from workmoot.domain.ids import Number
from workmoot.domain.majority import has_passed, is_defeated
from workmoot.domain.proposals import Figures
from workmoot.domain.workers import (
    Binding,
    Kind,
    Member,
    Scope,
    Standing,
    capabilities_in,
    capability_mask,
    parse_object,
    resource_bytes,
)


@pytest.mark.parametrize(
    ("yes", "members", "passes"), [(2, 3, True), (2, 4, False), (3, 4, True), (0, 0, False), (1, 1, True)]
)
def test_has_passed__more_than_half_of_all(yes, members, passes):
    assert has_passed(yes=yes, members=members) is passes


@pytest.mark.parametrize(
    ("no", "barred", "members", "lost"),
    [(1, 0, 3, False), (2, 0, 3, True), (1, 1, 3, True), (2, 0, 4, True), (1, 0, 4, False)],
)
def test_is_defeated__when_the_rest_no_longer_suffices(no, barred, members, lost):
    assert is_defeated(no=no, barred=barred, members=members) is lost


def test_majority__any_tally__never_passed_and_defeated_at_once():
    for members in range(8):
        for no in range(members + 1):
            for yes in range(members - no + 1):
                assert not (has_passed(yes=yes, members=members) and is_defeated(no=no, barred=0, members=members))


def test_ticks__twenty_times_as_fast():
    clock = Clock(origin_ms=1_000_000, speed_milli=20_000)
    assert clock.ticks(1_000_000) == 0
    assert clock.ticks(1_000_500) == 10_000
    assert clock.ticks_at(1_001.0) == 20_000
    assert clock.ticks(5) == 0
    assert clock.wall_seconds(20_000) == 1.0


@pytest.mark.parametrize("ticks", [0, 1, 19, 20, 21, 12_345])
def test_unix_ms__first_millisecond_at_which_a_tick_has_come(ticks):
    clock = Clock(origin_ms=1_000, speed_milli=20_000)
    assert clock.ticks(clock.unix_ms(ticks)) >= ticks
    assert ticks == 0 or clock.ticks(clock.unix_ms(ticks) - 1) < ticks


def _member(**changes):
    values: dict[str, Any] = {
        "number": Number(1),
        "account": an_address(1),
        "kind": Kind.DIGITAL,
        "standing": Standing.ACTIVE,
    }
    return Member(**values | {"joined": 3, "capabilities": 0b110} | changes)


def test_member__active_digital__is_capable_and_votes_from_its_roster_on():
    assert _member().is_capable(2)
    assert not _member().is_capable(3)
    assert _member().may_vote(3)
    assert not _member().may_vote(2)


@pytest.mark.parametrize("changes", [{"standing": Standing.SUSPENDED}, {"kind": Kind.ROBOTIC}, {"kind": Kind.HUMAN}])
def test_member__otherwise__neither(changes):
    assert not _member(**changes).is_capable(2)
    assert not _member(**changes).may_vote(9)


def test_id__from_the_profile_or_the_number():
    assert _member(profile={"id": "sprayer"}).id == "sprayer"
    assert _member().id == "1"


def test_capability_mask__and_back():
    assert capability_mask([1, 3, 3]) == 0b1010
    assert capabilities_in(0b1010) == (1, 3)


def test_resource_name__padded_and_back():
    binding = Binding(robot=Number(4), worker=Number(2), resource=resource_bytes("arm"), scope=Scope.COMMAND)
    assert (len(binding.resource), binding.resource_name) == (32, "arm")


@pytest.mark.parametrize("text", ["", "[1]", "{", "7", "[" * 100_000])
def test_parse_object__not_an_object__is_nothing(text):
    assert parse_object(text) == {}


def test_keccak__known_answer():
    assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_checksum_address__eip55_example():
    assert (
        checksum_address("0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359") == "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    )


def test_word__numbers_addresses_and_bytes():
    assert word(1) == b"\0" * 31 + b"\1"
    assert word(an_address(0)) == bytes(32)
    assert word(b"\1" * 32) == b"\1" * 32
    assert hash_of_words(1, 2) == keccak(word(1) + word(2))


def test_round_seed__other_dao__another_seed():
    seeds = {round_seed(b"\1" * 32, chain_id=1, dao=an_address(number)) for number in (1, 2)}
    assert len(seeds) == 2


def test_pack_evidence__short_hash__refused():
    figures = Figures(makespan=1, tardiness=0, energy=0, cost=0)
    hashes = {"read_hash": b"", "seed": bytes(32), "offers": bytes(32), "plan_hash": bytes(32)}
    with pytest.raises(Malformed, match="32 bytes"):
        pack_evidence(Evidence(read_at=1, figures=figures, **hashes))


def test_refused__shows_the_error_with_its_values():
    assert str(Refused("NotContent", 5, b"\1\2")) == "NotContent(5, 0x0102)"


def test_errors__say_what_would_be_right():
    assert "deployments/7.json" in str(WrongChain(expected=1, found=7, where="http://node"))
    assert "needs 5" in str(OutOfGas(an_address(1), balance=1, needed=5))
    assert issubclass(Refused, WorkmootError)
