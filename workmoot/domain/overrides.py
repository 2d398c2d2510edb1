"""Overrides: a human's signed order fills a slot that outranks every decision below its level."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from workmoot.domain.hashing import ZERO_HASH, keccak
from workmoot.domain.ids import NOBODY, Address, Number, OverrideId
from workmoot.domain.typed import TypedDomain, TypedStruct, Value, digest_of


class OverrideKind(IntEnum):
    """What a human may order."""

    NONE = 0
    VETO = 1
    APPROVE = 2
    ASSIGN = 3
    CANCEL = 4
    REWORK = 5
    ACCEPT = 6
    HOLD = 7
    RELEASE = 8
    SUSPEND = 9
    REINSTATE = 10
    REQUEUE = 11
    DRAIN = 12
    """From here on: instructions, which fill no slot (`workmoot.domain.instructions`)."""
    QUARANTINE = 13
    MAINTAIN = 14
    REPRIORITISE = 15
    ANSWER = 16
    ACKNOWLEDGE = 17
    SHELVE = 18
    LIFT = 19


class SubjectType(IntEnum):
    """What an order is about."""

    NONE = 0
    TASK = 1
    PROPOSAL = 2
    WORKER = 3
    ROBOT = 4
    PLANT = 5


class Level(IntEnum):
    """The lowest number filled is in force."""

    OWN = 0
    """In an order: the kind's own level (the plant 1, all else 8)."""
    PLANT_HOLD = 1
    MAINTENANCE = 5
    HUMAN_HOLD = 7
    """A human's hold on a task or robot; orders may say 8 for it."""
    HUMAN = 8
    """A human names who does a task."""
    SAFE_STOP = 12
    DAO = 16


class Reason(IntEnum):
    """Why a human steps in; the words say more."""

    QUALITY = 1
    SAFETY = 2
    MAINTENANCE = 3
    URGENT = 4
    CAPACITY = 5
    MATERIAL = 6
    CUSTOMER = 7
    TEST = 8
    OTHER = 99


def reason_word(code: int) -> str:
    """A reason's word, or the number that has none."""
    return Reason(code).name if code in set(Reason) else str(code)


PLANT = 0
"""The subject number of the plant."""
SAFE_STOP_SECONDS = 300
"""How long a worker's own stop lasts, wall seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanOrder:
    """What a human signs. `expires_at` 0 (until released) only for what stops; `expected_epoch` 0: any.

    Of an instruction `expected_epoch` is the version of what stands, and it has no level.
    `nonce` is keyed and unordered: 192 bits of key, 64 of count.
    """

    kind: OverrideKind
    subject_type: SubjectType
    subject: int
    payload: bytes = b""
    level: int = Level.OWN
    reason_code: int
    reason: str
    expires_at: int = 0
    valid_until: int
    expected_epoch: int = 0
    preview: bytes = ZERO_HASH
    human: Address
    nonce: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What fills one level of one subject; `fixes`: it names a worker (zero: nobody may)."""

    id: OverrideId
    expires_at: int
    held: bool
    fixes: bool
    worker: Number
    inspector: Number


EMPTY_SLOT = Slot(id=OverrideId(0), expires_at=0, held=False, fixes=False, worker=NOBODY, inspector=NOBODY)


