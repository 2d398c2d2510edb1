import pytest

from tests.builders import an_address, an_entry
from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Number
from workmoot.domain.motions import (
    Admission,
    MotionKind,
    PolicyChange,
    StandingChange,
    is_motion,
    motion_opening,
    pack_motion,
    unpack_motion,
)
from workmoot.domain.plan import pack_plan
from workmoot.domain.proposals import Policy
from workmoot.domain.workers import Kind

ADMISSION = Admission(member_kind=Kind.DIGITAL, account=an_address(7), capabilities=6, profile="{}")
SUSPENSION = StandingChange(kind=MotionKind.SUSPEND, member=Number(3))
POLICY = PolicyChange(policy=Policy(voting_seconds=60, open_limit=2))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        bytes(3),
        bytes(6),
        b"\0\0\0\7\0\1",
        b"\0\0\1\2\0\3",
        pack_motion(SUSPENSION)[:-1],
        pack_motion(SUSPENSION) + b"\0",
        pack_motion(POLICY)[:-1],
        pack_motion(POLICY) + b"\0",
        pack_motion(ADMISSION)[:56],
        b"\0\0\0\1\4" + pack_motion(ADMISSION)[5:],
    ],
)
def test_unpack_motion__no_such_layout__refused(packed: bytes):
    with pytest.raises(Malformed):
        unpack_motion(packed)


def test_unpack_motion__profile_that_is_no_text__read_as_far_as_it_is():
    packed = pack_motion(ADMISSION) + b"\xff"
    found = unpack_motion(packed)
    assert isinstance(found, Admission)
    assert found.profile == "{}\ufffd"


def test_is_motion__plan__is_none():
    assert not is_motion(pack_plan([an_entry()]).assignments)
    assert is_motion(pack_motion(SUSPENSION))


def test_motion_opening__no_figures__only_why():
    opening = motion_opening(SUSPENSION, "it drips", read_at=5, read_hash=b"\5" * 32)
    assert (opening.plan.content, opening.words) == (pack_motion(SUSPENSION), "it drips")
    assert (opening.offers, opening.evidence, opening.figures.makespan) == (ZERO_HASH, ZERO_HASH, 0)


@pytest.mark.parametrize("motion", [ADMISSION, SUSPENSION, POLICY])
def test_pack_motion__kind__is_its_fourth_byte(motion: Admission | StandingChange | PolicyChange):
    assert pack_motion(motion)[3] == motion.kind
