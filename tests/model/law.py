"""What the law keeps: the state of a plant in plain Python, and the word for a refusal.

The rules are in members.py, authority.py, proposals.py, motions.py, claims.py, tasks.py, humans.py and
instructions.py, one function for each function of the contracts, written from docs/specification.md and the
interfaces. People go by name; a call is refused for the first reason in the way.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, fields

from workmoot.domain.motions import MotionKind
from workmoot.domain.overrides import HumanPolicy, Level, OverrideKind, SubjectType
from workmoot.domain.proposals import Policy, State
from workmoot.domain.work import Limits, OnFailure, Status
from workmoot.domain.workers import Kind, Role, Standing

NOBODY = 0


class No(Exception):
    """The law refuses; `name` is the contracts' error."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class Member:
    account: str
    kind: Kind
    capabilities: int
    standing: Standing = Standing.ACTIVE
    joined: int = 0
    by_human: bool = False
    """Whether a human decided about its standing."""

    @property
    def votes(self) -> bool:
        """Whether it is an active digital worker."""
        return self.kind is Kind.DIGITAL and self.standing is Standing.ACTIVE

    @property
    def acts(self) -> bool:
        """Whether it is a digital worker, active or absent: absence takes the vote alone."""
        return self.kind is Kind.DIGITAL and self.standing in (Standing.ACTIVE, Standing.ABSENT)


@dataclass(slots=True)
class Task:
    """`epoch`, `overridden` and `held` are its own, without the plant's."""

    capability: int
    on_failure: OnFailure
    retries: int
    predecessors: int
    status: Status = Status.POSTED
    worker: int = NOBODY
    inspector: int = NOBODY
    epoch: int = 1
    version: int = 1
    overridden: bool = False
    held: bool = False
    attempt: int = 0
    deadline: int = 0
    summoned: bool = False
    acknowledged: bool = False
    evidence: int = 0
    standing: tuple[int, int] = (NOBODY, NOBODY)
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One assignment of a plan."""

    task: int
    version: int
    lead: int
    inspector: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """One assignment of a tree."""

    entry: Entry
    helpers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    leaves: tuple[Leaf, ...]
    root: bytes


@dataclass(frozen=True, slots=True)
class Admit:
    account: str
    kind: Kind
    capabilities: int


@dataclass(frozen=True, slots=True)
class Change:
    """Of a member's standing."""

    kind: MotionKind
    member: int


Motion = Admit | Change | Policy
Plan = tuple[Entry, ...]
Content = Plan | Tree | Motion


@dataclass(frozen=True, slots=True)
class Rest:
    """What a proposal says beside its assignments, and what it was opened with: equal where the contracts' hash is."""

    helpers: tuple[tuple[int, int, int, int, int], ...]
    timetable: object
    read_at: int
    counters: int
    words: str
    proposer: int
    roster: int
    members: int
    deadline: int


@dataclass(slots=True)
class Proposal:
    content: Content
    rest: Rest
    opened: int
    voting_seconds: int
    """How long it might have been open."""
    state: State = State.OPEN
    yes: int = 0
    no: int = 0
    cast: frozenset[int] = frozenset()
    """Who cast a ballot by itself, or had it relayed."""
    barred: frozenset[int] = frozenset()
    enacted: int = 0
    """How many entries of a plan."""


@dataclass(slots=True)
class Order:
    tasks: int
    posted_at: int
    spec_hash: bytes
    done: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """What fills a level of a subject; `fixes`: it names a worker."""

    id: int = 0
    expires_at: int = 0
    held: bool = False
    fixes: bool = False
    worker: int = NOBODY
    inspector: int = NOBODY

    @property
    def is_filled(self) -> bool:
        return self.held or self.fixes


