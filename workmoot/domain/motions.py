"""A motion: what a majority decides besides who does what. It travels in the place of a plan's assignments."""

from dataclasses import dataclass
from enum import IntEnum

from workmoot.domain.errors import Malformed
from workmoot.domain.hashing import ZERO_HASH, checksum_address
from workmoot.domain.ids import Address, Number
from workmoot.domain.layout import Layout
from workmoot.domain.plan import TREE, PackedPlan
from workmoot.domain.proposals import Figures, Opening, Policy, Weights
from workmoot.domain.workers import Kind

NO_ORDER = bytes(3)
"""What a motion begins with: the number of an order, which no order has."""

MOTION_SECONDS = 600
"""How long after its deadline a motion that passed may still be carried out, wall seconds."""

LAST_VOTED_NUMBER = 767
"""The last badge that a vote gives: those above are the humans' to give."""

HEAD = Layout("motion", (("order", 3), ("kind", 1)))
ADMISSION = Layout("motion", (("member_kind", 1), ("account", 20), ("capabilities", 32)))
"""memberKind u8 | account u160 | capabilities u256 | profile in UTF-8."""
STANDING = Layout("motion", (("member", 2),))
RULES = Layout("motion", (("voting_seconds", 4), ("open_limit", 2), ("absent_after", 2)))
WEIGHTS = Layout("motion", (("makespan", 2), ("tardiness", 2), ("cost", 2), ("energy", 2), ("risk", 2)))
POLICY = Layout("motion", RULES.fields + WEIGHTS.fields)


class MotionKind(IntEnum):
    """What a motion is about."""

    NONE = 0
    ADMIT = 1
    SUSPEND = 2
    REINSTATE = 3
    RETIRE = 4
    POLICY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Somebody is to belong: a digital or a robotic worker. `profile` is a stranger's JSON."""

    member_kind: Kind
    account: Address
    capabilities: int
    profile: str

    @property
    def kind(self) -> MotionKind:
        """What it is."""
        return MotionKind.ADMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChange:
    """A member is to be suspended, reinstated or retired."""

    kind: MotionKind
    member: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """The majority is to decide by another policy."""

    policy: Policy

    @property
    def kind(self) -> MotionKind:
        """What it is."""
        return MotionKind.POLICY


Motion = Admission | StandingChange | PolicyChange


def is_plan(assignments: bytes) -> bool:
    """Whether what is put to the vote is enacted word by word: neither a motion nor a tree has an order."""
    return not assignments.startswith(NO_ORDER)


def is_motion(assignments: bytes) -> bool:
    """Whether what is put to the vote is a motion; a tree, which has no order either, is a plan."""
    return assignments.startswith(NO_ORDER) and not assignments.startswith(TREE)


def pack_motion(motion: Motion) -> bytes:
    """The motion's bytes."""
    return NO_ORDER + bytes((motion.kind,)) + _body(motion)


def unpack_motion(packed: bytes) -> Motion:
    """What the bytes say; refuses what follows no layout."""
    kind = HEAD.unpack(packed)["kind"]
    if not is_motion(packed) or kind not in set(MotionKind) - {MotionKind.NONE}:
        raise Malformed("motion: of no kind", offset=0)
    if kind == MotionKind.ADMIT:
        return _admission(packed)
    size = HEAD.size + (POLICY.size if kind == MotionKind.POLICY else STANDING.size)
    if len(packed) != size:
        raise Malformed(f"motion: {len(packed)} bytes, not {size}", offset=0)
    if kind == MotionKind.POLICY:
        return _policy_change(packed)
    return StandingChange(kind=MotionKind(kind), member=Number(STANDING.unpack(packed, HEAD.size)["member"]))


def motion_opening(motion: Motion, words: str, *, read_at: int, read_hash: bytes) -> Opening:
    """A motion as it is put to the vote: without figures, read at a block, and why."""
    return Opening(
        plan=PackedPlan(assignments=pack_motion(motion)),
        offers=ZERO_HASH,
        evidence=ZERO_HASH,
        figures=Figures(makespan=0, tardiness=0, energy=0, cost=0),
        read_at=read_at,
        read_hash=read_hash,
        words=words,
    )


@dataclass(frozen=True, slots=True)
class _Admitted:
    member_kind: int
    account: int
    capabilities: int


def _body(motion: Motion) -> bytes:
    if isinstance(motion, StandingChange):
        return STANDING.pack(motion)
    if isinstance(motion, PolicyChange):
        return RULES.pack(motion.policy) + WEIGHTS.pack(motion.policy.weights)
    packed = ADMISSION.pack(_Admitted(motion.member_kind, int(motion.account, 16), motion.capabilities))
    return packed + motion.profile.encode()


def _policy_change(packed: bytes) -> PolicyChange:
    rules = RULES.unpack(packed, HEAD.size)
    weights = WEIGHTS.unpack(packed, HEAD.size + RULES.size)
    return PolicyChange(policy=Policy(**rules, weights=Weights(**weights)))


def _admission(packed: bytes) -> Admission:
    values = ADMISSION.unpack(packed, HEAD.size)
    if values["member_kind"] not in set(Kind):
        raise Malformed("motion: no such kind of member", offset=HEAD.size)
    return Admission(
        member_kind=Kind(values["member_kind"]),
        account=Address(checksum_address(f"0x{values['account']:040x}")),
        capabilities=values["capabilities"],
        profile=packed[HEAD.size + ADMISSION.size :].decode(errors="replace"),
    )
