"""A walk under way: who and what may be drawn by Hypothesis, mostly what makes sense, often enough what does not."""

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.chain.plants import PEOPLE, account
from tests.model import tasks
from tests.model.compiler import Artifacts, as_built
from tests.model.law import No, Tree
from tests.model.payloads import UNKNOWN
from tests.model.plants import Setup
from tests.model.proposals import MOTION_SECONDS, Given
from tests.model.walk import Act, Judge, Walk
from tests.model.worlds import ContractWorld
from workmoot.domain.ids import ZERO_ADDRESS
from workmoot.domain.proposals import State
from workmoot.domain.work import Status

NUMBER = st.integers(0, 255)
"""What is chosen, counted from what makes most sense; see `of` and `is_odd`."""
PAIR = st.tuples(NUMBER, NUMBER)
NO_TASK = 9 << 8 | 9
MOST_ORDERS = 3
SPANS = (1, 5, 11, 21, 31, 41, 61, 301)


def of(options: Any, number: int) -> Any:
    """One of the options."""
    listed = list(options)
    return listed[number % len(listed)]


def is_odd(number: int, chances: int = 8) -> bool:
    """Whether something that makes little sense is to be tried: once in so many times."""
    return number % chances == chances - 1


def has_proposals(machine: "LawMachine") -> bool:
    return bool(machine.law.proposals)


def has_open(machine: "LawMachine") -> bool:
    """Whether there is a vote; now and then one that is over will do."""
    return has_proposals(machine) and (seldom(machine) or _is_any(machine, State.OPEN))


def has_passed(machine: "LawMachine") -> bool:
    return has_proposals(machine) and (seldom(machine) or _is_any(machine, State.PASSED))


def _is_any(machine: "LawMachine", state: State) -> bool:
    return any(proposal.state is state for proposal in machine.law.proposals.values())


def seldom(machine: "LawMachine") -> bool:
    """For what matters less often."""
    return machine.done % 4 == 0


def may_post(machine: "LawMachine") -> bool:
    return len(machine.law.orders) < MOST_ORDERS


def has_runs(machine: "LawMachine") -> bool:
    return any(task.status in tasks.BUSY for task in machine.law.tasks.values())