@dataclass(frozen=True, slots=True)
class Effect:
    """What an order wants, `filled` the order that fills the slot: equal where the contracts' hash is."""

    kind: OverrideKind
    on: SubjectType
    subject: int
    payload: object
    level: int
    filled: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Who gave the first of two orders, and until when the second counts."""

    human: str
    until: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How many orders a human gave since the window began."""

    since: int
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was last said of one kind about a subject; kind 0: nothing, or it was lifted."""

    id: int = 0
    version: int = 1
    expires_at: int = 0
    kind: int = 0
    priority: int = 0


EMPTY = Slot()
UNSAID = Said()
Key = tuple[SubjectType, int, int]


@dataclass(slots=True)
class Law:
    """A plant at a moment: `block` and `now` are those of the call under way."""

    limits: Limits
    policy: Policy
    humans: HumanPolicy
    capabilities: int
    block: int = 0
    now: int = 0
    roles: frozenset[tuple[str, Role]] = frozenset()
    """Who acts as what. One who may only act after a delay does not."""
    asked: dict[Effect, Asked] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)
    alarms: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    suspends_from: dict[str, int] = field(default_factory=dict)
    """From when on each human may suspend another again."""
    records: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    commanders: dict[tuple[int, bytes], int] = field(default_factory=dict)
    rosters: tuple[frozenset[int], ...] = (frozenset(),)
    """The electorate of each version."""
    orders: dict[int, Order] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    recent: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Each member's proposals that may take a place, the newest first."""
    confirmed: frozenset[tuple[int, int, int, int, int]] = frozenset()
    nonces: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """By contract, account and key: how many were used."""
    plant_held: bool = False
    plant_epoch: int = 0
    resumed_at: int = 0
    overrides: int = 0
    slots: dict[Key, Slot] = field(default_factory=dict)
    robot_epochs: dict[int, int] = field(default_factory=dict)
    instructed: int = 0
    said: dict[tuple[int, int], Said] = field(default_factory=dict)
    """By kind, of which an alarm's two are one, and subject."""

    def judge(self, act: Callable[["Law"], object]) -> str:
        """Does what is allowed; the name of the error where it is not, and then nothing has changed."""
        before = {item.name: _kept(getattr(self, item.name)) for item in fields(self)}
        try:
            act(self)
        except No as refusal:
            for name, value in before.items():
                setattr(self, name, value)
            return refusal.name
        return ""

    def number_of(self, account: str) -> int:
        return next((number for number, member in self.members.items() if member.account == account), NOBODY)

    def task(self, number: int) -> Task:
        """A task, free to be changed."""
        if number not in self.tasks:
            raise No("UnknownTask")
        self.tasks[number] = copy(self.tasks[number])
        return self.tasks[number]

    def proposal(self, number: int) -> Proposal:
        """A proposal, free to be changed."""
        self.proposals[number] = copy(self.proposals[number])
        return self.proposals[number]

    def state_of(self, proposal: int) -> State:
        return self.proposals[proposal].state if proposal in self.proposals else State.NONE

    def slot(self, subject_type: SubjectType, subject: int, level: int) -> Slot:
        return self.slots.get((subject_type, subject, level), EMPTY)

    def kind_of(self, number: int) -> Kind:
        return self.members[number].kind if number in self.members else Kind.NONE

    def is_active(self, number: int) -> bool:
        return number in self.members and self.members[number].acts

    def votes(self, number: int) -> bool:
        """Whether it is on the roll, so that a vote may give it work."""
        return number in self.members and self.members[number].votes

    def is_capable(self, number: int, capability: int) -> bool:
        return self.is_active(number) and bool(self.members[number].capabilities >> capability & 1)

    def is_suspended(self, account: str) -> bool:
        """Whether the account has a human's badge that is suspended or retired; another badge says nothing."""
        number = self.number_of(account)
        return self.kind_of(number) is Kind.HUMAN and self.members[number].standing is not Standing.ACTIVE

    def epoch_of(self, task: int) -> int:
        return self.task(task).epoch + self.plant_epoch

    def is_robot_held(self, robot: int) -> bool:
        return any(self.slot(SubjectType.ROBOT, robot, level).held for level in (Level.MAINTENANCE, Level.HUMAN_HOLD))

    def use_nonce(self, contract: str, account: str, key: int, count: int) -> None:
        used = self.nonces.get((contract, account, key), 0)
        if count != used:
            raise No("InvalidAccountNonce")
        self.nonces[contract, account, key] = used + 1


def require(met: object, error: str) -> None:
    if not met:
        raise No(error)


def _kept(value: object) -> object:
    return dict(value) if isinstance(value, dict) else value
