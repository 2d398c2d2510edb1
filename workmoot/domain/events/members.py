"""What Members and the access manager say."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, Number
from workmoot.domain.workers import Kind, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdmitted(Event):
    """A member was admitted; `profile` is a stranger's JSON."""

    number: Number
    account: Address
    kind: Kind
    capabilities: int
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSuspended(Event):
    """A member may not act until it is reinstated."""

    number: Number
    by: Address
    by_vote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReinstated(Event):
    """A suspended member acts again, from the next roster on."""

    number: Number
    by: Address
    by_vote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRetired(Event):
    """A member left for good."""

    number: Number
    by: Address
    by_vote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeftOut(Event):
    """A member that was silent for long neither counts nor acts until it comes back."""

    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCameBack(Event):
    """A member that was left out counts again, from the next roster on."""

    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChanged(Event):
    """`members` digital workers vote from roster `roster` on."""

    roster: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotBound(Event):
    """`worker` may use `resource` of `robot` in `scope`; Scope.NONE ends the binding."""

    robot: Number
    worker: Number
    resource: bytes
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGrew(Event):
    """A settled run entered a worker's record."""

    worker: Number
    capability: int
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """A human has a role from `since` on."""

    role_id: int
    account: Address
    delay: int
    since: int
    new_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(Event):
    """A human lost a role."""

    role_id: int
    account: Address
