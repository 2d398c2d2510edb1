"""Instructions: a human's word that fills no slot, and stands until another takes its place, it is lifted or over."""

from dataclasses import dataclass

from workmoot.domain.hashing import ZERO_HASH
from workmoot.domain.ids import Address, OverrideId
from workmoot.domain.overrides import ORDER, HumanOrder, OverrideKind, SubjectType, order_values, overrides_domain
from workmoot.domain.typed import TypedDomain, TypedStruct, Value, digest_of, message_of

SUBJECT_OF = {
    OverrideKind.DRAIN: SubjectType.WORKER,
    OverrideKind.QUARANTINE: SubjectType.WORKER,
    OverrideKind.MAINTAIN: SubjectType.ROBOT,
    OverrideKind.REPRIORITISE: SubjectType.TASK,
    OverrideKind.ANSWER: SubjectType.NONE,
    OverrideKind.ACKNOWLEDGE: SubjectType.NONE,
    OverrideKind.SHELVE: SubjectType.NONE,
}
"""What each kind is about; to lift goes with whatever is lifted."""
INSTRUCTIONS = frozenset((*SUBJECT_OF, OverrideKind.LIFT))
ONCE = frozenset((OverrideKind.ANSWER, OverrideKind.ACKNOWLEDGE, OverrideKind.LIFT))
"""What is done with at once: it has no end and is not lifted."""
WITHDRAWS = (OverrideKind.DRAIN, OverrideKind.QUARANTINE)
"""By which a worker takes nothing new."""
MAY_BE_OPEN = frozenset((OverrideKind.QUARANTINE, OverrideKind.MAINTAIN))
"""What may stand until it is lifted."""
LONGEST_ANSWER = 1_024
BEFORE_THE_FIRST = 1_000_000_000
"""Ids go on from here, so that no override has the same."""

INSTRUCTION = TypedStruct(
    "Instruction",
    (
        ("kind", "uint8"),
        ("subjectType", "uint8"),
        ("subject", "uint256"),
        ("payload", "bytes"),
        ("reasonCode", "uint16"),
        ("reason", "string"),
        ("expiresAt", "uint48"),
        ("validUntil", "uint48"),
        ("expectedVersion", "uint64"),
        ("preview", "bytes32"),
        ("human", "address"),
        ("nonce", "uint256"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """An instruction as the contract has it: a human's order without a level, with a version for an epoch."""

    kind: OverrideKind
    subject_type: SubjectType
    subject: int
    payload: bytes = b""
    reason_code: int
    reason: str
    expires_at: int = 0
    valid_until: int
    expected_version: int = 0
    preview: bytes = ZERO_HASH
    human: Address
    nonce: int = 0

    @property
    def order(self) -> HumanOrder:
        """As every order of a human is known."""
        return HumanOrder(
            kind=self.kind,
            subject_type=self.subject_type,
            subject=self.subject,
            payload=self.payload,
            reason_code=self.reason_code,
            reason=self.reason,
            expires_at=self.expires_at,
            valid_until=self.valid_until,
            expected_epoch=self.expected_version,
            preview=self.preview,
            human=self.human,
            nonce=self.nonce,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was last said of one kind about a subject; kind NONE: nothing, or it was lifted."""

    id: OverrideId
    version: int
    expires_at: int
    kind: OverrideKind
    priority: int

    def is_over(self, now_s: float) -> bool:
        """Whether its time is."""
        return bool(self.expires_at) and now_s > self.expires_at


UNSAID = Standing(id=OverrideId(0), version=1, expires_at=0, kind=OverrideKind.NONE, priority=0)


def fits(order: HumanOrder) -> bool:
    """Whether an instruction's payload is as long as its kind has it."""
    if order.kind is OverrideKind.ANSWER:
        return 0 < len(order.payload) <= LONGEST_ANSWER
    return len(order.payload) == (order.kind in (OverrideKind.REPRIORITISE, OverrideKind.LIFT))


def meant_kind(order: HumanOrder) -> int:
    """The order's kind, or the one that it lifts."""
    return order.payload[0] if order.kind is OverrideKind.LIFT and order.payload else order.kind


def liftable(subject_type: SubjectType) -> list[OverrideKind]:
    """What can be lifted of such a subject."""
    return [kind for kind in SUBJECT_OF if kind not in ONCE and SUBJECT_OF[kind] is subject_type]


def subject_word(order: HumanOrder) -> str:
    """What kind of thing an order is about."""
    if order.subject_type is SubjectType.NONE:
        return "question" if meant_kind(order) == OverrideKind.ANSWER else "alarm"
    return order.subject_type.name.lower()


def group_of(kind: int) -> int:
    """An alarm is either acknowledged or shelved; all else stands side by side."""
    return OverrideKind.SHELVE if kind == OverrideKind.ACKNOWLEDGE else kind


def after(order: HumanOrder, *, id_: OverrideId, version: int) -> Standing:
    """What stands once the order is given."""
    if order.kind is OverrideKind.LIFT:
        return Standing(id=id_, version=version, expires_at=0, kind=OverrideKind.NONE, priority=0)
    return Standing(
        id=id_,
        version=version,
        expires_at=0 if order.kind in ONCE else order.expires_at,
        kind=order.kind,
        priority=order.payload[0] if order.kind is OverrideKind.REPRIORITISE else 0,
    )


def instruction_of(order: HumanOrder) -> Instruction:
    """The order as the contract has it."""
    return Instruction(
        kind=order.kind,
        subject_type=order.subject_type,
        subject=order.subject,
        payload=order.payload,
        reason_code=order.reason_code,
        reason=order.reason,
        expires_at=order.expires_at,
        valid_until=order.valid_until,
        expected_version=order.expected_epoch,
        preview=order.preview,
        human=order.human,
        nonce=order.nonce,
    )


def form_of(kind: OverrideKind) -> TypedStruct:
    """The type that an order of this kind is signed as."""
    return INSTRUCTION if kind in INSTRUCTIONS else ORDER


def signed_values(order: HumanOrder) -> dict[str, Value]:
    """What is signed of an order, under the names of its EIP-712 type."""
    values = order_values(order)
    if order.kind in INSTRUCTIONS:
        values["expectedVersion"] = order.expected_epoch
    return {name: values[name] for name, _ in form_of(order.kind).fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class HumansContracts:
    """Where humans' orders count: each kind at one contract, on one chain."""

    chain_id: int
    overrides: str
    instructions: str

    def domain_of(self, order: HumanOrder) -> TypedDomain:
        """Where this order counts."""
        if order.kind in INSTRUCTIONS:
            return instructions_domain(chain_id=self.chain_id, instructions=self.instructions)
        return overrides_domain(chain_id=self.chain_id, overrides=self.overrides)

    def digest(self, order: HumanOrder) -> bytes:
        """What the human signs."""
        return digest_of(self.domain_of(order), form_of(order.kind), signed_values(order))

    def message(self, order: HumanOrder) -> dict[str, object]:
        """The same as a wallet takes it."""
        return message_of(self.domain_of(order), form_of(order.kind), signed_values(order))


def instructions_domain(*, chain_id: int, instructions: str) -> TypedDomain:
    """Where a human's instructions count."""
    return TypedDomain(name="Workmoot Instructions", chain_id=chain_id, verifying_contract=instructions)