class LawMachine(RuleBasedStateMachine):
    """Everything anybody can do about members, proposals and tasks."""

    artifacts: ClassVar[Artifacts] = as_built()
    calls: ClassVar[int] = 0
    tally: ClassVar[dict[str, int]] = {}
    """How often each outcome was seen."""
    _worlds: ClassVar[dict[str, ContractWorld]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def found(self, setup: Setup) -> None:
        self.walk = Walk(setup, [self._contracts(setup)])
        self.law = self.walk.law

    @classmethod
    def _contracts(cls, setup: Setup) -> ContractWorld:
        """The one deployment of such a plant."""
        if setup.name not in cls._worlds:
            cls._worlds[setup.name] = ContractWorld(setup, cls.artifacts)
        cls._worlds[setup.name].renew()
        return cls._worlds[setup.name]

    def do(self, what: str, judge: Judge, act: Act, *, in_memory: bool = True) -> str:
        outcome = self.walk.step(what, judge, act, in_memory=in_memory)
        self.walk.look()
        cls = type(self)
        self.done += 1
        cls.calls += 1
        key = f"{what.partition('(')[0]} {outcome or 'done'}"
        cls.tally[key] = cls.tally.get(key, 0) + 1
        return outcome

    # Who and what

    def person(self, right: str, number: int) -> str:
        return str(of(PEOPLE, number // 8)) if is_odd(number) else right

    def member(self, number: int) -> int:
        """A badge, now and then one that nobody has."""
        return int(of([*self.law.members, 0, len(self.law.members) + 1], number))

    def account_of(self, number: int) -> str:
        return self.law.members[number].account if number in self.law.members else "stranger"

    def voters(self) -> list[int]:
        return [number for number, member in self.law.members.items() if member.votes]

    def task(self, number: int, *statuses: Status) -> int:
        """A task, of one of these statuses where there is one."""
        if is_odd(number, 64):
            return NO_TASK
        fitting = [task for task, found in self.law.tasks.items() if found.status in statuses]
        return int(of(fitting or [*self.law.tasks, NO_TASK], number))

    def idle_orders(self) -> list[int]:
        """Of each order the first task that may be decided."""
        idle = [number for number, task in self.law.tasks.items() if task.status in tasks.IDLE]
        return list({number >> 8: number for number in reversed(idle)}.values())

    def proposal(self, number: int, *states: State) -> int:
        fitting = [proposal for proposal, found in self.law.proposals.items() if found.state in states]
        if fitting and not is_odd(number, 16):
            return int(of(fitting[::-1], number))
        return int(of([*self.law.proposals, len(self.law.proposals) + 1, 0], number))

    def given(self, proposal: int, number: int, *, hashed: bool = False) -> Given:
        if not is_odd(number):
            return Given(proposal, proposal, hashed)
        other = int(of([0, *self.law.proposals], number // 8))
        return Given(proposal, other, hashed) if number & 64 else Given(other, proposal, hashed)

    # Time, and what only the contracts may do to each other

    @rule(span=NUMBER, exactly=NUMBER)
    def rest(self, span: int, exactly: int) -> None:
        """Time passes: a while, or up to the very end of something or a second more."""
        ends = sorted(end for end in self._ends() if end >= self.walk.now)
        if ends and exactly % 2:
            near = ends if is_odd(span) else ends[:4]
            self.walk.now = int(of(near, exactly // 4)) + exactly // 2 % 2
        else:
            self.walk.now += int(of(SPANS, span))

    @precondition(seldom)
    @rule(number=NUMBER)
    def mine(self, number: int) -> None:
        """Blocks without transactions: what was read long ago is not known any more."""
        blocks = 260 if is_odd(number) else 1
        self.walk.memory.set_block(self.walk.memory.next_block + blocks, self.walk.now)

    @precondition(seldom)
    @rule(by=NUMBER, what=NUMBER, task=NUMBER)
    def intrude(self, by: int, what: int, task: int) -> None:
        """Somebody calls what is for other contracts alone."""
        name, number = of(PEOPLE, by), self.task(task, *Status)
        error, contract, function, arguments = of(_INTRUSIONS, what)

        def judge(law: object) -> None:
            raise No(error)

        given = [number if argument is None else argument for argument in arguments]
        act: Act = lambda world: world.call(name, contract, function, *given)  # noqa: E731 # as everywhere
        self.do(f"{function}({name}, {number})", judge, act, in_memory=False)

    # Parts of calls

    def _ends(self) -> list[int]:
        ends = [task.deadline for task in self.law.tasks.values()]
        ends += [task.deadline for task in (proposal.rest for proposal in self.law.proposals.values())]
        ends += [
            found.rest.deadline + MOTION_SECONDS
            for found in self.law.proposals.values()
            if found.state is State.PASSED and not isinstance(found.content, tuple | Tree)
        ]
        ends += [slot.expires_at for slot in self.law.slots.values()]
        ends += [said.expires_at for said in self.law.said.values()]
        ends += [asked.until for asked in self.law.asked.values()]
        ends += [pace.since + self.law.humans.alarm_seconds - 1 for pace in self.law.paces.values()]
        ends += [begin - 1 for begin in self.law.suspends_from.values()]
        return [*ends, self.law.resumed_at + self.law.limits.heartbeat_seconds]

    def _voter(self, number: int) -> str:
        return self.account_of(of(self.voters() or [0], number))

    def _worker(self, number: int) -> str:
        """One that acts, absent or not."""
        acting = [badge for badge in self.law.members if self.law.is_active(badge)]
        return self.account_of(of(acting or [0], number))

    def _version(self, task: int) -> int:
        return self.law.tasks[task].version if task in self.law.tasks else 1

    def _lead(self, task: int, number: int) -> int:
        capability = self.law.tasks[task].capability if task in self.law.tasks else 1
        able = [voter for voter in self.voters() if self.law.is_capable(voter, capability)]
        return self.member(number // 8) if is_odd(number) or not able else int(of(able, number))

    def _inspector(self, number: int) -> int:
        return self.member(number // 8) if is_odd(number) else int(of([*self.voters(), 0], number))


_CONTROL = (True, False, True, True, 1, 0)
_INTRUSIONS: tuple[tuple[str, str, str, tuple[Any, ...]], ...] = (
    ("NotTheWorkOrders", "Members", "grow", (1, 1, True)),
    ("NotTheRegistrar", "Members", "suspendFor", (1, account("stranger"))),
    ("NobodyDelegates", "Members", "delegate", (account("stranger"),)),
    ("NotTheOverrides", "PlantAuthority", "takeOrder", (account("supervisor"), 30, False)),
    ("NotTheOverrides", "PlantAuthority", "takeSecond", (1, account("supervisor"), 8, UNKNOWN, 30, False)),
    ("NotTheContract", "AllocationDAO", "setVoter", (account("stranger"), 9, True, 9, 9)),
    ("NotTheContract", "AllocationDAO", "veto", (1,)),
    ("NotTheContract", "AllocationDAO", "take", (1, b"")),
    ("NotTheContract", "AllocationDAO", "setPolicy", (10, 9)),
    ("NotTheDAO", "Motions", "carryOut", (1, b"\0\0\0\4\0\1")),
    ("NotTheDAO", "Claims", "record", (1, b"\0\0\0\6")),
    ("NotTheRegistrar", "Members", "leaveOut", (1,)),
    ("NotTheContract", "WorkOrders", "enact", (1, 0, b"", ZERO_ADDRESS)),
    ("NotTheContract", "WorkOrders", "setInForce", (None, _CONTROL)),
    ("NotTheContract", "WorkOrders", "judge", (None, True, account("stranger"))),
    ("NotTheContract", "WorkOrders", "requeue", (None, account("stranger"), False)),
    ("NotTheContract", "WorkOrders", "cancel", (None, account("stranger"))),
    ("NotTheContract", "WorkOrders", "setPlantHold", (True,)),
)