def kinds_mask(*kinds: OverrideKind) -> int:
    """One bit for each kind."""
    return sum(1 << kind for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanPolicy:
    """What a deployment asks of its humans.

    `cosigned` has a bit for each kind of order that takes two; the first waits `ask_seconds` for the second. More than
    `alarm_orders` of one human within `alarm_seconds` raise an alarm.
    """

    cosigned: int
    ask_seconds: int
    alarm_orders: int
    alarm_seconds: int


MAY_WAIT = kinds_mask(
    *(OverrideKind.APPROVE, OverrideKind.ACCEPT, OverrideKind.RELEASE, OverrideKind.REINSTATE, OverrideKind.REQUEUE)
)
"""What may take two orders. What takes authority from machines or people waits for nobody."""
STRICT = HumanPolicy(
    cosigned=kinds_mask(OverrideKind.RELEASE, OverrideKind.APPROVE, OverrideKind.REINSTATE),
    ask_seconds=3_600,
    alarm_orders=20,
    alarm_seconds=3_600,
)
"""As plants have it that say nothing."""

ORDER = TypedStruct(
    "Order",
    (
        ("kind", "uint8"),
        ("subjectType", "uint8"),
        ("subject", "uint256"),
        ("payload", "bytes"),
        ("level", "uint8"),
        ("reasonCode", "uint16"),
        ("reason", "string"),
        ("expiresAt", "uint48"),
        ("validUntil", "uint48"),
        ("expectedEpoch", "uint64"),
        ("preview", "bytes32"),
        ("human", "address"),
        ("nonce", "uint256"),
    ),
)
POST = TypedStruct(
    "Post", (("specHash", "bytes32"), ("human", "address"), ("nonce", "uint256"), ("deadline", "uint48"))
)


def own_level(subject_type: SubjectType) -> Level:
    """The level an order takes that names none."""
    return Level.PLANT_HOLD if subject_type is SubjectType.PLANT else Level.HUMAN


def filled_level(order: HumanOrder) -> int:
    """The level a hold, an assignment, an approval or a veto fills: holds have one of their own."""
    level = order.level or own_level(order.subject_type)
    return Level.HUMAN_HOLD if order.kind is OverrideKind.HOLD and level == Level.HUMAN else level


def later_end(held: Slot, order: HumanOrder) -> int:
    """When a hold over what is held already ends: not before that one would."""
    ends = (held.expires_at, order.expires_at) if held.held else (order.expires_at,)
    return 0 if 0 in ends else max(ends)


def unordered_nonce(key: int) -> int:
    """The first nonce of a key of 192 bits: with a random key, orders need no order among them."""
    return key << 64


def hash_of_orders(digests: Iterable[bytes]) -> str:
    """Of humans' orders in their order on the chain: who have the same have seen the same."""
    return "0x" + keccak(b"".join(digests)).hex()


def order_values(order: HumanOrder) -> dict[str, Value]:
    """The order under the names of its EIP-712 type."""
    return {
        "kind": order.kind,
        "subjectType": order.subject_type,
        "subject": order.subject,
        "payload": order.payload,
        "level": order.level,
        "reasonCode": order.reason_code,
        "reason": order.reason,
        "expiresAt": order.expires_at,
        "validUntil": order.valid_until,
        "expectedEpoch": order.expected_epoch,
        "preview": order.preview,
        "human": order.human,
        "nonce": order.nonce,
    }


def overrides_domain(*, chain_id: int, overrides: str) -> TypedDomain:
    """Where a human's orders count."""
    return TypedDomain(name="Workmoot Overrides", chain_id=chain_id, verifying_contract=overrides)


def work_orders_domain(*, chain_id: int, work_orders: str) -> TypedDomain:
    """Where a signed posting counts."""
    return TypedDomain(name="Workmoot WorkOrders", chain_id=chain_id, verifying_contract=work_orders)


def order_digest(order: HumanOrder, *, chain_id: int, overrides: str) -> bytes:
    """What the human signs."""
    return digest_of(overrides_domain(chain_id=chain_id, overrides=overrides), ORDER, order_values(order))


def post_values(*, spec_hash: bytes, human: str, nonce: int, deadline: int) -> dict[str, Value]:
    """A posting under the names of its EIP-712 type."""
    return {"specHash": spec_hash, "human": human, "nonce": nonce, "deadline": deadline}


def post_digest(*, spec_hash: bytes, human: str, nonce: int, deadline: int, chain_id: int, work_orders: str) -> bytes:
    """What a human signs so that anyone may post the order."""
    values = post_values(spec_hash=spec_hash, human=human, nonce=nonce, deadline=deadline)
    return digest_of(work_orders_domain(chain_id=chain_id, work_orders=work_orders), POST, values)
