"""What orders and calls carry, in each world's own bytes: the hashes of proposals differ from world to world."""

from dataclasses import dataclass
from typing import Any, Protocol

from tests.chain.plants import account
from tests.model.claims import SEQUENCE
from tests.model.humans import NONE, Naming, Part, Word
from tests.model.law import Admit, Effect, Leaf, Motion
from tests.model.members import NO_ACCOUNT
from tests.model.proposals import Given
from workmoot.domain.hashing import hash_of_words, keccak
from workmoot.domain.ids import ZERO_ADDRESS, Address, Number, TaskId
from workmoot.domain.motions import Admission, PolicyChange, StandingChange, pack_motion
from workmoot.domain.payloads import PlanPart, assign_payload, plan_payload
from workmoot.domain.plan import PlanEntry
from workmoot.domain.proposals import Opening, Policy, content_hash_of

UNKNOWN = b"\xee" * 32
"""A hash of nothing."""


@dataclass(frozen=True, slots=True)
class Put:
    """A proposal as a world has it."""

    opening: Opening
    rest: bytes
    content_hash: bytes
    roster: int
    deadline: int


NOT_PUT = Put(opening=None, rest=UNKNOWN, content_hash=UNKNOWN, roster=0, deadline=0)  # type: ignore[arg-type] # nothing was


class Voting(Protocol):
    """What was put to the vote."""

    put: dict[int, Put]


def given_bytes(world: Voting, given: Given) -> tuple[bytes, bytes]:
    """Assignments and rest, or no assignments and the hash of both."""
    opening = world.put.get(given.plan, NOT_PUT).opening
    assignments, rest = opening.plan.assignments if opening else UNKNOWN, world.put.get(given.rest, NOT_PUT).rest
    return (b"", content_hash_of(assignments, rest)) if given.hashed else (assignments, rest)


def payload_bytes(world: Voting, payload: Any) -> bytes:
    if isinstance(payload, Word):
        return payload.value.to_bytes(32, "big")
    if isinstance(payload, Naming):
        entry = PlanEntry(
            task=TaskId(payload.task),
            version=1,
            lead=Number(payload.lead),
            inspector=Number(payload.inspector),
            helpers=tuple(map(Number, payload.helpers)),
        )
        return assign_payload(entry, "all the same" if payload.second else "")
    if isinstance(payload, Part):
        plan, rest = given_bytes(world, payload.given)
        return plan_payload(PlanPart(rest=rest, assignments=plan, first=payload.first, last=payload.last))
    return b"" if payload is NONE else bytes(payload.value)


def motion_bytes(motion: Motion) -> bytes:
    if isinstance(motion, Policy):
        return pack_motion(PolicyChange(policy=motion))
    if isinstance(motion, Admit):
        given = {"member_kind": motion.kind, "capabilities": motion.capabilities, "profile": "{}"}
        return pack_motion(Admission(account=address(motion.account), **given))  # type: ignore[arg-type] # of their kinds
    return pack_motion(StandingChange(kind=motion.kind, member=Number(motion.member)))


def plan_entry(leaf: Leaf) -> PlanEntry:
    entry = leaf.entry
    return PlanEntry(
        task=TaskId(entry.task),
        version=entry.version,
        lead=Number(entry.lead),
        sequence=SEQUENCE,
        inspector=Number(entry.inspector),
        helpers=tuple(map(Number, leaf.helpers)),
    )


def address(name: str) -> Address:
    return ZERO_ADDRESS if name == NO_ACCOUNT else account(name)


def effect_hash(world: Voting, effect: Effect) -> bytes:
    payload = keccak(payload_bytes(world, effect.payload))
    return hash_of_words(effect.kind, effect.on, effect.subject, payload, effect.level, effect.filled)
