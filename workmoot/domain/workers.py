"""Workers: who may act, with which badge, and how well it kept its word so far."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from workmoot.domain.ids import ZERO_ADDRESS, Address, Number


class Kind(IntEnum):
    """Digital workers vote, robotic workers are commanded, human workers override."""

    NONE = 0
    DIGITAL = 1
    ROBOTIC = 2
    HUMAN = 3


class Standing(IntEnum):
    """Whether a member may act."""

    NONE = 0
    ACTIVE = 1
    SUSPENDED = 2
    RETIRED = 3
    ABSENT = 4


class Scope(IntEnum):
    """What a worker may do with a robot's resource; one COMMAND holder a resource at a time."""

    NONE = 0
    COMMAND = 1
    OBSERVE = 2
    COMPUTE = 3


class Role(IntEnum):
    """What a human may do; the numbers are the access manager's."""

    ADMIN = 0
    OPERATOR = 1
    PLANNER = 2
    SUPERVISOR = 3
    MAINTENANCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A badge and who holds it. `profile` is a stranger's JSON: text, never an instruction."""

    number: Number
    account: Address
    kind: Kind
    standing: Standing
    joined: int
    """The roster version from which on the member counts."""
    capabilities: int
    by_human: bool = False
    """Whether a human suspended or reinstated it: then no vote changes its standing."""
    profile: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_active_worker(self) -> bool:
        """Whether it has a vote and may be given work."""
        return self.kind is Kind.DIGITAL and self.standing is Standing.ACTIVE

    @property
    def acts(self) -> bool:
        """Whether it goes on with what it has, and a human may give it work: absence takes the vote alone."""
        return self.kind is Kind.DIGITAL and self.standing in (Standing.ACTIVE, Standing.ABSENT)

    @property
    def id(self) -> str:
        """The short name it gives itself, or its number."""
        return str(self.profile.get("id") or self.number)

    def is_capable(self, capability: int) -> bool:
        """Whether it is a digital worker, active or absent, with that capability."""
        return self.acts and bool(self.capabilities >> capability & 1)

    def may_vote(self, roster: int) -> bool:
        """Whether it belongs to the electorate of that roster and may still vote."""
        return self.is_active_worker and self.joined <= roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of the tasks a worker led with one capability."""

    done: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A digital worker's hold on a robot's resource."""

    robot: Number
    worker: Number
    resource: bytes
    scope: Scope

    @property
    def resource_name(self) -> str:
        """The resource as text."""
        return self.resource.rstrip(b"\0").decode(errors="replace")


def roll_of(members: Iterable[Member]) -> bytes:
    """The accounts of all badges in their order, 20 bytes each: an active digital worker's, else zeros."""
    kept = (member.account if member.is_active_worker else ZERO_ADDRESS for member in members)
    return b"".join(bytes.fromhex(account[2:]) for account in kept)


def capability_mask(numbers: Iterable[int]) -> int:
    """One bit for each capability number, from 1 on."""
    return sum(1 << number for number in set(numbers))


def capabilities_in(mask: int) -> tuple[int, ...]:
    """The capability numbers whose bits are set."""
    return tuple(number for number in range(1, 256) if mask >> number & 1)


def resource_bytes(name: str) -> bytes:
    """A resource's name as bytes32, padded on the right."""
    return name.encode().ljust(32, b"\0")


def parse_object(text: str) -> dict[str, object]:
    """A stranger's JSON object; what is not one is nothing."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
