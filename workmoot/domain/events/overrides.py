"""What Overrides says."""

from dataclasses import dataclass

from workmoot.domain.events.place import Event
from workmoot.domain.ids import Address, Number, OverrideId, TaskId
from workmoot.domain.overrides import HumanOrder, SubjectType


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideGiven(Event):
    """A human's order took effect, or waits for a second one (`SecondAsked` came before).

    `displaced`: the worker in force before; `epoch`: the subject's after.
    """

    id: OverrideId
    human: Address
    subject: int
    displaced: Number
    epoch: int
    digest: bytes
    order: HumanOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideReleased(Event):
    """A slot was emptied by a human's order."""

    id: OverrideId
    by: OverrideId
    subject_type: SubjectType
    subject: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideExpired(Event):
    """A slot's time was over, and somebody said so."""

    id: OverrideId
    by: Address
    subject_type: SubjectType
    subject: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideSuperseded(Event):
    """A later order took the slot."""

    id: OverrideId
    by: OverrideId
    subject_type: SubjectType
    subject: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondAsked(Event):
    """The first of two orders: it changes nothing until a second one wants the same, by `until`."""

    id: OverrideId
    human: Address
    effect: bytes
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Event):
    """A human gave more orders since `since` than the deployment expects."""

    human: Address
    orders: int
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanPolicySet(Event):
    """What the deployment asks of its humans; `cosigned` has a bit for each kind of order that takes two."""

    cosigned: int
    ask_seconds: int
    alarm_orders: int
    alarm_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRatified(Event):
    """A member or human said what it thinks of an order."""

    id: OverrideId
    by: Address
    support: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotEpochRaised(Event):
    """A robot's value in force changed; commands of an older epoch are refused."""

    robot: Number
    epoch: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeStopChanged(Event):
    """The assigned worker stopped itself, or went on."""

    task: TaskId
    worker: Number
    stopped: bool
